"""The list behind the bell, opening one of it, and how one wants to be told."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import SIGNED_IN, open_to
from cases.models import Notification
from cases.notifications.choosing import choose
from cases.notifications.forms import ChoiceForm
from cases.notifications.kinds import KINDS
from cases.notifications.push.devices import devices_of, this_one
from cases.notifications.push.services import is_offered, own_public_key
from cases.notifications.reading import told

PER_PAGE = 25


@open_to(SIGNED_IN)
def listed(request: HttpRequest) -> HttpResponse:
    """Show what one was told and may know of now, the newest first."""
    page = Paginator(told(request.user), PER_PAGE).get_page(request.GET.get("page"))
    lines = [(one, KINDS[one.kind].said, KINDS[one.kind].reference(one)) for one in page]
    return render(request, "notifications/list.html", {"page": page, "lines": lines})


@open_to(SIGNED_IN)
def follow(request: HttpRequest, notification: UUID) -> HttpResponse:
    """Mark one of one's own as read and go to the page that it is about."""
    one = get_object_or_404(told(request.user), public_id=notification)
    if request.method == "GET":
        Notification.objects.filter(pk=one.pk).mark_read()
    return redirect(KINDS[one.kind].place(one))


@open_to(SIGNED_IN)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of one's own as read, those too that one may not know of any more."""
    Notification.objects.of(request.user).mark_read()
    messages.success(request, _("Everything is marked as read."))
    return redirect("notifications:list")


def _devices(request: HttpRequest) -> dict[str, object]:
    """Return what the page says of devices, where this installation can push."""
    if not is_offered():
        return {}
    return {
        "push_key": own_public_key(),
        "devices": devices_of(request.user),
        "here": this_one(request).filter(user=request.user).first(),
    }


@open_to(SIGNED_IN)
def settings(request: HttpRequest) -> HttpResponse:
    """Show and set how one is told."""
    form = ChoiceForm.for_page(request)
    if form.is_bound and form.is_valid():
        choose(request.user, **form.values)
        messages.success(request, _("This is how you are told from now on."))
        return redirect("notifications:settings")
    return render(
        request,
        "notifications/settings.html",
        {"form": form, **_devices(request)},
        status=422 if form.errors else 200,
    )
