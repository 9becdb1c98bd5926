"""The first page, by role, and the help page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import access
from accounts.access import SIGNED_IN, Permission, open_to
from cases.protocol import STEPS

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
    teams = {m.buurtteam or m.school.buurtteam for m in request.user.current_memberships}
    return render(request, "help.html", {"steps": STEPS, "buurtteams": teams - {None}})
