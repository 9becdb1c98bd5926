"""The year report as PDF: asked for, made by the worker, fetched by who asked."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from audit.kinds import Kind
from audit.log import record_read
from cases.figures import actions
from cases.figures.forms import PaperForm
from cases.figures.school_year import SchoolYear
from cases.figures.views import report_url, year_or_404
from cases.jobs import KEPT_FOR, check_there
from cases.models import YearPaper
from cases.progress import show_progress
from cases.school_views import chosen


@requires(Permission.SEE_YEAR_REPORT)
@require_POST
def ask(request: HttpRequest, year: int) -> HttpResponse:
    """Ask for the year report as PDF."""
    schools = access.schools(request.user, Permission.SEE_YEAR_REPORT)
    school = chosen(schools, request)
    of_year = year_or_404(year)
    form = PaperForm.for_page(request)
    if form.is_valid():
        paper = form.run(actions.ask_for_paper, school, of_year, request.user, form.key)
        if paper:
            return redirect("cases:year_paper", paper.public_id)
    for error in form.non_field_errors():
        messages.error(request, error)
    return redirect(report_url(school, of_year))


@requires(Permission.SEE_YEAR_REPORT)
def paper(request: HttpRequest, paper: str) -> HttpResponse:
    """Show how far a paper is; the page asks again by itself, with JavaScript or without."""
    found = _own(request, paper)
    year = SchoolYear(found.year)
    return show_progress(
        request,
        "figures/paper.html",
        "figures/_progress.html",
        {
            "job": found,
            "year": year,
            "again": report_url(found.school, year),
            "kept_days": KEPT_FOR.days,
        },
    )


@requires(Permission.SEE_YEAR_REPORT)
def download(request: HttpRequest, paper: str) -> FileResponse:
    """Hand over the file, to nobody but who asked for it."""
    found = _own(request, paper)
    check_there(found)
    record_read(request.user, found, kind=Kind.EXPORTED)
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=f"meldcode-{SchoolYear(found.year)}.pdf",
        content_type="application/pdf",
    )


def _own(request: HttpRequest, paper: str) -> YearPaper:
    own = YearPaper.objects.visible_to(request.user).select_related("school")
    return get_object_or_404(own, public_id=paper)
