"""Who looked at this case: for whoever runs it, so that reading in the dark does not pay."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import Permission, requires
from accounts.models import User
from audit.kinds import Kind
from audit.log import record_read
from audit.models import LogEntry
from audit.trail import page_of
from cases.models import Case
from cases.page import CasePage


@requires(Permission.SEE_READERS)
def readers(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who opened, changed or took along what of a case, newest first."""
    cases = Case.objects.permitted(request.user, Permission.SEE_READERS)
    case = get_object_or_404(cases.for_page(), reference=reference)
    record_read(request.user, case, kind=Kind.TRAIL_READ)
    page = CasePage(case, request.user, "cases:readers", timezone.now())
    rows = LogEntry.objects.of_case(case.reference)
    people = User.objects.filter(pk__in=rows.values("actor")).order_by("name", "pk")
    return render(
        request,
        "cases/readers.html",
        page.context(page=page_of(rows, request.GET), people=people),
    )
