"""The pages of retention and destruction."""

import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from accounts.models import School
from accounts.second_factor import fresh_second_factor
from audit.log import record_read
from cases.destruction import approving, keeping, listing
from cases.destruction.forms import ApproveForm, HoldForm, LiftForm, RetentionForm
from cases.destruction.shown import files_of, kinds_of, overview
from cases.destruction.work import canonical
from cases.models import Case, Destruction, Hold
from cases.protocol.keeping import BY_ITSELF
from cases.school_views import chosen

SIDES = (Permission.APPROVE_DESTRUCTION_FIRST, Permission.APPROVE_DESTRUCTION_SECOND)


@requires(Permission.SEE_DESTRUCTION)
def destruction(request: HttpRequest) -> HttpResponse:
    """Show what is due, what is held back, what runs, and the certificates."""
    schools = access.schools(request.user, Permission.SEE_DESTRUCTION)
    school = chosen(schools, request)
    shown = overview(request.user, school)
    return render(
        request, "destruction/list.html", {"school": school, "schools": schools, "shown": shown}
    )


@require_POST
@requires(Permission.SEE_DESTRUCTION)
def look_again(request: HttpRequest) -> HttpResponse:
    """Put on the list what became due since."""
    school = chosen(access.schools(request.user, Permission.SEE_DESTRUCTION), request)
    found = listing.look_again(school, request.user)
    if found:
        text = ngettext("%(count)s was added to the list.", "%(count)s were added to the list.",
                        found)  # fmt: skip
        messages.success(request, text % {"count": found})
    else:
        messages.info(request, _("Nothing else is due."))
    return _back(school)


@requires(*SIDES)
@fresh_second_factor
def approve(request: HttpRequest) -> HttpResponse:
    """Show once more what waits for one's approval, and approve it."""
    schools = access.schools(request.user, Permission.SEE_DESTRUCTION)
    school = chosen(schools, request)
    shown = overview(request.user, school)
    form = ApproveForm.for_page(request)
    form.initial["seen"] = approving.digest(shown.mine)
    if form.is_bound and form.is_valid():
        count = form.run(approving.approve, school, request.user, seen=form.cleaned_data["seen"])
        if not form.errors:
            text = ngettext("You approved %(count)s.", "You approved %(count)s.", count or 0)
            if count:
                messages.success(request, text % {"count": count})
            else:
                messages.info(request, _("Nothing of it can go now."))
            return _back(school)
    return render(
        request,
        "destruction/approve.html",
        {"form": form, "school": school, "shown": shown},
        status=422 if form.errors else 200,
    )


@requires(Permission.HOLD_CASE)
def hold(request: HttpRequest, reference: str) -> HttpResponse:
    """Hold a case back from destruction, by its reference."""
    cases = Case.objects.permitted(request.user, Permission.HOLD_CASE)
    case = get_object_or_404(cases.select_related("school"), reference=reference)
    form = HoldForm.for_page(request)
    if form.is_bound and form.is_valid():
        form.run(approving.hold_back, case, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("This case is not destroyed for now."))
            return _back(case.school)
    return render(
        request,
        "destruction/hold.html",
        {"form": form, "case": case},
        status=422 if form.errors else 200,
    )


@requires(Permission.HOLD_CASE)
@fresh_second_factor
def lift(request: HttpRequest, hold: str) -> HttpResponse:
    """End that a case is held back."""
    cases = Case.objects.permitted(request.user, Permission.HOLD_CASE)
    holds = Hold.objects.filter(case__in=cases).select_related("case__school", "set_by")
    found = get_object_or_404(holds, public_id=hold)
    if found.lifted_at is not None:  # sent once more
        return _back(found.case.school)
    form = LiftForm.for_page(request)
    if form.is_bound and form.is_valid():
        form.run(approving.lift, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("This case is no longer held back."))
            return _back(found.case.school)
    record_read(request.user, found)
    return render(
        request,
        "destruction/lift.html",
        {"form": form, "hold": found, "case": found.case},
        status=422 if form.errors else 200,
    )


@requires(Permission.SEE_DESTRUCTION)
def certificate(request: HttpRequest, certificate: str) -> HttpResponse:
    """Show the certificate of what was destroyed, for the screen and the printer."""
    done = Destruction.objects.visible_to(request.user).filter(certificate__isnull=False)
    found = get_object_or_404(done.select_related("school"), public_id=certificate)
    return render(
        request,
        "destruction/certificate.html",
        {
            "run": found,
            "says": found.certificate,
            "files": files_of(found.certificate),
            "kinds": kinds_of(found.certificate),
            "fits": hashlib.sha256(canonical(found.certificate)).hexdigest() == found.sha256,
        },
    )


@requires(Permission.SEE_DESTRUCTION)
def retention(request: HttpRequest) -> HttpResponse:
    """Show how long what is kept; the administrator sets it for the school."""
    schools = access.schools(request.user, Permission.SEE_DESTRUCTION)
    school = chosen(schools, request)
    own = keeping.own_rows(school)
    form = RetentionForm.for_page(request, own=own)
    may_set = school.pk in access.school_ids(request.user, Permission.SET_RETENTION)
    if form.is_bound and form.is_valid():
        form.run(keeping.set_retention, school, request.user, form.wishes)
        if not form.errors:
            messages.success(request, _("It holds for cases that are closed from now on."))
            return redirect(f"{reverse('cases:retention')}?school={school.pk}")
    return render(
        request,
        "destruction/retention.html",
        {
            "form": form,
            "school": school,
            "schools": schools,
            "may_set": may_set,
            "own": own,
            "by_itself": BY_ITSELF,
        },
        status=422 if form.errors else 200,
    )


def _back(school: School) -> HttpResponse:
    return redirect(f"{reverse('cases:destruction')}?school={school.pk}")
