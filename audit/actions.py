"""What one does with the audit: settle a flag, take a copy. Rows of the log have no actions."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from audit.kinds import Kind
from audit.log import record_read
from audit.models import Flag


@transaction.atomic
def settle(flag: Flag, by: User, why: str) -> None:
    """Write down what somebody found out about a flag. A second time changes nothing.

    Raises ``PermissionDenied`` for whoever does not look after it, or whom it is about.
    """
    by.hold_memberships()
    Flag.objects.select_for_update().filter(pk=flag.pk).first()
    if not Flag.objects.visible_to(by).filter(pk=flag.pk).exists():
        raise PermissionDenied
    Flag.objects.standing().filter(pk=flag.pk).update(
        settled_at=timezone.now(), settled_by=by, settled_why=why
    )


@transaction.atomic
def take_copy(school: School, by: User, reason: str) -> None:
    """Write down that somebody takes a copy of the school's trail along, and why."""
    access.check_school(by, Permission.SEE_AUDIT, school.pk)
    record_read(by, school, why=reason, kind=Kind.EXPORTED)
