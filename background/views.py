"""The administrator's screen, and what monitoring asks."""

import hmac
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from prometheus_client import CONTENT_TYPE_LATEST

from accounts.access import PUBLIC, Permission, open_to, requires
from accounts.errors import ActionError
from background import actions, health, metrics, sections
from background.overview import standings


@open_to(PUBLIC)
@never_cache
@require_GET
def well(request: HttpRequest) -> JsonResponse:
    """Say whether all is well; what is not, only to whoever brings the token."""
    found = health.checks(timezone.now())
    fine = all(check.well for check in found)
    answer: dict[str, object] = {"status": "ok" if fine else "not ok"}
    if _brings_token(request):
        answer["checks"] = [
            {"name": c.name, "ok": c.well, "wrong": c.wrong, "age": c.age} for c in found
        ]
    return JsonResponse(answer, status=200 if fine else 503)


@open_to(PUBLIC)
@never_cache
@require_GET
def web_well(request: HttpRequest) -> JsonResponse:
    """Say that web and database answer: a web that does so is not replaced for want of others."""
    fine = health.database(timezone.now()).well
    return JsonResponse({"status": "ok" if fine else "not ok"}, status=200 if fine else 503)


@open_to(PUBLIC)
@never_cache
@require_GET
def prometheus(request: HttpRequest) -> HttpResponse:
    """Return the metrics to whoever brings the token."""
    if not _brings_token(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)


def _brings_token(request: HttpRequest) -> bool:
    """Compare in a time that tells nothing; without a token in the settings nobody brings it."""
    wanted = f"Bearer {settings.HEALTH_TOKEN}".encode()
    brought = request.headers.get("Authorization", "").encode()
    return bool(settings.HEALTH_TOKEN) and hmac.compare_digest(brought, wanted)


@requires(Permission.SEE_BACKGROUND)
def work(request: HttpRequest) -> HttpResponse:
    """Show what runs, what waits, what failed and why; of other schools nothing."""
    now = timezone.now()
    found = standings(now)
    failing = [standing for standing in found if standing.fails]
    shown = sections.shown_to(request.user)
    return render(
        request,
        "background/work.html",
        {
            "troubles": [check for check in health.checks(now) if not check.well],
            "failing": failing,
            "failed": failing or any(item.failed for __, items in shown for item in items),
            "standings": [standing for standing in found if not standing.fails],
            "sections": shown,
        },
    )


@requires(Permission.SEE_BACKGROUND)
@require_POST
def again(request: HttpRequest, task: str) -> HttpResponse:
    """Start regular work now."""
    try:
        began = actions.run_again(task, request.user)
    except ActionError as error:
        messages.error(request, str(error))
    else:
        _say(request, began)
    return redirect("background:work")


@requires(Permission.SEE_BACKGROUND)
@require_POST
def item_again(request: HttpRequest, section: str, item: UUID) -> HttpResponse:
    """Try something of a room's section again."""
    found = sections.section(section)
    if found is None or found.again is None:
        raise Http404
    _say(request, found.again(request.user, item))
    return redirect("background:work")


def _say(request: HttpRequest, began: bool) -> None:
    if began:
        messages.success(request, _("It is tried again. Look here in a moment."))
    else:
        messages.info(request, _("It waits or runs already."))
