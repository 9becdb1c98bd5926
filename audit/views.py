"""The trails: one's own, that of a school, a copy of it, and what was unusual in it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import SIGNED_IN, Permission, open_to, requires
from accounts.models import School, User
from accounts.people.actions import people_of
from accounts.second_factor import fresh_second_factor
from audit import actions, sight
from audit.export import lines
from audit.forms import ExportForm, SettleForm
from audit.kinds import Kind
from audit.log import record_look_at_flags, record_read
from audit.models import Flag, LogEntry
from audit.querysets import FlagQuerySet
from audit.trail import page_of
from background.hands import NONE_FREE, handed_over

SETTLED_SHOWN = 20


@open_to(SIGNED_IN)
def mine(request: HttpRequest) -> HttpResponse:
    """Show what one opened and changed oneself, and when one signed in."""
    page = page_of(LogEntry.objects.mine(request.user), request.GET)
    known = sight.known_to(request.user).filter(reference__in=page.references)
    return render(
        request,
        "audit/mine.html",
        {"page": page, "known": set(known.values_list("reference", flat=True))},
    )


@requires(Permission.SEE_AUDIT)
def school(request: HttpRequest) -> HttpResponse:
    """Show the trail of a school: who, when, from where, in which case. Looking is written down."""
    schools = access.schools(request.user, Permission.SEE_AUDIT)
    chosen = _chosen(schools, request.GET.get("school", ""))
    record_read(request.user, chosen, kind=Kind.TRAIL_READ)
    return render(
        request,
        "audit/school.html",
        {
            "page": page_of(LogEntry.objects.of_school(chosen, request.user), request.GET),
            "schools": schools,
            "school": chosen,
            "people": people_of([chosen]),
            "flags": _flags(request).standing().of_schools([chosen.pk]),
        },
    )


def _chosen(schools: list[School], asked: str) -> School:
    """Return the school that an address asks for, else the first."""
    if not schools:
        raise Http404
    return next((school for school in schools if str(school.pk) == asked), schools[0])


def _flags(request: HttpRequest) -> FlagQuerySet:
    found = Flag.objects.visible_to(request.user).counted_for(request.user)
    return found.select_related("user", "school", "settled_by")


def _looked_at(request: HttpRequest) -> None:
    """Write down that somebody looks at the flags of all schools of which they do, in the trail of
    each. Were it only where one is shown, the trail would tell colleagues who is kept from one; and
    whoever is kept from it, that there is one.
    """
    schools = {
        school.pk: school
        for permission in (Permission.SEE_AUDIT, Permission.WATCH_ADMINISTRATORS)
        for school in access.schools(request.user, permission)
    }
    record_look_at_flags(request.user, [school for __, school in sorted(schools.items())])


@requires(Permission.SEE_AUDIT)
@fresh_second_factor
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Hand over the trail of some days as CSV, for the privacy officer, with a reason."""
    schools = access.schools(request.user, Permission.SEE_AUDIT)
    form = ExportForm.for_page(request, schools=schools)
    if form.is_bound and form.is_valid():
        if (copy := handed_over(partial(_copy, request.user, form.values))) is not None:
            return copy
        form.add_error(None, NONE_FREE)
    status = 422 if form.errors else 200
    return render(request, "audit/export.html", {"form": form}, status=status)


def _copy(by: User, asked: dict[str, Any]) -> StreamingHttpResponse:
    school, first, last = asked["school"], asked["first"], asked["last"]
    actions.take_copy(school, by, asked["reason"])
    rows = LogEntry.objects.of_school(school, by).between(first, last)
    name = f"meldcode-{first:%Y%m%d}-{last:%Y%m%d}-{timezone.localdate():%Y%m%d}.csv"
    return StreamingHttpResponse(
        lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@requires(Permission.SEE_AUDIT, Permission.WATCH_ADMINISTRATORS)
def flags(request: HttpRequest) -> HttpResponse:
    """Show what was unusual: first what waits, then what was looked at lately."""
    found = _flags(request)
    _looked_at(request)
    context = {
        "flags": found.standing(),
        "settled": found.settled().order_by("-settled_at")[:SETTLED_SHOWN],
    }
    return render(request, "audit/flags.html", context)


@requires(Permission.SEE_AUDIT, Permission.WATCH_ADMINISTRATORS)
def settle(request: HttpRequest, flag: str) -> HttpResponse:
    """Write down what one found out about a flag."""
    found = get_object_or_404(_flags(request), public_id=flag)
    form = SettleForm.for_page(request)
    if form.is_bound and form.is_valid():
        form.run(actions.settle, found, request.user, form.values["why"])
        messages.success(request, _("Written down. It no longer waits."))
        return redirect("audit:flags")
    _looked_at(request)
    status = 422 if form.errors else 200
    context = {"form": form, "flag": found}
    return render(request, "audit/settle.html", context, status=status)
