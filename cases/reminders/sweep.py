"""Find the cases whose reminder is due; write it down together with whom it is told."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from cases.actions import GUIDED, follow
from cases.bulk import insert_all, update_all
from cases.deadlines import Running, running, to_say
from cases.facts import facts_for_many
from cases.models import Case, Notification, Reminder, ShutOut
from cases.notifications.kinds import REMINDER
from cases.notifications.telling import write_messages
from cases.protocol import course
from cases.reminders.ladder import Member, members_of, recipients
from cases.waiting.ending import end_those_over

# So long are so many cases held: less than a second.
BATCH = 1000
# What makes a reminder the same as one given before (its unique constraint).
SAID_ONCE = ("case_id", "cycle", "period", "deadline", "level")


def sweep(now: datetime) -> int:
    """Give every reminder that is due, and return how many. Several sweeps at once share the work.

    After a standstill a case gets one reminder of each period, of where it stands by now, not all
    that it missed; a person gets one letter for all cases (``cases.notifications.outbox``).
    """
    given = 0
    waiting = Case.objects.any_due(now)  # almost always none: that is all
    while waiting:
        with transaction.atomic(), _nothing_collected():
            cases = list(
                Case.objects.due(now).select_for_update(of=("self",), skip_locked=True)[:BATCH]
            )
            given += _remind(cases, now)
        waiting = len(cases) == BATCH
    return given


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Let Python look for cycles between batches only: it would look at a batch's rows again and
    again, a fifth of the time that it takes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def tell(case: Case, now: datetime) -> int:
    """Say of a locked case at once what is asked, before the first reminder is due (R9)."""
    guidance = course(facts_for_many([case], now)[case.pk])
    reminders = [_reminder(case, period, 0, now) for period in running(guidance)]
    return _give(reminders, members_of([case], now), now)


def _remind(cases: list[Case], now: datetime) -> int:
    """Let the protocol look at a batch of locked cases again, and remind where it is time."""
    facts = facts_for_many(cases, now)
    found = []
    for case in cases:
        guidance = course(facts[case.pk])
        follow(case, guidance, None, now, said=True)
        found += [_reminder(case, period, level, now) for period, level in to_say(guidance, now)]
    update_all(cases, GUIDED)
    given = _give(found, members_of(cases, now), now)
    end_those_over([case for case in cases if facts[case.pk].put_off], now)
    return given


def _reminder(case: Case, period: Running, level: int, now: datetime) -> Reminder:
    return Reminder(
        case=case,
        cycle=case.cycle,
        step=case.step,
        period=period.deadline.period.code,
        deadline=period.due,
        level=level,
        urgent=period.accelerated,
        created_at=now,
    )


def _give(reminders: list[Reminder], members: dict[int, list[Member]], now: datetime) -> int:
    """Write down the reminders that were not given before, and tell whom they are for.

    However many periods of a case it is time to remind of, a person is told once of the case: what
    they read of it names no period.
    """
    cases = {reminder.case_id for reminder in reminders}
    given = set(Reminder.objects.filter(case_id__among=cases).values_list(*SAID_ONCE))
    new = [r for r in reminders if tuple(getattr(r, name) for name in SAID_ONCE) not in given]
    insert_all(new)
    shut_out = _shut_out({reminder.case.pupil_id for reminder in new})
    told: dict[tuple[int, int], Notification] = {}
    for reminder in new:
        for user_id in sorted(
            recipients(
                reminder.case,
                reminder.level,
                members[reminder.case.school_id],
                shut_out[reminder.case.pupil_id],
            )
        ):
            one = told.get((reminder.case_id, user_id))
            if one is None:
                told[reminder.case_id, user_id] = _told(reminder, user_id)
            elif reminder.urgent:
                one.urgent = True
    write_messages(insert_all(told.values()), now)
    return len(new)


def _told(reminder: Reminder, user_id: int) -> Notification:
    return Notification(
        recipient_id=user_id,
        kind=REMINDER,
        key=f"{reminder.pk}",
        case_id=reminder.case_id,
        reminder_id=reminder.pk,
        urgent=reminder.urgent,
        created_at=reminder.created_at,
    )


def _shut_out(pupils: set[int]) -> dict[int, set[int]]:
    """Return who may not know of a case, by pupil."""
    found: dict[int, set[int]] = defaultdict(set)
    standing = ShutOut.objects.standing().filter(pupil_id__among=pupils)
    for pupil_id, user_id in standing.values_list("pupil_id", "user_id"):
        found[pupil_id].add(user_id)
    return found
