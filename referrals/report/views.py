"""The report to Veilig Thuis: beginning, writing, filing, correcting, and reading it out."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, requires
from accounts.drafts.pages import Drafts, go_on
from audit.log import record_read
from cases.contact_book.calls import Numbers, calls_for
from cases.errors import ActionError
from cases.protocol.contacts import VEILIG_THUIS
from cases.step_views import movable
from referrals.models import Referral
from referrals.report import actions
from referrals.report.expectations import expectations
from referrals.report.facts_check import opinions_in, remarks
from referrals.report.fields import FIELDS, SECTIONS, missing
from referrals.report.fill import earlier_cases
from referrals.report.forms import CorrectForm, FileForm, ReportForm
from referrals.report.lines import is_anonymous, parts, reference_of, to_read_out
from referrals.report.models import Report, ReportCopy
from referrals.report.querysets import writable_cases

RECENT_SHOWN = 5


@requires(Permission.MOVE_CASE)
def of_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Lead to the report of a case; to the case where none was decided on."""
    case = movable(request, reference)
    referral = (
        Referral.objects.filter(
            decision__case=case,
            to=Referral.To.VEILIG_THUIS,
            withdrawn_at__isnull=True,
            passed_on_from__isnull=True,
        )
        .order_by("pk")
        .last()
    )
    if referral is None:
        messages.info(request, _("No report was decided on in this case."))
        return redirect("cases:detail", case.reference)
    return redirect("referrals:report_of", referral.public_id)


@requires(Permission.MOVE_CASE)
def report_of(request: HttpRequest, referral: str) -> HttpResponse:
    """Lead to the report of a referral; where there is none yet, say what it is and begin it."""
    found = get_object_or_404(
        # What the buurtteam passes on is the buurtteam's report.
        _referrals(request).filter(to=Referral.To.VEILIG_THUIS, passed_on_from__isnull=True),
        public_id=referral,
    )
    newest = found.reports.last()
    if newest is not None:
        return redirect("referrals:report", newest.public_id)
    if request.method == "POST":
        try:
            report = actions.start_report(found, request.user)
        except ActionError as error:
            messages.error(request, error.message)
            return redirect("cases:detail", found.decision.case.reference)
        return redirect("referrals:write_report", report.public_id)
    case = found.decision.case
    return render(request, "report/start.html", {"referral": found, "case": case})


@requires(Permission.MOVE_CASE)
def report(request: HttpRequest, report: str) -> HttpResponse:
    """Show a report as it stands, what one may expect of Veilig Thuis, and its copies."""
    found = _report(request, report)
    record_read(request.user, found)
    texts = found.contents
    versions = found.referral.reports.select_related("filed_by")
    copies = ReportCopy.objects.visible_to(request.user).filter(report=found)[:RECENT_SHOWN]
    expected = expectations(found.referral, timezone.now(), beside=(versions, copies))
    return render(
        request,
        "report/report.html",
        {
            **_about(found),
            "parts": parts(texts),
            "anonymous": is_anonymous(texts),
            "reference": reference_of(found),
            "versions": versions,
            "expectations": expected,
            "copies": copies,
        },
    )


@requires(Permission.MOVE_CASE)
def write(request: HttpRequest, report: str) -> HttpResponse:
    """Write a draft: save it at any time, with anything left empty.

    What somebody typed and did not save yet is kept for them alone, with the marks of what they
    had before their eyes: brought back and saved, it writes over nobody else's words.
    """
    found = _report(request, report)
    if not _open(request, found):
        return redirect("referrals:report", found.public_id)
    drafts = Drafts(request, f"report:{found.public_id.hex}", Permission.MOVE_CASE)
    if answer := drafts.answer():
        return answer
    if "move" in request.POST:
        form = ReportForm(ReportForm.moved(request.POST), user=request.user)
        messages.info(request, _("Moved to what you make of it. Save when you are ready."))
        return _write_page(request, found, form, drafts)
    form = drafts.form(ReportForm)
    if not form.is_bound:
        form.show(found.contents)
    elif form.is_valid() and _save(request, found, form):
        drafts.end()
        if "last_look" in request.POST:
            return redirect("referrals:file_report", found.public_id)
        return go_on(request, _back_to(found, request.POST.get("part", "")))
    return _write_page(request, found, form, drafts)


def _back_to(found: Report, part: str) -> str:
    """Return where one goes on after saving: at the part of which the button was pressed."""
    url = reverse("referrals:write_report", args=[found.public_id])
    return f"{url}#part-{part}" if part in {section.code for section in SECTIONS} else url


def _save(request: HttpRequest, found: Report, form: ReportForm) -> bool:
    """Save a draft and say so; with somebody else's text at hand, show both instead."""
    try:
        merged = actions.save_draft(found, request.user, form.texts, form.marks_seen)
    except actions.Conflict as conflict:
        form.add_error(None, conflict.message)
        form.show_conflict(conflict.now, conflict.merged)
        return False
    except ActionError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, _("The draft is saved. Nothing is sent."))
    if merged.theirs:
        labels = " ".join(str(FIELDS[code].label) for code in merged.theirs)
        messages.info(request, _("Somebody else wrote here meanwhile; that stays: %s") % labels)
    return True


def _write_page(
    request: HttpRequest, found: Report, form: ReportForm, drafts: Drafts
) -> HttpResponse:
    record_read(request.user, found)  # a form that was sent can show it too
    form.tell_of(earlier_cases(found.referral.decision.case, request.user))
    context = {**_about(found), "form": form, "draft": drafts.shown_beside(form)}
    refused = form.is_bound and "move" not in request.POST and form.errors
    return render(request, "report/write.html", context, status=422 if refused else 200)


@requires(Permission.MOVE_CASE)
def file(request: HttpRequest, report: str) -> HttpResponse:
    """Look a last time: what is empty, what sounds like an opinion; then file it."""
    found = _report(request, report)
    if not _open(request, found):
        return redirect("referrals:report", found.public_id)
    texts = found.contents
    marked = opinions_in(texts)
    form = FileForm.for_page(
        request, empty=bool(missing(texts)), marked=bool(marked), revision=found.revision
    )
    if form.is_bound and form.is_valid():
        form.run(actions.file_report, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("The report is filed. Now send it, or read it out."))
            return redirect("referrals:report", found.public_id)
        form.look_again(found.revision)
    record_read(request.user, found)  # all of it, also to whoever sends an empty form
    return render(
        request,
        "report/file.html",
        {
            **_about(found),
            "form": form,
            "empty": missing(texts),
            "marked": [(FIELDS[code], remarks(texts[code])) for code in marked],
            "parts": parts(texts),
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.MOVE_CASE)
def correct(request: HttpRequest, report: str) -> HttpResponse:
    """Begin a correction of a filed report, with why."""
    found = _report(request, report)
    newest = found.referral.reports.last()
    form = CorrectForm.for_page(request)
    if newest.is_draft and (newest.corrects_id is None or not form.is_bound):
        return redirect("referrals:report", newest.public_id)
    if form.is_bound and form.is_valid():
        draft = form.run(actions.correct_report, found, request.user, **form.values)
        if draft:
            return redirect("referrals:write_report", draft.public_id)
    return render(
        request,
        "report/correct.html",
        {**_about(found), "form": form},
        status=422 if form.errors else 200,
    )


@requires(Permission.MOVE_CASE)
def read_out(request: HttpRequest, report: str) -> HttpResponse:
    """Show a report as one reads it out by telephone."""
    found = _report(request, report)
    record_read(request.user, found)
    texts, school = found.contents, found.referral.decision.case.school
    return render(
        request,
        "report/read_out.html",
        {
            **_about(found),
            "lines": to_read_out(texts),
            "anonymous": is_anonymous(texts),
            "calls": calls_for((VEILIG_THUIS,), Numbers(school)),
        },
    )


def _about(found: Report) -> dict[str, object]:
    """Return what every page of a report shows: which, of whom."""
    return {"report": found, "referral": found.referral, "case": found.referral.decision.case}


def _open(request: HttpRequest, found: Report) -> bool:
    """Tell whether a draft can be worked on now, and say why not."""
    if not found.is_draft:
        messages.info(request, _("This report is filed; it cannot be changed any more."))
        return False
    if not found.referral.decision.case.is_open:
        messages.info(request, _("This case is closed; it cannot be changed any more."))
        return False
    return True


def _report(request: HttpRequest, report: str) -> Report:
    """Return a report that the user may read and write, or answer 404."""
    reports = Report.objects.visible_to(request.user).for_page()
    return get_object_or_404(reports, public_id=report)


def _referrals(request: HttpRequest) -> QuerySet[Referral]:
    cases = writable_cases(request.user)
    return Referral.objects.filter(decision__case__in=cases).select_related(
        "decision__case__pupil", "decision__case__school"
    )
