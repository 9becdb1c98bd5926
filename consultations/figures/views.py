"""The page of a buurtteam's figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import access
from accounts.access import Permission, requires
from cases.figures.report import years_over
from cases.figures.small_numbers import LEAST
from consultations.figures.counting import tables


@requires(Permission.SEE_TEAM_FIGURES)
def figures(request: HttpRequest) -> HttpResponse:
    """Show how many consultations the user's buurtteam had in a year that is over."""
    held = access.memberships_with(request.user, Permission.SEE_TEAM_FIGURES)
    teams = list({member.buurtteam_id: member.buurtteam for member in held}.values())
    team = next((t for t in teams if str(t.pk) == request.GET.get("team")), teams[0])
    years = years_over(timezone.now())
    year = next((y for y in years if str(y.first) == request.GET.get("year")), years[0])
    return render(
        request,
        "consultations/figures.html",
        {
            "team": team,
            "teams": teams,
            "year": year,
            "years": years,
            "least": LEAST,
            "tables": tables(team, request.user, year),
        },
    )
