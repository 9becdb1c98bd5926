"""Adding and removing a device, and the small script that shows what a push service brings."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PUBLIC, SIGNED_IN, open_to
from accounts.second_factor import ask_for_it, is_fresh, is_spared
from accounts.session_views import device
from accounts.sessions import asked_by_itself
from cases.errors import ActionError
from cases.models import PushSubscription
from cases.notifications.push import services
from cases.notifications.push.devices import add_device

# As long as a browser keeps it.
A_YEAR = 365 * 24 * 3600


@open_to(SIGNED_IN)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Be told on this browser too. What it sends is of its own making: nobody fills it in.

    Asks for a fresh second factor: whoever finds a screen unlocked puts no device of theirs here.
    """
    if not services.is_offered():
        raise Http404
    answer = redirect("notifications:settings")
    if not is_spared(request.user) and not is_fresh(request):
        # What the browser made is not kept: it makes it again.
        return ask_for_it(request, then=answer.url)
    try:
        word = add_device(
            request.user,
            endpoint=request.POST.get("endpoint", ""),
            public_key=request.POST.get("public_key", ""),
            secret=request.POST.get("secret", ""),
            device=device(request.headers.get("User-Agent", "")),
            session_key=request.session.session_key,
        )
    except ActionError as error:
        messages.error(request, error.message)
        return answer
    messages.success(request, _("This browser shows from now on that something waits for you."))
    answer.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        word,
        max_age=A_YEAR,
        secure=settings.TLS,
        httponly=True,
        samesite="Lax",
    )
    return answer


@open_to(SIGNED_IN)
@require_POST
def remove(request: HttpRequest, device: UUID) -> HttpResponse:
    """Be told on one of one's devices no more."""
    get_object_or_404(PushSubscription, user=request.user, public_id=device).delete()
    messages.success(request, _("That browser shows nothing any more."))
    return redirect("notifications:settings")


@open_to(PUBLIC)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the script that a browser keeps; from the root, so that it may open our pages.

    It looks by itself whether there is a new one, with nobody there.
    """
    script = render(request, "notifications/push-worker.js", content_type="text/javascript")
    return asked_by_itself(script)
