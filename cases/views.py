"""The page of a case."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from accounts.models import User
from cases import actions
from cases.case_records import MOMENTS, READ, under
from cases.cycles import CHAIN_NEEDS, STEP_SHOWS, cycles, of_step
from cases.forms import ParticipantForm
from cases.models import Case, ReceivedDossier
from cases.notifications.reading import opened_case
from cases.overview import step_cards
from cases.page import CasePage, case_page
from cases.picture import Course, pictures
from cases.retention import held_back, retention
from cases.screen import step_header
from cases.timeline import timeline as what_happened
from cases.waiting.shown import newest_snooze
from cases.who_sees import who_sees


@requires(Permission.SEE_CASE)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where a case stands: "Wat nu?", what stands in each step, who is responsible."""
    page = case_page(request, reference, "cases:detail")
    case = page.case
    if request.method == "GET":
        opened_case(case, request.user)
    steps = step_header(page.guidance, case)
    page.read_around()
    return render(
        request,
        "cases/detail.html",
        page.context(
            guidance=page.what_now,
            cards=step_cards(page.read, steps),
            walk=page.walk,
            retention=retention(case),
            hold=held_back(case),
            may_close=page.offers_closing,
            may_wait=page.guidance.why_never is None,
            snooze=newest_snooze(page.read.beside["snoozes"], case),
            agenda_item=page.on_agenda,
            decided=page.facts.decided_at is not None,
            participants=participants(page.read.beside["grants"]),
            earlier_cases=page.others,
            siblings=page.cases_of_siblings,
        ),
    )


@requires(Permission.SEE_CASE)
def step(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Show the records of one step, and what is done there."""
    if number not in STEP_SHOWS:
        raise Http404
    page = case_page(request, reference, "cases:step")
    shown = (*STEP_SHOWS[number], "deviations")
    paths = (*under(*shown, *CHAIN_NEEDS.get(number, ())), "step_changes")
    page.fetch(paths, page.numbers.book)
    steps = step_header(page.guidance, page.case, number)
    return render(
        request,
        "cases/step.html",
        page.context(
            guidance=page.what_now,
            steps=steps,
            step=steps[number - 1],
            cycles=of_step(cycles(page.case, shown), number),
            agenda_item=page.on_agenda,
            decided=page.facts.decided_at is not None,
        ),
    )


@requires(Permission.SEE_CASE)
def timeline(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what happened in a case, as a picture and as a list."""
    page = case_page(request, reference, "cases:timeline")
    page.fetch(MOMENTS, page.numbers.book)
    return render(request, "cases/timeline.html", page.context(**_course(page)))


@requires(Permission.SEE_CASE)
def people(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who takes part, and what everybody of the school may see of the case."""
    page = case_page(request, reference, "cases:people")
    page.fetch(("consultations", "consultations__invitations"))
    grants = page.read.beside["grants"]
    return render(
        request,
        "cases/people.html",
        page.context(
            participants=participants(grants),
            insights=who_sees(page.case, [(user_id, code) for user_id, code, *__ in grants]),
            consultations=[one for one in page.case.consultations.all() if one.is_open],
        ),
    )


@requires(Permission.SEE_CASE)
def files(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the files of a case."""
    page = case_page(request, reference, "cases:files")
    received = _received(page.case)
    page.fetch(("attachments",), received)
    context = page.context(received={file for (file,) in received})
    return render(request, "cases/files.html", context)


def _received(case: Case) -> QuerySet:
    """Return the keys of the files that another school handed over."""
    return ReceivedDossier.objects.filter(case=case).values_list("file_id")


@requires(Permission.SEE_CASE)
def whole(request: HttpRequest, reference: str) -> HttpResponse:
    """Show all of a case on one page: to search in it, to read on, to print."""
    page = case_page(request, reference, "cases:whole")
    received = _received(page.case)
    page.fetch(tuple(READ), page.numbers.book, page.others, received)
    return render(
        request,
        "cases/whole.html",
        page.context(
            guidance=page.what_now,
            cycles=cycles(page.case),
            received={file for (file,) in received},
            retention=retention(page.case),
            hold=held_back(page.case),
            agenda_item=page.on_agenda,
            decided=page.facts.decided_at is not None,
            participants=participants(page.read.beside["grants"]),
            earlier_cases=page.others,
            **_course(page),
        ),
    )


def _course(page: CasePage) -> dict[str, Any]:
    conflicts = Permission.SHUT_OUT in page.permissions
    entries = what_happened(page.case, runs=page.runs, conflicts=conflicts)
    course = Course(page.case, entries, page.what_now.periods, page.now)
    return {"timeline": entries, "course": course, "pictures": pictures(course)}


def participants(grants: list[list[Any]]) -> list[tuple[str, UUID, bool]]:
    """Return name and id of who takes part by a grant, and whether it was handed over to them."""
    found: dict[tuple[str, UUID], bool] = {}
    for __, codename, name, public_id in sorted(grants, key=lambda grant: grant[2]):
        found[name, public_id] = found.get((name, public_id), False) or codename == "handed_over"
    return [(name, public_id, moves) for (name, public_id), moves in found.items()]


@requires(Permission.ASSIGN_CASE)
@require_POST
def take_on(request: HttpRequest, reference: str) -> HttpResponse:
    """Make oneself responsible for a case."""
    case = get_object_or_404(
        Case.objects.permitted(request.user, Permission.ASSIGN_CASE), reference=reference
    )
    try:
        actions.take_on(case, request.user)
    except actions.ActionError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("You are responsible for this case now."))
    return redirect("cases:detail", reference)


@requires(Permission.ASSIGN_CASE)
def add_participant(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a colleague take part, or hand the case over."""
    case = get_object_or_404(
        Case.objects.permitted(request.user, Permission.ASSIGN_CASE).open(), reference=reference
    )
    form = ParticipantForm.for_page(request, case=case)
    if form.is_bound and form.is_valid():
        form.run(
            actions.add_participant,
            case,
            request.user,
            form.values["person"],
            hand_over=form.values["hand_over"],
        )
        if not form.errors:
            messages.success(request, _("Your colleague takes part in this case now."))
            return redirect("cases:people", reference)
    return render(
        request,
        "cases/participant.html",
        {"form": form, "case": case},
        status=422 if form.errors else 200,
    )


@requires(Permission.ASSIGN_CASE)
@require_POST
def remove_participant(request: HttpRequest, reference: str, person: str) -> HttpResponse:
    """End a colleague's part in a case, also in a closed one."""
    case = get_object_or_404(
        Case.objects.permitted(request.user, Permission.ASSIGN_CASE), reference=reference
    )
    colleague = get_object_or_404(User, public_id=person, pk__in=case.grants.values("user_id"))
    actions.remove_participant(case, request.user, colleague)
    messages.success(request, _("Your colleague no longer takes part in this case."))
    return redirect("cases:people", reference)
