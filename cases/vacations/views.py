"""The page of a school's vacations, and the forms that change them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from accounts.forms import MeldcodeForm
from accounts.models import School
from cases.models import SchoolVacation
from cases.protocol.vacations import Vacation, school_year
from cases.school_views import chosen
from cases.vacations import actions
from cases.vacations.forms import FileForm, LinesForm, RegionForm, VacationForm


@dataclass(frozen=True, slots=True)
class Preview:
    """A vacation of a list, and what keeping it would do."""

    vacation: Vacation
    there: bool
    replaces: list[SchoolVacation]


@requires(Permission.SET_VACATIONS)
def vacations(request: HttpRequest) -> HttpResponse:
    """Show the vacations of a school; take over those of its region."""
    school = _school(request)
    form = RegionForm.for_page(request)
    today = timezone.localdate()
    if form.is_bound and form.is_valid():
        kept = form.run(
            actions.take_over_region, school, request.user, form.cleaned_data["region"], today
        )
        if kept:
            _say(request, kept)
            return _to_list(school)
    standing = list(school.vacations.all())
    now = school_year(today)
    return render(
        request,
        "vacations/vacations.html",
        {
            "form": form,
            "file_form": FileForm(user=request.user),
            "school": school,
            "schools": access.schools(request.user, Permission.SET_VACATIONS),
            "years": _by_year(v for v in standing if school_year(v.last_day) >= now),
            "earlier": [v for v in standing if school_year(v.last_day) < now],
        },
        status=422 if form.errors else 200,
    )


def _by_year(standing: Iterable[SchoolVacation]) -> dict[str, list[SchoolVacation]]:
    years: dict[str, list[SchoolVacation]] = {}
    for vacation in standing:
        year = school_year(vacation.first_day)
        years.setdefault(f"{year}-{year + 1}", []).append(vacation)
    return years


@requires(Permission.SET_VACATIONS)
def add(request: HttpRequest) -> HttpResponse:
    """Add a vacation or a study day."""
    school = _school(request)
    form = VacationForm.for_page(request)
    if form.is_bound and form.is_valid():
        form.run(actions.add_vacation, school, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("Added. All open cases follow it."))
            return _to_list(school)
    return _page(request, form, school)


@requires(Permission.SET_VACATIONS)
def change(request: HttpRequest, vacation: str) -> HttpResponse:
    """Change name or days of a vacation."""
    found = _managed(request, vacation)
    initial = {name: getattr(found, name) for name in ("name", "first_day", "last_day")}
    form = VacationForm.for_page(request, initial=initial)
    if form.is_bound and form.is_valid():
        form.run(actions.change_vacation, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("Changed. All open cases follow it."))
            return _to_list(found.school)
    return _page(request, form, found.school, vacation=found)


@requires(Permission.SET_VACATIONS)
@require_POST
def remove(request: HttpRequest, vacation: str) -> HttpResponse:
    """Take a vacation away."""
    found = _managed(request, vacation)
    actions.remove_vacation(found, request.user)
    messages.success(request, _("Removed. All open cases follow it."))
    return _to_list(found.school)


@requires(Permission.SET_VACATIONS)
def lines(request: HttpRequest) -> HttpResponse:
    """Write a list of vacations: look at what it does, or keep it."""
    school = _school(request)
    form = LinesForm.for_page(request)
    if form.is_bound and form.is_valid() and "look" not in request.POST:
        kept = form.run(actions.keep_lines, school, request.user, form.vacations)
        if kept:
            _say(request, kept)
            return _to_list(school)
    return _lines_page(request, form, school)


@requires(Permission.SET_VACATIONS)
def file(request: HttpRequest) -> HttpResponse:
    """Read a file, and show the lines that were read. Nothing is kept yet."""
    school = _school(request)
    if request.method != "POST":
        return redirect(f"{reverse('cases:vacation_lines')}?school={school.pk}")
    upload = FileForm.for_page(request)
    if not upload.is_valid():
        return _lines_page(request, LinesForm(user=request.user), school, file_form=upload)
    data = QueryDict(mutable=True)
    data["lines"] = upload.lines
    if upload.left_out:
        left = {"count": upload.left_out}
        messages.info(
            request,
            ngettext(
                "%(count)s event with an hour was left out: a vacation takes whole days.",
                "%(count)s events with an hour were left out: a vacation takes whole days.",
                upload.left_out,
            )
            % left,
        )
    return _lines_page(request, LinesForm(data, user=request.user), school)


def _lines_page(
    request: HttpRequest, form: LinesForm, school: School, file_form: FileForm | None = None
) -> HttpResponse:
    shown = form.vacations if form.is_bound and form.is_valid() else ()
    standing = list(school.vacations.all())
    bad = form.errors or (file_form and file_form.errors)
    return render(
        request,
        "vacations/lines.html",
        {
            "form": form,
            "file_form": file_form or FileForm(user=request.user),
            "school": school,
            "previews": [_preview(one, standing) for one in shown],
        },
        status=422 if bad else 200,
    )


def _preview(vacation: Vacation, standing: list[SchoolVacation]) -> Preview:
    there = vacation in {actions.as_vacation(row) for row in standing}
    return Preview(vacation, there, [] if there else actions.run_into(vacation, standing))


def _page(
    request: HttpRequest, form: MeldcodeForm, school: School, vacation: SchoolVacation | None = None
) -> HttpResponse:
    return render(
        request,
        "vacations/vacation.html",
        {"form": form, "school": school, "vacation": vacation},
        status=422 if form.errors else 200,
    )


def _school(request: HttpRequest) -> School:
    schools = access.schools(request.user, Permission.SET_VACATIONS)
    return chosen(schools, request)


def _managed(request: HttpRequest, vacation: str) -> SchoolVacation:
    schools = access.school_ids(request.user, Permission.SET_VACATIONS)
    found = SchoolVacation.objects.filter(school_id__in=schools).select_related("school")
    return get_object_or_404(found, public_id=vacation)


def _say(request: HttpRequest, kept: actions.Kept) -> None:
    text = ngettext("%(count)s vacation added.", "%(count)s vacations added.", kept.added)
    said = [text % {"count": kept.added}]
    if kept.replaced:
        said.append(_("They took the place of %(count)s.") % {"count": kept.replaced})
    if kept.there:
        said.append(_("On the days of %(count)s stood something already.") % {"count": kept.there})
    messages.success(request, " ".join(said))


def _to_list(school: School) -> HttpResponseRedirect:
    return redirect(f"{reverse('cases:vacations')}?school={school.pk}")
