"""Sending what stands in ``accounts.people.letters``, and invitations. No pupil, no case.

What was changed is written down with the change (``Telling``), and told until each heard of it:
else whoever waits until mail is away would do it in silence.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core import mail
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.errors import MAIL_FAILED
from accounts.models import RoleInvitation, Telling, User
from accounts.people.letters import HEARD_AT, LETTERS, What, who_hears
from accounts.signals import people_changed

logger = logging.getLogger(__name__)

# How long it is tried to tell somebody: a mailbox that takes nothing for so long is gone.
TRIED = timedelta(days=14)
# How long after a change it is tried again at the soonest: by then the page told it, or could not.
LATER = timedelta(minutes=5)


def send_invitation(invitation: RoleInvitation, secret: str) -> bool:
    """Send the link with which the invited person comes in, and tell whether it went.

    A new school's people read Dutch.
    """
    link = settings.SITE_URL + reverse("people:open_invitation", args=[secret])
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(
            "people/email/invitation.txt", {"invitation": invitation, "link": link}
        )
        return _send(_("Meldcode: you are invited"), text, invitation.email)


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


def _send(subject: str, text: str, address: str) -> bool:
    """Send one mail, and tell whether it went. A mail server that is away undoes nothing."""
    try:
        mail.send_mail(subject, text, None, [address])
    except MAIL_FAILED as error:
        logger.warning("A mail about a role could not be sent: %s", type(error).__name__)
        return False
    return True
