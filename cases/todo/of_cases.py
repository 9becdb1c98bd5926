"""What cases ask of who looks after them: the first thing that the protocol asks, in its words."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.access import Permission
from cases.facts import facts_and_calendars
from cases.models import Case
from cases.protocol import PERIODS, Facts, Guidance, guide
from cases.querysets import CaseQuerySet
from cases.screen import first_click
from cases.todo.registry import LIMIT, Provider, Reader
from cases.todo.tasks import Asked


@dataclass(frozen=True, slots=True)
class First:
    """A case with what is asked first in it, and where that is done."""

    case: Case
    text: Promise | str
    url: str
    action: Promise | str
    key: str = ""


def key_of(case_id: int, action: str) -> str:
    """Return the key of what the protocol asks of a case: of one action (``Rule.action``)."""
    return f"{case_id}:{action}"


def about(case: Case) -> str:
    """Return whom a case is about, for the page of somebody who sees the case."""
    return (
        f"{case.pupil.name}, {case.pupil.class_name}"
        if case.pupil.class_name
        else (case.pupil.name)
    )


def page_of(case: Case) -> str:
    """Return where a case stands."""
    return reverse("cases:detail", args=[case.reference])


def _mine(reader: Reader) -> CaseQuerySet:
    moved = Case.objects.permitted(reader.user, Permission.MOVE_CASE).filter(restricted=False)
    return moved.entrusted_to(reader.user).for_dashboard()


def _nobodys(reader: Reader) -> CaseQuerySet:
    cases = Case.objects.permitted(reader.user, Permission.CHAIR_CONSULTATION).open()
    return cases.filter(responsible=None, restricted=False)


def _severe_of_nobody(reader: Reader) -> CaseQuerySet:
    return _nobodys(reader).filter(attention=Case.Attention.SEVERE).for_dashboard()


def _others_of_nobody(reader: Reader) -> QuerySet:
    """Return how many more there are and when the first is due: one task, which leads to them."""
    others = _nobodys(reader).exclude(attention=Case.Attention.SEVERE).order_by()
    return others.values("closed_at").annotate(count=Count("pk"), due=Min("deadline"))


def _of_the_board(reader: Reader) -> CaseQuerySet:
    """Return what is for the school leader alone (R9); whoever else is responsible has it."""
    cases = Case.objects.permitted(reader.user, Permission.SEE_BOARD_CASE).open()
    return cases.filter(restricted=True).for_dashboard()


def _guided(cases: list[Case], reader: Reader) -> list[First]:
    """Let the protocol look at cases; one of which it asks nothing and which has no time is out."""
    facts = reader.once(_facts)
    found = (_first(case, guide(facts[case.pk])) for case in cases)
    return [first for first in found if first is not None]


def _facts(reader: Reader) -> dict[int, Facts]:
    """Return what the rules look at of all cases that are shown, whatever row found them."""
    shown = [reader.rows.get(row.kind, ())[:LIMIT] for row in TABLE if row.prepare is _guided]
    facts, calendars = facts_and_calendars((c for cases in shown for c in cases), reader.now)
    reader.knows(calendars)
    return facts


def _first(case: Case, guidance: Guidance) -> First | None:
    if guidance.tasks:
        rule = guidance.tasks[0].rule
        url, action = first_click(rule, case, decided=guidance.steps[-1].at is not None)
        return First(case, rule.asks, url, action, key_of(case.pk, rule.action))
    if case.period not in PERIODS:
        return None
    return First(case, PERIODS[case.period].label, page_of(case), _("Open the case"))


def _deadline(first: First) -> datetime | None:
    return first.case.deadline


OPEN_IT = _("Open the case")
# The same for all cases: a mail does not tell one for the board alone (R9) from another.
NEXT_STEP = _("A case asks for your next step.")

# fmt: off
TABLE: tuple[Provider, ...] = (
    Provider(
        "case", Asked.OF_ME, (Permission.MOVE_CASE,),
        rows=lambda r: _mine(r).open(), prepare=_guided, in_brief=NEXT_STEP,
        text=lambda first: first.text, action=lambda first: first.action,
        url=lambda first: first.url, due=_deadline,
        reference=lambda first: first.case.reference, urgent=lambda first: first.case.accelerated,
        about=lambda first: about(first.case), part_of=lambda first: first.key,
    ),
    Provider(
        "look_back", Asked.OF_ME, (Permission.MOVE_CASE,),
        rows=lambda r: _mine(r).filter(closed_at__isnull=False, period="look_back"),
        text=_("Look back at a case that was closed: how is the pupil now?"),
        action=_("Look back"),
        url=lambda case: reverse("cases:look_back", args=[case.reference]),
        reference=lambda case: case.reference, due=lambda case: case.deadline, about=about,
    ),
    Provider(
        "severe_of_nobody", Asked.OF_ME, (Permission.CHAIR_CONSULTATION,),
        rows=_severe_of_nobody, text=_("Nobody is responsible for this case yet. Take it on?"),
        action=OPEN_IT, url=page_of, reference=lambda case: case.reference,
        due=lambda case: case.deadline, urgent=lambda case: True, about=about,
    ),
    Provider(
        "others_of_nobody", Asked.OF_ME, (Permission.CHAIR_CONSULTATION,),
        rows=_others_of_nobody,
        text=lambda heap: ngettext_lazy(
            "%(count)s case has nobody responsible yet.",
            "%(count)s cases have nobody responsible yet.",
            "count",
        ) % heap,
        action=_("Divide the cases"), due=lambda heap: heap["due"],
        url=lambda heap: f"{reverse('cases:dashboard')}?view=unassigned",
    ),
    Provider(
        "board", Asked.OF_ME, (Permission.SEE_BOARD_CASE,),
        rows=_of_the_board, prepare=_guided, in_brief=NEXT_STEP,
        text=lambda first: first.text, action=OPEN_IT,
        url=lambda first: page_of(first.case), due=_deadline,
        reference=lambda first: first.case.reference, urgent=lambda first: True,
        about=lambda first: about(first.case),
    ),
)
# fmt: on
