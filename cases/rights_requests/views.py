"""The pages of the register of requests."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.access import Permission, requires
from accounts.forms import MeldcodeForm
from accounts.models import User
from audit.log import record_read, record_search
from cases.destruction.due import known_still
from cases.models import Case, Pupil, RightsRequest, ShutOut
from cases.protocol.asking import SEE
from cases.rights_requests import actions
from cases.rights_requests.forms import AnswerForm, LongerForm, RequestForm, WhoseForm
from cases.school_views import chosen

PER_PAGE = 25
MATCHES_SHOWN = 20


@requires(Permission.SEE_REQUESTS)
def requests(request: HttpRequest) -> HttpResponse:
    """Show the register of a school: what was asked, until when, and how it ended; no name."""
    schools = access.schools(request.user, Permission.SEE_REQUESTS)
    school = chosen(schools, request)
    asked = RightsRequest.objects.visible_to(request.user, Permission.SEE_REQUESTS)
    found = asked.filter(school=school)
    return render(
        request,
        "rights_requests/list.html",
        {
            "school": school,
            "schools": schools,
            "open": found.open().order_by("received_on", "pk"),
            "page": Paginator(found.filter(answered_on__isnull=False), PER_PAGE).get_page(
                request.GET.get("page")
            ),
            "may_keep": school.pk in access.school_ids(request.user, Permission.KEEP_REQUESTS),
        },
    )


@requires(Permission.KEEP_REQUESTS)
def whose(request: HttpRequest) -> HttpResponse:
    """Find the pupil whom a request is about. What was typed stands in no address: it is a name."""
    form = WhoseForm.for_page(request)
    found: list[Pupil] = []
    if form.is_bound and form.is_valid() and form.values["pupil_query"].strip():
        record_search(request.user, access.schools(request.user, Permission.KEEP_REQUESTS))
        matches = _known_still(request.user).matching(
            form.values["pupil_query"].replace("\x00", "")
        )
        found = list(matches.select_related("school")[: MATCHES_SHOWN + 1])
    return render(
        request,
        "rights_requests/whose.html",
        {
            "form": form,
            "found": found[:MATCHES_SHOWN],
            "more": len(found) > MATCHES_SHOWN,
            "searched": form.is_bound and not form.errors,
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.KEEP_REQUESTS)
def new(request: HttpRequest, pupil: str) -> HttpResponse:
    """Register a request about a pupil."""
    pupils = Pupil.objects.of_schools_of(request.user, Permission.KEEP_REQUESTS)
    found = get_object_or_404(pupils.select_related("school"), public_id=pupil)
    form = RequestForm.for_page(request)
    if form.is_bound and form.is_valid():
        asked = form.run(
            actions.register, found.school, request.user, form.key, pupil=found, **form.values
        )
        if asked:
            messages.success(request, _("The request stands in the register."))
            return redirect("cases:request", asked.public_id)
    record_read(request.user, found)
    return render(
        request,
        "rights_requests/new.html",
        {"form": form, "pupil": found},
        status=422 if form.errors else 200,
    )


@requires(Permission.KEEP_REQUESTS)
def one(request: HttpRequest, asked: str) -> HttpResponse:
    """Show a request, what to look at first, and what can be done with it."""
    found = _asked(request, asked)
    record_read(request.user, found)
    cases = Case.objects.visible_to(request.user).filter(pupil=found.pupil_id)
    return render(
        request,
        "rights_requests/one.html",
        {
            "asked": found,
            **_reads(found, request.user),
            "cases": cases.order_by("-opened_at") if found.pupil_id else (),
            "may_export": found.kind == SEE,
            "variant": "for_pupil" if found.asker in ("pupil", "former") else "parents",
        },
    )


@requires(Permission.KEEP_REQUESTS)
def longer(request: HttpRequest, asked: str) -> HttpResponse:
    """Take two months more, with why."""
    found = _asked(request, asked)
    if not found.is_open:  # sent once more
        return redirect("cases:request", found.public_id)
    form = LongerForm.for_page(request)
    if form.is_bound and form.is_valid():
        form.run(actions.take_longer, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("You have two months more."))
            return redirect("cases:request", found.public_id)
    return _page(request, "rights_requests/longer.html", form, found)


@requires(Permission.KEEP_REQUESTS)
def answer(request: HttpRequest, asked: str) -> HttpResponse:
    """Write down how a request was answered."""
    found = _asked(request, asked)
    if not found.is_open:  # sent once more
        return redirect("cases:request", found.public_id)
    is_gone = found.is_emptied
    form = AnswerForm.for_page(request, warned=bool(found.warned) and not is_gone, is_gone=is_gone)
    if form.is_bound and form.is_valid():
        listed = form.run(actions.answer, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("The answer stands in the register."))
            if listed:
                text = ngettext(
                    "%(count)s case waits on the list of what is destroyed: two people approve it.",
                    "%(count)s cases wait on the list of what is destroyed: two people approve it.",
                    listed,
                )
                messages.info(request, text % {"count": listed})
            return redirect("cases:request", found.public_id)
    return _page(request, "rights_requests/answer.html", form, found)


@requires(Permission.KEEP_REQUESTS)
def letter(request: HttpRequest, asked: str) -> HttpResponse:
    """Show the letter with which one answers, to print: what was decided, and nothing of a case."""
    found = _asked(request, asked)
    record_read(request.user, found)
    context = {"asked": found, **_reads(found, request.user)}
    return render(request, "rights_requests/letter.html", context)


def _known_still(user: User) -> QuerySet[Pupil]:
    """Return the pupils among whom one searches."""
    pupils = Pupil.objects.of_schools_of(user, Permission.KEEP_REQUESTS)
    return known_still(pupils, access.schools(user, Permission.KEEP_REQUESTS), user)


def _asked(request: HttpRequest, asked: str) -> RightsRequest:
    """Return a request that the user keeps."""
    found = RightsRequest.objects.visible_to(request.user, Permission.KEEP_REQUESTS)
    rows = found.select_related("school", "pupil", "registered_by", "answered_by")
    return get_object_or_404(rows, public_id=asked)


def _reads(asked: RightsRequest, user: User) -> dict[str, bool]:
    """Tell what somebody reads of what was written at a request, beside how it ended: the answer,
    and why it took longer.

    Whoever took the letter of a pupil from whom they are kept sees that it was answered, and what
    they wrote themselves; why colleagues answer as they do speaks of the case.
    """
    kept_out = ShutOut.objects.standing().filter(pupil=asked.pupil_id, user=user)
    all_of_it = not kept_out.exists() and not asked.unread_by.filter(pk=user.pk).exists()
    return {
        "reads_answer": all_of_it or asked.answered_by_id == user.pk,
        "reads_why_longer": all_of_it or asked.extended_by_id == user.pk,
    }


def _page(
    request: HttpRequest, template: str, form: MeldcodeForm, found: RightsRequest
) -> HttpResponse:
    context = {"form": form, "asked": found}
    return render(request, template, context, status=422 if form.errors else 200)
