"""The form that puts a case off, and the button that ends it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from cases.actions import guidance_for
from cases.step_views import movable, record
from cases.waiting import actions
from cases.waiting.forms import PutOffForm


@requires(Permission.MOVE_CASE)
def put_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a case wait on purpose."""
    case = movable(request, reference)
    guidance = guidance_for(case)
    if request.method == "GET" and guidance.why_never is not None:
        messages.info(request, guidance.why_never)
        return redirect("cases:detail", case.reference)
    form = PutOffForm.for_page(request, latest=actions.latest_end(case, guidance))
    return record(
        request,
        case,
        form,
        "waiting/put_off.html",
        lambda: actions.put_off(case, request.user, form.key, **form.values),
        _("The case waits. Nobody is reminded before its end."),
    )


@requires(Permission.MOVE_CASE)
@require_POST
def go_on(request: HttpRequest, reference: str) -> HttpResponse:
    """Go on with a case before its waiting is over."""
    case = movable(request, reference)
    try:
        actions.go_on(case, request.user)
    except actions.ActionError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The case waits no longer."))
    return redirect("cases:detail", case.reference)
