"""Find the cases whose reminder is due; write it down together with whom it is told."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from cases.actions import GUIDED, follow
from cases.deadlines import Running, look_again, running, to_say
from cases.facts import facts_for_many
from cases.models import Case, Notification, Reminder, ShutOut
from cases.notifications.kinds import REMINDER
from cases.notifications.telling import write_messages
from cases.protocol import Guidance, guide
from cases.reminders.ladder import recipients
from cases.waiting.ending import end_those_over

BATCH = 200
# What makes a reminder the same as one given before (its unique constraint).
SAID_ONCE = ("case_id", "cycle", "period", "deadline", "level")


def sweep(now: datetime) -> int:
    """Give every reminder that is due, and return how many. Several sweeps at once share the work.

    After a standstill a case gets one reminder of each period, of where it stands by now, not all
    that it missed; a person gets one letter for all cases (``cases.notifications.outbox``).
    """
    given = 0
    while True:
        with transaction.atomic():
            cases = list(
                Case.objects.due(now).select_for_update(of=("self",), skip_locked=True)[:BATCH]
            )
            given += _remind(cases, now)
        if len(cases) < BATCH:
            return given


def tell(case: Case, now: datetime) -> int:
    """Say of a locked case at once what is asked, before the first reminder is due (R9)."""
    guidance = guide(facts_for_many([case], now)[case.pk])
    reminders = [_reminder(case, period, 0) for period in running(guidance)]
    return _give(reminders, _members([case], now), now)


def _remind(cases: list[Case], now: datetime) -> int:
    """Let the protocol look at a batch of locked cases again, and remind where it is time."""
    facts = facts_for_many(cases, now)
    found = []
    for case in cases:
        guidance = guide(facts[case.pk])
        follow(case, guidance, None, now)
        found += _reminders(case, guidance, now)
    Case.objects.bulk_update(cases, GUIDED)
    given = _give(found, _members(cases, now), now)
    end_those_over([case for case in cases if facts[case.pk].put_off], now)
    return given


def _reminders(case: Case, guidance: Guidance, now: datetime) -> list[Reminder]:
    """Return the reminders of a case for which it is time, and set when to look next."""
    case.next_due = look_again(guidance, now, said=True)
    return [_reminder(case, period, level) for period, level in to_say(guidance, now)]


def _reminder(case: Case, period: Running, level: int) -> Reminder:
    return Reminder(
        case=case,
        cycle=case.cycle,
        step=case.step,
        period=period.deadline.period.code,
        deadline=period.due,
        level=level,
        urgent=period.accelerated,
    )


def _give(reminders: list[Reminder], members: dict[int, list[Membership]], now: datetime) -> int:
    """Write down the reminders that were not given before, and tell whom they are for."""
    given = set(
        Reminder.objects.filter(case__in={reminder.case_id for reminder in reminders}).values_list(
            *SAID_ONCE
        )
    )
    new = [r for r in reminders if tuple(getattr(r, name) for name in SAID_ONCE) not in given]
    Reminder.objects.bulk_create(new)
    shut_out = _shut_out({reminder.case.pupil_id for reminder in new})
    told = [
        Notification(
            recipient_id=user_id,
            kind=REMINDER,
            key=f"{reminder.pk}",
            case=reminder.case,
            reminder=reminder,
            urgent=reminder.urgent,
            created_at=now,
        )
        for reminder in new
        for user_id in sorted(
            recipients(
                reminder.case,
                reminder.level,
                members[reminder.case.school_id],
                shut_out[reminder.case.pupil_id],
            )
        )
    ]
    write_messages(Notification.objects.bulk_create(told), now)
    return len(new)


def _shut_out(pupils: set[int]) -> dict[int, set[int]]:
    """Return who may not know of a case, by pupil."""
    found: dict[int, set[int]] = defaultdict(set)
    standing = ShutOut.objects.standing().filter(pupil__in=pupils)
    for pupil_id, user_id in standing.values_list("pupil_id", "user_id"):
        found[pupil_id].add(user_id)
    return found


def _members(cases: Iterable[Case], now: datetime) -> dict[int, list[Membership]]:
    """Return who works that day at the schools of the cases, by school, in one query."""
    by_school: dict[int, list[Membership]] = defaultdict(list)
    schools = {case.school_id for case in cases}
    current = Membership.objects.current(timezone.localdate(now)).select_related("replaces")
    for member in current.filter(school_id__in=schools):
        by_school[member.school_id].append(member)
    return by_school
