"""Find the cases whose reminder is due; write it down together with whom it is told."""

import gc
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, transaction

from background.record import gave_up
from cases.actions import GUIDED, follow
from cases.bulk import insert_all, update_all
from cases.deadlines import Running, running, to_say
from cases.facts import facts_for_many, handed_over
from cases.models import Case, Notification, Reminder, ShutOut
from cases.notifications.kinds import REMINDER
from cases.notifications.telling import write_messages
from cases.protocol import course
from cases.querysets import CaseQuerySet
from cases.reminders.ladder import Member, members_of, recipients
from cases.waiting.ending import end_those_over

logger = logging.getLogger(__name__)

# So long are so many cases held: less than a second.
BATCH = 1000
# What makes a reminder the same as one given before (its unique constraint).
SAID_ONCE = ("case_id", "cycle", "period", "deadline", "level")
# The line, or the clock: no fault of one case, and no other case would fare better.
OF_NO_CASE = (OperationalError, InterfaceError, SoftTimeLimitExceeded)


def sweep(now: datetime) -> int:
    """Give every reminder that is due, and return how many. Several sweeps at once share the work.

    After a standstill a case gets one reminder of each period, of where it stands by now, not all
    that it missed; a person gets one letter for all cases (``cases.notifications.outbox``).

    A case that cannot be looked at keeps no other waiting: it is tried again with the next sweep,
    and until then the run stands as failed, where who looks after the program sees it.
    """
    given = 0
    broken: dict[int, Exception] = {}
    waiting = Case.objects.any_due(now)  # almost always none: that is all
    while waiting:
        held, new = _sweep_batch(Case.objects.due(now).exclude(pk__in=list(broken)), now, broken)
        given += new
        waiting = held == BATCH
    for error in broken.values():
        gave_up(error)
    return given


def _sweep_batch(
    waiting: CaseQuerySet, now: datetime, broken: dict[int, Exception]
) -> tuple[int, int]:
    """Remind of the first of some cases; return how many were looked at, and how many reminders.

    What raises is found by halves, and put into ``broken``: the others cost some rounds more.
    """
    cases: list[Case] = []
    try:
        with transaction.atomic(), _nothing_collected():
            cases += waiting.select_for_update(of=("self",), skip_locked=True)[:BATCH]
            return len(cases), _remind(cases, now)
    except OF_NO_CASE:
        raise
    except Exception as error:
        if not cases:
            raise
        if len(cases) == 1:
            # The error's text can quote a record; its class is enough to start looking.
            logger.error("Case %s is not reminded of: %s", cases[0].reference, type(error).__name__)
            broken[cases[0].pk] = error
            return 1, 0
    keys, middle = [case.pk for case in cases], len(cases) // 2
    halves = (Case.objects.due(now).filter(pk__in=half) for half in (keys[:middle], keys[middle:]))
    return len(cases), sum(_sweep_batch(half, now, broken)[1] for half in halves)


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
    closed = {reminder.case_id for reminder in new if not reminder.case.is_open}
    ended_by_newer = closed - handed_over(closed)
    told: dict[tuple[int, int], Notification] = {}
    for reminder in new:
        for user_id in sorted(
            recipients(
                reminder.case,
                reminder.level,
                members[reminder.case.school_id],
                shut_out[reminder.case.pupil_id],
                knows_newer=reminder.case_id in ended_by_newer,
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
