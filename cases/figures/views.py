"""The care team's figures, the year report, and the words that a school adds to it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, requires
from accounts.models import School
from background.replica import reading_from_replica
from cases.figures import actions
from cases.figures.forms import PaperForm, YearTextForm
from cases.figures.report import YEARS, years_over
from cases.figures.report import year_report as report_of
from cases.figures.school_year import SchoolYear
from cases.figures.team import tables
from cases.models import Case, YearText
from cases.school_views import chosen


@requires(Permission.SEE_FIGURES)
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of a school year, beside the year before, of the cases that one may see."""
    now = timezone.now()
    schools = access.schools(request.user, Permission.SEE_FIGURES)
    school = chosen(schools, request)
    this = SchoolYear.of(now)
    years = [SchoolYear(this.first - n) for n in range(YEARS)]
    year = _chosen_year(years, request)
    cases = Case.objects.permitted(request.user, Permission.SEE_FIGURES).filter(school=school)
    with reading_from_replica():
        counted = tables(cases, school, year, now, request.user)
    return render(
        request,
        "figures/figures.html",
        {
            "school": school,
            "schools": schools,
            "year": year,
            "years": years,
            "runs": year == this,
            "tables": counted,
        },
    )


@requires(Permission.SEE_YEAR_REPORT)
def year_report(request: HttpRequest) -> HttpResponse:
    """Show the year report of a school, of a year that is over."""
    now = timezone.now()
    schools = access.schools(request.user, Permission.SEE_YEAR_REPORT)
    school = chosen(schools, request)
    years = years_over(now)
    year = _chosen_year(years, request)
    with reading_from_replica():
        report = report_of(request.user, school, year, now)
    return render(
        request,
        "figures/year_report.html",
        {
            "school": school,
            "schools": schools,
            "year": year,
            "years": years,
            "report": report,
            "form": PaperForm(user=request.user),
            "writes": school.pk in access.school_ids(request.user, Permission.WRITE_YEAR_REPORT),
        },
    )


@requires(Permission.WRITE_YEAR_REPORT)
def texts(request: HttpRequest, year: int) -> HttpResponse:
    """Write down what the school adds to its report in its own words."""
    schools = access.schools(request.user, Permission.WRITE_YEAR_REPORT)
    school = chosen(schools, request)
    of_year = year_or_404(year)
    kept = YearText.objects.filter(school=school, year=year).first() or YearText()
    initial = {name: getattr(kept, name) for name in ("knowledge", "agreements", "version")}
    form = YearTextForm.for_page(request, initial=initial)
    if form.is_bound and form.is_valid():
        form.run(actions.save_texts, school, of_year, request.user, **form.words)
        if not form.errors:
            messages.success(request, _("Your words stand in the year report."))
            return redirect(report_url(school, of_year))
    return render(
        request,
        "figures/texts.html",
        {"form": form, "school": school, "year": of_year, "back": report_url(school, of_year)},
        status=422 if form.errors else 200,
    )


def report_url(school: School, year: SchoolYear) -> str:
    """Return the address of the report of a school and year."""
    return f"{reverse('cases:year_report')}?school={school.pk}&year={year.first}"


def year_or_404(first: int) -> SchoolYear:
    """Return a year that is over and of which there is a report."""
    year = SchoolYear(first)
    if year not in years_over(timezone.now()):
        raise Http404
    return year


def _chosen_year(years: list[SchoolYear], request: HttpRequest) -> SchoolYear:
    """Return the year that an address asks for, of those that there are; else the latest."""
    asked = request.GET.get("year", "")
    return next((year for year in years if str(year.first) == asked), years[0])
