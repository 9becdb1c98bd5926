"""How many cases a school has: in fives, without small numbers, names or references."""

from datetime import timedelta

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import School
from api.models import ApiToken
from api.scopes import CASES_COUNT
from api.v1.tokens import SchoolToken, call
from audit.kinds import Kind
from audit.log import record_read
from cases.figures.school_year import SchoolYear
from cases.figures.small_numbers import LEAST, Key, Sum, hidden
from cases.models import Case, ShutOut, StepChange
from cases.protocol import STEPS

router = Router(tags=["cases"])

# Who has a list of a school's cases: those who run them, and who exports dossiers.
HAVE_A_LIST = {
    *access.roles_at(Permission.SEE_CASE, Scope.SCHOOL),
    *access.roles_at(Permission.LIST_EXPORTABLE, Scope.SCHOOL),
}


class CountsOut(Schema):
    """Counts of cases, rounded down to fives; `null`: a small number, or one that would tell it."""

    open: int | None = Field(description="Cases that run now.")
    by_step: dict[str, int | None] = Field(
        description="The open ones, by the step in which they were when this week began: 1 to 5."
    )
    closed_this_school_year: int | None
    in_steps_of: int = Field(description="Numbers are rounded down to a multiple of this.")
    hidden_below: int = Field(description="Smaller numbers are `null`.")


@router.get(
    "/cases/counts",
    auth=SchoolToken(CASES_COUNT),
    response=CountsOut,
    operation_id="countCases",
    summary="Ask how many cases there are",
    url_name="counts",
)
def count_cases(request: HttpRequest) -> CountsOut:
    """Count the cases of the school that were opened before this week. In fives: by two exact
    counts a day apart one would see each case that was opened between them. Cases about somebody
    who works at the school do not count.
    """
    token: ApiToken = request.auth
    with call(token):
        counts = _counts(token.school)
        record_read(None, token, kind=Kind.COUNTED)
    steps = [("open", step.number) for step in STEPS]
    gone = hidden(counts, [Sum(("open",), tuple(steps))])
    shown = {
        key: None if key in gone else number // LEAST * LEAST for key, number in counts.items()
    }
    return CountsOut(
        open=shown["open",],
        by_step={str(step): shown["open", step] for __, step in steps},
        closed_this_school_year=shown["closed",],
        in_steps_of=LEAST,
        hidden_below=LEAST,
    )


def _counts(school: School) -> dict[Key, int]:
    """Return the exact counts. Of this week nothing: a signal opens a case where the pupil has none
    yet, and whoever sends signals would see at the next five which of their pupils has one. Nor a
    step that was taken this week: a second signal takes one, where the pupil has a case already.
    """
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    cases = Case.objects.filter(school=school, restricted=False, opened_at__lt=monday).order_by()
    # Whoever has a list of those that are not kept from them adds it up, and so would who has one
    # tomorrow. But of whom a case for the board is about, no list of a colleague's may tell (R9).
    listed = school.memberships.current().filter(role__in=HAVE_A_LIST).values("user_id")
    kept = ShutOut.objects.standing().filter(
        ~Q(case__restricted=True) | Q(user_id__in=listed), pupil__school=school
    )
    cases = cases.exclude(pupil_id__in=kept.values("pupil_id"))
    moved = StepChange.objects.filter(case=OuterRef("pk"), at__gte=monday).order_by("at", "pk")
    cases = cases.annotate(was=Coalesce(Subquery(moved.values("from_step")[:1]), "step"))
    since = SchoolYear.of(timezone.now()).since
    found = cases.aggregate(
        closed=Count("pk", filter=Q(closed_at__gte=since)),
        **{
            f"step_{step.number}": Count("pk", filter=Q(closed_at=None, was=step.number))
            for step in STEPS
        },
    )
    steps: dict[Key, int] = {("open", s.number): found[f"step_{s.number}"] for s in STEPS}
    return {**steps, ("open",): sum(steps.values()), ("closed",): found["closed"]}
