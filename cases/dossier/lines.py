"""What a line of a dossier is, and a kind of record: the words of the table (``fields``)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise

from cases.dossier.variants import About
from cases.models import Case

PUPIL, STAFF, SOURCE, CONFIDED = About.PUPIL, About.STAFF, About.SOURCE, About.CONFIDED
SAFETY, REPORTER = About.SAFETY, About.REPORTER
FILE, COPY, REPLACED = About.FILE, About.COPY, About.REPLACED
# Explained with why the family is not told, or not spoken to.
SAFETY_RULES = frozenset({"R8", "R19", "R36", "R37"})

Label = Promise | str


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is read from a record. ``label`` may name somebody, as ``text`` may.

    ``unsaid``: where it is left out, so is its label.
    """

    label: Label
    text: str
    about: About = PUPIL
    tone: str = ""
    unsaid: bool = False


# From a record, the lines of a field; ``guarded``: the family is not told of everything.
Read = Callable[[Any, bool], Iterator[Line]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: where it hangs, its title, when it was, and its lines.

    ``hidden``: what the whole record is about, where its title says too much already.
    """

    relation: str
    title: Callable[[Any], str]
    moment: str
    lines: tuple[Read, ...]
    hidden: Callable[[Any, bool], About] = lambda record, guarded: PUPIL


def is_guarded(case: Case) -> bool:
    """Tell whether the family is not told of everything: a talk is not safe, or a report unsaid."""
    if any(talk.is_skipped for talk in case.conversations.all()):
        return True
    if any(deviation.rule in SAFETY_RULES for deviation in case.deviations.all()):
        return True
    decisions = case.decisions.all()
    return any(untold(referral) for one in decisions for referral in one.referrals.all())


def untold(referral: Any) -> bool:
    """Tell whether the family does not know of a referral, for a reason.

    Of what others passed on nobody says whether the family knows: it does not where it was not
    asked.
    """
    passed_unasked = referral.passed_on_from_id and referral.consent == "not_asked"
    return not referral.family_told and bool(referral.not_told_reason or passed_unasked)


def untold_of(decision: Any) -> set[int]:
    """Return the keys of the referrals of which the family does not know, and of what came of them.

    What is passed on comes after what it was passed on from.
    """
    found: set[int] = set()
    for referral in sorted(decision.referrals.all(), key=attrgetter("pk")):
        if untold(referral) or referral.passed_on_from_id in found:
            found.add(referral.pk)
    return found


def field(
    name: str, label: Label, about: About | Callable[[Any, bool], About] = PUPIL, tone: str = ""
) -> Read:
    """Return the field of a record with that name, in words."""
    value_of = attrgetter(name)

    def read(record: Any, guarded: bool) -> Iterator[Line]:
        text = in_words(value_of(record))
        if text:
            yield Line(label, text, about(record, guarded) if callable(about) else about, tone)

    read.fields = (name.removeprefix("get_").removesuffix("_display"),)
    return read


def lines(*fields: str) -> Callable[[Read], Read]:
    """Say of a function that yields lines which fields of the record it reads."""

    def decorate(read: Read) -> Read:
        read.fields = fields
        return read

    return decorate


def in_words(value: Any) -> str:
    """Return a value as it stands on paper."""
    if callable(value):
        value = value()
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return "" if value is None else str(value)


def moment(at: datetime) -> str:
    """Return a moment in words, in the time of here."""
    return date_format(timezone.localtime(at), "j F Y, H:i")


def day(at: datetime) -> str:
    """Return the day of a moment in words."""
    return date_format(timezone.localtime(at), "j F Y")


def note(text: str, about: About = PUPIL) -> Line:
    """Return a line without a label."""
    return Line("", text, about, "note")


def guarded_by(record: Any, guarded: bool) -> About:
    """Return what a line is about that the family does not read where it is not told of all."""
    return SAFETY if guarded else PUPIL
