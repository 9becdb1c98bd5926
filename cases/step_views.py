"""Recording steps 3 and 4, and closing."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission, requires
from accounts.forms import MeldcodeForm
from cases import actions
from cases.facts import facts_for
from cases.forms import AssessmentForm, CloseForm, ConversationForm, SkipConversationForm
from cases.models import Case, Conversation
from cases.protocol import guide
from cases.screen import step_header


def record(
    request: HttpRequest,
    case: Case,
    form: MeldcodeForm,
    template: str,
    act: Callable[[], object],
    done: Promise,
    **context: object,
) -> HttpResponse:
    """Run what all forms on a case share: judge, act, say so, back to the case; or show again."""
    if not form.is_bound and not case.is_open:
        messages.info(request, _("This case is closed; it cannot be changed any more."))
        return redirect("cases:detail", case.reference)
    if form.is_bound and form.is_valid():
        form.run(act)
        if not form.errors:
            messages.success(request, done)
            return redirect("cases:detail", case.reference)
    facts = facts_for(case, timezone.now())
    guidance = guide(facts)
    page = {
        "form": form,
        "case": case,
        "facts": facts,
        "steps": step_header(guidance),
        "guidance": guidance,
        **context,
    }
    return render(request, template, page, status=422 if form.errors else 200)


def movable(request: HttpRequest, reference: str) -> Case:
    """Return a case that the user may move, or answer 404."""
    cases = Case.objects.permitted(request.user, Permission.MOVE_CASE)
    return get_object_or_404(
        cases.select_related("pupil", "school__buurtteam"), reference=reference
    )


@requires(Permission.MOVE_CASE)
def conversation(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a conversation."""
    case = movable(request, reference)
    form = ConversationForm.for_page(request)
    return record(
        request,
        case,
        form,
        "cases/conversation.html",
        lambda: actions.record_conversation(case, request.user, form.key, **form.values),
        _("The talk is recorded."),
    )


@requires(Permission.MOVE_CASE)
def skip_conversation(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that there is no conversation, for safety."""
    case = movable(request, reference)
    form = SkipConversationForm.for_page(request)
    return record(
        request,
        case,
        form,
        "cases/skip_conversation.html",
        lambda: actions.record_conversation(
            case,
            request.user,
            form.key,
            kind=Conversation.Kind.SKIPPED,
            held_at=timezone.now(),
            **form.values,
        ),
        _("Recorded that a talk is not safe now, with your reason."),
    )


@requires(Permission.MOVE_CASE)
def assessment(request: HttpRequest, reference: str) -> HttpResponse:
    """Weigh the severity."""
    case = movable(request, reference)
    form = AssessmentForm.for_page(request)
    return record(
        request,
        case,
        form,
        "cases/assessment.html",
        lambda: actions.record_assessment(
            case,
            request.user,
            form.key,
            form.answers,
            consulted=form.cleaned_data["consulted"],
            assessed_at=timezone.now(),
        ),
        _("The assessment is recorded."),
    )


@requires(Permission.MOVE_CASE)
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close the case."""
    case = movable(request, reference)
    form = CloseForm.for_page(request)
    return record(
        request,
        case,
        form,
        "cases/close.html",
        lambda: actions.close_case(case, request.user, **form.values),
        _("The case is closed."),
    )
