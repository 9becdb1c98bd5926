"""What an administrator may start by hand."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.errors import ActionError
from accounts.models import User
from background import queue
from background.limits import BY_TASK
from background.models import Run


def run_again(task: str, by: User) -> bool:
    """Start regular work now; False when it waits or runs already. Raises ``ActionError`` when the
    queue takes no work, and ``Http404`` for what nobody starts by hand.
    """
    job = BY_TASK.get(task)
    if job is None or not job.by_hand:
        raise Http404
    by.forget_memberships()
    if not access.may(by, Permission.SEE_BACKGROUND):
        raise PermissionDenied
    now = timezone.now()
    gone = Run.objects.lost(now) | Run.objects.forgotten(now)
    busy = Run.objects.open().exclude(pk__in=gone.values("pk"))
    if busy.filter(task=task, regular=True).exists():
        return False
    if not queue.put(task, regular=True, asked_by=by.pk):
        raise ActionError(_("The queue takes no work now. It is done by itself when it does."))
    return True
