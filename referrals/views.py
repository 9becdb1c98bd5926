"""Deciding, marking a referral as sent, and recording its effect."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from accounts.drafts.pages import Drafts
from accounts.models import User
from cases.actions import guidance_for
from cases.errors import ActionError
from cases.step_views import movable, record
from referrals import actions
from referrals.chain import State
from referrals.forms import DecisionForm, FeedbackForm, WithdrawForm
from referrals.models import Referral


@requires(Permission.MOVE_CASE)
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the two decisions; the page says what the assessment points at."""
    case = movable(request, reference)
    guidance = guidance_for(case)
    drafts = Drafts(request, f"decision:{case.reference}", Permission.MOVE_CASE)
    form = drafts.form(DecisionForm, guidance=guidance, step=5, case=case)
    return record(
        request,
        case,
        form,
        "referrals/decide.html",
        lambda: actions.decide(
            case, request.user, form.key, decided_at=timezone.now(), **form.decision()
        ),
        _("The decisions are recorded."),
        drafts=drafts,
        decisions={"two": guidance.decisions, "complete": True},
    )


@requires(Permission.MOVE_CASE)
@require_POST
def sent(request: HttpRequest, referral: str) -> HttpResponse:
    """Mark a referral as sent; what is not written down yet is asked for first."""
    done = _("Marked as sent. Keep watching the pupil.")
    return _mark(request, referral, actions.mark_sent, done)


@requires(Permission.MOVE_CASE)
@require_POST
def received(request: HttpRequest, referral: str) -> HttpResponse:
    """Mark that the receiver said it came in."""
    done = _("Marked as received. Keep watching the pupil.")
    return _mark(request, referral, actions.confirm_received, done)


@requires(Permission.MOVE_CASE)
def withdraw(request: HttpRequest, referral: str) -> HttpResponse:
    """Withdraw a referral that was not sent, with why."""
    found = movable_referral(request, referral)
    form = WithdrawForm.for_page(request)
    return record(
        request,
        found.decision.case,
        form,
        "referrals/withdraw.html",
        lambda: actions.withdraw(found, request.user, **form.values),
        _("Recorded that this is not sent, with your reason."),
        referral=found,
        back="step 5",
    )


def movable_referral(request: HttpRequest, referral: str) -> Referral:
    """Return a referral of a case that the user may move, or answer 404."""
    found = Referral.objects.permitted(request.user, Permission.MOVE_CASE)
    return get_object_or_404(found.with_page(), public_id=referral)


def _mark(
    request: HttpRequest, referral: str, act: Callable[[Referral, User], object], done: str
) -> HttpResponse:
    found = movable_referral(request, referral)
    try:
        act(found, request.user)
    except ActionError as error:
        messages.error(request, error.message)
        if found.state is State.PREPARED and found.lacks_consent:
            return redirect("referrals:prepare", found.public_id)
    else:
        messages.success(request, done)
    return redirect("cases:step", found.decision.case.reference, 5)


@requires(Permission.MOVE_CASE)
def feedback(request: HttpRequest, reference: str) -> HttpResponse:
    """Record what was heard or seen after the decision."""
    case = movable(request, reference)
    form = FeedbackForm.for_page(request, case=case, about=request.GET.get("referral", ""))
    return record(
        request,
        case,
        form,
        "referrals/feedback.html",
        lambda: actions.record_feedback(case, request.user, form.key, **form.feedback()),
        _("The effect is recorded."),
        seen=case,  # the page says what was agreed, and what its files are
    )
