"""Asking a consultation, the room where it is held, and the inbox of who was invited."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from audit.log import record_read
from cases.contact_book.calls import Numbers, calls_for
from cases.facts import facts_for
from cases.models import Case
from cases.protocol import CONTACTS, guide
from cases.protocol.contacts import BUURTTEAM, INSPECTOR, VEILIG_THUIS
from cases.screen import step_header
from cases.step_views import record
from consultations import actions
from consultations.forms import OUTSIDE, AdviceForm, CallForm, ConsultationForm, OutcomeForm
from consultations.models import Consultation, Invitation
from consultations.names import Family

LOOK_OVER = gettext_lazy(
    "The marked words are replaced. Read the text once more, and then send it."
)


@requires(Permission.ASK_CONSULTATION)
def new(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a consultation in a case."""
    case = _askable(request, reference)
    form = ConsultationForm.for_page(request, case=case)
    if request.method == "POST" and "replace" in request.POST:
        form = ConsultationForm(user=request.user, case=case)
        form.restore(ConsultationForm.replaced(request.POST, Family.of(case.pupil)))
        messages.info(request, LOOK_OVER)
    return record(
        request,
        case,
        form,
        "consultations/new.html",
        lambda: actions.ask_consultation(case, request.user, form.key, **form.values),
        _("The consultation is asked for."),
        calls=calls_for((VEILIG_THUIS, BUURTTEAM), Numbers(case.school)),
    )


@requires(Permission.ASK_CONSULTATION)
def call(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a call that was made, with its answer."""
    case = _askable(request, reference)
    form = CallForm.for_page(request)
    codes = [code for code in CONTACTS if code != INSPECTOR]
    return record(
        request,
        case,
        form,
        "consultations/call.html",
        lambda: actions.record_call(case, request.user, form.key, **form.values),
        _("The call is recorded."),
        calls=calls_for(codes, Numbers(case.school)),
    )


def _askable(request: HttpRequest, reference: str) -> Case:
    """Return a case in which the user may consult others; never one for the board alone (R9)."""
    cases = Case.objects.permitted(request.user, Permission.ASK_CONSULTATION)
    return get_object_or_404(
        cases.filter(restricted=False).select_related("pupil", "school__buurtteam"),
        reference=reference,
    )


@requires(Permission.ADVISE)
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the invitations that stand, the unanswered first."""
    invitations = (
        Invitation.objects.of(request.user)
        .select_related("consultation__case__school", "invited_by")
        .order_by("-invited_at")
    )
    return render(
        request,
        "consultations/inbox.html",
        {
            "waiting": [i for i in invitations if i.accepted_at is None],
            "joined": [i for i in invitations if i.accepted_at is not None],
        },
    )


@requires(Permission.ADVISE)
@require_POST
def accept(request: HttpRequest, invitation: str) -> HttpResponse:
    """Accept an invitation."""
    found = get_object_or_404(
        Invitation.objects.of(request.user).select_related("consultation"), public_id=invitation
    )
    actions.accept_invitation(found, request.user)
    return redirect("consultations:detail", found.consultation.reference)


@requires(Permission.ADVISE, Permission.SEE_CASE)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the room of a consultation: question, what is shared, advice; and write advice."""
    consultation = _visible(request, reference)
    sees_case = Case.objects.visible_to(request.user).filter(pk=consultation.case_id).exists()
    unnamed = consultation.kind in OUTSIDE and not consultation.named
    family = Family.of(consultation.case.pupil) if sees_case and unnamed else None
    form = AdviceForm.for_page(request, family=family)
    if family and request.method == "POST" and "replace" in request.POST:
        form = AdviceForm(user=request.user, family=family)
        form.restore(AdviceForm.replaced(request.POST, family))
        messages.info(request, LOOK_OVER)
    if form.is_bound and form.is_valid():
        form.run(_advise, consultation, request, form)
        if not form.errors:
            messages.success(request, _("Your advice is sent."))
            return redirect("consultations:detail", reference)
    record_read(request.user, consultation)
    steps = step_header(guide(facts_for(consultation.case, timezone.now()))) if sees_case else ()
    return render(
        request,
        "consultations/detail.html",
        {
            "consultation": consultation,
            "sees_case": sees_case,
            "steps": steps,
            "shows_name": sees_case or consultation.named,
            "pupil_age": consultation.case.pupil.age(timezone.localdate()),
            "may_advise": consultation.is_open and _may_advise(request, consultation),
            "may_conclude": consultation.is_open
            and actions.may_conclude(consultation, request.user),
            "chairs": Consultation.objects.run_by(request.user).filter(pk=consultation.pk).exists(),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _advise(consultation: Consultation, request: HttpRequest, form: AdviceForm) -> None:
    try:
        actions.give_advice(consultation, request.user, form.key, form.values["text"])
    except PermissionDenied as denied:
        raise Http404 from denied


def _may_advise(request: HttpRequest, consultation: Consultation) -> bool:
    joined = Invitation.objects.giving_access_to(request.user).filter(consultation=consultation)
    runs = Consultation.objects.run_by(request.user).filter(pk=consultation.pk)
    return joined.exists() or runs.exists()


def _visible(request: HttpRequest, reference: str) -> Consultation:
    return get_object_or_404(
        Consultation.objects.visible_to(request.user)
        .select_related("case__pupil", "case__school", "author", "agenda_item")
        .prefetch_related("advices__author", "invitations__user"),
        reference=reference,
    )


@requires(Permission.ASK_CONSULTATION)
def outcome(request: HttpRequest, reference: str) -> HttpResponse:
    """Record what came of a consultation, and close it."""
    consultation = _visible(request, reference)
    if not actions.may_conclude(consultation, request.user):
        raise Http404
    if request.method == "GET" and not consultation.is_open:
        return redirect("consultations:detail", reference)
    record_read(request.user, consultation)
    form = OutcomeForm.for_page(request)
    return record(
        request,
        consultation.case,
        form,
        "consultations/outcome.html",
        lambda: actions.record_outcome(consultation, request.user, **form.values),
        _("The outcome is recorded; invitations have ended with it."),
        consultation=consultation,
    )


@requires(Permission.CHAIR_CONSULTATION)
@require_POST
def withdraw(request: HttpRequest, invitation: str) -> HttpResponse:
    """Withdraw an invitation."""
    found = get_object_or_404(
        Invitation.objects.select_related("consultation__case").filter(
            consultation__in=Consultation.objects.run_by(request.user)
        ),
        public_id=invitation,
    )
    actions.withdraw_invitation(found, request.user)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("consultations:detail", found.consultation.reference)
