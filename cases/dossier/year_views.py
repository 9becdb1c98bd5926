"""Asking for the dossiers of a school year, watching them being made, cancelling, and fetching."""

from functools import partial

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from accounts.models import User
from accounts.second_factor import fresh_second_factor
from audit.kinds import Kind
from audit.log import record_read
from background.hands import NONE_FREE, handed_over
from cases.dossier.forms import YearForm
from cases.dossier.year import cancel_year, holds_what_closed, request_year, take_back
from cases.jobs import check_there
from cases.models import YearExport
from cases.progress import show_progress

SHOWN = 5


@requires(Permission.EXPORT_YEAR)
@fresh_second_factor
def years(request: HttpRequest) -> HttpResponse:
    """Ask for the dossiers of a school year, with a reason."""
    form = YearForm.for_page(request)
    if form.is_bound and form.is_valid():
        wish = form.values
        export = form.run(
            request_year, wish["school"], request.user, form.key, wish["year"], wish["reason"]
        )
        if export:
            return redirect("cases:year", export.public_id)
    return render(
        request,
        "dossier/years.html",
        {"form": form, "exports": _own(request)[:SHOWN]},
        status=422 if form.errors else 200,
    )


@requires(Permission.EXPORT_YEAR)
def year(request: HttpRequest, export: str) -> HttpResponse:
    """Show how far it is; the page asks again by itself, with JavaScript or without."""
    found = get_object_or_404(_own(request), public_id=export)
    context = {"job": found, "again": reverse("cases:years")}
    return show_progress(request, "dossier/year.html", "dossier/_year_progress.html", context)


@require_POST
@requires(Permission.EXPORT_YEAR)
def cancel(request: HttpRequest, export: str) -> HttpResponse:
    """Cancel it, or remove what is ready before its time."""
    found = get_object_or_404(_own(request), public_id=export)
    cancel_year(found, request.user)
    return redirect("cases:year", found.public_id)


@requires(Permission.EXPORT_YEAR)
@fresh_second_factor
def download(request: HttpRequest, export: str) -> HttpResponse | FileResponse:
    """Hand over the zip, to nobody but who asked for it, while they may have all that it holds."""
    found = get_object_or_404(_own(request), public_id=export)
    check_there(found)
    if holds_what_closed(found):
        take_back(found)
        return redirect("cases:year", found.public_id)
    if (file := handed_over(partial(_file, found, request.user))) is not None:
        return file
    messages.info(request, NONE_FREE)
    return redirect("cases:year", found.public_id)


def _file(export: YearExport, by: User) -> FileResponse:
    record_read(by, export, why=export.reason, kind=Kind.EXPORTED)
    return FileResponse(
        export.file.open("rb"),
        as_attachment=True,
        filename=f"dossiers-{export.year}-{export.year + 1}.zip",
        content_type="application/zip",
    )


def _own(request: HttpRequest) -> QuerySet[YearExport]:
    return YearExport.objects.visible_to(request.user).select_related("school")
