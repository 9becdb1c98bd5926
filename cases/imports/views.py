"""Pupils out of the school's administration: file, columns, preview, and what it did."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from accounts.sessions import asked_by_itself
from audit.log import record_read
from cases.imports import actions, sealed
from cases.imports.forms import AgreeForm, ColumnsForm, FileForm, WhoForm
from cases.imports.plan import COUNTED
from cases.imports.shown import shown
from cases.models import PupilImport
from cases.progress import show_progress
from cases.school_views import chosen

SHOWN = 20
State = PupilImport.State


@requires(Permission.SEE_IMPORTS)
def imports(request: HttpRequest) -> HttpResponse:
    """Show which lists of pupils were applied: by whom, when, and how many; no name."""
    schools = access.schools(request.user, Permission.SEE_IMPORTS)
    school = chosen(schools, request)
    return render(
        request,
        "imports/imports.html",
        {
            "school": school,
            "schools": schools,
            "done": PupilImport.objects.done_at(school)[:SHOWN],
            "waiting": _own(request)
            .filter(school=school, state__in=(*actions.OPEN, State.WAITING, State.RUNNING))
            .defer("sealed"),
            "imports": school.pk in access.school_ids(request.user, Permission.IMPORT_PUPILS),
        },
    )


@requires(Permission.IMPORT_PUPILS)
def new(request: HttpRequest) -> HttpResponse:
    """Take a file, and read it. Nothing changes yet."""
    school = chosen(access.schools(request.user, Permission.IMPORT_PUPILS), request)
    form = FileForm.for_page(request)
    if form.is_bound and form.is_valid():
        full, left_on = form.values["full_list"] == "yes", form.values["left_on"]
        job = form.run(
            actions.begin, school, request.user, form.key, form.found,
            full_list=full, left_on=left_on,
        )  # fmt: skip
        if job:
            return redirect("cases:pupil_import", job.public_id)
    return render(
        request,
        "imports/new.html",
        {"form": form, "school": school},
        status=422 if form.errors else 200,
    )


@requires(Permission.IMPORT_PUPILS)
def columns(request: HttpRequest, job: str) -> HttpResponse:
    """Say what the columns of a file mean."""
    found = get_object_or_404(_own(request), public_id=job)
    if found.state != State.COLUMNS:  # clicked twice
        return redirect("cases:pupil_import", found.public_id)
    opened = sealed.open_table(found)
    if opened is None:
        return render(request, "imports/gone.html", {"job": found}, status=422)
    table, bsn = opened
    form = ColumnsForm.for_page(request, table=table, kept=sealed.columns_of(found.school))
    if form.is_bound and form.is_valid():
        form.run(actions.name_columns, found, request.user, form.columns)
        if not form.errors:
            return redirect("cases:pupil_import", found.public_id)
    record_read(request.user, found)
    return render(
        request,
        "imports/columns.html",
        {"form": form, "job": found, "bsn": bsn, "rows": len(table.rows)},
        status=422 if form.errors else 200,
    )


@requires(Permission.IMPORT_PUPILS)
def pupil_import(request: HttpRequest, job: str) -> HttpResponse:
    """Show what an import would do, how far it is, or what it did."""
    found = get_object_or_404(_own(request), public_id=job)
    if found.state == State.COLUMNS:
        return redirect("cases:import_columns", found.public_id)
    if found.state == State.PREVIEW and request.htmx:
        # It was being applied, and the school changed meanwhile: the whole page is another one.
        return asked_by_itself(HttpResponse(headers={"HX-Redirect": _page(found)}))
    if found.state == State.PREVIEW:
        return _preview_page(request, found)
    counts = {name: found.counts.get(name, 0) for name in COUNTED}
    return show_progress(
        request,
        "imports/import.html",
        "imports/_progress.html",
        {"job": found, "counts": counts, "again": reverse("cases:new_import")},
    )


@require_POST
@requires(Permission.IMPORT_PUPILS)
def decide(request: HttpRequest, job: str) -> HttpResponse:
    """Say who is meant on lines where that is not certain; the preview follows it."""
    found = get_object_or_404(_own(request), public_id=job)
    made = actions.preview(found) if found.state == State.PREVIEW else None
    if made is not None:
        form = WhoForm.for_page(request, problems=made[0].problems)
        if form.is_valid():
            form.run(actions.decide, found, request.user, form.decided)
        if form.errors:
            return _preview_page(request, found, who=form)
    return redirect("cases:pupil_import", found.public_id)


@require_POST
@requires(Permission.IMPORT_PUPILS)
def agree(request: HttpRequest, job: str) -> HttpResponse:
    """Let a worker apply what was shown, if it is that still."""
    found = get_object_or_404(_own(request), public_id=job)
    form = AgreeForm.for_page(request)
    if found.state == State.PREVIEW and form.is_valid():
        agreed = form.values
        form.run(actions.agree, found, request.user, agreed["digest"], many=agreed["many"])
    if form.non_field_errors() or "many" in form.errors:
        return _preview_page(request, found, agree=form)
    return redirect("cases:pupil_import", found.public_id)


@require_POST
@requires(Permission.IMPORT_PUPILS)
def discard(request: HttpRequest, job: str) -> HttpResponse:
    """Throw away what was read of a file."""
    found = get_object_or_404(_own(request), public_id=job)
    actions.discard(found, request.user)
    messages.success(request, _("Thrown away. Nothing changed at your school."))
    return redirect(f"{reverse('cases:imports')}?school={found.school_id}")


def _preview_page(
    request: HttpRequest,
    job: PupilImport,
    agree: AgreeForm | None = None,
    who: WhoForm | None = None,
) -> HttpResponse:
    made = actions.preview(job)
    if made is None:
        return render(request, "imports/gone.html", {"job": job}, status=422)
    plan, read = made
    record_read(request.user, job)
    fresh = AgreeForm(
        user=request.user, initial={"digest": plan.digest()}, ask_many=plan.many_leave
    )
    if agree is not None:  # its errors are told above; what one agrees on now is what stands here
        for error in agree.errors.values():
            for message in error:
                messages.error(request, message)
    return render(
        request,
        "imports/preview.html",
        {
            "job": job,
            "shown": shown(plan),
            "bsn": read.bsn,
            "form": fresh,
            "who": who or WhoForm(user=request.user, problems=plan.problems),
        },
        status=422 if agree is not None or who is not None else 200,
    )


def _page(job: PupilImport) -> str:
    return reverse("cases:pupil_import", args=[job.public_id])


def _own(request: HttpRequest) -> QuerySet[PupilImport]:
    return PupilImport.objects.visible_to(request.user).select_related("school")
