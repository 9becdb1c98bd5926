"""What is asked of the database: by our gate, and by guardian for the same rows."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from accounts.access import Permission, may
from accounts.models import User
from bench.people import Person
from cases.dashboard.counts import summary
from cases.dashboard.filters import CaseFilter
from cases.figures.school_year import SchoolYear
from cases.figures.team import tables
from cases.models import Case, DossierExport
from cases.page import permissions_on
from cases.querysets import CaseQuerySet
from consultations.models import Consultation, Invitation
from signals.forms import pupils_for
from signals.models import Signal

PAGE = 50
Ask = Callable[[User], object]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of one person; how guardian is asked the same, where it can be.

    An answer is a number: of rows on a page, of all rows, or 1 for yes.
    """

    person: Person
    what: str
    ours: Ask
    guardians: Ask | None = None
    # guardian told to look at grants of users alone: not what it does unless told.
    spared: Ask | None = None
    # Whether guardian must find the very same rows: of cases. Records have authors besides.
    exact: bool = False
    # Whether the goal is asked of it. Not of one case: there guardian has an index as well.
    raced: bool = False


def questions(people: list[Person]) -> list[Question]:
    """Return all questions, the gate to cases first."""
    asked = [question for person in people for question in _of_cases(person)]
    asked += [question for person in people for question in _of_records(person)]
    return asked + _of_pages({person.label: person for person in people})


def granted(user: User, *, spared: bool = False) -> CaseQuerySet:
    """Return the cases that guardian finds for a user, as it is called in its documentation."""
    sparing = {"use_groups": False, "accept_global_perms": False} if spared else {}
    return get_objects_for_user(user, "cases.take_part", Case, **sparing)


def _page(found: QuerySet) -> int:
    return len(found[:PAGE])


def _asked_of_all(
    person: Person,
    what: str,
    gate: Callable[[User], QuerySet],
    ask: Callable,
    within: Callable | None = None,
) -> Question:
    """Return one question: to our gate, and to guardian: of its cases, or of what is in them."""
    inside = within or (lambda cases: cases)
    return Question(
        person,
        what,
        lambda user: int(ask(gate(user))),
        lambda twin: int(ask(inside(granted(twin)))),
        lambda twin: int(ask(inside(granted(twin, spared=True)))),
        exact=within is None,
        raced=within is None and not what.startswith("one case"),
    )


def _of_cases(person: Person) -> list[Question]:
    if not person.cases(User.objects.get(pk=person.user_id)).exists():
        return []
    seen, unseen = (
        Case.objects.values_list("reference", flat=True).get(pk=pk)
        for pk in (person.seen, person.unseen)
    )
    asks = {
        f"first {PAGE} open cases": lambda found: _page(found.open().for_dashboard()),
        "number of cases": lambda found: found.count(),
        "one case, allowed": lambda found: found.filter(reference=seen).exists(),
        "one case, not allowed": lambda found: found.filter(reference=unseen).exists(),
    }
    return [_asked_of_all(person, what, person.cases, ask) for what, ask in asks.items()]


def _of_records(person: Person) -> list[Question]:
    user = User.objects.get(pk=person.user_id)
    asked: list[Question] = []
    if may(user, Permission.EXPORT_DOSSIER):
        exports = DossierExport.objects.visible_to
        asked += _lists(person, "exports", exports, DossierExport.objects, "-requested_at")
    if may(user, Permission.ADVISE):
        consultations = Consultation.objects.visible_to
        asked += _lists(
            person, "consultations", consultations, Consultation.objects, "-recorded_at"
        )
    if may(user, Permission.SEE_CASE):
        asked += _lists(
            person, "signals", Signal.objects.visible_to, Signal.objects, "-recorded_at"
        )
    return asked


def _lists(
    person: Person, name: str, gate: Callable[[User], QuerySet], records: QuerySet, order: str
) -> list[Question]:
    def within(cases: CaseQuerySet) -> QuerySet:
        return records.filter(case__in=cases)

    asks = {
        f"first {PAGE} {name}": lambda found: _page(found.order_by(order)),
        f"number of {name}": lambda found: found.count(),
        f"{name} of one case": lambda found: found.filter(case_id=person.seen).exists(),
    }
    return [_asked_of_all(person, what, gate, ask, within) for what, ask in asks.items()]


def _of_pages(people: dict[str, Person]) -> list[Question]:
    """Return what the pages ask beside the gate itself; guardian has nothing like it."""
    teacher = people["teacher who takes part"]
    coordinator = people["coordinator"]
    worker = people["family worker, consulted"]
    administrator = people["administrator, to export"]
    case = Case.objects.get(pk=coordinator.seen)
    asks: list[tuple[Person, str, Ask]] = [
        (coordinator, "dashboard: its counts", _counted),
        (coordinator, "dashboard: search", lambda user: _shown(user, q="van Voornaam7")),
        (coordinator, "dashboard: closed", lambda user: _shown(user, view="closed")),
        (coordinator, "statistics", lambda user: _statistics(_led(user), user)),
        (coordinator, "case: its buttons", lambda user: len(permissions_on(case, user))),
        (teacher, "my signals", _my_signals),
        (teacher, "pupils by name", lambda user: len(pupils_for(user, "van Voornaam7"))),
        (teacher, "pupils signalled last", lambda user: len(pupils_for(user, ""))),
        (worker, "inbox", _inbox),
        (administrator, "dossiers to export", _exportable),
    ]
    return [Question(*asked) for asked in asks]


def _led(user: User) -> CaseQuerySet:
    return Case.objects.permitted(user, Permission.SEE_DASHBOARD)


def _counted(user: User) -> int:
    return summary(_led(user), user, timezone.now()).total


def _shown(user: User, **chosen: str) -> int:
    return _page(CaseFilter(chosen, _led(user), user).found)


def _statistics(cases: CaseQuerySet, user: User) -> int:
    now = timezone.now()
    school = cases[0].school
    return len(tables(cases.filter(school=school), school, SchoolYear.of(now), now, user))


def _my_signals(user: User) -> int:
    signals = Signal.objects.logged_by(user).current().select_related("case__pupil")
    cases = Case.objects.visible_to(user).open().for_dashboard()
    return _page(signals.order_by("-recorded_at")) + _page(cases)


def _inbox(user: User) -> int:
    related = ("consultation__case__school", "invited_by")
    return len(Invitation.objects.of(user).select_related(*related).order_by("-invited_at"))


def _exportable(user: User) -> int:
    cases = Case.objects.permitted(user, Permission.LIST_EXPORTABLE)
    cases = cases.order_by("-opened_at", "pk").only("reference", "opened_at", "closed_at")
    return cases.count() + _page(cases) + _page(cases.filter(reference__icontains="7"))
