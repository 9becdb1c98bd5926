"""Putting a case on the agenda, and walking through it: each function is one change."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from accounts.most import check_room
from cases.actions import BOARD_ONLY, check, lock
from cases.errors import KEY_USED, ActionError
from cases.models import Case
from consultations.actions import record_call
from consultations.meetings.models import AgendaItem, Meeting
from consultations.models import Consultation


def _check(by: User, school_id: int) -> None:
    access.check_school(by, Permission.CHAIR_CONSULTATION, school_id)


@transaction.atomic
def plan_meeting(
    school: School, by: User, key: UUID, *, starts_at: datetime, place: str
) -> Meeting:
    """Plan a meeting of the care team. Sent twice: once."""
    _check(by, school.pk)
    # Two clicks at once: one meeting.
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    planned = Meeting.objects.filter(idempotency_key=key).first()
    if planned is not None:
        if (planned.made_by_id, planned.school_id) != (by.pk, school.pk):
            raise ActionError(KEY_USED)
        return planned
    check_room("meetings", Meeting.objects.open().filter(school=school))
    return Meeting.objects.create(
        school=school, made_by=by, idempotency_key=key, starts_at=starts_at, place=place
    )


@transaction.atomic
def move_meeting(meeting: Meeting, by: User, *, starts_at: datetime, place: str) -> Meeting:
    """Change when and where a meeting is. Raises ``ActionError`` when it is held already."""
    meeting = _open(meeting, by)
    meeting.starts_at, meeting.place = starts_at, place
    meeting.save(update_fields=["starts_at", "place"])
    return meeting


@transaction.atomic
def close_meeting(meeting: Meeting, by: User) -> None:
    """Close a meeting; before its day that cancels it (``Meeting.was_cancelled``).

    What it did not come to waits for the next one. A second time: nothing.
    """
    _check(by, meeting.school_id)
    for still_open in Meeting.objects.open().select_for_update().filter(pk=meeting.pk):
        still_open.closed_at, still_open.closed_by = timezone.now(), by
        still_open.save(update_fields=["closed_at", "closed_by"])


@transaction.atomic
def put_on_agenda(case: Case, by: User) -> AgendaItem:
    """Put a case on the agenda of its school's next meeting. What waits already waits once."""
    check(by, Permission.ASK_CONSULTATION, case)
    case = lock(case)
    if case.restricted:
        raise ActionError(BOARD_ONLY)
    waiting = AgendaItem.objects.waiting().filter(case=case).first()
    return waiting or AgendaItem.objects.create(case=case, asked_by=by)


@transaction.atomic
def take_off_agenda(case: Case, by: User) -> None:
    """Take a case from the agenda: whoever chairs, or whoever asked and still may."""
    check(by, Permission.ASK_CONSULTATION, case)
    case = lock(case)
    chairs = Case.objects.permitted(by, Permission.CHAIR_CONSULTATION).filter(pk=case.pk).exists()
    for item in AgendaItem.objects.waiting().select_for_update(of=("self",)).filter(case=case):
        if not chairs and item.asked_by_id != by.pk:
            raise PermissionDenied
        item.taken_off_at, item.taken_off_by = timezone.now(), by
        item.save(update_fields=["taken_off_at", "taken_off_by"])


@transaction.atomic
def deal_with(
    meeting: Meeting,
    case: Case,
    by: User,
    key: UUID,
    *,
    minutes: str,
    decided: str,
    decided_by: str,
    talk: str,
    next_talk: str,
) -> Consultation:
    """File what a meeting said of a case as a consultation with its outcome (R11, R15).

    The case is locked first, then its item, then the meeting. Sent twice: once. Raises
    ``ActionError`` when a colleague was first, took it off, or closed the meeting or the case.
    """
    check(by, Permission.CHAIR_CONSULTATION, case)
    filed = Consultation.objects.filter(idempotency_key=key, case=case, author=by).first()
    if filed is not None:
        return filed
    case = lock(case)
    item = AgendaItem.objects.waiting().select_for_update(of=("self",)).filter(case=case).first()
    if item is None:
        raise ActionError(_("A colleague was first: this case is not on the agenda any more."))
    meeting = _open(meeting, by)
    if case.school_id != meeting.school_id:
        raise PermissionDenied
    item.consultation = record_call(
        case,
        by,
        key,
        kind=Consultation.Kind.CARE_TEAM,
        question=_question(meeting),
        held_at=min(meeting.starts_at, timezone.now()),
        outcome=decided,
        decided_by=decided_by,
        talk=talk,
        next_talk=next_talk,
    )
    item.meeting, item.minutes = meeting, minutes
    item.save(update_fields=["consultation", "meeting", "minutes"])
    return item.consultation


def _question(meeting: Meeting) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        day = date_format(timezone.localtime(meeting.starts_at), "j F Y")
        return _("What does the care team advise? Meeting of %(day)s.") % {"day": day}


def _open(meeting: Meeting, by: User) -> Meeting:
    """Return a meeting, locked, that is not held yet."""
    _check(by, meeting.school_id)
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not meeting.is_open:
        raise ActionError(_("This meeting is closed. What waits is for the next one."))
    return meeting
