"""Putting a case off for a time, and going on before it is over."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.models import User
from cases.actions import check, file_record, guidance_for, lock, refresh
from cases.deadlines import due_at
from cases.errors import ActionError
from cases.models import Case, Snooze
from cases.protocol import Deadline, Guidance
from cases.protocol.periods import BESIDE


@transaction.atomic
def put_off(case: Case, by: User, key: UUID, *, reason: str, until: datetime) -> Snooze:
    """Let a case wait until a moment: nobody is reminded of it before. Sent twice: once.

    Where it waits already, this takes the place of that. Raises ``ActionError`` when it cannot be
    put off, or the end is too far away.
    """
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    filed = Snooze.objects.filter(idempotency_key=key).exists()
    guidance = guidance_for(case)
    if not filed:
        if guidance.why_never is not None:
            raise ActionError(str(guidance.why_never))
        if until <= timezone.now():  # while we waited for the case
            raise ActionError(_("Choose a moment that is still to come."), field="until")
        latest = latest_end(case, guidance)
        if until > latest:
            raise ActionError(
                _("Not longer than until %(moment)s.")
                % {"moment": date_format(timezone.localtime(latest), "j F Y, H:i")},
                field="until",
            )
        _end_standing(case, by)
    snooze, __ = file_record(
        Snooze, case, by, key, reason=reason, until=until, asked=" ".join(sorted(guidance.asked))
    )
    refresh(case, by)
    return snooze


def _end_standing(case: Case, by: User) -> None:
    for standing in Snooze.objects.standing().filter(case=case):
        if standing.waits:
            standing.end(Snooze.Ended.BY_HAND, by, timezone.now())
        else:
            standing.end(Snooze.Ended.TIME, None, timezone.now())


def latest_end(case: Case, guidance: Guidance) -> datetime:
    """Return until when a case may wait at most.

    Counted from when it was first put off with the same asked of it and nobody reminded since:
    putting it off again and again is no way around the bound, or around a reminder.
    """
    period = BESIDE["waiting"]
    days, hours = (None, period.hours) if guidance.accelerated else (period.days, None)
    return due_at(Deadline(period, _first_put_off(case, guidance), days, hours))


def _first_put_off(case: Case, guidance: Guidance) -> datetime:
    said = case.reminders.exclude(period="vacation").order_by("created_at").last()
    asked = " ".join(sorted(guidance.asked))
    same = case.snoozes.filter(cycle=case.cycle, asked=asked)
    if said is not None:
        same = same.filter(recorded_at__gt=said.created_at)
    first = same.order_by("recorded_at").first()
    return first.recorded_at if first else timezone.now()


@transaction.atomic
def go_on(case: Case, by: User) -> None:
    """End waiting before its time; whoever is to be reminded is, by the next sweep."""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    _end_standing(case, by)
    refresh(case, by)
