"""Telling people that they are invited: a mail with a reference and a link, and nothing else.

Not told is a state of the invitation, so that neither a broker nor a mail server that is away loses
anything: beat asks again, and whoever answered meanwhile needs no mail any more.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from accounts.errors import MAIL_FAILED
from accounts.models import User
from consultations.models import Invitation

logger = logging.getLogger(__name__)

# A week of trying: by then the address is wrong, not the line.
TRIED_FOR = timedelta(days=7)


def tell_invited(now: datetime) -> int:
    """Mail everybody who is invited and was not told, one mail a person; return how many."""
    untold = Invitation.objects.untold(since=now - TRIED_FOR)
    people = User.objects.filter(pk__in=untold.values("user_id")).order_by("pk")
    return sum(_tell(person, now) for person in people)


@transaction.atomic
def _tell(person: User, now: datetime) -> bool:
    """Mail one person. Locked meanwhile: no second worker tells them too."""
    waiting = list(
        Invitation.objects.of(person)
        .untold(since=now - TRIED_FOR)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("consultation")
    )
    if not waiting:
        return False
    try:
        _mail(person, waiting).send()
    except MAIL_FAILED as error:
        logger.warning("An invitation could not be sent: %s", type(error).__name__)
        return False
    for invitation in waiting:
        invitation.told_at = now
        invitation.save(update_fields=["told_at"])
    return True


def _mail(person: User, invitations: list[Invitation]) -> mail.EmailMessage:
    references = sorted(invitation.consultation.reference for invitation in invitations)
    with translation.override(person.language):
        subject = ngettext(
            "Meldcode: you are invited to think along",
            "Meldcode: you are invited to think along, %(count)s times",
            len(references),
        ) % {"count": len(references)}
        link = settings.SITE_URL + reverse("consultations:inbox")
        body = render_to_string("email/invited.txt", {"references": references, "link": link})
    host = settings.SITE_URL.rpartition("//")[2].partition(":")[0]
    # Of one mail that a crash sends twice, one arrives.
    identity = f"invited-{person.pk}-{max(invitation.pk for invitation in invitations)}"
    headers = {"Message-ID": f"<{identity}@{host}>", "Auto-Submitted": "auto-generated"}
    return mail.EmailMessage(subject, body, to=[person.email], headers=headers)
