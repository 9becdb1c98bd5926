"""What goes with a role that ends: by an administrator, or by the calendar."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from threading import get_ident

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.drafts.actions import throw_away_all
from accounts.models import Membership, RoleInvitation, School, User
from accounts.nobody import in_nobodys_name
from accounts.people import mails
from accounts.signals import membership_ended, team_role_changed
from accounts.waiting import TAKING_AWAY, TRIES, is_held

logger = logging.getLogger(__name__)


def withdraw_all(standing: Iterable[RoleInvitation]) -> None:
    """Withdraw invitations; their links open nothing any more."""
    for invitation in standing:  # one by one: the audit hears of each
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])


def ended_with(membership: Membership, now: datetime) -> "Membership.objects":
    """Return the memberships of somebody that ended at a moment: this one, and those with it."""
    return Membership.objects.filter(user=membership.user_id, ended_at=now).order_by("pk")


def tell_trail(membership: Membership, by: User | None, school: School, kind: str) -> None:
    """Let what is done to a family worker's role stand with the school through which it was done.

    Its own row names no school: several share a buurtteam. ``by``: None for the calendar.
    """
    if membership.buurtteam_id:
        team_role_changed.send(
            sender=Membership, user=by, membership=membership, school=school, kind=kind
        )


def end(membership: Membership, now: datetime) -> bool:
    """End a membership in a transaction: its sessions, what was typed in it, and every way back.

    Source: docs/security.md, "People". What hung on it goes in a step of its own (``wind_up``): it
    opens nothing any more, and however much it is, nobody keeps their role by that. A second time
    changes nothing, and returns False.
    """
    membership.user.hold_memberships()  # all of them in one order: another can end with this one
    locked = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if locked.ended_at is not None:
        return False
    today = timezone.localdate(now)
    last_day = min(locked.ends_on or today, today)
    locked.ends_on, locked.ended_at = max(last_day, locked.starts_on), now
    gave_nothing_yet = locked.starts_on > today
    locked.wound_up_at = now if gave_nothing_yet else None
    locked.save(update_fields=["ends_on", "ended_at", "wound_up_at"])
    _withdraw_ways_back(locked)  # before the user is locked, as where one is accepted
    if gave_nothing_yet:
        return True
    end_sessions(locked.user)
    throw_away_all(locked.user)
    for one in ends_with(locked, today):
        end(one, now)
        mails.tell(mails.What.ENDED, one.pk)
    return True


@in_nobodys_name()
@transaction.atomic
def wind_up(membership: Membership, *, school_first: bool = False) -> None:
    """Take back what hung on a membership that ended, and hand its open tasks on.

    In nobody's name, and a second time it changes nothing. Roles are held before their school, as
    everywhere; with ``school_first`` nobody's are while one waits for it, and it raises
    ``OperationalError`` where they are held by then.
    """
    TAKING_AWAY.add(get_ident())
    if not school_first:
        membership.user.hold_memberships()
    if membership.school_id:
        # Of two that end at once, the second finds what the first handed to it.
        School.objects.select_for_update(no_key=True).get(pk=membership.school_id)
    theirs = Membership.objects.filter(user=membership.user_id).order_by("pk")
    held = theirs.select_for_update(of=("self",), no_key=True, nowait=school_first)
    locked = next((one for one in held if one.pk == membership.pk and one.is_to_wind_up), None)
    if locked is None:
        return
    membership_ended.send(sender=Membership, membership=locked)
    locked.wound_up_at = timezone.now()
    locked.save(update_fields=["wound_up_at"])


def _wind_up_at_last(membership: Membership) -> None:
    """Wind a membership up (by beat), also of somebody who saves something all the time."""
    for __ in range(TRIES):
        try:
            return wind_up(membership, school_first=True)
        except OperationalError as error:
            if not is_held(error):
                raise
    return wind_up(membership)


def ends_with(membership: Membership, today: date | None = None) -> list[Membership]:
    """Return the roles that somebody would begin some day where they hold none but this one.

    They end with it: else a school that they left would have a hand on them on that day. With the
    last role at a school also one of its buurtteam, unless they work for that team now.
    """
    held = Membership.objects.filter(user=membership.user_id).exclude(pk=membership.pk)
    places = [{"school": membership.school_id}] if membership.school_id else []
    team = membership.school.buurtteam_id if membership.school_id else membership.buurtteam_id
    places += [{"buurtteam": team}] if team else []
    ends = Q()
    for place in places:
        if held.in_force(today).filter(**place).exists():
            break
        ends |= Q(**place)
    if not ends:
        return []
    to_come = held.to_come(today).filter(ends)
    return list(to_come.select_related("user", "school", "buurtteam").order_by("pk"))


def _withdraw_ways_back(ended: Membership) -> None:
    """Withdraw the invitations by which somebody whose role ends would come in again.

    One to the same place, which waited unread or could not be accepted beside the role; and those
    that an administrator sent: whoever saw it coming would have left a way back in.
    """
    standing = RoleInvitation.objects.standing().select_for_update().order_by("pk")
    to_them = standing.filter(email=ended.user.email.lower(), buurtteam=ended.buurtteam_id)
    if ended.school_id:
        withdraw_all(to_them.filter(school=ended.school_id))
    else:  # any school of the team sent them: of one that ends the role another hears nothing
        with in_nobodys_name():
            withdraw_all(to_them)
    if access.scope(ended.role, Permission.MANAGE_PEOPLE):
        withdraw_all(standing.filter(school=ended.school_id, invited_by=ended.user_id))


def end_over(person: User) -> None:
    """End what is over by the calendar, before a next role: with that it would come back.

    Beat does it every few minutes, or when it is there again; and in nobody's name, as here: where
    somebody works now is not for a school to know that they left.
    """
    with in_nobodys_name():
        for held in person.memberships.over().order_by("pk"):
            _end_by_calendar(held, timezone.now())


def wind_up_before_next(person: User) -> None:
    """Wind up what ended of somebody who got a next role just now, which waits for that.

    In a step of its own, with nothing in hand; what somebody else holds, beat winds up.
    """
    with suppress(OperationalError):
        for ended in person.memberships.to_wind_up().order_by("pk"):
            wind_up(ended, school_first=True)


@transaction.atomic
def _end_by_calendar(membership: Membership, now: datetime) -> None:
    if not end(membership, now) or not membership.school_id:
        return
    for ended in ended_with(membership, now):
        tell_trail(ended, None, membership.school, "changed")


def wind_up_expired(now: datetime) -> None:
    """End the memberships whose last day is past, and wind up all that ended (by beat).

    Raises what one of them raised, once the others are done: nobody keeps an open session because
    of somebody else's tasks.
    """
    over = Membership.objects.over(timezone.localdate(now)).order_by("pk")
    # Each at its own moment: what ended at the same one, ended with it.
    failed = _each(over, lambda one: _end_by_calendar(one, max(now, timezone.now())))
    # In any order: on whose role more hangs than a run can take back keeps nobody else's waiting.
    left = Membership.objects.to_wind_up().order_by("?")
    failed = _each(left, _wind_up_at_last) or failed
    if failed:
        raise failed


def _each(memberships: "Membership.objects", act: Callable[[Membership], None]) -> Exception | None:
    """Do something with each, and return what one of them raised."""
    failed = None
    for membership in memberships:
        try:
            act(membership)
        except SoftTimeLimitExceeded:  # no fault of one role
            raise
        except Exception as error:
            logger.error("A role is not wound up: %s", type(error).__name__)
            failed = failed or error
    return failed


def end_sessions(person: User) -> None:
    """End every session of a person, on every device."""
    User.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
