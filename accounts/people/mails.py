"""The mails about roles: who was invited, and what was changed. No pupil, no case.

What was changed is written down with the change (``Telling``), and told until each heard of it:
else whoever waits until mail is away would do it in silence.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core import mail
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.errors import MAIL_FAILED
from accounts.models import (
    IdentityProvider,
    Membership,
    RoleInvitation,
    School,
    Telling,
    User,
)
from accounts.roles import CARE_TEAM, Role
from accounts.signals import people_changed

logger = logging.getLogger(__name__)

# Who hears of each change of a role at a school: so that no administrator raises a role in silence.
TOLD = (Role.SCHOOL_LEADER, Role.ADMINISTRATOR)
# How long ago a change can be of which somebody is told who begins to hear of such changes.
LATELY = timedelta(days=30)
# Roles named in one mail.
MOST_TOLD = 100
# How long it is tried to tell somebody: a mailbox that takes nothing for so long is gone.
TRIED = timedelta(days=14)
# How long after a change the worker looks whether it was told: by then the page did, or it failed.
LATER = timedelta(minutes=5)

What = Telling.What


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to somebody who is told."""

    to: User
    subject: str
    text: str


def send_invitation(invitation: RoleInvitation, secret: str) -> None:
    """Send the link with which the invited person comes in. A new school's people read Dutch."""
    link = settings.SITE_URL + reverse("people:open_invitation", args=[secret])
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(
            "people/email/invitation.txt", {"invitation": invitation, "link": link}
        )
        _send(_("Meldcode: you are invited"), text, invitation.email)


def tell(what: What, about: int, *, by: User | None = None) -> None:
    """Let people be told of something, in the transaction that does it: once it is done, or later.

    ``about``: the key of the membership, the person, the provider or the link. ``by``: who did it.
    Whoever leads and looks after the school has it in the application too: a mail can be lost, and
    the name or the address that stands in it can be such that nobody's mailbox takes it.
    """
    telling = Telling.objects.create(what=what, about=about)
    if what in HEARD_OF:
        ring(what, about, key=str(telling.pk), by=by)
    transaction.on_commit(lambda: _try(telling))


def ring(what: What, about: int, *, key: str, by: User | None = None) -> None:
    """Let whoever leads and looks after the school have it in the application alone."""
    people = set(who_hears(HEARD_OF[what](about)).values_list("pk", flat=True))
    people_changed.send(sender=Telling, people=people, by=by, key=key)


def tell_again(now: datetime) -> None:
    """Try to tell what could not be told at once (by beat)."""
    Telling.objects.filter(made_at__lt=now - TRIED).delete()
    for telling in Telling.objects.filter(made_at__lt=now - LATER).order_by("pk"):
        _try(telling)


def _try(telling: Telling) -> None:
    """Tell whoever did not hear of it yet, and forget it once all did."""
    left = True
    try:
        # All written before one is sent: each is written in the language of its reader.
        letters = list(LETTERS[telling.what](telling.about))
        left = sum(not _heard(telling, letter) for letter in letters) > 0
    except ObjectDoesNotExist:  # what it is about is gone
        left = False
    finally:  # also where the worker is stopped in the middle of it
        if left:
            telling.save(update_fields=["told"])
        else:
            telling.delete()


def _heard(telling: Telling, letter: Letter) -> bool:
    if letter.to.pk in telling.told:
        return True
    heard = _send(letter.subject, letter.text, letter.to.email)
    if heard:
        telling.told.append(letter.to.pk)
    return heard


def _of_role(key: int, *, ended: bool = False) -> Iterator[Letter]:
    """Tell the person, and whoever leads and looks after the school, of a role given or ended.

    A family worker's role is that of all schools of the buurtteam: each of them hears of it.
    """
    membership = Membership.objects.select_related("user", "school", "buurtteam").get(pk=key)
    for person in {*who_hears(_schools_of(membership)), membership.user}:
        with translation.override(person.language):
            text = render_to_string(
                "people/email/role.txt",
                {"membership": membership, "ended": ended, "site": settings.SITE_URL},
            )
            subject = _("Meldcode: a role was ended") if ended else _("Meldcode: a role was given")
            yield Letter(person, subject, text)


def _of_lately(key: int) -> Iterator[Letter]:
    """Tell whose role hears of such changes which ones there were, in the weeks before.

    Roles, second factors that were reset, ways of signing in. Somebody whose role ends for a minute
    is told of what was done in that minute.
    """
    membership = Membership.objects.select_related("user", "school").get(pk=key)
    if membership.role not in TOLD or membership.ended_at is not None:
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
        yield Letter(membership.user, _("Meldcode: what was changed before you came"), text)


def _of_reset(key: int) -> Iterator[Letter]:
    """Tell somebody that their second factor was taken away, and all schools that they reach."""
    person = User.objects.get(pk=key)
    for told in {*who_hears(_reached_by(person)), person}:
        with translation.override(told.language):
            text = render_to_string(
                "people/email/reset.txt", {"person": person, "site": settings.SITE_URL}
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


def _reached_by(person: User) -> list[int]:
    """Return the schools that somebody's account reaches now: their own, and their buurtteam's.

    Not by a role that begins some day: of whoever left, it would tell their old school.
    """
    held = Membership.objects.filter(user=person).in_force()
    of_team = School.objects.filter(buurtteam__in=held.values("buurtteam"))
    return [*held.values_list("school_id", flat=True), *of_team.values_list("pk", flat=True)]


def _of_sign_in(key: int) -> Iterator[Letter]:
    """Tell whoever leads and looks after a school that people sign in otherwise from now on."""
    provider = IdentityProvider.objects.select_related("school").get(pk=key)
    for told in who_hears([provider.school_id]):
        with translation.override(told.language):
            text = render_to_string(
                "sso/email/changed.txt", {"provider": provider, "site": settings.SITE_URL}
            )
            yield Letter(told, _("Meldcode: signing in at your school was changed"), text)


def _of_link(key: int) -> Iterator[Letter]:
    """Tell somebody that their school account signs them in from now on."""
    link = SocialAccount.objects.select_related("user").get(pk=key)
    provider = IdentityProvider.objects.filter(trust=link.provider).order_by("pk").first()
    with translation.override(link.user.language):
        name = provider.name if provider else link.provider
        text = render_to_string(
            "sso/email/linked.txt", {"provider": name, "site": settings.SITE_URL}
        )
        yield Letter(link.user, _("Meldcode: your school account signs you in"), text)


def _of_own(key: int) -> Iterator[Letter]:
    """Tell somebody that their password or second factor was changed: it may not be their doing."""
    person = User.objects.get(pk=key)
    with translation.override(person.language):
        text = render_to_string("people/email/own.txt", {"site": settings.SITE_URL})
        yield Letter(person, _("Meldcode: how you sign in was changed"), text)


def _of_end(key: int) -> Iterator[Letter]:
    return _of_role(key, ended=True)


def _where_they_work(key: int) -> list[int]:
    return _schools_of(Membership.objects.get(pk=key))


# What whoever leads and looks after a school hears of → the schools.
HEARD_OF: dict[str, Callable[[int], list[int]]] = {
    What.GIVEN: _where_they_work,
    What.ENDED: _where_they_work,
    What.RESET: lambda key: _reached_by(User.objects.get(pk=key)),
    What.SIGN_IN: lambda key: [IdentityProvider.objects.get(pk=key).school_id],
}
LETTERS: dict[str, Callable[[int], Iterator[Letter]]] = {
    What.GIVEN: _of_role,
    What.ENDED: _of_end,
    What.LATELY: _of_lately,
    What.RESET: _of_reset,
    What.SIGN_IN: _of_sign_in,
    What.LINKED: _of_link,
    What.OWN: _of_own,
}


def _send(subject: str, text: str, address: str) -> bool:
    """Send one mail, and tell whether it went. A mail server that is away undoes nothing."""
    try:
        mail.send_mail(subject, text, None, [address])
    except MAIL_FAILED as error:
        logger.warning("A mail about a role could not be sent: %s", type(error).__name__)
        return False
    return True
