"""The words in which a demo story is told: what happened in a case, when, and by whom.

A story is data. ``meldcode.demo.plant`` makes rows of it and lets the protocol look after each
event, so that a seeded case can say nothing else than a case that people worked on.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cases.deadlines import add_business_days
from cases.protocol.periods import RETENTION_YEARS


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment seen from the day of seeding: business days back at a clock, or minutes back."""

    days: int = 0
    clock: time = time(9)
    minutes: int = 0

    def at(self, now: datetime) -> datetime:
        """Return the moment itself, in the school's own time zone."""
        if self.minutes:
            return timezone.localtime(now) - timedelta(minutes=self.minutes)
        day = add_business_days(timezone.localdate(now), -self.days)
        return timezone.make_aware(datetime.combine(day, self.clock))


def day(days: int, clock: str) -> Moment:
    """Return the moment that lies some business days back, at a time as "14:05"."""
    return Moment(days=days, clock=time.fromisoformat(clock))


def minutes(ago: int) -> Moment:
    """Return the moment some minutes ago: for what happened today, at whatever hour one seeds."""
    return Moment(minutes=ago)


def business_day(today: date, ahead: int) -> date:
    """Return the day some business days ahead, or back when negative."""
    return add_business_days(today, ahead)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody recorded. ``by`` is a key of ``meldcode.demo.people``."""

    when: Moment
    by: str


@dataclass(frozen=True, slots=True)
class Signal(Event):
    """Step 1. ``about`` are category codes with spaces between."""

    facts: str
    about: str = ""
    words: str = ""
    reading: str = ""
    heard_from: str = ""
    place: str = ""
    severe: bool = False
    acute: bool = False
    # On the body map: region, kind, size, and a note that may be empty.
    marks: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask(Event):
    """Step 2: a consultation asked, and who was invited to it."""

    kind: str
    question: str
    shared: str = ""
    invite: tuple[str, ...] = ()
    naming_ground: str = ""
    # How many signals of the case go along, the first ones, without the name.
    signals: int = 0
    # Of the contact book: organisation, name and telephone.
    contact: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class PutOff(Event):
    """The case waits on purpose, some hours from the day of seeding on."""

    reason: str
    hours: int


@dataclass(frozen=True, slots=True)
class Call(Event):
    """Step 2: a call that was made, with its answer."""

    kind: str
    question: str
    outcome: str
    talk: str
    next_talk: str = ""
    spoken_to: str = ""
    their_reference: str = ""


@dataclass(frozen=True, slots=True)
class Decline(Event):
    """An invitation to the newest consultation declined by the one invited."""

    why: str


@dataclass(frozen=True, slots=True)
class HandOver(Event):
    """An invitation to the newest consultation handed over to a colleague of the team."""

    to: str


@dataclass(frozen=True, slots=True)
class Propose(Event):
    """Times proposed for the newest consultation: business days ahead, each with a clock."""

    times: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Can(Event):
    """At which of the proposed times the one invited can: by their place in the list."""

    times: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Agree(Event):
    """One of the proposed times agreed, by its place in the list."""

    time: int
    minutes: int
    place: str


@dataclass(frozen=True, slots=True)
class Accept(Event):
    """An invitation to the newest consultation accepted by the one invited."""


@dataclass(frozen=True, slots=True)
class Advise(Event):
    """Advice in the newest consultation, and for whose eye."""

    text: str
    mention: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conclude(Event):
    """The outcome of the newest consultation."""

    outcome: str
    next_talk: str


@dataclass(frozen=True, slots=True)
class Talk(Event):
    """Step 3: a conversation."""

    kind: str
    attendees: str
    facts: str
    reactions: str
    concern: str
    help_wanted: str
    agreements: str = ""
    contact: str = ""
    # All whose consent it takes gave it.
    consent: bool = False
    # Of the parents apart, where the pupil was there too.
    parents: str = ""
    home: str = ""
    home_agreed: str = ""


@dataclass(frozen=True, slots=True)
class Skip(Event):
    """Step 3: no conversation, because it is not safe."""

    reason: str
    weighed_with: str
    where: str = ""
    # When it is looked at again, in business days from the day of seeding.
    again: int | None = None


@dataclass(frozen=True, slots=True)
class Weigh(Event):
    """Step 4: for each question of the table its answer and grounds."""

    consulted: str
    danger: tuple[str, str]
    upbringing: tuple[str, str]
    risks: tuple[str, str]
    suspicion: tuple[str, str]
    unsafety: tuple[str, str] | None = None
    possible: tuple[str, str] | None = None
    accepted: tuple[str, str] | None = None
    works: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Decide(Event):
    """Step 5. ``review`` in business days from the day of seeding; None: no review."""

    report: bool
    report_grounds: str
    help: str
    help_grounds: str
    review: int | None = None
    # The goals of own help: what, who, by when in business days from the seeding, how one sees it.
    goals: tuple[tuple[str, str, int, str], ...] = ()
    results: str = ""
    manager: str = ""
    untold: str = ""
    nameless: str = ""
    # Why it is decided before the steps that come first.
    motivation: str = ""


@dataclass(frozen=True, slots=True)
class Send(Event):
    """A referral of the newest decision sent."""

    to: str


@dataclass(frozen=True, slots=True)
class Report(Event):
    """The report to Veilig Thuis filed: from the case, and ``texts`` by field for the rest."""

    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Confirm(Event):
    """The receiver of a referral says that it came in."""

    to: str


@dataclass(frozen=True, slots=True)
class TakeOn(Event):
    """A receiver takes a referral on; ``looks``: first it only looks into it."""

    to: str
    who: str = ""
    looks: bool = False


@dataclass(frozen=True, slots=True)
class PassOn(Event):
    """Somebody of the chain passes the case on to the next."""

    start: str
    to: str
    consent: str
    asked: str = ""
    ground: str = ""
    handed_over: str = ""


@dataclass(frozen=True, slots=True)
class Hear(Event):
    """What was heard or seen after the decision; ``review`` as in ``Decide``."""

    source: str
    text: str
    effect: str
    review: int | None = None
    heard_from: str = "school"
    helped_by: str = "school"
    willing: str = "unsure"
    investigation: str = ""
    # How far each goal of the plan is, in their order.
    goals: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Explain(Event):
    """Something that a rule asks is not done, with grounds."""

    rule: str
    grounds: str


@dataclass(frozen=True, slots=True)
class Begin(Event):
    """The steps are walked again."""

    grounds: str


@dataclass(frozen=True, slots=True)
class LookBack(Event):
    """What one sees of the pupil when looking back."""

    seen: str
    result: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unfounded(Event):
    """The newest signal turns out to be unfounded."""

    grounds: str


@dataclass(frozen=True, slots=True)
class Close(Event):
    """The case closed."""

    outcome: str
    grounds: str
    agreements: str = ""
    told: str = ""
    # How long the dossier is kept after the pupil leaves; longer than the rule, and why.
    years: int = RETENTION_YEARS
    years_why: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """The pupil of a story."""

    given_name: str
    family_name: str
    age: int
    class_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One case from its first signal on, and who has a part in it besides the care team."""

    pupil: Child
    events: tuple[Event, ...]
    responsible: str = ""
    take_part: tuple[str, ...] = ()
    handed_over: tuple[str, ...] = ()
    # About somebody who works at the school (R9).
    restricted: bool = False

    @property
    def closed(self) -> bool:
        """Tell whether the case is closed in the end."""
        return any(isinstance(event, Close) for event in self.events)
