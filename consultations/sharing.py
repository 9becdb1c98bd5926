"""Which records of a case can go along with a question, and what of each the receiver reads.

The records are read through the reverse relations that the table of steps names, so that this room
knows no other step's models. What is left out on purpose: who wrote a record, who was there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Permission
from accounts.errors import ActionError
from accounts.models import User
from cases.models import Case
from cases.names import (
    Family,
    apart,
    both_of,
    find,
    find_as_one,
    find_said,
    put_in,
    said_in,
    visible,
    without,
    written_as_one,
)
from cases.references import sign_of
from cases.rights import Rights
from cases.together import hang, read_together

Lines = Iterator[tuple[Promise | str, str]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A record of the case as it would go along."""

    key: str
    title: str
    text: str

    @property
    def label(self) -> str:
        """Return how the asker knows it again in the list: its title and how it begins."""
        start = " ".join(self.text.split())
        return f"{self.title} · {start[:90]}…" if len(start) > 90 else f"{self.title} · {start}"


@dataclass(frozen=True, slots=True)
class Veil:
    """What is taken out of the pieces: what tells who the family is, and what the asker named."""

    family: Family | None = None
    # Words of the asker: names of others that nobody but they can know.
    words: tuple[str, ...] = ()
    # These as one word, as in an address of mail.
    as_one: frozenset[str] = frozenset()

    @classmethod
    def of(cls, case: Case, *, named: bool, hidden_words: str) -> "Veil":
        """Return what is taken out of what goes along with a question, by what its asker said.

        That a word of the question is no name ("Ben ik op tijd?") says nothing of a record.
        """
        words = said_in(hidden_words)
        return cls(
            None if named else Family.of(case.pupil),
            tuple(words),
            frozenset(one for word in words for one in written_as_one(*both_of(word))),
        )

    def over(self, text: str) -> str:
        """Return a text as the receiver reads it."""
        text = visible(text)
        if self.family is not None:
            text = without(text, find(text, self.family))
        said = apart(find_said(text, self.words) + find_as_one(text, self.as_one))
        return put_in(text, ((one.start, one.end, _("[name]")) for one in said))


# Of all that goes along with one question: a hundred pages of plain text.
MOST_SIGNS = 300_000
# Who told it is somebody whom the family knows: without their name, neither goes along.
WHO_TOLD = gettext_lazy("Told by")


def _signal(signal: Any) -> Lines:
    yield gettext_lazy("What was seen or heard"), signal.facts
    yield gettext_lazy("Marked on the body map"), signal.marks_in_words
    yield gettext_lazy("The pupil's own words"), signal.child_words
    yield WHO_TOLD, signal.hearsay_from
    yield gettext_lazy("What the writer makes of it"), signal.interpretation


def _conversation(talk: Any) -> Lines:
    yield gettext_lazy("Why there was no talk"), talk.skip_reason
    yield gettext_lazy("Facts that were brought"), talk.facts_brought
    yield gettext_lazy("How they reacted"), talk.reactions
    yield gettext_lazy("How the parents reacted"), talk.parents_reactions
    yield gettext_lazy("What was agreed"), talk.agreements
    if not talk.is_skipped:
        yield gettext_lazy("Do they want help?"), talk.get_help_wanted_display()


def _assessment(assessment: Any) -> Lines:
    for answer in assessment.answers.all():
        yield answer.question_text, f"{answer.answer_text}. {answer.grounds}"


def _decision(decision: Any) -> Lines:
    report = _("yes") if decision.report else _("no")
    yield gettext_lazy("Report?"), f"{report}. {decision.report_grounds}"
    yield gettext_lazy("Help?"), f"{decision.get_help_display()}. {decision.help_grounds}"


def _feedback(heard: Any) -> Lines:
    yield gettext_lazy("What was heard or seen"), heard.text
    yield gettext_lazy("The pupil's own words"), heard.child_words
    yield gettext_lazy("Does the help work?"), heard.get_effect_display()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record that can go along: where it hangs, its title, day, and what it says."""

    relation: str
    title: Promise
    moment: str
    lines: Callable[[Any], Lines]


KINDS: tuple[Kind, ...] = (
    Kind("signals", gettext_lazy("Signal"), "observed_at", _signal),
    Kind("conversations", gettext_lazy("Conversation"), "held_at", _conversation),
    Kind("assessments", gettext_lazy("Assessment"), "assessed_at", _assessment),
    Kind("decisions", gettext_lazy("Decision"), "decided_at", _decision),
    Kind("feedbacks", gettext_lazy("Heard or seen since"), "received_at", _feedback),
)


def recorded(case: Case) -> dict[str, QuerySet]:
    """Return the records of a case that can go along, by kind, and what hangs under them.

    As it holds now: not what a correction replaced, nor a signal that was found unfounded. Nothing
    is fetched yet: it is read together with what else a page asks.
    """
    found = {kind.relation: getattr(case, kind.relation).current() for kind in KINDS}
    found["signals"] = found["signals"].filter(finding__isnull=True)
    answers = found["assessments"].model._meta.get_field("answers").related_model
    marks = found["signals"].model._meta.get_field("marks").related_model
    return {
        **found,
        "answers": answers.objects.filter(assessment__case=case),
        "marks": marks.objects.filter(signal__case=case),
    }


def pieces_of(found: Mapping[str, QuerySet], veil: Veil) -> list[Piece]:
    """Return as pieces what was ``recorded``, in the order of the case."""
    return [_piece(kind, record, veil) for kind, record in _records(found)]


def _records(found: Mapping[str, QuerySet]) -> list[tuple[Kind, Any]]:
    assessments = found["assessments"]
    hang(assessments.model, "answers", found["answers"], list(assessments))
    hang(found["signals"].model, "marks", found["marks"], list(found["signals"]))
    return [(kind, record) for kind in KINDS for record in found[kind.relation]]


def chosen(case: Case, user: User, keys: Iterable[str], veil: Veil) -> list[Piece]:
    """Return the pieces with these keys, in the order of the case.

    Raises ``ActionError`` when one of them is not (or no longer) there for the user, or when they
    are more than anybody reads. No text but theirs is made: whom a question invites saves nothing
    meanwhile.
    """
    wanted = set(keys)
    if not wanted:
        return []
    found, rights = recorded(case), Rights(case, user, (Permission.SEE_CASE,))
    read_together(*rights.querysets, *found.values())
    there = _records(found) if Permission.SEE_CASE in rights.held() else []
    taken = [(kind, one) for kind, one in there if _key(kind, one) in wanted]
    if len(taken) != len(wanted):
        raise ActionError(
            _("A record that you chose was changed meanwhile. Choose again."), field="share"
        )
    if sum(len(_said(kind, one, veil)) for kind, one in taken) > MOST_SIGNS:
        raise ActionError(
            _("This is more than anybody reads at once. Let fewer records go along."),
            field="share",
        )
    return [_piece(kind, one, veil) for kind, one in taken]


def _key(kind: Kind, record: Any) -> str:
    return sign_of(f"{kind.relation}-{record.pk}")


def _said(kind: Kind, record: Any, veil: Veil) -> str:
    lines = [(label, text) for label, text in kind.lines(record) if text]
    if veil.family is not None:
        lines = [(label, text) for label, text in lines if label is not WHO_TOLD]
    return "\n\n".join(f"{label}: {text}" for label, text in lines)


def _piece(kind: Kind, record: Any, veil: Veil) -> Piece:
    day = date_format(timezone.localtime(getattr(record, kind.moment)), "j F Y")
    said = veil.over(_said(kind, record, veil))
    return Piece(_key(kind, record), f"{kind.title}, {day}", said)
