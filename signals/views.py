"""Logging a signal, one's own signals, and correcting one."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from accounts.drafts.actions import throw_away
from accounts.drafts.models import SIGNAL, Draft
from accounts.drafts.pages import Drafts, go_on, keep_of, said_to_script
from accounts.drafts.reading import draft_of, page_of
from accounts.errors import ActionError
from accounts.models import User
from audit.log import record_read, record_search
from cases.case_records import READ
from cases.contact_book.calls import numbers_in_case
from cases.facts import facts_as_author_knows
from cases.models import Attachment, Case, ReceivedDossier, ShutOut
from cases.protocol import guide
from cases.screen import step_header, what_now
from cases.step_views import record
from cases.together import hang, read_together
from signals.actions import correct_signal, file_from_page, find_unfounded
from signals.body_forms import as_typed, asks_for_rows
from signals.forms import (
    ACUTE,
    NORMAL,
    SEVERE,
    CorrectionForm,
    SignalForm,
    UnfoundedForm,
    pupils_for,
)
from signals.models import InjuryMark, Signal, SignalCategory
from signals.opinions import hints_in

SIGNALS_SHOWN = 30
# For so long the author is told what could be written otherwise; then it is as it was filed.
JUST_FILED = timedelta(hours=1)


@requires(Permission.LOG_SIGNAL)
def new(request: HttpRequest) -> HttpResponse:
    """Log a signal. The buttons for pupils, for marks and for a draft show the form unjudged."""
    if request.method == "POST" and ("search" in request.POST or asks_for_rows(request.POST)):
        return _new_page(request, _unjudged(request, request.POST))
    if request.method == "POST" and "draft" in request.POST:
        return _keep_draft(request)
    draft = draft_of(request.user)
    # From a look back one comes with the pupil; whom one may not signal is not offered.
    form = SignalForm.for_page(request, initial={"pupil": request.GET.get("pupil", "")})
    if form.is_bound and form.is_valid():
        page = page_of(request.POST) or form.key
        fields = form.signal_fields()
        signal = form.run(file_from_page, form.about(), request.user, form.key, page, **fields)
        if signal:
            messages.success(request, _("Your signal is saved."))
            return go_on(request, reverse("signals:detail", args=[signal.reference]))
    if request.method == "GET" and "draft" in request.GET and draft and (typed := draft.fields()):
        form = _unjudged(request, typed)
    return _new_page(request, form, draft)


def _unjudged(request: HttpRequest, typed: QueryDict) -> SignalForm:
    form = SignalForm(user=request.user)
    form.restore(typed)
    return form


def _new_page(request: HttpRequest, form: SignalForm, draft: Draft | None = None) -> HttpResponse:
    """Show the form. Whatever brought it here, it lists whom its search finds: that is a search."""
    _record_search(request, str(form["pupil_query"].value() or ""))
    status = 422 if form.is_bound and form.errors else 200
    if draft and str(draft.page) == str(form["idempotency_key"].value()):
        draft = None  # it is this very page
    return render(request, "signals/new.html", {"form": form, "draft": draft}, status=status)


def _keep_draft(request: HttpRequest) -> HttpResponse:
    """Keep what stands in the form, unjudged: by the script while one types, or by the button."""
    try:
        draft = keep_of(request, SIGNAL, Permission.LOG_SIGNAL)
    except ActionError as refused:
        if request.htmx:
            return said_to_script(refused)
        messages.error(request, refused.message)
        return _new_page(request, _unjudged(request, request.POST), draft_of(request.user))
    if request.htmx:
        return said_to_script(draft)
    messages.success(request, _("Your draft is kept. Only you can see it."))
    return redirect("signals:mine")


@requires(Permission.LOG_SIGNAL)
@require_POST
def throw_draft_away(request: HttpRequest) -> HttpResponse:
    """Throw one's own draft away."""
    throw_away(request.user, SIGNAL)
    messages.success(request, _("Your draft is thrown away."))
    return redirect("signals:new")


@requires(Permission.LOG_SIGNAL)
@require_POST
def pupils(request: HttpRequest) -> HttpResponse:
    """Return the list of pupils to choose from, while one types: no name stands in an address."""
    query = request.POST.get("pupil_query", "")
    _record_search(request, query)
    found = pupils_for(request.user, query)
    shown = {"options": found, "query": query, "lists_recent": True}
    return render(request, "signals/_pupil_options.html", shown)


def _record_search(request: HttpRequest, query: str) -> None:
    if query.strip():
        record_search(request.user, access.schools(request.user, Permission.LOG_SIGNAL))


@requires(Permission.SEE_OWN_SIGNALS)
def mine(request: HttpRequest) -> HttpResponse:
    """Show one's own signals, and the cases that one takes part in."""
    signals = (
        Signal.objects.logged_by(request.user)
        .current()
        .select_related("case__pupil")
        .order_by("-recorded_at")
    )
    taking_part = Case.objects.none()
    if not access.may(request.user, Permission.SEE_DASHBOARD):
        taking_part = Case.objects.visible_to(request.user).open().for_dashboard()
    return render(
        request,
        "signals/mine.html",
        {
            "signals": signals[:SIGNALS_SHOWN],
            "cases": taking_part[:SIGNALS_SHOWN],
            "draft": draft_of(request.user),
        },
    )


@requires(Permission.SEE_OWN_SIGNALS, Permission.SEE_CASE)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a signal and what it asks for, as far as its author may know (Scenario 2)."""
    found = Signal.objects.visible_to(request.user).filter(reference=reference)
    signal = _in_full(
        found.select_related("case__pupil", "case__school__buurtteam", *READ["signals"])
    )
    case = signal.case
    is_author = signal.author_id == request.user.pk
    facts = facts_as_author_knows(case, signal.author_id, timezone.now(), alone=not is_author)
    guidance = guide(facts)
    record_read(request.user, signal)
    this = Case.objects.filter(pk=case.pk)
    unconflicted = this.unconflicted_for(request.user)
    visible, movable = this.visible_to(request.user), _findable(request, this)
    read_together(unconflicted, visible, movable)
    numbers = numbers_in_case(request.user, case.school)
    fresh = is_author and timezone.now() - signal.recorded_at < JUST_FILED
    return render(
        request,
        "signals/detail.html",
        {
            "signal": signal,
            "hides_finding": not unconflicted and _found_since(signal, request.user),
            # Why, and by whom, speaks of the case; its author may see none of that.
            "hides_grounds": not visible,
            "steps": step_header(guidance),
            "guidance": what_now(guidance, case, {Permission.LOG_SIGNAL}, numbers, sees_case=False),
            "case": next(iter(visible), None),
            "is_author": is_author,
            "hints": hints_in(signal.facts) if fresh else [],
            "brought": _brought_with(signal, request.user) if visible else None,
            "may_find": bool(movable) and not hasattr(signal, "finding"),
            "corrected_by": getattr(signal, "correction", None),
        },
    )


def _brought_with(signal: Signal, reader: User) -> ReceivedDossier | None:
    """Return the dossier of another school that a signal came with, where one may open its file."""
    if not signal.hearsay_from:
        return None
    files = Attachment.objects.visible_to(reader).served()
    there = ReceivedDossier.objects.filter(case=signal.case_id, file__in=files)
    came = (one for one in there.select_related("file") if one.signal_key == signal.idempotency_key)
    return next(came, None)


def _found_since(signal: Signal, reader: User) -> bool:
    """Tell whether a signal was found unfounded once its reader was kept out of the pupil."""
    if not hasattr(signal, "finding"):
        return False
    kept_out = ShutOut.objects.ever_since(signal.finding.recorded_at)
    return kept_out.filter(user=reader, pupil=signal.case.pupil_id).exists()


def _in_full(found: QuerySet) -> Signal:
    """Return the one signal that was found, with what hangs under it, in one query; or a 404."""
    categories = SignalCategory.objects.filter(signal__in=found.values("pk"))
    marks = InjuryMark.objects.filter(signal__in=found.values("pk"))
    read_together(found, categories, marks)
    if not found:
        raise Http404
    hang(Signal, "categories", categories, list(found))
    hang(Signal, "marks", marks, list(found))
    return found[0]


def _findable(request: HttpRequest, cases: QuerySet) -> QuerySet:
    """Return those of cases in which the user may find a signal unfounded."""
    return cases.permitted(request.user, Permission.MOVE_CASE).open()


@requires(Permission.MOVE_CASE)
def unfounded(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that a signal turned out unfounded."""
    findable = Case.objects.permitted(request.user, Permission.MOVE_CASE)
    found = Signal.objects.filter(case__in=findable, reference=reference)
    signal = _in_full(found.select_related("case__pupil", "case__school", *READ["signals"]))
    form = UnfoundedForm.for_page(request)
    return record(
        request,
        signal.case,
        form,
        "signals/unfounded.html",
        lambda: find_unfounded(signal, request.user, form.key, **form.values),
        _("Recorded that this signal is unfounded. It stays, and no longer counts."),
        seen=signal,
        signal=signal,
    )


@requires(Permission.SEE_OWN_SIGNALS)
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """File a new version of one's own signal."""
    signal = get_object_or_404(
        Signal.objects.logged_by(request.user).select_related("case__pupil", "correction"),
        reference=reference,
    )
    if request.method == "GET" and hasattr(signal, "correction"):
        return redirect("signals:detail", reference)  # which leads on to the newest version
    drafts = Drafts(request, f"correction:{reference}", Permission.SEE_OWN_SIGNALS)
    if answer := drafts.answer():
        return answer
    form = _correction_form(request, signal, drafts)
    if form.is_bound and form.is_valid():
        reason = form.values["reason"]
        newer = form.run(
            correct_signal, signal, request.user, form.key, reason=reason, **form.signal_fields()
        )
        if newer:
            drafts.end()
            messages.success(request, _("The correction is saved beside the first version."))
            return go_on(request, reverse("signals:detail", args=[newer.reference]))
    record_read(request.user, signal)
    return render(
        request,
        "signals/correct.html",
        {"form": form, "signal": signal, "draft": drafts.shown_beside(form)},
        status=422 if form.errors else 200,
    )


def _correction_form(request: HttpRequest, signal: Signal, drafts: Drafts) -> CorrectionForm:
    """Return the form as it was sent or first shown; with more or fewer marks, not judged yet."""
    initial = _as_initial(signal)
    if request.method != "POST" or not asks_for_rows(request.POST):
        return drafts.form(CorrectionForm, initial=initial)
    form = CorrectionForm(user=request.user, initial=initial)
    form.restore(request.POST)
    return form


def _as_initial(signal: Signal) -> dict[str, object]:
    names = ("facts", "child_words", "hearsay_from", "interpretation", "observed_at", "place")
    urgency = ACUTE if signal.acute else SEVERE if signal.severe else NORMAL
    return {
        **{name: getattr(signal, name) for name in names},
        "categories": [category.code for category in signal.categories.all()],
        "marks": [as_typed(mark) for mark in signal.marks.all()],
        "urgency": urgency,
    }
