"""Changing who is who: each function is one change, in one transaction, checked and told."""

import hashlib
import logging
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.errors import KEY_USED, ActionError
from accounts.models import Membership, RoleInvitation, School, User
from accounts.most import a_day_ago, check_room
from accounts.opened_links import is_late
from accounts.people import mails
from accounts.people.letters import reached_by
from accounts.people.roles import place_of
from accounts.people.winding_up import (
    end,
    end_over,
    end_sessions,
    ended_with,
    tell_trail,
    wind_up,
    wind_up_before_next,
    withdraw_all,
)
from accounts.roles import Role
from accounts.signals import (
    membership_began,
    second_factor_reset,
)
from accounts.waiting import wait_longer

logger = logging.getLogger(__name__)

INVITATION_LASTS = timedelta(days=14)
# An address as people have them. The standard knows more: in quotation marks whatever one likes,
# also what ends a line, and "=?…?=", which is read as another address than it says.
PLAIN_ADDRESS = re.compile(
    r"(?!.*=\?)[a-z0-9.!#$%&'*+/=?^_`{|}~-]+"
    # Letters of other scripts, and some of our own, read as another domain; or cannot be seen.
    r"@[a-z0-9.\u00e0-\u00f6\u00f8-\u00ff\u0100-\u0130\u0132-\u0137\u0139-\u017e-]+"
)
# To one address, by one school: more is no invitation, but a full mailbox.
INVITATIONS_A_DAY = 5
# Seconds between two resets of a second factor that take none.
RESET_PAUSE = 600
# Of one person at one school, and of one buurtteam: each goes to the mailbox of everybody who
# leads or looks after one of the schools.
ROLES_A_DAY, TEAM_ROLES_A_DAY = 10, 30
# 256 bits: nobody guesses a link.
SECRET_BYTES = 32


def check(user: User, school: School) -> None:
    """Raise ``PermissionDenied`` unless the user looks after the people of the school, now."""
    access.check_school(user, Permission.MANAGE_PEOPLE, school.pk)


def hashed(secret: str) -> str:
    """Return what the database keeps of the secret in an invitation's link."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(
    school: School,
    by: User,
    key: UUID,
    *,
    email: str,
    name: str,
    role: str,
    ends_on: date | None = None,
) -> RoleInvitation:
    """Invite somebody to a role by e-mail. Whether the address has an account is not told."""
    check(by, school)
    if email.lower() == by.email.lower():
        raise ActionError(_("You cannot invite yourself."), field="email")
    # Two clicks at once: one invitation.
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    sent = RoleInvitation.objects.filter(idempotency_key=key).first()
    if sent is not None:
        if sent.invited_by_id != by.pk:
            raise ActionError(KEY_USED)
        return sent
    return _invite(school, by, email=email, name=name, role=role, ends_on=ends_on, key=key)


def invite_first_administrator(school: School, *, email: str, name: str) -> RoleInvitation:
    """Invite the administrator of a new school, from the command line."""
    with transaction.atomic():
        return _invite(school, None, email=email, name=name, role=Role.ADMINISTRATOR, key=uuid4())


def _invite(
    school: School,
    by: User | None,
    *,
    email: str,
    name: str,
    role: str,
    key: UUID,
    ends_on: date | None = None,
) -> RoleInvitation:
    buurtteam = place_of(role, school)["buurtteam"]
    if role == Role.BUURTTEAM_WORKER and buurtteam is None:
        raise ActionError(_("This school has no buurtteam yet."), field="role")
    email = email.lower()
    if not PLAIN_ADDRESS.fullmatch(email):
        raise ActionError(_("No mail can go to this address. Look at it again."), field="email")
    sent = RoleInvitation.objects.filter(school=school, email=email)
    # By one person each: whoever sent as many leaves a colleague room.
    if sent.filter(invited_by=by, invited_at__gt=a_day_ago()).count() >= INVITATIONS_A_DAY:
        raise ActionError(
            _("Five invitations went to this address today. Wait until tomorrow."), field="email"
        )
    of_school = RoleInvitation.objects.filter(school=school)
    check_room("invitations", of_school.standing())
    if by is not None:
        of_theirs = of_school.filter(invited_by=by)
        check_room("invitations_a_day", of_theirs.filter(invited_at__gt=a_day_ago()))
    # A new one takes the place of the old: its mail went to the wrong folder, or is too old.
    withdraw_all(sent.standing().filter(role=role))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    invitation = RoleInvitation.objects.create(
        email=email,
        name=name,
        role=role,
        school=school,
        buurtteam=buurtteam,
        ends_on=ends_on,
        invited_by=by,
        secret_hash=hashed(secret),
        idempotency_key=key,
        expires_at=timezone.now() + INVITATION_LASTS,
    )
    transaction.on_commit(lambda: mails.send_invitation(invitation, secret))
    return invitation


def open_link(invitation: RoleInvitation) -> None:
    """Note that somebody came by an invitation's link; the first time counts."""
    first = RoleInvitation.objects.filter(pk=invitation.pk, opened_at__isnull=True)
    first.update(opened_at=timezone.now())


def send_new_link(invitation: RoleInvitation) -> bool | None:
    """Let a late link open nothing any more, and mail another; return whether it went.

    None: somebody else asked first, or it is over by now; nothing was sent.
    Only to the address that was invited, and once for each link: who asks need not be its owner.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        found = (
            RoleInvitation.objects.acceptable()
            .select_for_update(of=("self",))
            .select_related("school")
            .filter(pk=invitation.pk, secret_hash=invitation.secret_hash)
            .first()
        )
        if found is None or not is_late(found.opened_at):
            return None
        before = {"secret_hash": found.secret_hash, "opened_at": found.opened_at}
        found.secret_hash, found.opened_at = hashed(secret), None
        found.save(update_fields=["secret_hash", "opened_at"])
    went = mails.send_invitation(found, secret)
    if not went:  # by the link of before one presses once more
        RoleInvitation.objects.filter(pk=found.pk, secret_hash=found.secret_hash).update(**before)
    return went


@transaction.atomic
def withdraw(invitation: RoleInvitation, by: User) -> None:
    """End an invitation; its link opens nothing any more."""
    check(by, invitation.school)
    # Locked: whoever accepts it at this very moment comes before or after, not in between.
    standing = RoleInvitation.objects.standing().select_for_update().filter(pk=invitation.pk)
    withdraw_all(standing)


def accept(invitation: RoleInvitation, user: User) -> Membership:
    """Give the invited person their role, once. Raises ``PermissionDenied`` for anybody else.

    What hung on an earlier one is wound up before it opens anything.
    """
    membership = _accept(invitation, user)
    wind_up_before_next(user)
    return membership


@transaction.atomic
def _accept(invitation: RoleInvitation, user: User) -> Membership:
    end_over(user)
    invitation = (
        RoleInvitation.objects.acceptable()
        .select_for_update(of=("self",))
        .select_related("school__buurtteam", "buurtteam")
        .filter(pk=invitation.pk)
        .first()
    )
    if invitation is None or user.email.lower() != invitation.email:
        raise PermissionDenied
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return _give(
        user,
        invitation.role,
        invitation.school,
        {"school": None, "buurtteam": invitation.buurtteam}
        if invitation.buurtteam_id
        else {"school": invitation.school, "buurtteam": None},
        ends_on=invitation.ends_on,
    )


@transaction.atomic
def accept_as_new(invitation: RoleInvitation, *, name: str, password: str | None) -> User:
    """Make the account of an invited person who has none yet, and give them their role."""
    if User.objects.filter(email=invitation.email).exists():
        raise PermissionDenied
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError as error:  # the same form at the same moment: one of them was first
        raise PermissionDenied from error
    _accept(invitation, user)
    return user


def join(*, email: str, name: str, school: School) -> User | None:
    """Accept the standing invitations of an address at a school, without a password.

    For single sign-on, whose provider vouches for the address. None when nobody invited it.
    """
    user = _join(email=email.lower(), name=name, school=school)
    if user is not None:
        wind_up_before_next(user)
    return user


@transaction.atomic
def _join(*, email: str, name: str, school: School) -> User | None:
    standing = RoleInvitation.objects.acceptable().filter(email=email, school=school)
    user = User.objects.filter(email=email).first()
    if user is not None:
        user.hold_memberships()
    # All at once and in one order, as where a role ends: behind its roles and before the user, so
    # that neither waits for the other.
    invitations = list(standing.select_for_update(of=("self",)).order_by("pk"))
    if not invitations:
        return None
    if user is None:
        user = User.objects.create_user(email, name=name or invitations[0].name)
    for invitation in invitations:
        with suppress(ActionError):  # they hold that role already: no reason to keep them out
            _accept(invitation, user)
    return user


@transaction.atomic
def give_role(
    school: School,
    by: User,
    person: User,
    *,
    role: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    replaces: Membership | None = None,
) -> Membership:
    """Give somebody of the school another role, for good or for a time (a substitute).

    What hung on an earlier one is wound up before it opens anything: by beat, within minutes. How
    long that takes would tell who gives the role that one at another school ended.
    """
    by.hold_memberships(person)  # by which they work here: it does not end at this very moment
    check(by, school)
    if person == by:
        raise ActionError(_("You cannot change your own roles. Ask another administrator."))
    if not people_of([school]).filter(pk=person.pk).exists():
        raise PermissionDenied
    place = place_of(role, school)
    if not any(place.values()):
        raise ActionError(_("This school has no buurtteam yet."), field="role")
    _check_works_here(person, school, place, starts_on)
    if replaces is not None and (replaces.role, replaces.school_id) != (role, school.pk):
        raise ActionError(
            _("Somebody is replaced in their own role: choose that role here too."),
            field="replaces",
        )
    end_over(person)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)  # as ``_give`` does
    _check_not_too_often(person, school, place)
    return _give(
        person, role, school, place, by=by, starts_on=starts_on, ends_on=ends_on, replaces=replaces
    )


def _check_works_here(
    person: User, school: School, place: dict[str, object], starts_on: date | None
) -> None:
    """Raise ``ActionError`` unless the person holds a role here, today and until that day.

    At this very school, or at the place of the new one: whoever works for the buurtteam alone never
    said yes to the school. Else a school that they left, or never came to, could take away their
    second factor and their sign-in, and read when they sign in. Whether they work elsewhere now is
    not for it to know: the answer is the same.
    """
    today = timezone.localdate()
    of_team = Q(buurtteam__isnull=False, buurtteam=place["buurtteam"])
    held = person.memberships.filter(Q(school=school) | of_team)
    if not held.in_force(today).exists():
        raise ActionError(_("They hold no role here now. Invite them: they say yes themselves."))
    first = starts_on or today
    if first > today and not held.in_force(first - timedelta(days=1)).exists():
        raise ActionError(
            _("They hold no role here until then. Invite them when it begins."), field="starts_on"
        )


def _check_not_too_often(person: User, school: School, place: dict[str, object]) -> None:
    """Raise ``ActionError`` for who was given so many roles today that mailboxes fill."""
    today = Membership.objects.filter(given_at__gt=timezone.now() - timedelta(days=1))
    of_team = today.filter(buurtteam__isnull=False, buurtteam=place["buurtteam"])
    if (
        today.filter(user=person).of_places([school]).count() >= ROLES_A_DAY
        or of_team.count() >= TEAM_ROLES_A_DAY
    ):
        raise ActionError(_("So many roles were given here today. Wait until tomorrow."))


def _give(
    person: User,
    role: str,
    school: School,
    place: dict[str, object],
    *,
    by: User | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    replaces: Membership | None = None,
) -> Membership:
    # Two clicks at once: one role. Not against a row that only points at the person: who ends a
    # role tells whoever takes over, while we wait for the role that we name.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    starts_on = starts_on or timezone.localdate()
    same = person.memberships.filter(role=role, ended_at__isnull=True, **place)
    for held in same:
        if (held.starts_on, held.ends_on, held.replaces) == (starts_on, ends_on, replaces):
            return held
        if overlaps(held, starts_on, ends_on):
            raise ActionError(_("They hold this role in that time already."), field="role")
    membership = Membership.objects.create(
        user=person, role=role, starts_on=starts_on, ends_on=ends_on, replaces=replaces, **place
    )
    if by is not None:  # a role that one says yes to oneself stands there by its invitation
        tell_trail(membership, by, school, "made")
    membership_began.send(sender=Membership, membership=membership)
    mails.tell(mails.What.GIVEN, membership.pk, by=by or person)
    mails.tell(mails.What.LATELY, membership.pk, on=starts_on)
    return membership


def overlaps(held: Membership, starts_on: date, ends_on: date | None) -> bool:
    """Tell whether a membership and a span of days have a day in common."""
    starts_late = held.ends_on is not None and held.ends_on < starts_on
    ends_early = ends_on is not None and ends_on < held.starts_on
    return not (starts_late or ends_early)


def end_role(membership: Membership, by: User, school: School) -> None:
    """End somebody's role now, and wind up what hung on it.

    Where something that hung on it is held by somebody else, beat goes on in some minutes: the role
    is over, and opens nothing any more.
    """
    _end_role(membership, by, school)
    with suppress(OperationalError):
        wind_up(membership, school_first=True)


@transaction.atomic
def _end_role(membership: Membership, by: User, school: School) -> None:
    wait_longer()
    by.hold_memberships(membership.user)  # of two who end one another's, the second may not
    check(by, school)
    if not Membership.objects.of_places([school]).filter(pk=membership.pk).exists():
        raise PermissionDenied
    if membership.user_id == by.pk:
        raise ActionError(_("You cannot change your own roles. Ask another administrator."))
    now = timezone.now()
    if not end(membership, now):
        return  # by a colleague, at this very moment
    for ended in ended_with(membership, now):
        tell_trail(ended, by, school, "changed")
    mails.tell(mails.What.ENDED, membership.pk, by=by)


@transaction.atomic
def reset_second_factor(school: School, by: User, person: User) -> None:
    """Take away the second factor of somebody who lost it; they set up a new one at once.

    Their password stays what it is: whoever asks for this with a smooth story has not got it. They
    need it: their school account signs them in again once there is a new second factor.

    Raises ``ActionError`` where there is none to take, and somebody tried that just now: it ends
    their sessions all the same, and on and on they would never get as far as to set one up.
    """
    check(by, school)
    # Not by a role that begins some day: a school that they left would keep a hand on them by it.
    here = Membership.objects.of_places([school]).in_force().filter(user=person)
    if person == by or not here.exists():
        raise PermissionDenied
    User.objects.select_for_update().get(pk=person.pk)  # a link that is being made: before, or not
    held = (Authenticator.objects.filter(user=person), SocialAccount.objects.filter(user=person))
    taken = any(one.exists() for one in held)
    if not taken and not cache.add(f"accounts.reset:{person.pk}", True, RESET_PAUSE):
        raise ActionError(_("This was done just now. They can sign in and set up a new one."))
    for one in held:
        one.delete()
    second_factor_reset.send(sender=User, user=by, person=person, school=school)
    end_sessions(person)  # also of who sets one up at this very moment
    # Of who has none nothing is taken: asked on and on, the mails would fill the mailboxes of all
    # who are told. Nor is it done in silence.
    if not taken:
        mails.ring({*filter(None, reached_by(person)), school.pk}, key=uuid4().hex, by=by)
    else:
        User.objects.filter(pk=person.pk).update(factor_reset_at=timezone.now())
        mails.tell(mails.What.RESET, person.pk, by=by)


def people_of(schools: Iterable[School]) -> "User.objects":
    """Return everybody who holds or held a role at the schools or their buurtteams."""
    memberships = Membership.objects.of_places(schools)
    return User.objects.filter(pk__in=memberships.values("user_id")).order_by("name", "pk")
