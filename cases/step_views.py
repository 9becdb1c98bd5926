"""Recording steps 3 and 4, explaining a choice, looking back, walking again, and closing."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from accounts.drafts.pages import Drafts, go_on
from accounts.forms import MeldcodeForm
from audit.log import record_read
from cases import actions
from cases.conversations.consulted import consulted_in
from cases.conversations.forms import ConversationForm, SkipConversationForm
from cases.facts import facts_for
from cases.forms import (
    AssessmentForm,
    CloseForm,
    CycleForm,
    ExplainForm,
    LookBackForm,
    StatementForm,
)
from cases.models import Case, Conversation, LookBack
from cases.protocol import QUESTIONS, guide
from cases.protocol.ages import age_group
from cases.protocol.guide import two_decisions
from cases.protocol.questions import asked
from cases.protocol.rules import BY_CODE
from cases.retention import retention, school_rule
from cases.screen import place_of, sources, step_header


def record(
    request: HttpRequest,
    case: Case,
    form: MeldcodeForm,
    template: str,
    act: Callable[[], object],
    done: Promise,
    *,
    closed_too: bool = False,
    seen: Model | None = None,
    back: str = "cases:detail",
    drafts: Drafts | None = None,
    **context: object,
) -> HttpResponse:
    """Run what all forms on a case share: judge, act, say so, back to the case; or show again.

    ``closed_too``: the form is for closed cases as well. ``seen``: of what the page shows more than
    the pupil's name; that it was read is written down when it is shown, and only then. ``back``:
    the part of the case's page that shows what was done. ``drafts``: of a form that is long enough.
    """
    if drafts and case.is_open and (answer := drafts.answer()):
        return answer
    if not form.is_bound and not case.is_open and not closed_too:
        messages.info(request, _("This case is closed; it cannot be changed any more."))
        return redirect("cases:detail", case.reference)
    if form.is_bound and form.is_valid():
        form.run(act)
        if not form.errors:
            if drafts:
                drafts.end()
            messages.success(request, done)
            return go_on(request, place_of(back, case))
    if seen is not None:
        record_read(request.user, seen)
    facts = facts_for(case, timezone.now())
    guidance = guide(facts)
    page = {
        "form": form,
        "case": case,
        "facts": facts,
        # What points at somebody of the school does not walk the steps (R9).
        "steps": () if case.restricted else step_header(guidance),
        "guidance": guidance,
        "drafts": drafts,
        "draft": drafts and drafts.shown_beside(form),
        **context,
    }
    return render(request, template, page, status=422 if form.errors else 200)


def movable(request: HttpRequest, reference: str, *, board_too: bool = False) -> Case:
    """Return a case that the user may move, or answer 404.

    ``board_too``: also one about somebody of the school, which does not walk the steps (R9).
    """
    cases = Case.objects.permitted(request.user, Permission.MOVE_CASE)
    if not board_too:
        cases = cases.filter(restricted=False)
    return get_object_or_404(
        cases.select_related("pupil", "school__buurtteam"), reference=reference
    )


@requires(Permission.MOVE_CASE)
def conversation(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a conversation."""
    case = movable(request, reference)
    age = case.pupil.age(timezone.localdate())
    drafts = Drafts(request, f"talk:{case.reference}", Permission.MOVE_CASE)
    form = drafts.form(ConversationForm, guidance=actions.guidance_for(case), step=3, pupil_age=age)
    response = record(
        request,
        case,
        form,
        "cases/conversation.html",
        lambda: actions.record_conversation(case, request.user, form.key, **form.values),
        _("The talk is recorded."),
        drafts=drafts,
        blocked=form.guidance.blocked_before(3),
        group=age_group(age),
    )
    filed = response.status_code in (204, 302) and form.is_bound
    if filed and (said := form.responsible_now):
        messages.info(request, said)
    return response


@requires(Permission.MOVE_CASE)
def skip_conversation(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that there is no conversation, for safety."""
    case = movable(request, reference)
    form = SkipConversationForm.for_page(request, consulted=consulted_in(case))
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
    drafts = Drafts(request, f"weighing:{case.reference}", Permission.MOVE_CASE)
    form = drafts.form(AssessmentForm, guidance=actions.guidance_for(case), step=4)
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
            motivation=form.cleaned_data.get("motivation", ""),
            assessed_at=timezone.now(),
        ),
        _("The assessment is recorded."),
        drafts=drafts,
        decisions=_decisions(case, _answers(request)),
    )


@requires(Permission.MOVE_CASE)
@require_POST
def weighed(request: HttpRequest, reference: str) -> HttpResponse:
    """Return what follows from the answers so far, while somebody weighs: nothing is kept of it."""
    case = movable(request, reference)
    decisions = _decisions(case, _answers(request))
    return render(request, "cases/_two_decisions.html", {"decisions": decisions})


def _answers(request: HttpRequest) -> dict[str, str]:
    """Return the answers that were given, of the questions that are asked after them."""
    given = {q.code: request.POST.get(f"{q.code}_answer", "") for q in QUESTIONS}
    known = {q.code: {answer.code for answer in q.answers} for q in QUESTIONS}
    given = {code: answer for code, answer in given.items() if answer in known[code]}
    questions = {question.code for question in asked(given)}
    return {code: answer for code, answer in given.items() if code in questions}


def _decisions(case: Case, answers: dict[str, str]) -> dict[str, object] | None:
    """Return the two decisions as they would follow, once question 1 of the framework is there."""
    if "suspicion" not in answers:
        return None
    now = timezone.now()
    facts = replace(
        facts_for(case, now), assessed_at=now, weighed_at=now, answers=answers, decided_at=None,
        last_decided_at=None,
    )  # fmt: skip
    complete = all(question.code in answers for question in asked(answers))
    return {"two": two_decisions(facts), "complete": complete, "answers": answers}


@requires(Permission.MOVE_CASE)
def explain(request: HttpRequest, reference: str, rule: str) -> HttpResponse:
    """Leave out what a rule asks, with written grounds."""
    case = movable(request, reference)
    found = BY_CODE.get(rule)
    if found is None or not found.explainable:
        raise Http404
    asked_now = {task.rule.code for task in actions.guidance_for(case).tasks}
    if request.method == "GET" and case.is_open and found.code not in asked_now:
        messages.info(request, _("This is not asked any more."))
        return redirect("cases:detail", case.reference)
    form = ExplainForm.for_page(request)
    return record(
        request,
        case,
        form,
        "cases/explain.html",
        lambda: actions.explain(case, request.user, form.key, rule=found, **form.values),
        _("Your choice is recorded, with its grounds."),
        rule=found,
        sources=sources(found),
    )


@requires(Permission.MOVE_CASE)
def look_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Write down what one sees of the pupil: at a single signal, or after closing."""
    case = movable(request, reference, board_too=True)
    form = LookBackForm.for_page(request)
    response = record(
        request,
        case,
        form,
        "cases/look_back.html",
        lambda: actions.look_back(case, request.user, form.key, **form.values),
        _("Recorded what you see of the pupil now."),
        closed_too=True,
    )
    if response.status_code == 302 and form.is_bound:
        return redirect(*_after_look_back(request, case, form.values["result"]))
    return response


@requires(Permission.MOVE_CASE)
def statement(request: HttpRequest, reference: str) -> HttpResponse:
    """Put what a parent or pupil says beside what was recorded, which stays as it is."""
    case = movable(request, reference, board_too=True)
    form = StatementForm.for_page(request)
    return record(
        request,
        case,
        form,
        "cases/statement.html",
        lambda: actions.add_statement(case, request.user, form.key, **form.values),
        _("The statement stands beside the original."),
        closed_too=True,
    )


def _after_look_back(request: HttpRequest, case: Case, result: str) -> tuple[str, ...]:
    """Return where one goes on: a concern is a signal; quiet on an open case is to be decided."""
    if result == LookBack.Result.CONCERN:
        messages.info(request, _("Log what is new as a signal."))
        return (f"{reverse('signals:new')}?pupil={case.pupil.public_id}",)
    if result == LookBack.Result.QUIET and case.is_open:
        messages.info(request, _("Nothing more to watch for? Decide so, and close the case."))
        return ("referrals:decide", case.reference)
    return ("cases:detail", case.reference)


@requires(Permission.MOVE_CASE)
def new_cycle(request: HttpRequest, reference: str) -> HttpResponse:
    """Walk the steps again."""
    case = movable(request, reference)
    form = CycleForm.for_page(request)
    return record(
        request,
        case,
        form,
        "cases/new_cycle.html",
        lambda: actions.begin_cycle(case, request.user, **form.values),
        _("The steps begin again. What was recorded before stays readable."),
    )


@requires(Permission.MOVE_CASE)
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close the case; the page says what would be left undone."""
    case = movable(request, reference, board_too=True)
    guidance = actions.guidance_for(case)
    form = CloseForm.for_page(
        request,
        allowed=actions.outcomes(guidance.closing_grounds),
        signals=case.signals.count(),
        rule=school_rule(case.school_id).years,
    )
    if request.method == "GET" and case.is_open and not guidance.may_close:
        messages.info(request, _("This case cannot be closed yet: first what is asked here."))
        return redirect("cases:detail", case.reference)
    return record(
        request,
        case,
        form,
        "cases/close.html",
        lambda: actions.close_case(case, request.user, **form.values),
        _("The case is closed."),
        retention=retention(case),
        undone=[task for task in guidance.tasks if task.rule.action != "close"],
    )
