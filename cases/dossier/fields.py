"""THE table of a dossier's fields: of each kind of record what stands on paper, in that order, and
what it is about (``cases.dossier.variants`` says for whom that is left out).

A field that stands here nowhere is on no paper: ``tests/cases/test_dossier_variants.py`` holds the
table against the models, so that a new field is decided on.

The records are read through the reverse relations that the table of steps names: this room knows no
step's models.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.dossier.deciding import ASSESSMENT, DECISION, DEVIATION, FEEDBACK
from cases.dossier.lines import (
    BY_OTHERS,
    CHILD_TOLD,
    CONFIDED,
    COPY,
    FILE,
    HOUSE,
    JOINT_TALK,
    OTHERS_TOLD,
    PARENT_TALK,
    PUPIL,
    REPLACED,
    SAFETY,
    SOURCE,
    STAFF,
    STATED,
    UNTOLD,
    Guard,
    Kind,
    Line,
    Read,
    advises_to_wait,
    day,
    field,
    guarded_by,
    lines,
    moment,
    note,
    of_what_they_said,
    safety,
)
from cases.dossier.telling import telling_of
from cases.dossier.variants import About
from cases.protocol import asking
from cases.protocol.ages import Party
from cases.record_facts import parents_were_there, pupil_was_there


def _confided(talk: Any, guarded: Guard) -> About:
    """What was said in a talk with the pupil alone was not said to the parents."""
    return PUPIL if parents_were_there(talk) else CONFIDED


def _answer_of(party: str) -> Callable[[Any, Guard], About]:
    """Return what an answer of a party is about: who was not there said it elsewhere, and that is
    on the paper of neither.
    """

    def about(talk: Any, guarded: Guard) -> About:
        return _confided(talk, guarded) if party in _who_were_there(talk) else UNTOLD

    return about


def _who_refuses(talk: Any, guarded: Guard) -> About:
    """That help is refused, and by whom."""
    of_both = talk.refused_by == talk.RefusedBy.BOTH
    refuse = set(Party) if of_both else {talk.refused_by} - {""}
    return _confided(talk, guarded) if refuse <= _who_were_there(talk) else UNTOLD


def _consent_of_all(talk: Any, guarded: Guard) -> About:
    """What all say whose consent it takes, and what follows from it."""
    said = {Party.PARENTS: talk.consent_parents, Party.PUPIL: talk.consent_pupil}
    answered = {party for party, answer in said.items() if answer}
    return _confided(talk, guarded) if answered <= _who_were_there(talk) else UNTOLD


def _who_were_there(talk: Any) -> set[str]:
    there = {Party.PARENTS: parents_were_there(talk), Party.PUPIL: pupil_was_there(talk)}
    return {party for party, was in there.items() if was}


# Signals and looking back


def _of_the_teller(signal: Any, guarded: Guard) -> About:
    """Where it was, what one makes of it, and whether it holds water, speak of whoever told it."""
    told = telling_of(signal)
    if told.came or told.by_others:
        return SOURCE
    return CONFIDED if told.by_pupil else PUPIL


def _by_whom(signal: Any, guarded: Guard) -> About:
    """How severe it is, and its categories, say that somebody told it, and not who. How severe it
    is that the pupil told is no less in confidence than their words.
    """
    about = _of_the_teller(signal, guarded)
    return BY_OTHERS if about is SOURCE and not telling_of(signal).came else about


def _seen_or_heard(signal: Any, guarded: Guard) -> About:
    """Of a dossier that came they say from which school, and when: by that a family would know of
    it whom nobody asked. A correction says so still, whomever it names beside.
    """
    return SOURCE if telling_of(signal).came else _told_as_fact(signal, guarded)


def _told_as_fact(signal: Any, guarded: Guard) -> About:
    """What the pupil told stands among the facts where no words are written down apart; what
    somebody else did, where nobody is named beside it. Whoever told it, in whichever version.
    """
    told = telling_of(signal)
    if told.by_others and not signal.hearsay_from:
        return SOURCE
    return CONFIDED if told.by_pupil and not signal.child_words else PUPIL


@lines("categories")
def _categories(signal: Any, guarded: Guard) -> Iterator[Line]:
    if labels := [category.label for category in signal.categories.all()]:
        # One of them says that the pupil told it, and one that somebody else did.
        yield note(" · ".join(labels), _by_whom(signal, guarded))


@lines("marks", "region", "kind", "size", "note")
def _marks(signal: Any, guarded: Guard) -> Iterator[Line]:
    if said := signal.marks_in_words:
        about = _told_as_fact(signal, guarded)
        label = _("Injury that was seen, as marked on the figures")
        yield Line(label, said, about, "fact", figures=tuple(signal.body_figures))


@lines("correction_reason", "corrects", "finding", "grounds")
def _of_the_signal(signal: Any, guarded: Guard) -> Iterator[Line]:
    if signal.correction_reason:
        # The reason says what was wrong: what a source said, or a name that was taken out.
        said = _("Corrected version. Reason: %(reason)s") % {"reason": signal.correction_reason}
        yield note(said, REPLACED)
    if finding := getattr(signal, "finding", None):
        # It is weighed, as all that stands in steps 4 and 5.
        weighed = guarded_by(signal, guarded)
        yield Line(_("Found to be unfounded"), day(finding.recorded_at), weighed)
        by = STAFF if weighed is PUPIL else weighed
        yield Line(_("Found so by"), finding.author.name, by)
        # The form asks who knows that.
        yield Line(_("Grounds"), finding.grounds, SOURCE)
    if hasattr(signal, "correction"):
        yield note(_("Replaced by a corrected version; kept as it was."), REPLACED)


def _is_told(signal: Any, guarded: Guard) -> About:
    """Where somebody told something, what was seen and heard mostly says what, or who."""
    told = telling_of(signal)
    if hasattr(signal, "correction"):
        return REPLACED
    if told.honour:
        return UNTOLD if told.by_others else safety(signal, guarded)
    if told.by_others:
        return OTHERS_TOLD
    return CHILD_TOLD if told.by_pupil or told.says else PUPIL


SIGNAL = Kind(
    "signals",
    lambda signal: f"{_('Signal')} {signal.reference}",
    "observed_at",
    (
        _categories,
        field("facts", gettext_lazy("Seen or heard"), _seen_or_heard, "fact"),
        _marks,
        field("child_words", gettext_lazy("The pupil's own words"), CONFIDED, "words"),
        field("hearsay_from", gettext_lazy("Heard from"), SOURCE, "hearsay"),
        field(
            "interpretation",
            gettext_lazy("Interpretation, not a fact"),
            _of_the_teller,
            "interpretation",
        ),
        field("came_in_by", gettext_lazy("Came in by the system"), SOURCE),
        _of_the_signal,
    ),
    hidden=_is_told,
    severity=_by_whom,
    place=_of_the_teller,
)


def _of_a_look(look: Any, guarded: Guard) -> About:
    """What is seen once a case is closed follows from how it ended."""
    return guarded_by(look, guarded) if guarded else of_what_they_said(look, guarded)


LOOK_BACK = Kind(
    "lookbacks",
    lambda look: f"{_('Looked back')}: {look.get_result_display()}",
    "recorded_at",
    (
        field("seen", gettext_lazy("Seen now"), PUPIL, "fact"),
        field("child_words", gettext_lazy("The pupil's own words"), CONFIDED, "words"),
    ),
    _of_a_look,
    # What came of it the pupil's words made as well.
    titled=CONFIDED,
    plain=gettext_lazy("Looked back"),
)


THEIR_OWN = frozenset({asking.PUPIL, asking.FORMER})


def _of_who_stated(said: Any, guarded: Guard) -> About:
    """What the pupil states, or one of the parents, is not said to the parents by that.

    Which of the parents stated it nobody wrote down, nor in whose place somebody else did; its
    writer has it already.
    """
    return CONFIDED if said.said_by in THEIR_OWN else STATED


STATEMENT = Kind(
    "statements",
    lambda said: f"{_('Statement')}: {said.get_said_by_display()}",
    "recorded_at",
    (
        lines("step")(lambda said, guarded: iter([Line(_("Beside step"), str(said.step), PUPIL)])),
        field("about", gettext_lazy("What it is about"), _of_who_stated),
        field("text", gettext_lazy("In their own words"), _of_who_stated, "words"),
    ),
    _of_who_stated,
)

# Consultations


@lines("pieces", "title", "text")
def _pieces(consultation: Any, guarded: Guard) -> Iterator[Line]:
    for piece in consultation.pieces.all():
        yield Line(
            _("Went along: %(title)s") % {"title": piece.title}, piece.text, COPY, unsaid=True
        )


@lines("invitations", "declined_why")
def _invited(consultation: Any, guarded: Guard) -> Iterator[Line]:
    said, whys = [], []
    for invitation in consultation.invitations.all():
        if invitation.withdrawn_at:
            how = _("withdrawn")
        elif invitation.declined_at:
            how = _("declined")
            whys.append(invitation.declined_why)
        elif invitation.handed_over_at:
            how = _("handed over to a colleague")
        else:
            how = "" if invitation.accepted_at else _("did not answer")
        said.append(f"{invitation.user.name} ({how})" if how else invitation.user.name)
    if said:
        yield Line(_("Invited"), ", ".join(said), STAFF)
    for why in whys:
        # Somebody's own words: they can name whom they know, and are no name themselves.
        yield Line(_("Why somebody declined"), why, HOUSE, unsaid=True)


@lines("advices", "text", "mentions")
def _advices(consultation: Any, guarded: Guard) -> Iterator[Line]:
    for advice in consultation.advices.all():
        about = {"name": advice.author.name, "day": moment(advice.written_at)}
        yield Line(_("Advice of %(name)s, %(day)s") % about, advice.text, PUPIL)
        if names := [mention.user.name for mention in advice.mentions.all()]:
            yield note(f"{_('For the eye of:')} {', '.join(names)}", STAFF)


@lines("outcome", "held_at", "agenda_item")
def _outcome(consultation: Any, guarded: Guard) -> Iterator[Line]:
    if not consultation.closed_at:
        yield note(_("This consultation is still open."), PUPIL)
        return
    label = _("Outcome, held on %(day)s, noted by %(name)s")
    by = consultation.closed_by
    values = {"day": moment(consultation.held_at), "name": by.name if by else ""}
    yield Line(label % values, consultation.outcome, PUPIL, "fact")
    item = getattr(consultation, "agenda_item", None)
    if item and item.minutes:
        yield Line(_("Minutes of the care team"), item.minutes, PUPIL)


CONSULTATION = Kind(
    "consultations",
    lambda consultation: str(consultation.whom),
    "recorded_at",
    (
        field("question", gettext_lazy("Question"), PUPIL),
        field("shared", gettext_lazy("What was shared"), PUPIL),
        _pieces,
        field("spoken_to", gettext_lazy("To whom you spoke"), STAFF),
        field("their_reference", gettext_lazy("Their reference"), STAFF),
        field("naming_ground", gettext_lazy("The pupil's name was shared, because"), PUPIL),
        _invited,
        field("planned_at", gettext_lazy("Agreed for"), PUPIL),
        field("place", gettext_lazy("Place"), PUPIL),
        _advices,
        _outcome,
        field("decided_by", gettext_lazy("Who decided it"), STAFF),
        field("next_talk", gettext_lazy("Who holds the conversation"), PUPIL),
    ),
    # What is asked and answered among professionals speaks of what the family is not told of, and
    # why: whomever they asked. Why the parents had to wait stays so once they were spoken with.
    lambda asked, guarded: (safety if advises_to_wait(asked) else guarded_by)(asked, guarded),
)

# Talks


@lines("facts_brought")
def _facts_brought(talk: Any, guarded: Guard) -> Iterator[Line]:
    said = talk.statements
    if said:
        text = "\n".join(f"– {one}" for one in said) if len(said) > 1 else said[0]
        yield Line(_("Facts that were brought"), text, _confided(talk, guarded), "fact")


@lines("reactions", "parents_reactions")
def _reactions(talk: Any, guarded: Guard) -> Iterator[Line]:
    of_pupil = talk.parents_reactions and pupil_was_there(talk)
    label = _("How the pupil reacted") if of_pupil else _("How they reacted")
    if talk.reactions:
        yield Line(label, talk.reactions, _confided(talk, guarded))
    if talk.parents_reactions:
        yield Line(_("How the parents reacted"), talk.parents_reactions, PUPIL)


@lines("buurtteam_consent", "handed_over_on_grounds")
def _handed_over(talk: Any, guarded: Guard) -> Iterator[Line]:
    about = _consent_of_all(talk, guarded)
    if talk.hands_over:
        yield note(
            _("They consent to help by the buurtteam.")
            if talk.buurtteam_consent
            else _("Not everybody consents whose consent it takes; the grounds stand in the case."),
            about,
        )
        since = _("The buurtteam is responsible from this talk on (%(moment)s).")
        yield note(since % {"moment": moment(talk.held_at)}, about)
    elif talk.consent_lacks:
        yield note(
            _("Not everybody consents whose consent it takes: the school stays responsible."),
            about,
        )


SPOKEN_WITH = {"pupil_and_parents": JOINT_TALK, "parents": PARENT_TALK}


def _of_whom(talk: Any, guarded: Guard) -> About:
    """Return what a talk is about as a whole."""
    if talk.is_skipped:
        return safety(talk, guarded)
    if parents_were_there(talk):
        return SPOKEN_WITH[talk.with_whom]
    # Of whom it cannot be told is on the paper of neither.
    return CONFIDED if pupil_was_there(talk) else UNTOLD


TALK = Kind(
    "conversations",
    lambda talk: str(talk.get_kind_display()),
    "held_at",
    (
        field("skip_reason", gettext_lazy("Why a talk is not safe"), safety, "fact"),
        field("weighed_with", gettext_lazy("Weighed with"), STAFF),
        field("get_weighed_where_display", gettext_lazy("Where they work"), safety),
        field("look_again_on", gettext_lazy("Looked at again whether a talk is safe"), safety),
        field("get_family_there_display", gettext_lazy("Of the family"), _confided),
        field("attendees", gettext_lazy("Who were there"), _confided),
        field("interpreter", gettext_lazy("Interpreter"), STAFF),
        _facts_brought,
        _reactions,
        field("get_concern_display", gettext_lazy("The concern"), _confided),
        field("get_help_wanted_display", gettext_lazy("Help"), _who_refuses),
        field("get_refused_by_display", gettext_lazy("Who refuses"), _who_refuses),
        # Whoever was there: it is the school's own judgement of home, and where the pupil is now.
        field("get_home_safe_display", gettext_lazy("Safe to go home that day"), SAFETY),
        field("home_agreed", gettext_lazy("Agreed for that"), SAFETY),
        field("agreements", gettext_lazy("Agreements"), _confided),
        field("buurtteam_contact", gettext_lazy("For the buurtteam"), STAFF),
        field(
            "get_consent_parents_display",
            gettext_lazy("Consent of the parents"),
            _answer_of(Party.PARENTS),
        ),
        field(
            "get_consent_pupil_display",
            gettext_lazy("Consent of the pupil"),
            _answer_of(Party.PUPIL),
        ),
        field("get_consent_how_display", gettext_lazy("How they consented"), _consent_of_all),
        field(
            "consent_about",
            gettext_lazy("To what they consent, and to what not"),
            _consent_of_all,
        ),
        _handed_over,
    ),
    _of_whom,
)


@lines("kind", "size", "sha256", "withdrawn_why")
def _file(file: Any, guarded: Guard) -> Iterator[Line]:
    yield note(f"{file.get_kind_display()} · {filesizeformat(file.size)}", FILE)
    yield Line("", f"SHA-256 {file.sha256}", FILE, "digest")
    if file.withdrawn_at:
        label = _("Withdrawn on %(day)s") % {"day": moment(file.withdrawn_at)}
        yield Line(label, file.withdrawn_why, FILE)
        yield Line(_("Withdrawn by"), file.withdrawn_by.name, STAFF)


def came_with_it(file: Any) -> bool:
    """Tell whether a file is a dossier that came: its title says from which school, and it itself
    who told things there.
    """
    return any(one.file_id == file.pk for one in file.case.receiveddossiers.all())


ATTACHMENT = Kind(
    "attachments",
    lambda file: _("File %(number)s: %(title)s") % {"number": file.number, "title": file.title},
    "recorded_at",
    (_file,),
    lambda file, guarded: SOURCE if came_with_it(file) else FILE,
)


CLOSING: tuple[Read, ...] = (
    field("closing_grounds", gettext_lazy("Grounds"), guarded_by),
    field("closing_agreements", gettext_lazy("Agreements on watching on"), guarded_by),
    field("closing_told", gettext_lazy("Who told the pupil and the parents what"), guarded_by),
    field("closed_by.name", gettext_lazy("Closed by"), STAFF),
    field("retention_reason", gettext_lazy("Longer than the rule, because:"), guarded_by),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the dossier: its anchor, its heading, its kinds of records, and what it says
    when there are none. ``fresh``: it begins a page.
    """

    anchor: str
    title: Promise
    kinds: tuple[Kind, ...]
    empty: Promise | str = ""
    fresh: bool = False


PARTS: tuple[Part, ...] = (
    Part("step-1", gettext_lazy("Step 1: signals"), (SIGNAL, LOOK_BACK), fresh=True),
    Part(
        "step-2",
        gettext_lazy("Step 2: consultations"),
        (CONSULTATION,),
        gettext_lazy("Nobody has been consulted yet."),
    ),
    Part(
        "step-3",
        gettext_lazy("Step 3: talks"),
        (TALK,),
        gettext_lazy("No talk has been recorded yet."),
    ),
    Part(
        "step-4",
        gettext_lazy("Step 4: severity"),
        (ASSESSMENT,),
        gettext_lazy("The severity has not been weighed yet."),
    ),
    Part(
        "step-5",
        gettext_lazy("Step 5: decision and what follows"),
        (DECISION, FEEDBACK),
        gettext_lazy("Nothing has been decided yet."),
    ),
    Part(
        "explained",
        gettext_lazy("Done otherwise, with grounds"),
        (DEVIATION,),
        gettext_lazy("Nothing was recorded as done otherwise."),
    ),
    Part(
        "statements",
        gettext_lazy("Statements of the pupil and the parents"),
        (STATEMENT,),
        gettext_lazy("No statement was added."),
    ),
    Part(
        "files",
        gettext_lazy("Files"),
        (ATTACHMENT,),
        gettext_lazy("No file has been added."),
    ),
)
KINDS: dict[str, Kind] = {kind.relation: kind for part in PARTS for kind in part.kinds}
