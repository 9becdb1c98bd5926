"""What a line of a dossier is, and a kind of record: the words of the table (``fields``)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from cases.dossier.telling import telling_of
from cases.dossier.variants import About
from cases.models import Case
from cases.protocol.asking import PARENT
from cases.record_facts import WAITS, parents_were_there

PUPIL, STAFF, SOURCE, CONFIDED = About.PUPIL, About.STAFF, About.SOURCE, About.CONFIDED
STATED, SAFETY, UNTOLD, REPORTER = About.STATED, About.SAFETY, About.UNTOLD, About.REPORTER
BY_OTHERS = About.BY_OTHERS
CHILD_TOLD, OTHERS_TOLD = About.CHILD_TOLD, About.OTHERS_TOLD
JOINT_TALK, PARENT_TALK = About.JOINT_TALK, About.PARENT_TALK
FILE, COPY, REPLACED, HOUSE = About.FILE, About.COPY, About.REPLACED, About.HOUSE
# Explained with why the parents are not spoken to; and with why nobody of the family is told.
SAFETY_RULES = frozenset({"R8", "R15", "R16", "R17", "R18", "R19", "R37"})
UNTOLD_RULES = frozenset({"R36"})

# Before everything else.
NEVER = datetime.min.replace(tzinfo=UTC)

Label = Promise | str


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is read from a record. ``label`` may name somebody, as ``text`` may.

    What it is about it says itself, for that decides who reads it: there is no default.
    ``unsaid``: where it is left out, so is its label. ``speaks_of``: the key of another record of
    which it says that there is one, for where records are chosen.
    """

    label: Label
    text: str
    about: About
    tone: str = ""
    unsaid: bool = False
    speaks_of: str = ""
    # Drawn beside the text, which says the same: it holds no word that somebody typed.
    figures: tuple[SafeString, ...] = ()


class Guard(IntEnum):
    """Of what a case holds, who is not told of everything."""

    NOBODY = 0
    PARENTS = 1
    FAMILY = 2


# From a record, the lines of a field; ``guarded``: who is not told of everything.
Read = Callable[[Any, Guard], Iterator[Line]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: where it hangs, its title, when it was, and its lines.

    ``hidden``: what the whole record is about, where its title says too much already. ``severity``
    and ``place``: what these are about, which stand beside its title. ``titled``: what the title is
    about, and ``plain`` stands there for who does not get it.
    """

    relation: str
    title: Callable[[Any], str]
    moment: str
    lines: tuple[Read, ...]
    hidden: Callable[[Any, Guard], About]
    severity: Callable[[Any, Guard], About] = lambda record, guarded: About.PUPIL
    place: Callable[[Any, Guard], About] = lambda record, guarded: About.PUPIL
    titled: About = About.PUPIL
    plain: Label = ""


def guard_of(case: Case) -> Guard:
    """Tell who is not told of everything.

    Pupil and parents: of a report that they do not know of, or not from whom it comes: the school's
    own paper would tell. The parents: where a talk with them is not safe, as of honour, was left
    out, or waits until somebody advises otherwise; and until somebody spoke with them in this walk,
    after what the pupil or somebody else told in confidence. A case that ended without a talk holds
    nothing back by that alone.
    """
    referrals = [one for decided in case.decisions.all() for one in decided.referrals.all()]
    rules = {deviation.rule for deviation in case.deviations.all()}
    if any(untold(one) or one.is_unnamed for one in referrals) or rules & UNTOLD_RULES:
        return Guard.FAMILY
    talks = case.conversations.all()
    honour = any(telling_of(signal).honour for signal in case.signals.all())
    if honour or any(talk.is_skipped for talk in talks) or rules & SAFETY_RULES:
        return Guard.PARENTS
    spoken = (t.held_at for t in talks if parents_were_there(t) and t.cycle == case.cycle)
    spoken_at = max(spoken, default=NEVER)
    if any(at > spoken_at for at in _told_at(case)) or (case.is_open and spoken_at == NEVER):
        return Guard.PARENTS
    waits = (
        _last_said(one)
        for one in case.consultations.all()
        if one.closed_at is None or advises_to_wait(one)
    )
    return Guard.PARENTS if any(at > spoken_at for at in waits) else Guard.NOBODY


def _told_at(case: Case) -> Iterator[datetime]:
    """Yield when something was told in confidence, wherever that was written down."""
    for signal in case.signals.all():
        told = telling_of(signal)
        if told.by_pupil or told.by_others or told.says:
            yield signal.recorded_at
    for talk in case.conversations.all():
        if not talk.is_skipped and not parents_were_there(talk):
            yield max(talk.held_at, talk.recorded_at)
    for heard in (*case.lookbacks.all(), *case.feedbacks.all()):
        if heard.child_words or getattr(heard, "heard_from", "") == "other":
            yield heard.recorded_at
    for said in case.statements.all():
        if said.said_by != PARENT:
            yield said.recorded_at


def _last_said(consultation: Any) -> datetime:
    """Return when the outcome was noted; of one that is open, when something was said in it last:
    it may come to that, and what is advised stands there before."""
    said = (advice.written_at for advice in consultation.advices.all())
    return consultation.closed_at or max((consultation.recorded_at, *said))


def advises_to_wait(consultation: Any) -> bool:
    """Tell whether what came of a consultation is that the parents are not spoken with yet."""
    return consultation.closed_at is not None and consultation.talk in WAITS


# They were asked, so they know of it, whatever they said.
ASKED = frozenset({"given", "refused"})


def untold(referral: Any) -> bool:
    """Tell whether the family does not know of a referral: unless it is said that they do.

    Of a report it is said. Of other help they know where they were asked, and where the school
    itself decided on it and noted nothing else yet; of what others passed on nobody says so.
    """
    if referral.passed_on_from_id:
        return referral.consent not in ASKED and not referral.family_told
    if referral.to == "veilig_thuis":
        return not referral.is_told
    return referral.consent == "not_asked" or not referral.family_told


def field(
    name: str,
    label: Label,
    about: About | Callable[[Any, Guard], About],
    tone: str = "",
) -> Read:
    """Return the field of a record with that name, in words."""
    value_of = attrgetter(name)

    def read(record: Any, guarded: Guard) -> Iterator[Line]:
        text = in_words(value_of(record))
        if text:
            whose = about(record, guarded) if callable(about) else about
            yield Line(label, text, whose, tone)

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


def note(text: str, about: About, speaks_of: str = "") -> Line:
    """Return a line without a label."""
    return Line("", text, about, "note", speaks_of=speaks_of)


def guarded_by(record: Any, guarded: Guard) -> About:
    """Return what a line is about that whoever is not told of everything does not read."""
    return {Guard.NOBODY: PUPIL, Guard.PARENTS: SAFETY, Guard.FAMILY: UNTOLD}[guarded]


def safety(record: Any, guarded: Guard) -> About:
    """Return what a line is about that the parents never read, nor who is not told of all."""
    return UNTOLD if guarded is Guard.FAMILY else SAFETY


def confided(record: Any, guarded: Guard) -> About:
    """Return what a line is about that parents never read, nor the pupil who is not told of all."""
    return UNTOLD if guarded is Guard.FAMILY else CONFIDED


def of_what_they_said(record: Any, guarded: Guard) -> About:
    """Return what a record is about in which words of the pupil can stand: what was seen beside
    them mostly says them too.
    """
    return CHILD_TOLD if record.child_words else PUPIL
