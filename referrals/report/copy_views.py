"""A filed report as PDF: asked with a reason, made by the worker, taken along by who asked."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Permission, requires
from accounts.second_factor import fresh_second_factor
from cases.jobs import KEPT_FOR, check_there, record_taken
from cases.progress import show_progress
from referrals.report import actions
from referrals.report.forms import CopyForm
from referrals.report.lines import reference_of
from referrals.report.models import Report, ReportCopy


@requires(Permission.MOVE_CASE)
@fresh_second_factor
def request_copy(request: HttpRequest, report: str) -> HttpResponse:
    """Ask for the PDF of a filed report, with a reason."""
    reports = Report.objects.visible_to(request.user).for_page()
    found = get_object_or_404(reports, public_id=report)
    if found.is_draft:
        messages.info(request, _("File the report first."))
        return redirect("referrals:report", found.public_id)
    form = CopyForm.for_page(request)
    if form.is_bound and form.is_valid():
        copy = form.run(actions.request_copy, found, request.user, form.key, form.values["reason"])
        if copy:
            return redirect("referrals:copy", copy.public_id)
    return render(
        request,
        "report/request_copy.html",
        {
            "form": form,
            "report": found,
            "case": found.referral.decision.case,
            "kept_days": KEPT_FOR.days,
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.MOVE_CASE)
def copy(request: HttpRequest, copy: str) -> HttpResponse:
    """Show how far a copy is; the page asks again by itself, with JavaScript or without."""
    found = _copy(request, copy)
    return show_progress(
        request,
        "report/copy.html",
        "report/_progress.html",
        {
            "job": found,
            "case": found.report.referral.decision.case,
            "kept_days": KEPT_FOR.days,
            "again": reverse("referrals:request_copy", args=[found.report.public_id]),
        },
    )


@requires(Permission.MOVE_CASE)
@fresh_second_factor
def download(request: HttpRequest, copy: str) -> FileResponse:
    """Hand over the file, to nobody but who asked for it."""
    found = _copy(request, copy)
    check_there(found)
    record_taken(request.user, found, found.report.referral.decision.case_id)
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=f"melding-{reference_of(found.report)}.pdf",
        content_type="application/pdf",
    )


def _copy(request: HttpRequest, copy: str) -> ReportCopy:
    """Return one of the user's own copies, or answer 404."""
    own = ReportCopy.objects.visible_to(request.user).select_related(
        "report__referral__decision__case"
    )
    return get_object_or_404(own, public_id=copy)
