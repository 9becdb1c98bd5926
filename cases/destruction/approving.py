"""Approving what is on a list, by two people; and holding a case back.

A row goes when both sides approved it. Each approves what they see: of what is kept from somebody
(a conflict of interest, a case for the board) nothing shows, and a colleague approves it.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from cases.actions import check, lock
from cases.destruction.due import due_no_more, still_due
from cases.errors import ActionError
from cases.models import Case, Destruction, DueItem, Hold
from cases.querysets import CaseQuerySet
from cases.waking import wake

# So long both approvers, and whoever else may, can still hold a case back.
THINK_AGAIN = timedelta(hours=24)
DESTROY = "cases.destruction.tasks.destroy"
FIRST, SECOND = "first_by", "second_by"


def digest(items: Iterable[DueItem]) -> str:
    """Return what tells one list as it was shown from another."""
    keys = sorted(str(item.public_id) for item in items)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


def to_approve(user: User, school: School) -> list[DueItem]:
    """Return what waits at a school and the user sees, cases first (``DueQuerySet.in_order``)."""
    waiting = DueItem.objects.waiting().visible_to(user).filter(of_list__school=school)
    return list(waiting.in_order().select_related("case__pupil", "pupil", "first_by", "second_by"))


def place_for(user: User, item: DueItem, school_id: int) -> str:
    """Return which of the two approvals the user can give to a row now; empty: none."""
    if user.pk in (item.first_by_id, item.second_by_id):
        return ""
    free = [place for place in (FIRST, SECOND) if getattr(item, f"{place}_id") is None]
    if item.case_id and item.case.restricted:
        may = {FIRST: Permission.SEE_BOARD_CASE, SECOND: Permission.SEE_BOARD_CASE}
    else:
        may = {
            FIRST: Permission.APPROVE_DESTRUCTION_FIRST,
            SECOND: Permission.APPROVE_DESTRUCTION_SECOND,
        }
    given = (place for place in free if school_id in access.school_ids(user, may[place]))
    return next(given, "")


@transaction.atomic
def approve(school: School, by: User, *, seen: str) -> int:
    """Approve all that waits at a school, as far as one sees it; return how much that was.

    ``seen``: what the list was when it was shown (``digest``). Raises ``ActionError`` when it is
    another by now. What two people approved is destroyed after ``THINK_AGAIN``.
    """
    by.hold_memberships()
    permissions = (Permission.APPROVE_DESTRUCTION_FIRST, Permission.APPROVE_DESTRUCTION_SECOND)
    if not any(school.pk in access.school_ids(by, one) for one in permissions):
        raise PermissionDenied
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    # Whoever takes an approval back holds the case, and did that before, or does it after.
    due = Case.objects.filter(due__of_list__school=school, due__destruction=None).order_by("pk")
    list(due.select_for_update(of=("self",), no_key=True).values_list("pk"))
    items = [item for item in to_approve(by, school) if place_for(by, item, school.pk)]
    if digest(items) != seen:
        raise ActionError(_("The list changed since you opened it. Look at it again."))
    now, today = timezone.now(), timezone.localdate()
    approved = [item for item in items if still_due(item, today)]
    # Offered for good, they could be approved by nobody. Not when the pupil comes back: that would
    # tell whose they are.
    offered = DueItem.objects.filter(pk__in=[item.pk for item in items])
    left = [item.pk for item in approved]
    offered.exclude(pk__in=left).filter(due_no_more(today) | Q(pupil__isnull=False)).take_off()
    for item in approved:
        place = place_for(by, item, school.pk)
        setattr(item, place, by)
        setattr(item, f"{place.removesuffix('_by')}_at", now)
        item.save(update_fields=[place, f"{place.removesuffix('_by')}_at"])
    _begin(school, [item for item in approved if item.first_by_id and item.second_by_id])
    return len(approved)


def _begin(school: School, items: list[DueItem]) -> None:
    """Make a run of what both approved: by pair, and what is for the board apart."""
    groups: dict[tuple[int, int, bool], list[DueItem]] = {}
    for item in items:
        board = bool(item.case_id and item.case.restricted)
        groups.setdefault((item.first_by_id, item.second_by_id, board), []).append(item)
    now = timezone.now()
    for (first, second, board), group in groups.items():
        run = Destruction.objects.create(
            school=school, for_board=board, first_by_id=first, second_by_id=second,
            approved_at=now, not_before=now + THINK_AGAIN, asked=len(group),
        )  # fmt: skip
        for item in group:
            item.destruction = run
            item.save(update_fields=["destruction"])
        transaction.on_commit(partial(wake, DESTROY, str(run.public_id)))


@transaction.atomic
def hold_back(case: Case, by: User, *, reason: str, until: date | None) -> Hold:
    """Keep a case from being destroyed, whoever approved it. Sent twice: once.

    Raises ``ActionError`` where a colleague's stands, or another one of theirs: whoever ends that
    would end both, and nobody would think that theirs is none.
    """
    check(by, Permission.HOLD_CASE, case)
    lock(case, to_change=False)
    hold = Hold.objects.filter(case=case, lifted_at__isnull=True).first()
    if hold is not None and hold in Hold.objects.standing():
        if (hold.set_by_id, hold.reason, hold.until) == (by.pk, reason, until):
            return hold
        raise ActionError(_held_until(hold))
    if hold is not None:  # its last day is past
        hold.lifted_at, hold.lifted_by = timezone.now(), by
        hold.lifted_why = _("Its last day was past, and it is held back anew.")
        hold.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    hold = Hold.objects.create(case=case, reason=reason, until=until, set_by=by)
    for item in DueItem.objects.filter(case=case):
        take_back(item)
    return hold


def _held_until(hold: Hold) -> str:
    if hold.until is None:
        return _("This case is held back already, until somebody ends that.")
    day = date_format(hold.until, "j F Y")
    said = _("This case is held back already, until %(day)s. For longer, end that first.")
    return said % {"day": day}


@transaction.atomic
def lift(hold: Hold, by: User, *, why: str) -> None:
    """Let a case be destroyed again when it is due: it is approved anew. Sent twice: once."""
    check(by, Permission.HOLD_CASE, hold.case)
    lock(hold.case, to_change=False)
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by, hold.lifted_why = timezone.now(), by, why
        hold.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])


def take_back_of(person: User, cases: CaseQuerySet) -> None:
    """Undo the approvals of somebody who is kept out of cases from now on."""
    approved = DueItem.objects.filter(Q(first_by=person) | Q(second_by=person), case__in=cases)
    for item in approved.order_by("pk"):
        take_back(item)


def take_back(item: DueItem) -> None:
    """Undo both approvals of a row: whoever wants it gone approves it anew."""
    item.first_by = item.first_at = item.second_by = item.second_at = item.destruction = None
    item.save()
