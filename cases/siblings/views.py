"""The page of a pupil over the years, and the ties with siblings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from audit.kinds import Kind
from audit.log import record_many, record_search
from cases.models import Pupil, SiblingTie
from cases.siblings import actions
from cases.siblings.forms import SiblingForm
from cases.siblings.pupil_page import years_of
from cases.siblings.shown import siblings_of


@requires(Permission.SEE_PUPIL)
def pupil(request: HttpRequest, pupil: str) -> HttpResponse:
    """Show a pupil: their cases and signals over the years, and their siblings."""
    found = _pupil(request, pupil, Permission.SEE_PUPIL)
    years = years_of(found, request.user)
    # What each signal was about stands here too: whoever reads it looked into that case.
    cases = [case for year in years for case in year.cases]
    record_many(request.user, [found], Kind.READ, beside=cases)
    return render(
        request,
        "siblings/pupil.html",
        {
            "pupil": found,
            "pupil_age": found.age(timezone.localdate()),
            "years": years,
            "siblings": siblings_of(found, request.user),
        },
    )


@requires(Permission.TIE_SIBLINGS)
def add_sibling(request: HttpRequest, pupil: str) -> HttpResponse:
    """Record who is a brother or sister. The search button shows pupils, judging nothing."""
    found = _pupil(request, pupil, Permission.TIE_SIBLINGS)
    if request.method == "POST" and "search" in request.POST:
        form = SiblingForm(user=request.user, pupil=found)
        form.restore(request.POST)
        return _add_page(request, found, form)
    form = SiblingForm.for_page(request, pupil=found)
    if form.is_bound and form.is_valid():
        form.run(actions.tie, found, request.user, form.values["pupil"])
        if not form.errors:
            messages.success(request, _("Recorded: they are siblings."))
            return redirect("cases:pupil", found.public_id)
    return _add_page(request, found, form)


def _add_page(request: HttpRequest, pupil: Pupil, form: SiblingForm) -> HttpResponse:
    """Show the form. Whatever brought it here, it lists whom its search finds."""
    if str(form["pupil_query"].value() or "").strip():
        record_search(request.user, [pupil.school])
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "siblings/add.html", {"form": form, "pupil": pupil}, status=status)


@requires(Permission.TIE_SIBLINGS)
@require_POST
def end_sibling(request: HttpRequest, pupil: str, tie: str) -> HttpResponse:
    """Take back that somebody is a brother or sister."""
    found = _pupil(request, pupil, Permission.TIE_SIBLINGS)
    standing = get_object_or_404(SiblingTie.objects.of(found), public_id=tie)
    actions.untie(standing, request.user)
    messages.success(request, _("Taken back: they are no longer noted as siblings."))
    return redirect("cases:pupil", found.public_id)


def _pupil(request: HttpRequest, public_id: str, permission: Permission) -> Pupil:
    pupils = Pupil.objects.of_schools_of(request.user, permission)
    return get_object_or_404(pupils.select_related("school"), public_id=public_id)
