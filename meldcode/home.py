"""The first page, and the help page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import access
from accounts.access import SIGNED_IN, Permission, open_to
from accounts.models import School
from accounts.roles import Role
from cases.contact_book.calls import Call, Numbers, calls_for
from cases.help_page.shown import sections
from cases.protocol import CONTACTS, PERIODS, QUESTIONS, STEPS
from cases.protocol.rules import SOURCES
from cases.protocol.steps import AFTER
from cases.school_views import chosen
from cases.screen import all_rules
from meldcode.user_guide import BY_CODE, guides_for


@open_to(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to what is asked of them, from where the rest is one click away."""
    if access.may(request.user, Permission.SEE_TASKS):
        return redirect("todo")
    return render(request, "no_role.html")


@open_to(SIGNED_IN)
def help_page(request: HttpRequest) -> HttpResponse:
    """Telephone numbers, the five steps, who does what, training and reading."""
    schools = access.schools(request.user, Permission.SEE_CONTACTS)
    school = chosen(schools, request) if schools else None
    return render(
        request,
        "help.html",
        {
            "steps": STEPS,
            "calls": _calls(request, school),
            "school": school,
            "schools": schools,
            "sections": sections(school),
            "guides": guides_for({Role(m.role) for m in request.user.current_memberships}),
        },
    )


@open_to(SIGNED_IN)
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """Show what one role does with Meldcode; one's own stands first among the others."""
    if code not in BY_CODE:
        raise Http404
    roles = {Role(membership.role) for membership in request.user.current_memberships}
    return render(request, "user_guide.html", {"guide": BY_CODE[code], "guides": guides_for(roles)})


@open_to(SIGNED_IN)
def rules(request: HttpRequest) -> HttpResponse:
    """Show the whole table: every rule with its reason and source, the periods, the questions."""
    schools = access.schools(request.user, Permission.SEE_CONTACTS)
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
            "calls": _calls(request, next(iter(schools), None)),
        },
    )


def _calls(request: HttpRequest, school: School | None) -> tuple[Call, ...]:
    """Return whom somebody calls: of their school, or of their own buurtteams."""
    memberships = request.user.current_memberships
    teams = list({m.buurtteam_id: m.buurtteam for m in memberships if m.buurtteam}.values())
    return calls_for(CONTACTS, Numbers(school, teams if school is None else ()))
