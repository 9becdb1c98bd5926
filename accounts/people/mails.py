"""The mails about roles: who was invited, and what was changed. No pupil, no case."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core import mail
from django.db.models import Case, F, Q, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.errors import MAIL_FAILED
from accounts.models import IdentityProvider, Membership, RoleInvitation, School, User
from accounts.roles import CARE_TEAM, Role

logger = logging.getLogger(__name__)

# Who hears of each change of a role at a school: so that no administrator raises a role in silence.
TOLD = (Role.SCHOOL_LEADER, Role.ADMINISTRATOR)
# How long ago a change can be of which somebody is told who begins to hear of such changes.
LATELY = timedelta(days=30)
# Roles named in one mail.
MOST_TOLD = 100


def send_invitation(invitation: RoleInvitation, secret: str) -> None:
    """Send the link with which the invited person comes in. A new school's people read Dutch."""
    link = settings.SITE_URL + reverse("people:open_invitation", args=[secret])
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(
            "people/email/invitation.txt", {"invitation": invitation, "link": link}
        )
        _send(_("Meldcode: you are invited"), text, invitation.email)


def tell_of_role(membership: Membership, *, ended: bool = False) -> None:
    """Tell the person, and whoever leads and looks after the school, of a role given or ended.

    A family worker's role is that of all schools of the buurtteam: each of them hears of it.
    """
    for person in {*who_hears(_schools_of(membership)), membership.user}:
        with translation.override(person.language):
            text = render_to_string(
                "people/email/role.txt",
                {"membership": membership, "ended": ended, "site": settings.SITE_URL},
            )
            subject = _("Meldcode: a role was ended") if ended else _("Meldcode: a role was given")
            _send(subject, text, person.email)


def tell_of_lately(membership: Membership) -> None:
    """Tell whose role hears of such changes which ones there were, in the weeks before.

    Roles, second factors that were reset, ways of signing in. Somebody whose role ends for a minute
    is told of what was done in that minute.
    """
    if membership.role not in TOLD:
        return
    since = timezone.now() - LATELY
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
                "days": LATELY.days,
                "site": settings.SITE_URL,
            },
        )
        _send(_("Meldcode: what was changed before you came"), text, membership.user.email)


def tell_of_reset(person: User) -> None:
    """Tell somebody that their second factor was taken away, and all schools that they reach."""
    for told in {*who_hears(_reached_by(person)), person}:
        with translation.override(told.language):
            text = render_to_string(
                "people/email/reset.txt", {"person": person, "site": settings.SITE_URL}
            )
            _send(_("Meldcode: a second factor was reset"), text, told.email)


def who_hears(schools: Iterable[int]) -> "User.objects":
    """Return who hears of such changes at the schools, now and from some day on."""
    return User.objects.with_role_at(schools, TOLD, soon=True)


def _schools_of(membership: Membership) -> list[int]:
    if membership.school_id:
        return [membership.school_id]
    of_team = School.objects.filter(buurtteam=membership.buurtteam_id)
    return list(of_team.values_list("pk", flat=True))


def _reached_by(person: User) -> list[int]:
    """Return the schools that somebody's account reaches now: their own, and their buurtteam's.

    Not by a role that begins some day: of whoever left, it would tell their old school.
    """
    held = Membership.objects.filter(user=person).in_force()
    of_team = School.objects.filter(buurtteam__in=held.values("buurtteam"))
    return [*held.values_list("school_id", flat=True), *of_team.values_list("pk", flat=True)]


def tell_of_sign_in(provider: IdentityProvider) -> None:
    """Tell whoever leads and looks after a school that people sign in otherwise from now on."""
    for told in who_hears([provider.school_id]):
        with translation.override(told.language):
            text = render_to_string(
                "sso/email/changed.txt", {"provider": provider, "site": settings.SITE_URL}
            )
            _send(_("Meldcode: signing in at your school was changed"), text, told.email)


def tell_of_link(person: User, provider: str) -> None:
    """Tell somebody that their school account signs them in from now on."""
    with translation.override(person.language):
        text = render_to_string(
            "sso/email/linked.txt", {"provider": provider, "site": settings.SITE_URL}
        )
        _send(_("Meldcode: your school account signs you in"), text, person.email)


def _send(subject: str, text: str, address: str) -> None:
    """Send one mail. A mail server that is away undoes nothing of what was done."""
    try:
        mail.send_mail(subject, text, None, [address])
    except MAIL_FAILED as error:
        logger.warning("A mail about a role could not be sent: %s", type(error).__name__)
