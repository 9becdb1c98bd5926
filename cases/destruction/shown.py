"""What the page of destruction shows of a school: references, years and days, and no name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils import timezone

from accounts.access import Permission
from accounts.models import School, User
from cases.destruction.approving import place_for, to_approve
from cases.models import (
    Attachment,
    Case,
    Destruction,
    DestructionList,
    DueItem,
    Hold,
    ReceivedDossier,
)
from cases.querysets import HoldQuerySet

CERTIFICATES = 20


@dataclass(frozen=True, slots=True)
class Group:
    """Pupils without a case who left in one year, and how far they are approved."""

    year: int
    count: int
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All that a page shows."""

    made: DestructionList | None
    cases: list[DueItem]
    pupils: list[Group]
    # Those that whoever looks can approve now.
    mine: list[DueItem]
    running: list[Destruction]
    done: list[Destruction]
    holds: list[Hold] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self.cases and not self.pupils


def overview(user: User, school: School) -> Overview:
    """Return what the user may know of what is due at a school."""
    items = to_approve(user, school)
    runs = list(
        Destruction.objects.visible_to(user)
        .filter(school=school)
        .exclude(state=Destruction.State.FAILED)
        .select_related("first_by", "second_by")[: CERTIFICATES * 2]
    )
    busy = _as_seen([run for run in runs if run.is_busy], user)
    looked = DestructionList.objects.filter(school=school, looked_at__isnull=False)
    cases = [item for item in items if item.case_id]
    # By when a pupil left, and until when a case is kept, a list of pupils tells whose it is; and
    # by what was asked for, the register.
    seen = set(Case.objects.visible_to(user).filter(due__in=cases).values_list("pk", flat=True))
    for item in cases:
        item.sees_case = item.case_id in seen
    return Overview(
        made=looked.order_by("-year").first(),
        cases=cases,
        pupils=_groups(item for item in items if item.pupil_id),
        mine=[item for item in items if place_for(user, item, school.pk)],
        running=busy,
        done=[run for run in runs if run.state == Destruction.State.DONE][:CERTIFICATES],
        holds=list(holds_of(user, school)),
    )


def _as_seen(busy: list[Destruction], user: User) -> list[Destruction]:
    """Return runs with what the user may know of them; one of which that is nothing is left out."""
    under: dict[int, list[DueItem]] = {run.pk: [] for run in busy}
    visible = DueItem.objects.visible_to(user).filter(destruction__in=busy)
    for item in visible.in_order():
        under[item.destruction_id].append(item)
    for run in busy:
        run.shown = [item for item in under[run.pk] if item.case_id]
        run.shown_count = len(under[run.pk])
    return [run for run in busy if run.shown_count]


def holds_of(user: User, school: School) -> HoldQuerySet:
    """Return what is held back at a school, as far as the user may know of the cases."""
    cases = Case.objects.permitted(user, Permission.SEE_DESTRUCTION).filter(school=school)
    standing = Hold.objects.standing(timezone.localdate()).filter(case__in=cases)
    return standing.select_related("case", "set_by").order_by("set_at", "pk")


def _groups(items: Iterable[DueItem]) -> list[Group]:
    found = Counter(
        (
            item.pupil.left_on.year,
            item.first_by.name if item.first_by else "",
            item.second_by.name if item.second_by else "",
        )
        for item in items
        if item.pupil.left_on  # came back while it is being destroyed: ``still_due`` leaves it
    )
    return [Group(year, count, first, second) for (year, first, second), count in
            sorted(found.items())]  # fmt: skip


def _untold(certificate: dict[str, Any]) -> int:
    """Return how many dossiers of other schools a certificate counts, each with its file.

    Later ones count none (``Fate.untold``), and of those of before nothing of it is shown.
    """
    return certificate.get("rows", {}).get(ReceivedDossier._meta.label, 0)


def files_of(certificate: dict[str, Any]) -> int:
    """Return how many files a certificate names."""
    return certificate.get("files", 0) - _untold(certificate)


def kinds_of(certificate: dict[str, Any]) -> list[tuple[str, int]]:
    """Return how many rows of each kind a certificate names, in words, the most first."""
    named, rows = [], Counter(certificate.get("rows", {}))
    untold = _untold(certificate)
    rows -= Counter({ReceivedDossier._meta.label: untold, Attachment._meta.label: untold})
    for label, number in rows.items():
        try:
            named.append((str(apps.get_model(label)._meta.verbose_name_plural), number))
        except LookupError:  # a kind that a later version no longer has
            named.append((label, number))
    return sorted(named, key=lambda one: (-one[1], one[0]))
