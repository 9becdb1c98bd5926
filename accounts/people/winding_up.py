"""What goes with a role that ends: by an administrator, or by the calendar."""

import logging
from collections.abc import Iterable
from datetime import date, datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.drafts.actions import throw_away_all
from accounts.models import Membership, RoleInvitation, School, User
from accounts.people import mails
from accounts.signals import membership_ended, team_role_changed

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


def wind_up(membership: Membership, now: datetime) -> bool:
    """End a membership in a transaction: sessions, grants and invitations at once, tasks handed on.

    Source: docs/security.md, "People". A second time changes nothing, and returns False.
    """
    membership.user.hold_memberships()  # all of them in one order: another can end with this one
    locked = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if locked.ended_at is not None:
        return False
    if locked.school_id:
        # Of two that end at once, the second finds what the first handed to it.
        School.objects.select_for_update(no_key=True).get(pk=locked.school_id)
    today = timezone.localdate(now)
    last_day = min(locked.ends_on or today, today)
    locked.ends_on, locked.ended_at = max(last_day, locked.starts_on), now
    locked.save(update_fields=["ends_on", "ended_at"])
    _withdraw_ways_back(locked)  # before the user is locked, as where one is accepted
    if locked.starts_on > today:  # it gave nothing yet
        return True
    end_sessions(locked.user)
    throw_away_all(locked.user)
    membership_ended.send(sender=Membership, membership=locked)
    _end_what_is_to_come(locked, now)
    return True


def _end_what_is_to_come(ended: Membership, now: datetime) -> None:
    for one in ends_with(ended, timezone.localdate(now)):
        wind_up(one, now)
        mails.tell(mails.What.ENDED, one.pk)


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
    withdraw_all(to_them.filter(school=ended.school_id) if ended.school_id else to_them)
    if access.scope(ended.role, Permission.MANAGE_PEOPLE):
        withdraw_all(standing.filter(school=ended.school_id, invited_by=ended.user_id))


def wind_up_over(person: User) -> None:
    """Wind up what is over by the calendar, before a next role: with that it would come back.

    Beat does it each hour, or when it is there again.
    """
    for held in person.memberships.over().order_by("pk"):
        _wind_up_by_calendar(held, timezone.now())


def _wind_up_by_calendar(membership: Membership, now: datetime) -> None:
    if not wind_up(membership, now) or not membership.school_id:
        return
    for ended in ended_with(membership, now):
        tell_trail(ended, None, membership.school, "changed")


def wind_up_expired(now: datetime) -> int:
    """Wind up the memberships whose last day is past, and return how many (by beat).

    Raises what one of them raised, once the others are wound up: nobody keeps an open session
    because of somebody else's tasks.
    """
    count, failed = 0, None
    for membership in Membership.objects.over(timezone.localdate(now)):
        try:
            with transaction.atomic():
                _wind_up_by_calendar(membership, now)
            count += 1
        except SoftTimeLimitExceeded:  # no fault of one role
            raise
        except Exception as error:
            logger.error("A role is not wound up: %s", type(error).__name__)
            failed = failed or error
    if failed:
        raise failed
    return count


def end_sessions(person: User) -> None:
    """End every session of a person, on every device."""
    User.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
