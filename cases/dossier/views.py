"""Asking for a dossier, watching it being made, and taking it along."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts import access
from accounts.access import Permission, requires
from accounts.second_factor import fresh_second_factor
from audit.log import record_read, record_search
from cases.dossier.actions import known_age, mark, request_export
from cases.dossier.checking import CheckForm, digest, known_paper
from cases.dossier.contents import offered
from cases.dossier.enclosed import holds_what_was_withdrawn
from cases.dossier.forms import ExportForm, kind_of
from cases.dossier.grounds import whose_consent
from cases.dossier.variants import VARIANTS
from cases.jobs import KEPT_FOR, check_there, record_taken, remove
from cases.models import Case, DossierExport
from cases.progress import show_progress
from cases.search.sealed import opened, sealed

PER_PAGE = 25
RECENT_SHOWN = 5


@requires(Permission.LIST_EXPORTABLE)
def exportable(request: HttpRequest) -> HttpResponse:
    """Show the cases of the school by their reference alone: no pupil, no step, no word of them.

    What is searched comes by POST, as on the dashboard: some will type a name.
    """
    if request.method == "POST":
        asked = sealed(_tidy(request.POST.get("q", "")), request.user)
        there = reverse("cases:exportable")
        return redirect(f"{there}?{urlencode({'q': asked})}" if asked else there)
    query = _tidy(opened(request.GET.get("q", ""), request.user))
    cases = Case.objects.permitted(request.user, Permission.LIST_EXPORTABLE)
    if query:
        record_search(request.user, access.schools(request.user, Permission.LIST_EXPORTABLE))
        cases = cases.filter(reference__icontains=query)
    cases = cases.order_by("-opened_at", "pk").only("reference", "opened_at", "closed_at")
    page = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "dossier/exportable.html",
        {
            "page": page,
            "query": query,
            "query_string": urlencode({"q": sealed(query, request.user)}) if query else "",
            "exports": _own(request)[:RECENT_SHOWN],
        },
    )


def _tidy(query: str) -> str:
    return query.replace("\x00", "").strip()[:20]


@requires(Permission.EXPORT_DOSSIER)
@fresh_second_factor
def dossier(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for the dossier of a case, of one kind, with a reason."""
    case = get_object_or_404(
        Case.objects.permitted(request.user, Permission.EXPORT_DOSSIER).select_related("pupil"),
        reference=reference,
    )
    kind = kind_of(request.POST.get("variant") or request.GET.get("kind", ""))
    sees_case = Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
    # Before anything of it is read: what is written meanwhile was not.
    seen_now = mark(case, request.user) if kind.goes_out else ""
    records = ()
    if kind.chosen:
        whole = Case.objects.with_records().get(pk=case.pk)
        records = offered(whole, sees_case=sees_case, code=kind.code)
    age = known_age(case, sees_case=sees_case)
    form = ExportForm.for_page(
        request,
        kind=kind,
        mark=seen_now,
        records=records,
        asks_consent=kind.asks_consent(age),
        knows_age=sees_case,
        whose=whose_consent(age, known=sees_case),
    )
    if form.is_bound and form.is_valid():
        reason = form.values["reason"]
        seen = form.cleaned_data.get("seen", "")
        export = form.run(
            request_export, case, request.user, form.key, reason, form.wish, seen=seen
        )
        if export:
            return redirect("cases:export", export.public_id)
    if records:  # which there are and of when: that is to look into the case
        record_read(request.user, case)
    return render(
        request,
        "dossier/request.html",
        {
            "form": form,
            "case": case,
            "kind": kind,
            "kinds": VARIANTS.values(),
            "sees_case": sees_case,
            "exports": _own(request).filter(case=case)[:RECENT_SHOWN],
            "kept_days": KEPT_FOR.days,
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.EXPORT_DOSSIER)
def export(request: HttpRequest, export: str) -> HttpResponse:
    """Show how far an export is; the page asks again by itself, with JavaScript or without."""
    found = get_object_or_404(_own(request), public_id=export)
    sees_case = Case.objects.visible_to(request.user).filter(pk=found.case_id).exists()
    return show_progress(
        request,
        "dossier/export.html",
        "dossier/_progress.html",
        {
            "job": found,
            "kept_days": KEPT_FOR.days,
            "sees_case": sees_case,
            "again": reverse("cases:dossier", args=[found.case.reference]),
        },
    )


@requires(Permission.EXPORT_DOSSIER)
@fresh_second_factor
def download(request: HttpRequest, export: str) -> FileResponse:
    """Hand over the file, to nobody but who asked for it."""
    found = get_object_or_404(_own(request), public_id=export)
    check_there(found)
    if holds_what_was_withdrawn(found):  # while it was made: then it stands there for nobody
        remove(found)
        return redirect("cases:export", found.public_id)
    record_taken(request.user, found, found.case_id)
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=f"dossier-{found.case.reference}.{'zip' if found.kind.package else 'pdf'}",
        content_type="application/zip" if found.kind.package else "application/pdf",
    )


@requires(Permission.EXPORT_DOSSIER)
def check_paper(request: HttpRequest) -> HttpResponse:
    """Tell whether a PDF is, to the byte, one that was exported here. It is not kept."""
    form, found, sha256 = CheckForm(), None, ""
    if request.method == "POST":
        form = CheckForm(request.POST, request.FILES)
        if form.is_valid():
            sha256 = digest(form.cleaned_data["file"])
            found = known_paper(sha256, request.user)
    return render(
        request,
        "dossier/check.html",
        {"form": form, "found": found, "sha256": sha256},
        status=422 if form.errors else 200,
    )


def _own(request: HttpRequest) -> QuerySet[DossierExport]:
    return DossierExport.objects.visible_to(request.user).select_related("case")
