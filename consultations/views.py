"""Asking a consultation, the room where it is held, and the inbox of who was invited."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from accounts.drafts.pages import KEEP, Drafts, go_on, said_to_script
from audit.log import record_read
from cases.contact_book.calls import Numbers, calls_for
from cases.errors import ActionError
from cases.facts import facts_for
from cases.models import Case
from cases.names import Family
from cases.notifications.reading import opened
from cases.protocol import CONTACTS, guide
from cases.protocol.contacts import BUURTTEAM, INSPECTOR, VEILIG_THUIS
from cases.screen import step_header
from cases.step_views import record
from consultations import actions
from consultations.forms import OUTSIDE, AdviceForm, CallForm, ConsultationForm, OutcomeForm
from consultations.inbox import inbox_of
from consultations.inbox_cards import cards_of
from consultations.kinds import IN_THE_INBOX
from consultations.models import Consultation, Invitation, ReadMark
from consultations.querysets import fetch_room
from consultations.room import Room, enter, find, may_conclude
from consultations.sharing import Piece
from consultations.words import LOOK_OVER

# Said to a script that keeps what somebody types, where they can send no advice any more.
ENDED = gettext_lazy(
    "You cannot write here any more. Press “Send the advice”: you get your words back."
)


@requires(Permission.ASK_CONSULTATION)
def new(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a consultation in a case: the form, then how they will read it, then it is sent.

    The page that shows it carries all that was filled in, so that nothing is kept in the case of a
    question that is not asked after all: its draft is its author's alone.
    """
    case = _askable(request, reference)
    numbers = Numbers(case.school)
    drafts = Drafts(request, f"consultation:{case.reference}", Permission.ASK_CONSULTATION)
    form = drafts.form(ConsultationForm, case=case, numbers=numbers)
    if request.method == "POST" and ("replace" in request.POST or "change" in request.POST):
        data = request.POST
        form = ConsultationForm(user=request.user, case=case, numbers=numbers)
        if "replace" in data:
            data = ConsultationForm.replaced(data, Family.of(case.pupil))
            messages.info(request, LOOK_OVER)
        form.restore(data)
    if "preview" in request.POST and form.is_bound and form.is_valid():
        pieces = form.run(form.pieces)
        if pieces is not None:
            return _preview(request, case, form, pieces)
    return record(
        request,
        case,
        form,
        "consultations/new.html",
        lambda: actions.ask_consultation(case, request.user, form.key, **form.values),
        _("The consultation is asked for."),
        drafts=drafts,
        seen=case,  # its records stand there: how each begins, or all of it
        calls=calls_for((VEILIG_THUIS, BUURTTEAM), numbers),
    )


def _preview(
    request: HttpRequest, case: Case, form: ConsultationForm, pieces: list[Piece]
) -> HttpResponse:
    """Show how they will read it, by the template of the room itself."""
    record_read(request.user, case)
    values = form.cleaned_data
    return render(
        request,
        "consultations/preview.html",
        {
            "case": case,
            "form": form,
            "hidden": [form[name].as_hidden() for name in form.fields],
            "question": values["question"],
            "shared": values["shared"],
            "pieces": pieces,
            "named": values["named"],
            "pupil_age": case.pupil.age(timezone.localdate()),
            "invitees": [membership.user.name for membership in values.get("invitees", ())],
            "contact": values["contact"],
        },
    )


@requires(Permission.ASK_CONSULTATION)
def call(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a call that was made, with its answer."""
    case = _askable(request, reference)
    numbers = Numbers(case.school)
    form = CallForm.for_page(request, case=case, numbers=numbers)
    codes = [code for code in CONTACTS if code != INSPECTOR]
    return record(
        request,
        case,
        form,
        "consultations/call.html",
        lambda: actions.record_call(case, request.user, form.key, **form.values),
        _("The call is recorded."),
        calls=calls_for(codes, numbers),
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
    """Show the invitations that stand by what one does with them, and those that ended."""
    found = inbox_of(request.user, timezone.now())
    if request.method == "GET":
        opened(request.user, kind__in=IN_THE_INBOX)
    return render(request, "consultations/inbox.html", {"inbox": found, "cards": cards_of(found)})


@requires(Permission.ADVISE, Permission.SEE_CASE)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the room of a consultation: question, what is shared, advice; and write advice."""
    consultation = find(request.user, reference)
    if consultation is None:
        return _ended(request, reference)
    drafts = Drafts(request, f"advice:{reference}", Permission.ADVISE)
    room = enter(consultation, request.user, beside=[drafts.standing])
    if KEEP in request.POST and not room.may_advise:
        return said_to_script(ActionError(ENDED))
    if answer := drafts.answer():
        return answer
    form = _advice_form(request, room, drafts)
    if form.is_bound and form.is_valid():
        try:
            form.run(_advise, consultation, request, form)
        except PermissionDenied:
            return _ended(request, reference)
        if not form.errors:
            drafts.end()
            messages.success(request, _("Your advice is sent."))
            return go_on(request, reverse("consultations:detail", args=[reference]))
        if not Consultation.objects.visible_to(request.user).filter(pk=consultation.pk).exists():
            return _ended(request, reference)  # it closed while the words were on their way
        room = enter(consultation, request.user)  # as it is after what was refused
        form.offer_people(room.people)
    record_read(request.user, consultation)
    if request.method == "GET":
        opened(request.user, about=consultation.reference)
        if room.takes_part:
            ReadMark.objects.note(consultation, request.user)
    guidance = guide(facts_for(consultation.case, timezone.now())) if room.sees_case else None
    return render(
        request,
        "consultations/detail.html",
        {
            "consultation": consultation,
            "sees_case": room.sees_case,
            "steps": step_header(guidance) if guidance else (),
            # Of the case: for who sees the case alone.
            "elsewhere": guidance.elsewhere if guidance else "",
            "in_charge_since": guidance.in_charge_since if guidance else None,
            "shows_name": room.sees_case or consultation.named,
            # As it was when they were asked: the day on which it changes is the birth date.
            "pupil_age": consultation.case.pupil.age(timezone.localdate(consultation.recorded_at)),
            "may_conclude": room.may_conclude,
            "chairs": room.chairs,
            "own": room.own,
            "may_advise": room.may_advise,
            "form": form,
            "draft": drafts.shown_beside(form) if room.may_advise else None,
        },
        status=422 if form.errors else 200,
    )


def _advice_form(request: HttpRequest, room: Room, drafts: Drafts) -> AdviceForm:
    """Return the form of the room, as sent or with what tells who the family is replaced."""
    consultation, sent = room.consultation, request.method == "POST"
    unnamed = consultation.kind in OUTSIDE and not consultation.named
    # Judged is what was sent alone.
    asks = sent and unnamed and room.sees_case
    family = Family.of(consultation.case.pupil) if asks else None
    form = drafts.form(AdviceForm, family=family, people=room.people)
    if family and "replace" in request.POST:
        form = AdviceForm(user=request.user, family=family, people=room.people)
        form.restore(AdviceForm.replaced(request.POST, family))
        messages.info(request, LOOK_OVER)
    return form


def _advise(consultation: Consultation, request: HttpRequest, form: AdviceForm) -> None:
    values = form.values
    actions.give_advice(
        consultation, request.user, form.key, values["text"], values.get("mentions", ())
    )


def _ended(request: HttpRequest, reference: str) -> HttpResponse:
    """Give somebody their own words back whose access ended while they wrote; nothing else.

    Only who had accepted may know that there was a consultation; for all others, and for whoever
    sent no words, it is not there.
    """
    text = request.POST.get("text", "").strip()
    was_in = Invitation.objects.sent_to(request.user).filter(
        consultation__reference=reference, accepted_at__isnull=False
    )
    if not text or not was_in.exists():
        raise Http404
    if KEEP in request.POST:
        return said_to_script(ActionError(ENDED))
    context = {"text": text, "reference": reference}
    return render(request, "consultations/ended.html", context, status=409)


@requires(Permission.ASK_CONSULTATION)
def outcome(request: HttpRequest, reference: str) -> HttpResponse:
    """Record what came of a consultation, and close it."""
    consultation = get_object_or_404(
        Consultation.objects.visible_to(request.user).with_room(), reference=reference
    )
    if not may_conclude(consultation, request.user):
        raise Http404
    if request.method == "GET" and not consultation.is_open:
        return redirect("consultations:detail", reference)
    fetch_room(consultation)
    form = OutcomeForm.for_page(request)
    return record(
        request,
        consultation.case,
        form,
        "consultations/outcome.html",
        lambda: actions.record_outcome(consultation, request.user, **form.values),
        _("The outcome is recorded; invitations have ended with it."),
        seen=consultation,
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
    try:
        actions.withdraw_invitation(found, request.user)
    except ActionError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("consultations:detail", found.consultation.reference)
