"""The mails about roles: who was invited, and what was changed. No pupil, no case."""

import logging

from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import MAIL_FAILED
from accounts.models import IdentityProvider, Membership, RoleInvitation, School, User
from accounts.roles import Role

logger = logging.getLogger(__name__)

# Who hears of each change of a role at a school: so that no administrator raises a role in silence.
TOLD = (Role.SCHOOL_LEADER, Role.ADMINISTRATOR)


def send_invitation(invitation: RoleInvitation, secret: str) -> None:
    """Send the link with which the invited person comes in. A new school's people read Dutch."""
    link = settings.SITE_URL + reverse("people:open_invitation", args=[secret])
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(
            "people/email/invitation.txt", {"invitation": invitation, "link": link}
        )
        _send(_("Meldcode: you are invited"), text, invitation.email)


def tell_of_role(membership: Membership, school: School, *, ended: bool = False) -> None:
    """Tell the person, and whoever leads and looks after the school, of a role given or ended.

    A family worker's role is that of all schools of the buurtteam: each of them hears of it.
    """
    of_team = School.objects.filter(buurtteam__isnull=False, buurtteam=membership.buurtteam_id)
    told = User.objects.with_role_at([school.pk, *of_team.values_list("pk", flat=True)], TOLD)
    for person in {*told, membership.user}:
        with translation.override(person.language):
            text = render_to_string(
                "people/email/role.txt",
                {"membership": membership, "ended": ended, "site": settings.SITE_URL},
            )
            subject = _("Meldcode: a role was ended") if ended else _("Meldcode: a role was given")
            _send(subject, text, person.email)


def tell_of_reset(person: User) -> None:
    """Tell somebody that their second factor was taken away, and all schools that they reach."""
    for told in {*User.objects.with_role_at(_reached_by(person), TOLD), person}:
        with translation.override(told.language):
            text = render_to_string(
                "people/email/reset.txt", {"person": person, "site": settings.SITE_URL}
            )
            _send(_("Meldcode: a second factor was reset"), text, told.email)


def _reached_by(person: User) -> list[int]:
    """Return the schools that somebody's account reaches: their own, and their buurtteam's."""
    held = Membership.objects.filter(user=person, ended_at__isnull=True)
    of_team = School.objects.filter(buurtteam__in=held.values("buurtteam"))
    return [*held.values_list("school_id", flat=True), *of_team.values_list("pk", flat=True)]


def tell_of_sign_in(provider: IdentityProvider) -> None:
    """Tell whoever leads and looks after a school that people sign in otherwise from now on."""
    for told in User.objects.with_role_at([provider.school_id], TOLD):
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
