"""What is secret in a school, stage by stage; who may know nothing of it, and what they ask.

``test_same_to_the_byte.py`` compares what they get before and after.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission, may
from accounts.models import User
from accounts.roles import Role
from cases import jobs
from cases.actions import close_case
from cases.destruction.approving import approve, digest, hold_back, place_for, to_approve
from cases.destruction.listing import look_again
from cases.models import Case, Pupil, RightsRequest, ShutOut, SiblingTie
from cases.search.sealed import sealed
from signals.actions import file_signal
from signals.models import Signal, SignalFinding
from tests.accounts.every_form import FORMS, Sheet
from tests.conftest import sign_in
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, SignalFactory, member
from tests.test_role_matrix import (
    FROM_LIBRARIES,
    MATRIX,
    POST_ONLY,
    PUBLIC,
    SEES_CASE,
    all_patterns,
    arguments,
)
from tests.world import World

# Address → why nobody asks it here. All of ``FROM_LIBRARIES`` beside: they ask the account alone.
UNASKED = {
    "push_worker": "a script, the same for everybody",
    "set_language": "a form, the same for everybody",
    "set_theme": "a form, the same for everybody",
    "sso:start": "leads to a provider, before anybody signed in",
    "sso:refused": "one page, before anybody signed in",
    "sso:callback": "an answer of a provider, before anybody signed in",
    "sso:saml_callback": "an answer of a provider, before anybody signed in",
    "sso:saml_finish": "an answer of a provider, before anybody signed in",
    "sso:saml_metadata": "the certificate of the school's own provider",
    "people:invitation": "is opened by a link, before anybody signed in",
    "people:open_invitation": "is opened by a link, before anybody signed in",
    "health_web": "asks nothing but whether the web answers",
    "protocol": "the law, the same for everybody",
    "guide": "help, the same for everybody",
    "tour": "the five steps, the same for everybody",
    "accessibility": "a statement, the same for everybody",
    "design": "invented people, the same for everybody",
    "sessions": "where one is signed in oneself",
    "notifications:settings": "what one chose oneself",
    "api:openapi": "the description, the same for everybody",
    "api:pupils": "takes a token, and no session",
    "api:signals": "takes a token, and no session",
    "api:counts": "takes a token, and no session",
    "metrics": "says nothing without its token",
}
# Where something hidden would show, whoever asks.
FRONTS = ("cases:detail", "cases:dossier", "cases:pupil", "signals:detail")
# Forms that are sent in a case that nobody but the care team, or the board's line, may know of.
LIFE = (
    "cases:conversation", "cases:assessment", "consultations:new", "consultations:call",
    "cases:attach", "cases:dossier", "referrals:decide", "cases:participants", "cases:look_back",
    "cases:close",
)  # fmt: skip

# What those who are in a consultation may see of it.
ROOM = tuple(row.name for row in FORMS if row.of == "consultation")
# Of the case: what was sent before it was severe; what it does not take by then (the hidden case
# takes one of both); what its author is told; who is kept out, at the very end.
UNSENT = (
    "cases:put_off", "cases:new_cycle", "consultations:new", "signals:unfounded",
    "cases:shut_out", "cases:end_shut_out",
)  # fmt: skip
OF_THE_CASE = [row.name for row in FORMS if set(MATRIX[row.name]) <= set(SEES_CASE)]
# Of these, all but what offers people, records or kinds of paper show the head of the case alone:
# who may see that case is shown it by its pages too, which are asked.
OF_A_STEP = {*OF_THE_CASE} - {"cases:dossier", "cases:participants", "cases:shut_out",
                              "consultations:new", "consultations:invite"}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody who asks: before all stages or after one (``since``), and after another.

    ``as_who``: whose column of the matrix holds for them.
    """

    who: str
    stage: str
    since: str = ""
    as_who: str = ""

    @property
    def column(self) -> str:
        """Return the column of the matrix that holds for them."""
        return self.as_who or self.who


PEOPLE = (
    # A case for the board.
    Person("coordinator", "board"),
    # All about a pupil from whom they are kept, until it is destroyed.
    Person("leader", "due", since="board"),
    # One of a pupil from whom they are kept; and how old another is, of whom they see a reference.
    Person("administrator", "birthday"),
    # All that happens in a case, but for the room that they joined. That it is severe they know:
    # the buurtteam is told, for it has hours then.
    Person("joined", "case", since="severe"),
    # All of that, and that it ends. From two of these pupils they are kept.
    Person("conflicted", "end"),
    Person("other_teacher", "end"),
    Person("sister", "end", as_who="other_leader"),
    # Who logged a signal in that case; and is then kept out.
    Person("author", "end"),
    Person("author", "kept_out"),
)


class School:
    """The world, with one pupil of whom nobody knows yet and one about whom a colleague is."""

    def __init__(self, world: World) -> None:
        self.world, people = world, world.people
        self._addresses: dict[Person, list[str]] = {}
        people["sister"] = member(Role.SCHOOL_LEADER, SchoolFactory(board=world.school.board))
        # Of whoever does something: signed in before all of it, for that stands in the trail.
        self.browsers = {user.pk: sign_in(user) for user in people.values() if user}
        self.hidden, self.boarded, self.shared, self.gone = (copy(world) for __ in range(4))
        # A colleague's, of which a copy went along with the question.
        self.shared.signal = self.signal(world.pupil, severe=False)
        world.consultation.pieces.create(position=1, title="Signaal", text="Kwam zonder jas.")
        self.hidden.pupil, self.boarded.pupil = (
            PupilFactory(school=world.school) for __ in range(2)
        )
        left_on = timezone.localdate() - timedelta(days=150)
        self.gone.pupil = PupilFactory(school=world.school, left_on=left_on)
        people["second_administrator"] = member(Role.ADMINISTRATOR, world.school)
        self.browsers[people["second_administrator"].pk] = sign_in(people["second_administrator"])
        look_again(world.school, people["coordinator"])
        for there in (self.hidden, self.boarded):
            SiblingTie.objects.create(
                first=world.sibling, second=there.pupil, tied_by=people["coordinator"]
            )
        for who in ("conflicted", "conflicted_teacher", "administrator", "leader"):
            for there in (self.hidden, self.gone):
                ShutOut.objects.create(
                    pupil=there.pupil, user=people[who], ground="family",
                    set_by=people["coordinator"],
                )  # fmt: skip

    def browser(self, user: User) -> Client:
        """Return the browser of somebody who does something."""
        return self.browsers[user.pk]

    def signal(self, pupil: Pupil, *, severe: bool = True, about_staff: bool = False) -> Signal:
        """Let a teacher log a signal."""
        return file_signal(
            pupil, self.world.people["teacher"], uuid.uuid4(), categories=["hygiene"],
            facts="Kwam zonder jas.", severe=severe, acute=False, about_staff=about_staff,
            observed_at=timezone.now(),
        )  # fmt: skip

    def live(self, there: World, names: Iterable[str], who: str = "") -> None:
        """Send forms in a case: each by whom the table says, or all by one."""
        rows = {row.name: row for row in FORMS}
        for name in names:
            row = replace(rows[name], who=who or rows[name].who)
            assert Sheet(row, self.browser, there).send().status_code == 302, name

    def begin(self, there: World, *, about_staff: bool = False) -> Case:
        """Open the first case of a pupil, beside whom nobody has one."""
        there.signal = self.signal(there.pupil, about_staff=about_staff)
        there.case = there.signal.case
        return there.case

    def complain(self) -> None:
        """Stage: cases for the board, of a pupil who has none and of one who has."""
        case, leader = self.begin(self.boarded, about_staff=True), self.world.people["leader"]
        self.live(self.boarded, ("cases:attach", "cases:dossier", "cases:look_back"), "leader")
        jobs.fail(case.exports.get())
        close_case(case, leader, outcome="with_the_board", grounds="Bestuur.", agreements="Geen.")
        self.signal(self.world.pupil, about_staff=True)

    def hide(self) -> None:
        """Stage: the whole life of a case of a pupil from whom some are kept."""
        case = self.begin(self.hidden)
        self.live(self.hidden, LIFE, "coordinator")
        jobs.fail(case.exports.get())
        case.refresh_from_db()
        assert not case.is_open
        self.live(self.hidden, ("signals:receive",), "coordinator")

    def let_go(self) -> None:
        """Stage: a case of somebody who left is held back, listed and approved."""
        people, school = self.world.people, self.world.school
        case = self.gone.case = CaseFactory(pupil=self.gone.pupil)
        SignalFactory(case=case, author=people["teacher"])
        over = timezone.localdate() - timedelta(days=1)
        Case.objects.filter(pk=case.pk).update(
            closed_at=timezone.now(), outcome="cleared", closing_grounds="Opgehelderd.",
            retention_years=5, kept_until=over,
        )  # fmt: skip
        # By hand: the form's own row ends another hold first.
        self.gone.hold = hold_back(
            case, people["coordinator"], reason="Er loopt een klacht.", until=None
        )
        self.live(self.gone, ("cases:lift_hold",), "coordinator")
        look_again(school, people["coordinator"])
        for who in ("second_administrator", "coordinator"):
            person = people[who]
            waits = to_approve(person, school)
            mine = [one for one in waits if place_for(person, one, school.pk)]
            approve(school, person, seen=digest(mine))
        assert case.due.destruction

    def ask(self) -> None:
        """Stage: what somebody who left may ask is asked and answered."""
        for kind in ("see", "destroy"):
            self.live(self.gone, ("cases:new_request",), "coordinator")
            self.gone.asked = RightsRequest.objects.latest("pk")
            RightsRequest.objects.filter(pk=self.gone.asked.pk).update(kind=kind)
            self.live(self.gone, ("cases:longer", "cases:answer_request"), "coordinator")

    def age(self, years: int = 16) -> None:
        """Stage: a pupil turns sixteen."""
        born = timezone.localdate() - timedelta(days=366 * years)
        Pupil.objects.filter(pk=self.world.pupil.pk).update(birth_date=born)

    def worsen(self) -> None:
        """Stage: a colleague logs a severe signal."""
        self.age(14)
        self.live(self.world, ("cases:put_off",))
        self.signal(self.world.pupil)

    def move(self) -> None:
        """Stage: all that is sent about the case but its end, and what is of its consultation."""
        sent = [name for name in OF_THE_CASE if name not in (*ROOM, *UNSENT, "cases:close")]
        self.live(self.world, [*sent, "cases:dossier", "cases:emergency"])
        self.live(self.shared, ("signals:correct",), "teacher")

    def end(self) -> None:
        """Stage: the consultation goes on, it and the case end, and a signal opens the next."""
        self.live(self.world, (*ROOM, "cases:close"))
        assert self.signal(self.world.pupil).case != self.world.case

    def keep_out(self) -> None:
        """Stage: somebody who logged a signal is kept out of all of it."""
        self.live(self.world, ("cases:shut_out",))
        by = {"case": self.world.case, "author": self.world.people["coordinator"]}
        SignalFinding.objects.create(**by, signal=self.world.signal, grounds="Het was een spel.")

    @property
    def stages(self) -> dict[str, Callable[[], object]]:
        """Return what happens, in its order; each comes on top of those before."""
        return {
            "board": self.complain, "hidden": self.hide, "due": self.let_go, "birthday": self.age,
            "asked": self.ask, "severe": self.worsen, "case": self.move, "end": self.end,
            "kept_out": self.keep_out,
        }  # fmt: skip

    def addresses(self, person: Person) -> list[str]:
        """Return what somebody asks. What happened is undone before some of it is asked."""
        if person not in self._addresses:
            self._addresses[person] = list(dict.fromkeys(self._all_addresses(person)))
        return self._addresses[person]

    def _all_addresses(self, person: Person) -> Iterator[str]:
        """Yield what somebody asks: all that is theirs, with its queries, and what is hidden."""
        world, user = self.world, self.world.people[person.who]
        for name in MATRIX:
            theirs = MATRIX[name] is PUBLIC or person.column in MATRIX[name]
            if theirs and name not in {*POST_ONLY, *FROM_LIBRARIES, *UNASKED, *OF_A_STEP}:
                url = reverse(name, args=arguments(name, world))
                yield url
                yield from (f"{url}?{query}" for query in self.queries(name, user))
        views = dict(all_patterns())
        for name in FRONTS:
            if any(may(user, permission) for permission in views[name].access):
                for there in (self.hidden, self.boarded):
                    yield reverse(name, args=arguments(name, there))
        if may(user, Permission.SEE_PUPIL):
            yield reverse("cases:pupil", args=[world.sibling.public_id])

    def queries(self, name: str, user: User) -> list[str]:
        """Return what an address can ask for, of which it shows more."""
        hidden, boarded = self.hidden.pupil, self.boarded.pupil

        def searched(words: str) -> str:
            return urlencode({"q": sealed(words, user)})

        return {
            "cases:dashboard": [f"view=all&{searched(hidden.family_name)}", "view=closed"],
            "cases:dossier": [f"kind={code}" for code in ("parents", "for_pupil")],
            "cases:exportable": [searched(self.hidden.case.reference)],
            "signals:new": [f"pupil={one.public_id}" for one in (hidden, boarded)],
        }.get(name, [])
