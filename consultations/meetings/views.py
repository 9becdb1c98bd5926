"""The meetings of a care team, the walk through their cases, and the click that puts one there."""

from functools import partial
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from accounts.models import School
from cases.case_records import READ
from cases.errors import ActionError
from cases.models import Case
from cases.school_views import chosen
from cases.step_views import record
from cases.together import hang, read_together
from consultations.meetings import actions
from consultations.meetings.forms import MeetingForm, MinutesForm
from consultations.meetings.models import AgendaItem, Meeting
from consultations.querysets import fetch_room

HELD_SHOWN = 20


@requires(Permission.CHAIR_CONSULTATION)
def meetings(request: HttpRequest) -> HttpResponse:
    """Show what waits for the care team, its meetings to come, and those that were held."""
    schools = access.schools(request.user, Permission.CHAIR_CONSULTATION)
    school = chosen(schools, request)
    of_school = Meeting.objects.filter(school=school)
    waiting = AgendaItem.objects.visible_to(request.user).waiting().filter(case__school=school)
    return render(
        request,
        "meetings/meetings.html",
        {
            "school": school,
            "schools": schools,
            "waiting": waiting.for_page(),
            "coming": of_school.open(),
            "held": of_school.filter(closed_at__isnull=False).order_by("-starts_at")[:HELD_SHOWN],
        },
    )


@requires(Permission.CHAIR_CONSULTATION)
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a meeting."""
    schools = access.schools(request.user, Permission.CHAIR_CONSULTATION)
    school = chosen(schools, request)
    form = MeetingForm.for_page(request)
    if form.is_bound and form.is_valid():
        planned = form.run(actions.plan_meeting, school, request.user, form.key, **form.values)
        if planned:
            messages.success(request, _("The meeting is planned."))
            return redirect("consultations:meeting", planned.public_id)
    return _form_page(request, form, school)


@requires(Permission.CHAIR_CONSULTATION)
def meeting(request: HttpRequest, meeting: str) -> HttpResponse:
    """Show the agenda of a meeting, as far as the user may know of its cases."""
    found = _meeting(request, meeting)
    following = Meeting.objects.next_of(found.school)
    return render(
        request,
        "meetings/meeting.html",
        {
            "meeting": found,
            "items": AgendaItem.objects.visible_to(request.user).on_agenda_of(found),
            # The agenda stands with the one that is held first.
            "first": following if found.is_open and following != found else None,
        },
    )


@requires(Permission.CHAIR_CONSULTATION)
def move(request: HttpRequest, meeting: str) -> HttpResponse:
    """Change when and where a meeting is."""
    found = _meeting(request, meeting)
    form = MeetingForm.for_page(
        request, initial={"starts_at": found.starts_at, "place": found.place}
    )
    if form.is_bound and form.is_valid():
        form.run(actions.move_meeting, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("The meeting is changed."))
            return redirect("consultations:meeting", meeting)
    return _form_page(request, form, found.school, found)


@requires(Permission.CHAIR_CONSULTATION)
@require_POST
def close(request: HttpRequest, meeting: str) -> HttpResponse:
    """Close a meeting, or cancel one that is still to come."""
    found = _meeting(request, meeting)
    cancelled = found.is_to_come
    actions.close_meeting(found, request.user)
    if cancelled:
        done = _("The meeting is cancelled. What waits is for the next one.")
    else:
        done = _("The meeting is closed. What still waits is for the next one.")
    messages.success(request, done)
    return redirect("consultations:meeting", meeting)


@requires(Permission.CHAIR_CONSULTATION)
def discuss(request: HttpRequest, meeting: str, reference: str) -> HttpResponse:
    """Show one case of the agenda with its neighbours, and file what was said of it."""
    found = _meeting(request, meeting)
    items = AgendaItem.objects.visible_to(request.user).on_agenda_of(found)
    items = list(items.select_related("consultation__author", "consultation__contact"))
    item = _standing(items, reference)
    if item is None:
        item = _of_before(request, found, reference)
        if request.method != "POST":  # what was typed is judged, and shown again
            messages.info(request, _("This case is not on the agenda of this meeting any more."))
            return redirect("consultations:meeting", meeting)
    place = items.index(item) if item in items else len(items)
    following = items[place + 1] if place + 1 < len(items) else None
    form = MinutesForm.for_page(request)
    if item.consultation and not form.is_bound:
        fetch_room(item.consultation)
    response = record(
        request,
        item.case,
        form,
        "meetings/discuss.html",
        lambda: actions.deal_with(found, item.case, request.user, form.key, **form.values),
        _("What was said stands in the case now."),
        closed_too=True,
        seen=item.case,
        meeting=found,
        item=item,
        signals=partial(_signals, item.case),  # asked when they are shown
        number=place + 1,
        count=len(items),
        before=items[place - 1] if place else None,
        following=following,
    )
    if response.status_code == 302:
        return _to_next(found, following)
    return response


def _signals(case: Case) -> QuerySet:
    """Return the signals of a case as they hold now, with all that is shown of them."""
    signals = case.signals.current().select_related(*READ["signals"]).order_by("id")
    under = signals.model._meta.get_field("categories").related_model
    categories = under.objects.filter(signal__case=case)
    marks = signals.model._meta.get_field("marks").related_model.objects.filter(signal__case=case)
    read_together(signals, categories, marks)
    hang(signals.model, "categories", categories, list(signals))
    hang(signals.model, "marks", marks, list(signals))
    return signals


def _standing(items: list[AgendaItem], reference: str) -> AgendaItem | None:
    """Return the item of a case on an agenda; where it was discussed and came back: what waits."""
    of_case = [item for item in items if item.case.reference == reference]
    return next((item for item in of_case if item.waits), of_case[0] if of_case else None)


def _of_before(request: HttpRequest, meeting: Meeting, reference: str) -> AgendaItem:
    """Return the item of a case that stood on this agenda until somebody else changed that."""
    items = AgendaItem.objects.visible_to(request.user).for_page()
    item = items.filter(case__reference=reference, case__school=meeting.school_id).last()
    if item is None:
        raise Http404
    return item


def _to_next(meeting: Meeting, following: AgendaItem | None) -> HttpResponseRedirect:
    if following is None:
        return redirect("consultations:meeting", meeting.public_id)
    return redirect("consultations:discuss", meeting.public_id, following.case.reference)


@requires(Permission.ASK_CONSULTATION)
@require_POST
def put_on(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a case on the agenda of the care team."""
    case = _case(request, reference)
    try:
        actions.put_on_agenda(case, request.user)
    except ActionError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The case is on the agenda of the care team."))
    return _back(request, case)


@requires(Permission.ASK_CONSULTATION)
@require_POST
def take_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a case from the agenda of the care team."""
    case = _case(request, reference)
    try:
        actions.take_off_agenda(case, request.user)
    except PermissionDenied as denied:
        raise Http404 from denied
    except ActionError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The case is taken from the agenda."))
    return _back(request, case)


def _back(request: HttpRequest, case: Case) -> HttpResponseRedirect:
    dashboard = reverse("cases:dashboard")
    if request.POST.get("from") == "dashboard":
        # The list, filters and page that one pressed the button on: of an address, that part alone.
        came = urlsplit(request.headers.get("Referer", ""))
        asked = f"?{came.query}" if came.path == dashboard and came.query else ""
        return redirect(f"{dashboard}{asked}")
    return redirect("cases:detail", case.reference)


def _case(request: HttpRequest, reference: str) -> Case:
    cases = Case.objects.permitted(request.user, Permission.ASK_CONSULTATION)
    return get_object_or_404(cases.filter(restricted=False), reference=reference)


def _meeting(request: HttpRequest, meeting: str) -> Meeting:
    chaired = Meeting.objects.chaired_by(request.user).select_related("school", "closed_by")
    return get_object_or_404(chaired, public_id=meeting)


def _form_page(
    request: HttpRequest, form: MeetingForm, school: School, meeting: Meeting | None = None
) -> HttpResponse:
    return render(
        request,
        "meetings/form.html",
        {"form": form, "school": school, "meeting": meeting},
        status=422 if form.errors else 200,
    )
