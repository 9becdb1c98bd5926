"""THE table of what a report to Veilig Thuis holds (docs/protocol.md, §Report), in that order.

The form, the checks before filing, the paper and the page to read out all ask this table. A new
field is one row here, and where the case knows it one line in ``referrals.report.fill``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.questions import BY_CODE as QUESTION

YES, NO = "yes", "no"
# Between the codes of a field with several answers, as it is stored.
SEVERAL = " "


class Kind(StrEnum):
    """How one fills a field in."""

    SHORT = "short"
    LONG = "long"
    CHOICE = "choice"
    MANY = "many"


SHORT, LONG, CHOICE, MANY = Kind.SHORT, Kind.LONG, Kind.CHOICE, Kind.MANY


class Source(StrEnum):
    """What of the case fills a field (``referrals.report.fill``)."""

    NOTHING = ""
    WRITER = "writer"
    PUPIL = "pupil"
    REFERRAL = "referral"
    SIGNALS = "signals"
    EARLIER = "earlier"
    STEPS = "steps"
    CONSULTATIONS = "consultations"
    TALKS = "talks"
    WEIGHING = "weighing"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``facts``: read for opinions. ``needed_if``: required after that answer.

    ``on_paper``: how it is called for Veilig Thuis, where the label speaks to the writer.
    """

    code: str
    label: Promise | str
    kind: Kind
    help: Promise | str = ""
    required: bool = False
    facts: bool = False
    source: Source = Source.NOTHING
    choices: tuple[tuple[str, Promise], ...] = ()
    needed_if: tuple[str, str] | None = None
    # Not to be left out with a reason: the law or the database asks for it (R36, R37).
    hard: bool = False
    on_paper: Promise | str = ""

    @property
    def title(self) -> Promise | str:
        """Return how it is called for Veilig Thuis."""
        return self.on_paper or self.label

    def words(self, text: str) -> list[str]:
        """Return a stored answer in words, a line for each."""
        if not self.choices:
            return [text] if text else []
        labels = dict(self.choices)
        return [str(labels[code]) for code in text.split(SEVERAL) if code in labels]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report."""

    code: str
    title: Promise
    fields: tuple[Field, ...]
    help: Promise | str = ""


FORMS_OF_HARM: tuple[tuple[str, Promise], ...] = (
    ("physical_abuse", _("Physical abuse")),
    ("physical_neglect", _("Physical neglect")),
    ("emotional_abuse", _("Emotional abuse")),
    ("emotional_neglect", _("Emotional neglect")),
    ("sexual_abuse", _("Sexual abuse")),
    ("witness", _("Witness of domestic violence")),
    ("divorce", _("Fights over a divorce")),
    ("honour", _("Honour-related violence")),
    ("fgm", _("Genital mutilation")),
    ("forced_marriage", _("Forced marriage")),
    ("exploitation", _("Exploitation")),
    ("pcf", _("Made or kept ill by a carer (Munchausen by proxy, PCF)")),
    ("elder_parent", _("Abuse of parents or the elderly")),
)
UNSAFETY: tuple[tuple[str, Promise], ...] = (
    ("acute", _("Acute: danger now, or protection or medical help is needed now")),
    ("structural", _("Structural: it happens again or goes on")),
    ("both", _("Both acute and structural")),
    ("doubt", _("In doubt: we want to weigh it with Veilig Thuis")),
)
# The five weighing questions, each a field of its own.
WEIGHED = ("suspicion", "unsafety", "possible", "accepted", "works")


def _weighed(code: str) -> Field:
    return Field(f"weighed_{code}", QUESTION[code].text, LONG, source=Source.WEIGHING)


# fmt: off
SECTIONS: tuple[Section, ...] = (
    Section("reporter", _("Who reports"), (
        Field("reporter_name", _("Your name"), SHORT, required=True, source=Source.WRITER,
              on_paper=_("Name of the reporter")),
        Field("reporter_role", _("Your function"), SHORT, required=True, source=Source.WRITER,
              on_paper=_("Function")),
        Field("school", _("School"), SHORT, required=True, source=Source.WRITER),
        Field("telephone", _("Telephone number for Veilig Thuis"), SHORT, required=True,
              on_paper=_("Telephone number")),
        Field("reachable", _("When can you be reached?"), SHORT, required=True,
              on_paper=_("When to be reached")),
        Field("anonymous", _("Under whose name do you report?"), CHOICE,
              _("Your own name is the rule. Veilig Thuis always knows who reports."), required=True,
              source=Source.REFERRAL, choices=(
                  (NO, _("Under our own name")),
                  (YES, _("Without our name towards the family"))),
              on_paper=_("Name towards the family")),
        Field("anonymous_reason", _("Why without your name?"), LONG,
              _("For example: you may be in danger when the family knows."),
              source=Source.REFERRAL, needed_if=("anonymous", YES), hard=True,
              on_paper=_("Why without a name")),
    )),
    Section("whom", _("Whom it concerns"), (
        Field("pupil_name", _("Name of the pupil"), SHORT, required=True, source=Source.PUPIL),
        Field("birth_date", _("Birth date"), SHORT, required=True, source=Source.PUPIL),
        Field("address", _("Address"), SHORT,
              _("Where the pupil lives, and where they are now if that is elsewhere."),
              required=True),
        Field("class_name", _("Class"), SHORT, source=Source.PUPIL),
        Field("parents", _("Parents or guardians"), LONG,
              _("Name, address and telephone number of each, as far as you know."), required=True),
        Field("authority", _("Who has authority over the pupil?"), LONG, required=True),
        Field("siblings", _("Brothers and sisters"), LONG,
              _("Name, age and school, as far as you know.")),
        Field("household", _("Others in the home"), LONG,
              _("For example a partner, a grandparent, another child that depends on them.")),
    )),
    Section("facts", _("What was seen, heard and told"), (
        Field("facts", _("Facts: what was seen or heard"), LONG,
              _("Each with the date, and who saw or heard it. Without your opinion: that has a "
                "place of its own below."),
              required=True, facts=True, source=Source.SIGNALS),
        Field("child_words", _("The pupil's own words"), LONG,
              _("Literally, with the date and to whom it was said."), source=Source.SIGNALS),
        Field("hearsay", _("What others told"), LONG, _("With who told it, and when."),
              source=Source.SIGNALS),
        Field("interpretation", _("What you make of it"), LONG,
              _("Your interpretation, apart from the facts."), source=Source.SIGNALS,
              on_paper=_("Interpretation")),
    )),
    Section("history", _("History and earlier signals"), (
        Field("history", _("What was seen or known before"), LONG, facts=True,
              source=Source.EARLIER),
    )),
    Section("done", _("What was done"), (
        Field("steps", _("Each step, with its date"), LONG, required=True, facts=True,
              source=Source.STEPS),
        Field("consultations", _("Who was consulted, and what they advised"), LONG,
              _("No more than Veilig Thuis needs."), source=Source.CONSULTATIONS),
    )),
    Section("family", _("What the pupil and the family say and know"), (
        Field("pupil_says", _("What the pupil says of it"), LONG, source=Source.TALKS),
        Field("parents_say", _("What the parents say of it"), LONG, source=Source.TALKS),
        Field("family_told", _("Do the pupil and the parents know of the report?"), CHOICE,
              required=True, source=Source.REFERRAL,
              choices=((YES, _("Yes, we discussed it")), (NO, _("No, that is not safe")))),
        Field("told_how", _("When were they told, by whom, and what did they say?"), LONG,
              needed_if=("family_told", YES)),
        Field("not_told_reason", _("Why do they not know of it?"), LONG, source=Source.REFERRAL,
              needed_if=("family_told", NO), hard=True),
    )),
    Section("strengths", _("What goes well"), (
        Field("strengths", _("What goes well, and what protects the pupil?"), LONG,
              _("People, places and things that help: a grandmother, a teacher, sport."),
              required=True),
    )),
    Section("weighing", _("The weighing"), (
        *(_weighed(code) for code in WEIGHED),
        Field("report_grounds", _("Why do you report?"), LONG, required=True,
              source=Source.DECISION, on_paper=_("Grounds for the report")),
    )),
    Section("unsafety", _("Acute or structural unsafety"), (
        Field("unsafety", _("Is it acute or structural?"), CHOICE, required=True,
              source=Source.WEIGHING, choices=UNSAFETY),
        Field("danger", _("Which danger is there, now and in the coming days?"), LONG,
              source=Source.WEIGHING),
    )),
    Section("help", _("Help there is or was"), (
        Field("help", _("Which help, by whom, and what came of it?"), LONG, required=True,
              source=Source.DECISION),
    )),
    Section("expected", _("What is expected of Veilig Thuis"), (
        Field("expected", _("What do you ask Veilig Thuis to do?"), LONG, required=True,
              on_paper=_("What Veilig Thuis is asked to do")),
    )),
    Section("feedback", _("Agreements on feedback"), (
        Field("feedback", _("When and how does Veilig Thuis tell you what it does?"), LONG,
              _("And what the school keeps doing meanwhile, and who can be called about it."),
              required=True, on_paper=_("Agreements with Veilig Thuis")),
    )),
    Section("language", _("Language"), (
        Field("languages", _("Which languages do the family speak?"), SHORT),
        Field("interpreter", _("Is an interpreter needed? In which language?"), SHORT),
    )),
    Section("visits", _("Safety of who visits the family"), (
        Field("visit_risks", _("Which risks are there for who comes to the home?"), LONG,
              _("For example weapons, a dog, threats. Nothing known? Write that down."),
              required=True),
    )),
    Section("harm", _("Forms of harm"), (
        Field("harm", _("Which forms do you suspect?"), MANY,
              _("As far as you can say. Veilig Thuis weighs it with you."), required=True,
              choices=FORMS_OF_HARM, on_paper=_("Suspected forms of harm")),
    )),
)
# fmt: on

FIELDS: dict[str, Field] = {field.code: field for part in SECTIONS for field in part.fields}
# What the referral knows too: there the case keeps it (R36, R37).
OF_THE_REFERRAL = ("anonymous", "anonymous_reason", "family_told", "not_told_reason")
# By telephone Veilig Thuis asks in another order: who calls, is there danger now, who is it about.
READ_OUT = (
    "reporter_name", "reporter_role", "school", "telephone", "anonymous", "anonymous_reason",
    "unsafety", "danger", "pupil_name", "birth_date", "address", "parents", "authority",
    "siblings", "household", "facts", "child_words", "hearsay", "family_told", "told_how",
    "not_told_reason", "parents_say", "pupil_says", "strengths", "help", "harm", "report_grounds",
    "expected", "languages", "interpreter", "visit_risks", "reachable", "feedback",
)  # fmt: skip


def asked(texts: Mapping[str, str]) -> Iterator[Field]:
    """Yield the fields that matter after these answers: no reason for what was not chosen."""
    for field in FIELDS.values():
        if field.needed_if is None or texts.get(field.needed_if[0]) == field.needed_if[1]:
            yield field


def missing(texts: Mapping[str, str]) -> list[Field]:
    """Return the fields that Veilig Thuis asks for and that are empty."""
    needed = (f for f in asked(texts) if f.required or f.needed_if)
    return [field for field in needed if not texts.get(field.code, "").strip()]
