"""A simulated school year: schools with their people, cases that move or stand still, the clock.

Everything that people do goes through the actions that the pages use; what they may not do at that
moment is refused, and they go on. Nothing here knows when a reminder is due: that is asked of what
was written down (``tests/year/test_school_year.py``).
"""

import uuid
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.utils import parseaddr
from random import Random
from zoneinfo import ZoneInfo

from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import School, User
from accounts.people.actions import end_role
from accounts.roles import Role
from cases import actions
from cases.errors import ActionError
from cases.models import Case, Conversation, Pupil
from cases.notifications.outbox import deliver
from cases.protocol import QUESTIONS
from cases.protocol.vacations import Vacation, of_region
from cases.reminders.sweep import sweep
from cases.vacations.actions import keep_lines, take_over_region
from cases.waiting.actions import put_off
from consultations.actions import accept_invitation, ask_consultation, record_outcome
from consultations.models import Consultation, Invitation
from referrals.actions import confirm_received, decide, record_feedback
from referrals.models import Referral
from signals.actions import file_signal
from tests.cases.records import send
from tests.factories import PupilFactory, SchoolFactory, member

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FIRST_DAY, LAST_DAY = date(2026, 8, 31), date(2027, 7, 9)
SCHOOLS = ("noord", "midden", "zuid", "midden")
STAFF = (
    Role.COORDINATOR, Role.COORDINATOR, Role.ATTENTION_OFFICER, Role.SCHOOL_LEADER,
    Role.ADMINISTRATOR, *[Role.TEACHER] * 4,
)  # fmt: skip
# Beat sweeps each five minutes; here when something can be due: around the clock where a case is on
# the accelerated path, else in the morning and after people worked.
AROUND_THE_CLOCK = tuple(time(hour, 5) for hour in range(0, 24, 2))
QUIET_DAY = (time(8, 5), time(14, 5), time(16, 5))


@dataclass
class Crew:
    """A school and who works there now."""

    school: School
    people: dict[str, list[User]] = field(default_factory=lambda: defaultdict(list))

    def hire(self, role: str) -> User:
        """Let somebody begin."""
        place = self.school.buurtteam if role == Role.BUURTTEAM_WORKER else self.school
        person = member(role, place)
        self.people[role].append(person)
        return person


@dataclass
class Letter:
    """A mail that went out: when, to whom, and the references of cases that stand in it."""

    at: datetime
    to: str
    references: frozenset[str]
    identity: str


class Year:
    """The year. ``random`` decides who does what, and when; the same seed is the same year."""

    def __init__(self, seed: int, cases: int, traveller) -> None:
        self.random, self.traveller = Random(seed), traveller
        self.letters: list[Letter] = []
        self.left: dict[str, datetime] = {}
        self.done: Counter[str] = Counter()
        self.go_to(FIRST_DAY, time(7))
        self.crews = [self._crew(region) for region in SCHOOLS]
        days = [day for day in self.days() if day.weekday() < 5 and day < date(2027, 6, 1)]
        self.to_come: dict[date, int] = Counter(self.random.choice(days) for __ in range(cases))

    def _crew(self, region: str) -> Crew:
        crew = Crew(SchoolFactory())
        for role in (*STAFF, Role.BUURTTEAM_WORKER):
            crew.hire(role)
        take_over_region(crew.school, crew.people[Role.COORDINATOR][0], region, FIRST_DAY)
        return crew

    def go_to(self, day: date, at: time) -> datetime:
        """Let it be that moment, by the clock on the wall."""
        moment = datetime.combine(day, at, tzinfo=AMSTERDAM)
        self.traveller.move_to(moment)
        return moment

    @staticmethod
    def days() -> list[date]:
        """Return the days of the year."""
        return [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]

    def live(self, day: date) -> None:
        """Live a day: sweeps around the clock, and people at work when there is school."""
        work = self._at_work(day)
        half = len(work) // 2
        for at in AROUND_THE_CLOCK:
            now = self.go_to(day, at)
            if at in QUIET_DAY[1:]:
                for act in work[:half] if at == QUIET_DAY[1] else work[half:]:
                    with suppress(ActionError, PermissionDenied):
                        act()
            if at in QUIET_DAY or Case.objects.filter(next_due__lte=now).exists():
                sweep(now)
                self._mail(now)

    def _mail(self, now: datetime) -> None:
        before = len(mail.outbox)
        deliver()
        for letter in mail.outbox[before:]:
            references = frozenset(word for word in letter.body.split() if word[:2] == "M-")
            identity = letter.extra_headers["Message-ID"]
            self.letters.append(Letter(now, parseaddr(letter.to[0])[1], references, identity))
        del mail.outbox[:]

    def _at_work(self, day: date) -> list:
        """Return what people are going to do on a day, as calls."""
        if day.weekday() > 4 or self._is_vacation(day):
            return []
        acts = [self._first_signals for __ in range(self.to_come[day])]
        for crew in self.crews:
            for case in Case.objects.open().filter(school=crew.school):
                urgent = case.accelerated
                if self.random.random() < (0.9 if urgent else 0.035):
                    acts.append(self._move(crew, case))
            if self.random.random() < 0.012:
                acts.append(self._somebody_leaves(crew))
        self.random.shuffle(acts)
        return acts

    @staticmethod
    def _is_vacation(day: date) -> bool:
        # One region stands for all: people elsewhere rest a little on days that they could work.
        return any(one.first <= day <= one.last for one in of_region("midden", FIRST_DAY))

    # --- what people do --------------------------------------------------------------------------
    def _count(self, what: str) -> None:
        self.done[what] += 1

    def _first_signals(self) -> None:
        crew = self.random.choice(self.crews)
        pupil = PupilFactory(school=crew.school)
        for __ in range(self.random.choice((1, 2, 2, 3))):
            self._signal(crew, pupil, severe=False)
        if self.random.random() < 0.5:
            case = pupil.cases.get()
            actions.take_on(case, self.random.choice(crew.people[Role.COORDINATOR]))

    def _signal(self, crew: Crew, pupil: Pupil, *, severe: bool) -> None:
        by = self.random.choice(crew.people[Role.TEACHER])
        file_signal(
            pupil, by, uuid.uuid4(), categories=["tired"], facts="Viel in slaap.",
            observed_at=timezone.now(), severe=severe, acute=False,
        )  # fmt: skip
        self._count("severe signal" if severe else "signal")

    def _move(self, crew: Crew, case: Case):
        roll = self.random.random()

        def act() -> None:
            case.refresh_from_db()
            by = self.random.choice(
                crew.people[Role.COORDINATOR] + crew.people[Role.ATTENTION_OFFICER]
            )
            if roll < 0.08:
                self._signal(crew, case.pupil, severe=False)
            elif roll < 0.11:
                self._signal(crew, case.pupil, severe=True)
            elif roll < 0.2 and not case.accelerated:
                until = timezone.now() + timedelta(days=self.random.randint(1, 12))
                put_off(case, by, uuid.uuid4(), reason="Gezinswerker komt.", until=until)
                self._count("put off")
            elif roll < 0.26:
                actions.take_on(case, by)
                self._count("taken on")
            else:
                self._next_step(crew, case, by)

        return act

    def _next_step(self, crew: Crew, case: Case, by: User) -> None:
        """Do what comes next in a case, as far as people get."""
        asked = Consultation.objects.filter(case=case, cycle=case.cycle).order_by("pk").last()
        if asked is None:
            workers = [w.memberships.get() for w in crew.people[Role.BUURTTEAM_WORKER]]
            ask_consultation(
                case, by, uuid.uuid4(), kind="family_worker", question="Hoe lees jij dit?",
                shared="", named=False, naming_ground="", invitees=workers,
            )  # fmt: skip
            self._count("consultation asked")
        elif asked.closed_at is None:
            for invitation in Invitation.objects.filter(consultation=asked, accepted_at=None):
                with suppress(ActionError, PermissionDenied):
                    accept_invitation(invitation, invitation.user)
            record_outcome(
                asked, by, held_at=timezone.now(), outcome="Zorg is terecht.", next_talk="Mentor."
            )
            self._count("consultation held")
        elif case.step <= 3 and not case.conversations.filter(cycle=case.cycle).exists():
            actions.record_conversation(
                case, by, uuid.uuid4(), kind=Conversation.Kind.PARENTS, held_at=timezone.now(),
                motivation="Zo besloten.",
            )  # fmt: skip
            self._count("talk")
        elif not case.assessments.filter(cycle=case.cycle).exists():
            usual = {"possible": "yes", "accepted": "yes", "works": "later"}
            given = {q.code: (usual.get(q.code, "no"), "Gronden.") for q in QUESTIONS}
            actions.record_assessment(
                case, by, uuid.uuid4(), given, consulted="Gezinswerker",
                assessed_at=timezone.now(), motivation="Zo besloten.",
            )  # fmt: skip
            self._count("weighed")
        elif not case.decisions.filter(cycle=case.cycle).exists():
            decide(
                case, by, uuid.uuid4(), decided_at=timezone.now(), report=False,
                report_grounds="Veilig genoeg.", motivation="Zo besloten.", help="buurtteam",
                help_grounds="Ouders willen hulp.", report_fields={},
                follow_up_on=timezone.localdate() + timedelta(days=30),
            )  # fmt: skip
            self._count("decided")
        else:
            self._after_the_decision(case, by)

    def _after_the_decision(self, case: Case, by: User) -> None:
        referral = Referral.objects.filter(decision__case=case).order_by("pk").last()
        if referral is not None and referral.sent_at is None:
            send(referral, by)
            self._count("sent")
        elif referral is not None and referral.confirmed_at is None:
            confirm_received(referral, by)
            self._count("confirmed")
        elif self.random.random() < 0.5:
            actions.close_case(
                case,
                by,
                outcome=Case.Outcome.HELP_WORKS,
                grounds="De hulp werkt.",
                agreements="Geen.",
            )
            self._count("closed")
        else:
            record_feedback(
                case, by, uuid.uuid4(), received_at=timezone.now(), source="Gezinswerker",
                text="Het loopt.", effect="works", heard_from="buurtteam", helped_by="buurtteam",
            )  # fmt: skip
            self._count("heard back")

    def _somebody_leaves(self, crew: Crew):
        role = self.random.choice((Role.COORDINATOR, Role.TEACHER, Role.ATTENTION_OFFICER))

        def act() -> None:
            leaver = self.random.choice(crew.people[role])
            by = crew.people[Role.ADMINISTRATOR][0]
            if len(crew.people[role]) > 1 or role == Role.ATTENTION_OFFICER:
                crew.people[role].remove(leaver)
                if not crew.people[role] or self.random.random() < 0.7:
                    crew.hire(role)
                end_role(leaver.memberships.get(), by, crew.school)
                self.left[leaver.email] = timezone.now()
                self._count("left")

        return act

    def study_day(self, day: date) -> None:
        """Let each school be free on a day that nobody planned before."""
        for crew in self.crews:
            by = crew.people[Role.COORDINATOR][0]
            keep_lines(crew.school, by, [Vacation("Studiedag", day, day)])
