"""The letters about roles and ways of signing in: who is told what, in their language. No pupil, no
case. That they are told is for ``accounts.people.mails``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models import Case, F, Q, When
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import IdentityProvider, Membership, School, Telling, User
from accounts.roles import CARE_TEAM, Role

# Who hears of each change of a role at a school: so that no administrator raises a role in silence.
TOLD = (Role.SCHOOL_LEADER, Role.ADMINISTRATOR)
# How long ago a change can be of which somebody is told who begins to hear of such changes.
LATELY = timedelta(days=30)
# Roles named in one mail.
MOST_TOLD = 100

What = Telling.What


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to somebody who is told."""

    to: User
    subject: str
    text: str


def _of_role(telling: Telling, *, ended: bool = False) -> Iterator[Letter]:
    """Tell the person, and whoever leads and looks after the school, of a role given or ended.

    A family worker's role is that of all schools of the buurtteam: each of them hears of it.
    """
    held = Membership.objects.select_related("user", "school", "buurtteam")
    membership = held.get(pk=telling.about)
    for person in {*who_hears(telling.schools), membership.user}:
        with translation.override(person.language):
            text = render_to_string(
                "people/email/role.txt",
                {"membership": membership, "ended": ended, "site": settings.SITE_URL},
            )
            subject = _("Meldcode: a role was ended") if ended else _("Meldcode: a role was given")
            yield Letter(person, subject, text)


def _of_lately(telling: Telling) -> Iterator[Letter]:
    """Tell whose role hears of such changes which ones there were, in the weeks before.

    Roles, second factors that were reset, ways of signing in. Somebody whose role ends for a minute
    is told of what was done in that minute. Of a role that was given long before: since then too,
    for the letters of that time can be lost.
    """
    held = Membership.objects.select_related("user", "school")
    membership = held.get(pk=telling.about)
    is_over = membership.ends_on is not None and membership.ends_on < timezone.localdate()
    if membership.role not in TOLD or is_over or membership.ended_at is not None:
        return
    since = min(membership.given_at or timezone.now(), timezone.now()) - LATELY
    given = (
        Membership.objects.of_places([membership.school])
        .filter(Q(given_at__gt=since) | Q(ended_at__gt=since))
        .exclude(user=membership.user_id)
        .select_related("user", "school", "buurtteam")
        # Of more than a mail names, first those by which one changes the most, then sees the most.
        .order_by(
            Case(When(role__in=TOLD, then=0), When(role__in=CARE_TEAM, then=1), default=2), "-pk"
        )
    )
    # Of who worked here then, as whoever led was told: also where that role ended since.
    worked_here = Membership.objects.of_places([membership.school]).filter(
        Q(ended_at=None) | Q(ended_at__gte=F("user__factor_reset_at")),
        Q(given_at=None) | Q(given_at__lte=F("user__factor_reset_at")),
        starts_on__lte=F("user__factor_reset_at__date"),
        user__factor_reset_at__gt=since,
    )
    reset = User.objects.filter(pk__in=worked_here.values("user")).exclude(pk=membership.user_id)
    providers = IdentityProvider.objects.filter(
        Q(is_active=True) | Q(changed_at__gt=since), school=membership.school_id
    )
    told, were_reset = list(given[:MOST_TOLD]), list(reset.order_by("name", "pk")[:MOST_TOLD])
    if not (told or were_reset or providers.exists()):
        return
    with translation.override(membership.user.language):
        text = render_to_string(
            "people/email/lately.txt",
            {
                "school": membership.school,
                "given": told,
                "more": given.count() - len(told),
                "reset": were_reset,
                "more_reset": reset.count() - len(were_reset),
                "providers": providers,
                "since": since,
                "days": (timezone.now() - since).days,
                "site": settings.SITE_URL,
            },
        )
        yield Letter(membership.user, _("Meldcode: what was changed before you came"), text)


def _of_reset(telling: Telling) -> Iterator[Letter]:
    """Tell somebody that their second factor was taken away, and all schools that they reach."""
    person = User.objects.get(pk=telling.about)
    who = f"{person.name} ({person.email})"
    for told in {*who_hears(telling.schools), person}:
        with translation.override(told.language):
            text = render_to_string(
                "people/email/reset.txt", {"who": who, "site": settings.SITE_URL}
            )
            yield Letter(told, _("Meldcode: a second factor was reset"), text)


def who_hears(schools: Iterable[int]) -> "User.objects":
    """Return who hears of such changes at the schools, now and from some day on."""
    return User.objects.with_role_at(schools, TOLD, soon=True)


def _schools_of(membership: Membership) -> list[int]:
    if membership.school_id:
        return [membership.school_id]
    of_team = School.objects.filter(buurtteam=membership.buurtteam_id)
    return list(of_team.values_list("pk", flat=True))


def reached_by(person: User) -> list[int]:
    """Return the schools that somebody's account reaches now: their own, and their buurtteam's.

    Not by a role that begins some day: of whoever left, it would tell their old school.
    """
    held = Membership.objects.filter(user=person).in_force()
    of_team = School.objects.filter(buurtteam__in=held.values("buurtteam"))
    return [*held.values_list("school_id", flat=True), *of_team.values_list("pk", flat=True)]


def _of_sign_in(telling: Telling) -> Iterator[Letter]:
    """Tell whoever leads and looks after a school that people sign in otherwise from now on."""
    provider = IdentityProvider.objects.select_related("school").get(pk=telling.about)
    for told in who_hears(telling.schools):
        with translation.override(told.language):
            text = render_to_string(
                "sso/email/changed.txt", {"provider": provider, "site": settings.SITE_URL}
            )
            yield Letter(told, _("Meldcode: signing in at your school was changed"), text)


def _of_link(telling: Telling) -> Iterator[Letter]:
    """Tell somebody that their school account signs them in from now on.

    By the name that a school has for it where they work: others may trust the same one.
    """
    link = SocialAccount.objects.select_related("user").get(pk=telling.about)
    schools = Membership.objects.filter(user=link.user, ended_at__isnull=True).values("school")
    same = IdentityProvider.objects.filter(trust=link.provider, school__in=schools)
    provider = same.order_by("pk").first()
    with translation.override(link.user.language):
        name = provider.name if provider else _("your school")
        text = render_to_string(
            "sso/email/linked.txt", {"provider": name, "site": settings.SITE_URL}
        )
        yield Letter(link.user, _("Meldcode: your school account signs you in"), text)


def _of_own(telling: Telling) -> Iterator[Letter]:
    """Tell somebody that their password or second factor was changed: it may not be their doing."""
    person = User.objects.get(pk=telling.about)
    with translation.override(person.language):
        text = render_to_string("people/email/own.txt", {"site": settings.SITE_URL})
        yield Letter(person, _("Meldcode: how you sign in was changed"), text)


def _of_end(telling: Telling) -> Iterator[Letter]:
    return _of_role(telling, ended=True)


def _where_they_work(key: int) -> list[int]:
    return _schools_of(Membership.objects.get(pk=key))


# What whoever leads and looks after a school hears of → the schools.
HEARD_AT: dict[str, Callable[[int], list[int]]] = {
    What.GIVEN: _where_they_work,
    What.ENDED: _where_they_work,
    What.RESET: lambda key: reached_by(User.objects.get(pk=key)),
    What.SIGN_IN: lambda key: [IdentityProvider.objects.get(pk=key).school_id],
}
LETTERS: dict[str, Callable[[Telling], Iterator[Letter]]] = {
    What.GIVEN: _of_role,
    What.ENDED: _of_end,
    What.LATELY: _of_lately,
    What.RESET: _of_reset,
    What.SIGN_IN: _of_sign_in,
    What.LINKED: _of_link,
    What.OWN: _of_own,
}
