"""Reading memberships."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.utils import timezone

from accounts import access
from accounts.access import Permission, Scope
from accounts.roles import CARE_TEAM

if TYPE_CHECKING:
    from accounts.models import Membership, School


# Ended, and what hung on it was not taken back yet.
TO_WIND_UP = models.Q(ended_at__isnull=False, wound_up_at__isnull=True)


def _in_force(day: date) -> models.Q:
    return models.Q(
        models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=day),
        starts_on__lte=day,
        ended_at__isnull=True,
    )


def _over(day: date) -> models.Q:
    return models.Q(ends_on__lt=day, ended_at__isnull=True)


def apart(
    found: "Iterable[Membership]",
) -> "tuple[tuple[Membership, ...], tuple[Membership, ...]]":
    """Return those of one person that open something, and those that wait: what began or was given
    behind one that is over, and not wound up yet. What hung on that would open once more by them.
    """
    found, today = tuple(found), timezone.localdate()
    left = [one for one in found if one.ended_at or (one.ends_on and one.ends_on < today)]
    held = [one for one in found if one not in left]
    waiting = tuple(one for one in held if _waits(one, left))
    return tuple(one for one in held if one not in waiting), waiting


def _waits(one: "Membership", left: "Iterable[Membership]") -> bool:
    return any(
        one.starts_on > over.goes_on_by
        or (over.ended_at and one.given_at and one.given_at > over.ended_at)
        for over in left
    )


class MembershipQuerySet(models.QuerySet):
    """Questions about who is what, where."""

    def current(self, today: date | None = None) -> "MembershipQuerySet":
        """Return those in force on a day (today unless told) of people who may sign in."""
        return self.in_force(today).filter(user__is_active=True)

    def in_force(self, today: date | None = None) -> "MembershipQuerySet":
        """Return the memberships that run on a day (today unless told), whoever holds them."""
        return self.filter(_in_force(today or timezone.localdate()))

    def to_come(self, today: date | None = None) -> "MembershipQuerySet":
        """Return those that nobody ended and whose first day is still to come."""
        day = today or timezone.localdate()
        return self.filter(ended_at__isnull=True, starts_on__gt=day)

    def of(self, person: "int | models.QuerySet") -> "MembershipQuerySet":
        """Return what decides what somebody may do: what they hold today, with its place.

        And what is over and was not wound up yet: what came since waits for that (``apart``).
        ``person``: their key, or a queryset of one key.
        """
        today = timezone.localdate()
        decides = _in_force(today) | _over(today) | TO_WIND_UP
        return self.filter(decides, user_id=person).select_related("school", "buurtteam")

    def held_beside(self, ended: "Membership") -> "MembershipQuerySet":
        """Return what somebody holds now and held when a membership of theirs ended.

        Not what came since: by that nothing stays that hung on the one that ended.
        """
        held = self.current().filter(user=ended.user_id, starts_on__lte=ended.goes_on_by)
        return held.exclude(pk=ended.pk).exclude(given_at__gt=ended.ended_at)

    def over(self, today: date | None = None) -> "MembershipQuerySet":
        """Return those whose last day is past and that nobody ended yet."""
        return self.filter(_over(today or timezone.localdate()))

    def to_wind_up(self) -> "MembershipQuerySet":
        """Return those that ended, of which what hung on them was not taken back yet."""
        return self.filter(TO_WIND_UP)

    def of_places(self, schools: "Iterable[School]") -> "MembershipQuerySet":
        """Return the memberships of schools and of their buurtteams."""
        teams = [school.buurtteam_id for school in schools if school.buurtteam_id]
        return self.filter(
            models.Q(school_id__in=[school.pk for school in schools])
            | models.Q(buurtteam_id__in=teams)
        )

    def care_team(self, school_id: int) -> "MembershipQuerySet":
        """Return the current care team of a school."""
        return self.current().filter(school_id=school_id, role__in=CARE_TEAM)


class RoleInvitationQuerySet(models.QuerySet):
    """Questions about invitations to a role."""

    def standing(self) -> "RoleInvitationQuerySet":
        """Return those that can still be accepted."""
        return self.filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=timezone.localdate()),
            accepted_at__isnull=True,
            withdrawn_at__isnull=True,
            expires_at__gt=timezone.now(),
        )

    def acceptable(self) -> "RoleInvitationQuerySet":
        """Return those of which the sender may still invite; from the command line nobody sent one.

        Whose last day is past is wound up by beat, some time later: nothing opens until then. And a
        school lets nobody into a buurtteam that is not its own any more.
        """
        invites = access.roles_at(Permission.MANAGE_PEOPLE, Scope.SCHOOL)
        sender = apps.get_model("accounts", "Membership").objects.current()
        still = sender.filter(
            user=models.OuterRef("invited_by"), school=models.OuterRef("school"), role__in=invites
        )
        unsent = models.Q(invited_by__isnull=True)
        place = models.Q(buurtteam__isnull=True) | models.Q(buurtteam=models.F("school__buurtteam"))
        return self.standing().filter(place, unsent | models.Exists(still))


class UserQuerySet(models.QuerySet):
    """Questions about people."""

    def with_role_at(
        self, schools: Iterable[int], roles: Iterable[str], *, soon: bool = False
    ) -> "UserQuerySet":
        """Return the active people who hold one of the roles at one of the schools today.

        ``soon``: and those who will: who is told of what lasts hears of it from now on.
        """
        held = apps.get_model("accounts", "Membership").objects.filter(
            school_id__in=schools, role__in=roles
        )
        found = models.Q(pk__in=held.current().values("user_id"))
        if soon:
            found |= models.Q(pk__in=held.to_come().values("user_id"), is_active=True)
        return self.filter(found).order_by("name")
