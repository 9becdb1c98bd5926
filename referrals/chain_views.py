"""The page of a referral, what is prepared for it, what they do with it, and to whom it goes on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, requires
from audit.log import record_read
from cases.actions import guidance_for
from cases.case_records import READ
from cases.page import CASE_PERMISSIONS
from cases.rights import Rights
from cases.screen import step_header
from cases.step_views import movable, record
from cases.together import fetch_under
from referrals import actions, chain
from referrals.chain import State
from referrals.chain_forms import GoalForm, MoveForm, PassOnForm, PrepareForm
from referrals.models import HelpPlan, Referral
from referrals.views import movable_referral


@requires(Permission.SEE_CASE)
def detail(request: HttpRequest, referral: str) -> HttpResponse:
    """Show a referral: its state and history, what was handed over, the chain, what was heard."""
    asked = get_object_or_404(
        Referral.objects.permitted(request.user, Permission.SEE_CASE).with_case(),
        public_id=referral,
    )
    case = asked.decision.case
    rights = Rights(case, request.user, CASE_PERMISSIONS, known=Permission.SEE_CASE)
    fetch_under(case, READ, beside=rights.querysets)
    record_read(request.user, case)
    guidance = guidance_for(case)
    along = [one for decision in case.decisions.all() for one in decision.referrals.all()]
    return render(
        request,
        "referrals/detail.html",
        {
            "referral": next(one for one in along if one.pk == asked.pk),
            "case": case,
            "steps": step_header(guidance),
            "guidance": guidance,
            "following": next((one for one in along if one.passed_on_from_id == asked.pk), None),
            "heard": [told for told in case.feedbacks.all() if told.referral_id == asked.pk],
            "may": {permission.value for permission in rights.held()},
            # The name stands in the case; the rest is the school's book as it is now.
            "sees_book": case.school_id in access.school_ids(request.user, Permission.SEE_CONTACTS),
        },
    )


@requires(Permission.MOVE_CASE)
def prepare(request: HttpRequest, referral: str) -> HttpResponse:
    """Write down what is handed over, and on which consent or ground, before it is sent."""
    found = movable_referral(request, referral)
    if request.method == "GET" and found.state is not State.PREPARED:
        messages.info(request, _("This was sent or withdrawn; it cannot be changed any more."))
        return redirect("referrals:detail", found.public_id)
    form = PrepareForm.for_page(request, referral=found)
    return record(
        request,
        found.decision.case,
        form,
        "referrals/prepare.html",
        lambda: actions.prepare(found, request.user, **form.values),
        _("What you hand over is recorded. It is not sent yet."),
        seen=found.decision.case,  # the page says what the files of the case are
        referral=found,
        back="step 5",
    )


@requires(Permission.MOVE_CASE)
def move(request: HttpRequest, referral: str) -> HttpResponse:
    """Record what the receiver does with a referral."""
    found = movable_referral(request, referral)
    if request.method == "GET" and not found.is_with_them:
        return _nothing_to_record(request, found)
    form = MoveForm.for_page(request, referral=found)
    return record(
        request,
        found.decision.case,
        form,
        "referrals/move.html",
        lambda: actions.move(found, request.user, **form.values),
        _("Recorded. Keep watching the pupil."),
        referral=found,
        back="step 5",
    )


@requires(Permission.MOVE_CASE)
def pass_on(request: HttpRequest, referral: str) -> HttpResponse:
    """Record that a receiver passed the case on to the next of the chain."""
    found = movable_referral(request, referral)
    if request.method == "GET" and not found.is_with_them:
        return _nothing_to_record(request, found)
    form = PassOnForm.for_page(request, referral=found)
    return record(
        request,
        found.decision.case,
        form,
        "referrals/pass_on.html",
        lambda: actions.pass_on(found, request.user, **form.values),
        _("Recorded to whom it was passed on. Keep watching the pupil."),
        referral=found,
        ways=list(chain.routes(found.to)),
        back="step 5",
    )


def _nothing_to_record(request: HttpRequest, referral: Referral) -> HttpResponse:
    messages.info(request, _("There is nothing to record of this now."))
    return redirect("referrals:detail", referral.public_id)


@requires(Permission.MOVE_CASE)
def add_goal(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a goal to the plan of own help."""
    case = movable(request, reference)
    plan = HelpPlan.objects.now_of(case)
    if plan is None:
        messages.info(request, _("There is no plan of own help. First decide on own help."))
        return redirect("cases:step", reference, 5)
    form = GoalForm.for_page(request)
    return record(
        request,
        case,
        form,
        "referrals/goal.html",
        lambda: actions.add_goal(plan, request.user, **form.values),
        _("The goal stands in the plan."),
        plan=plan,
        back="step 5",
    )
