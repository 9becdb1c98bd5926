"""What a coordinator sets for the whole school: its periods."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, requires
from accounts.models import School
from cases.forms import PeriodsForm
from cases.protocol import PERIODS
from cases.school_periods import own_days, set_periods


@requires(Permission.SET_PERIODS)
def periods(request: HttpRequest) -> HttpResponse:
    """Show and set the periods of a school."""
    schools = access.schools(request.user, Permission.SET_PERIODS)
    school = chosen(schools, request)
    form = PeriodsForm.for_page(request, own=own_days(school))
    if form.is_bound and form.is_valid():
        form.run(set_periods, school, request.user, form.values)
        if not form.errors:
            messages.success(request, _("The periods are set; all open cases follow them."))
            return redirect(f"{reverse('cases:periods')}?school={school.pk}")
    return render(
        request,
        "cases/periods.html",
        {
            "form": form,
            "school": school,
            "schools": schools,
            "fixed": [period for period in PERIODS.values() if not period.adjustable],
            "accelerated": [period for period in PERIODS.values() if period.hours],
        },
        status=422 if form.errors else 200,
    )


def chosen(schools: list[School], request: HttpRequest) -> School:
    """Return the school that an address asks for, of those that the user looks after.

    To look, another is as well. What is written goes to the school that its form named, or nowhere:
    whose role at it ended meanwhile would write at another.
    """
    number = request.GET.get("school", "")
    found = next((school for school in schools if str(school.pk) == number), None)
    if found is None and request.method == "POST" and (number or len(schools) > 1):
        raise Http404
    return found or schools[0]
