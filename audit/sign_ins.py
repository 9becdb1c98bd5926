"""What accounts and its libraries tell of people: signing in and out, and by what they do so from
now on; who looked at whom."""

from typing import Any

from allauth.account.signals import (
    authentication_step_completed,
    password_changed,
    password_reset,
    password_set,
)
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.db.models.signals import post_save
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.after_response import after_response
from accounts.models import IdentityProvider, Membership, School, User
from accounts.second_factor import has_one
from accounts.signals import (
    people_seen,
    provider_secret_changed,
    second_factor_reset,
    team_role_changed,
    turned_away,
)
from audit.kinds import Kind
from audit.middleware import address_of
from audit.models import LogEntry

A_MINUTE, AN_HOUR = 60, 3600  # seconds
# That somebody tries to come in by an account, and did not (yet).
TRIED = frozenset({Kind.SIGN_IN_FAILED, Kind.SECOND_FACTOR_FAILED, Kind.HALF_WAY})


def listen() -> None:
    """Follow what Django, allauth and accounts tell of signing in."""
    for signal, receiver in (
        (authentication_step_completed, half_way),
        (user_logged_in, signed_in),
        (user_logged_out, signed_out),
        (user_login_failed, failed),
        (authentication_failed, second_factor_failed),
        (password_changed, new_password),
        (password_reset, new_password),
        (password_set, new_password),
        (authenticator_added, added_second_factor),
        (authenticator_removed, removed_second_factor),
        (authenticator_reset, added_second_factor),
        (provider_secret_changed, new_secret),
        (turned_away, without_role),
        (people_seen, looked_at_people),
        (second_factor_reset, took_away_second_factor),
        (team_role_changed, changed_team_role),
    ):
        signal.connect(receiver, dispatch_uid=f"audit.sign_ins.{receiver.__name__}")
    post_save.connect(linked, sender=SocialAccount, dispatch_uid="audit.sign_ins.linked")


def half_way(request: HttpRequest, user: User, method: str, **kwargs: Any) -> None:
    """Remember that somebody knew the password, or came by their school's word, and is asked more.

    Where it stops there, this is the only row: somebody has a password that is not theirs, or lost
    their telephone. From one address once a minute: such a row is never removed, and thousands
    would bury the one that counts.
    """
    signs_in = not request.user.is_authenticated and method != "mfa"
    if not signs_in or not has_one(user):
        return
    known_by = salted_hmac("audit.half_way", f"{user.pk} {get_ip(request)}").hexdigest()
    if cache.add(f"audit.half_way:{known_by}", True, A_MINUTE) and _is_told(user, Kind.HALF_WAY):
        record(user, Kind.HALF_WAY)


def signed_in(user: User, **kwargs: Any) -> None:
    """Remember that somebody signed in; who holds no role any more, once an hour."""
    if _is_told(user, Kind.SIGN_IN):
        record(user, Kind.SIGN_IN)


def signed_out(user: User | None, **kwargs: Any) -> None:
    """Remember that somebody signed out; who holds no role any more, once an hour."""
    if user is not None and _is_told(user, Kind.SIGN_OUT):
        record(user, Kind.SIGN_OUT)


def _is_told(user: User, kind: Kind) -> bool:
    """Tell whether there is to be a row: whose every role ended fills no trail of a school that
    they left, of which nothing is ever removed.
    """
    has_role = Membership.objects.current().filter(user=user).exists()
    return has_role or cache.add(f"audit.{kind}:{user.pk}", True, AN_HOUR)


def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Remember a sign-in that failed, with the account where it is one.

    What was typed is not kept: it may be a password in the wrong field. Nor does the answer wait
    for it: how many rows there are would tell who has an account, and at how many schools.
    """
    tried = credentials.get("email") or credentials.get("username") or ""
    known = {"remote_addr": address_of(request)} if request else {}

    def write() -> None:
        found = User.objects.filter(email=tried.lower()).first()  # as signing in looks for it
        record(found, Kind.SIGN_IN_FAILED, **known)

    if request:
        after_response(request, write)
    else:
        write()


def second_factor_failed(user: User, **kwargs: Any) -> None:
    """Remember a wrong code or key."""
    record(user, Kind.SECOND_FACTOR_FAILED)


def new_password(user: User, **kwargs: Any) -> None:
    """Remember that somebody changed their password, or set it anew by mail."""
    record(user, Kind.NEW_PASSWORD)


def added_second_factor(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Remember that somebody added a second factor, or had recovery codes made."""
    codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    record(user, Kind.NEW_CODES if codes else Kind.FACTOR_ADDED)


def removed_second_factor(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Remember that somebody removed a second factor; with the last one the codes go along."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record(user, Kind.FACTOR_REMOVED)


def linked(instance: SocialAccount, created: bool, **kwargs: Any) -> None:
    """Remember that a school's word opens an account from now on."""
    if created:
        record(instance.user, Kind.LINKED)


def new_secret(user: User, provider: IdentityProvider, **kwargs: Any) -> None:
    """Remember who put in another secret of a provider. Not the secret, encrypted neither."""
    LogEntry.objects.log_create(
        provider,
        force_log=True,
        action=LogEntry.Action.UPDATE,
        kind=Kind.NEW_SECRET,
        actor=user,
        actor_email=user.email,
    )


def without_role(user: User, **kwargs: Any) -> None:
    """Remember that somebody asked for a page whose every role has ended; once an hour."""
    if _is_told(user, Kind.TURNED_AWAY):
        record(user, Kind.TURNED_AWAY)


def looked_at_people(
    user: User, schools: list[School], person: User | None = None, **kwargs: Any
) -> None:
    """Remember that somebody looked at who works at a school, or at one of them."""
    for school in schools:
        LogEntry.objects.log_create(
            person or school,
            force_log=True,
            action=LogEntry.Action.ACCESS,
            actor=user,
            actor_email=user.email,
            school_id=school.pk,
        )


def took_away_second_factor(user: User, person: User, school: School, **kwargs: Any) -> None:
    """Remember who took away whose second factor: in the trail of the school where they may."""
    LogEntry.objects.log_create(
        person,
        force_log=True,
        action=LogEntry.Action.ACCESS,
        kind=Kind.FACTOR_RESET,
        actor=user,
        actor_email=user.email,
        school_id=school.pk,
        object_repr=f"user {person.public_id}",
    )


def changed_team_role(
    user: User | None, membership: Membership, school: School, kind: str, **kwargs: Any
) -> None:
    """Remember who gave or ended a family worker's role, in the trail of the school where they did.

    The row of the role itself stands in no school's trail: a buurtteam has several. ``user``: None
    where the calendar ended it.
    """
    LogEntry.objects.log_create(
        membership,
        force_log=True,
        action=LogEntry.Action.CREATE if kind == Kind.MADE else LogEntry.Action.UPDATE,
        kind=kind,
        actor=user,
        actor_email=user.email if user else None,
        school_id=school.pk,
    )


def record(user: User | None, kind: Kind, **known: Any) -> None:
    """Write it in the trail of the person, and of each school where they work or last worked.

    When a family worker signs in is no school's business; that somebody tries to is that of each
    that the account reaches.
    """
    person = user or User()
    schools = _schools_of(person) + (_schools_of_team(person) if kind in TRIED else [])
    for school in dict.fromkeys(schools) or [None]:
        LogEntry.objects.log_create(
            person,
            force_log=True,
            action=LogEntry.Action.ACCESS,
            kind=kind,
            actor=user,
            actor_email=user.email if user else None,
            school_id=school,
            object_repr=f"user {user.public_id}" if user else "nobody we know",
            **known,
        )


def _schools_of(user: User) -> list[int]:
    """Return the schools of a person's roles today; who has none, of the role that ended last.

    Of whoever works for a buurtteam by now, the school that they left is told nothing more.
    """
    held = Membership.objects.filter(user_id=user.pk or 0)
    if current := list(held.current().values_list("school_id", flat=True)):
        return sorted(set(current) - {None})
    last = held.filter(school__isnull=False, ended_at__isnull=False).order_by("-ended_at").first()
    return [last.school_id] if last else []


def _schools_of_team(user: User) -> list[int]:
    """Return the schools of the buurtteams where a family worker works today."""
    teams = Membership.objects.filter(user_id=user.pk or 0).current().values("buurtteam")
    return list(
        School.objects.filter(buurtteam__in=teams).order_by("pk").values_list("pk", flat=True)
    )


def school_of(user: User) -> School | None:
    """Return one school of a person, for what is about the person and not about a school."""
    return School.objects.filter(pk__in=_schools_of(user)).order_by("pk").first()
