"""The first page, by role, and the help page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import access
from accounts.access import SIGNED_IN, Permission, open_to
from accounts.models import Buurtteam
from cases.protocol import CONTACTS, PERIODS, QUESTIONS, STEPS
from cases.protocol.rules import SOURCES
from cases.protocol.steps import AFTER
from cases.screen import all_rules, calls_for

# The first permission that somebody holds says which page they come for.
FIRST_PAGES: tuple[tuple[Permission, str], ...] = (
    (Permission.SEE_DASHBOARD, "cases:dashboard"),
    (Permission.LIST_EXPORTABLE, "cases:exportable"),
    (Permission.LOG_SIGNAL, "signals:mine"),
    (Permission.ADVISE, "consultations:inbox"),
)


@open_to(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to the page that they come for."""
    for permission, page in FIRST_PAGES:
        if access.may(request.user, permission):
            return redirect(page)
    return render(request, "no_role.html")


@open_to(SIGNED_IN)
def help_page(request: HttpRequest) -> HttpResponse:
    """Telephone numbers, the five steps, who does what, and further reading."""
    return render(request, "help.html", {"steps": STEPS, "buurtteams": _buurtteams(request)})


@open_to(SIGNED_IN)
def rules(request: HttpRequest) -> HttpResponse:
    """Show the whole table: every rule with its reason and source, the periods, the questions."""
    team = next(iter(_buurtteams(request)), None)
    steps = [(step.number, step.name) for step in STEPS]
    return render(
        request,
        "protocol.html",
        {
            "steps": steps,
            "after": AFTER,
            "rules": all_rules(),
            "sources": SOURCES,
            "questions": QUESTIONS,
            "periods": PERIODS.values(),
            "calls": calls_for(CONTACTS, team),
        },
    )


def _buurtteams(request: HttpRequest) -> set[Buurtteam]:
    places = request.user.current_memberships
    schools = [m.school_id for m in places if m.school_id]
    return {m.buurtteam for m in places if m.buurtteam} | set(
        Buurtteam.objects.filter(schools__in=schools)
    )
