"""The mails about roles: who was invited, and what was changed. No pupil, no case.

What was changed is written down with the change (``Telling``), and told until each heard of it:
else whoever waits until mail is away would do it in silence.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from allauth.socialaccount.models import SocialAccount
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core import mail
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
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
# How long after a change it is tried again at the soonest: by then the page told it, or could not.
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


def tell(what: What, about: int, *, by: User | None = None, on: date | None = None) -> None:
    """Let people be told of something, in the transaction that does it: once it is done, or later.

    ``about``: the key of the membership, the person, the provider or the link. ``by``: who did it.
    ``on``: a day to come, on which it is told; of what is for whoever holds a role by then.
    Whoever leads and looks after the school has it in the application too: a mail can be lost, and
    the name or the address that stands in it can be such that nobody's mailbox takes it.
    """
    schools = HEARD_AT[what](about) if what in HEARD_AT else []
    made_at = timezone.now()
    if waits := on is not None and on > timezone.localdate():
        made_at = timezone.make_aware(datetime.combine(on, time()))
    telling = Telling.objects.create(
        what=what, about=about, schools=schools, made_at=made_at, next_try=made_at + LATER
    )
    ring(schools, key=str(telling.pk), by=by)
    if not waits:
        transaction.on_commit(lambda: _try(telling.pk, set(), patient=False))


def ring(schools: Iterable[int], *, key: str, by: User | None = None) -> None:
    """Let whoever leads and looks after the schools have it in the application."""
    for school in schools:
        people = set(who_hears([school]).values_list("pk", flat=True))
        people_changed.send(sender=Telling, people=people, school=school, by=by, key=key)


def tell_again(now: datetime) -> None:
    """Try to tell what could not be told at once, what waited longest first (by beat).

    Raises what one of them raised, once the others are told. An address that takes nothing now is
    asked once.
    """
    failed, away = None, set()
    due = Telling.objects.filter(next_try__lte=now).order_by("next_try", "pk")
    for key in due.values_list("pk", flat=True):
        try:
            _try(key, away, patient=True)
        except SoftTimeLimitExceeded:  # no fault of one of them
            raise
        except Exception as error:
            logger.error("A change is not told: %s", type(error).__name__)
            failed = failed or error
    if failed:
        raise failed


@contextmanager
def _in_hand(key: int) -> Iterator[Telling | None]:
    """Give a telling, if nobody else tells it now. SQLite is not held while mail is sent."""
    found = Telling.objects.filter(pk=key)
    if not connection.features.has_select_for_update_skip_locked:
        yield found.first()
        return
    with transaction.atomic():
        yield found.select_for_update(skip_locked=True).first()


def _try(key: int, away: set[str], *, patient: bool) -> None:
    """Tell whoever did not hear of it yet, and forget it once all did.

    ``away``: addresses that took nothing lately. Who is not ``patient`` stops at the first that
    takes nothing: somebody waits for the page, and a server of mail may answer none.
    """
    with _in_hand(key) as telling:
        if telling is None:
            return
        try:
            left = _tell_all(telling, away, patient=patient)
        except ObjectDoesNotExist:  # what it is about is gone
            left = False
        age = timezone.now() - telling.made_at
        if left and age <= TRIED:
            next_try = timezone.now() + max(LATER, age / 4)
            Telling.objects.filter(pk=key).update(told=telling.told, next_try=next_try)
        else:
            Telling.objects.filter(pk=key).delete()


def _tell_all(telling: Telling, away: set[str], *, patient: bool) -> bool:
    """Tell who did not hear of it; return whether somebody is left."""
    left = False
    # All written before one is sent: each is written in the language of its reader.
    for letter in list(LETTERS[telling.what](telling)):
        if letter.to.pk in telling.told or not letter.to.is_active:
            continue
        if letter.to.email not in away and _send(letter.subject, letter.text, letter.to.email):
            telling.told.append(letter.to.pk)
            continue
        away.add(letter.to.email)
        left = True
        if not patient:
            break
    return left


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


def _reached_by(person: User) -> list[int]:
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
    """Tell somebody that their school account signs them in from now on."""
    link = SocialAccount.objects.select_related("user").get(pk=telling.about)
    provider = IdentityProvider.objects.filter(trust=link.provider).order_by("pk").first()
    with translation.override(link.user.language):
        name = provider.name if provider else link.provider
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
    What.RESET: lambda key: _reached_by(User.objects.get(pk=key)),
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


def _send(subject: str, text: str, address: str) -> bool:
    """Send one mail, and tell whether it went. A mail server that is away undoes nothing."""
    try:
        mail.send_mail(subject, text, None, [address])
    except MAIL_FAILED as error:
        logger.warning("A mail about a role could not be sent: %s", type(error).__name__)
        return False
    return True
