"""The answers to an invitation that end it: for the one invited alone."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from accounts.forms import MeldcodeForm
from cases.errors import ActionError
from consultations.actions import accept_invitation
from consultations.answering import actions
from consultations.answering.forms import DeclineForm, HandOverForm
from consultations.models import Invitation


@requires(Permission.ADVISE)
@require_POST
def accept(request: HttpRequest, invitation: str) -> HttpResponse:
    """Accept an invitation; one that was answered otherwise on another device says so."""
    found = _addressed(request, invitation)
    try:
        accept_invitation(found, request.user)
    except PermissionDenied as denied:
        raise Http404 from denied
    except ActionError as error:
        messages.error(request, error.message)
        return redirect("consultations:inbox")
    return redirect("consultations:detail", found.consultation.reference)


@requires(Permission.ADVISE)
def decline(request: HttpRequest, invitation: str) -> HttpResponse:
    """Say why one cannot think along."""
    found = _addressed(request, invitation)
    form = DeclineForm.for_page(request)
    return _answer(
        request,
        found,
        form,
        "consultations/decline.html",
        lambda: actions.decline_invitation(found, request.user, why=form.values["why"]),
        _("Who invited you knows that you cannot, and why."),
    )


@requires(Permission.ADVISE)
def hand_over(request: HttpRequest, invitation: str) -> HttpResponse:
    """Choose a colleague who takes one's place."""
    found = _addressed(request, invitation)
    if found.buurtteam_id is None:
        raise Http404
    form = HandOverForm.for_page(request, invitation=found)
    return _answer(
        request,
        found,
        form,
        "consultations/hand_over.html",
        lambda: actions.hand_over_invitation(found, request.user, form.values["to"]),
        _("Your colleague is invited in your place."),
    )


def _addressed(request: HttpRequest, invitation: str) -> Invitation:
    """Return an invitation of the user that stands, or that they answered themselves."""
    own = Invitation.objects.sent_to(request.user)
    return get_object_or_404(
        (own.of(request.user) | own.answered()).select_related("consultation__case", "invited_by"),
        public_id=invitation,
    )


def _answer(
    request: HttpRequest,
    invitation: Invitation,
    form: MeldcodeForm,
    template: str,
    act: Callable[[], object],
    done: Promise | str,
) -> HttpResponse:
    """Judge, act, say so, back to the inbox; or show the form again."""
    if not invitation.stands:
        messages.info(request, _("You answered this invitation already."))
        return redirect("consultations:inbox")
    if form.is_bound and form.is_valid():
        try:
            form.run(act)
        except PermissionDenied as denied:
            raise Http404 from denied
        if not form.errors:
            messages.success(request, done)
            return redirect("consultations:inbox")
    return render(
        request,
        template,
        {"form": form, "invitation": invitation},
        status=422 if form.errors else 200,
    )
