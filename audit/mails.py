"""The mail that there is something to look at. No name, no case, nothing of what was read."""

import logging

from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, Scope
from accounts.errors import MAIL_FAILED
from accounts.models import User
from audit.models import Flag

logger = logging.getLogger(__name__)


def tell_of_flag(flag: Flag, sent: dict[int, bool]) -> bool:
    """Mail whoever looks at a flag, once, each in their own language. False: some could not be
    sent, or nobody is there to look: whoever comes next is told.

    As things are now: a mail that waited can find somebody who is kept from all that it counts.
    ``sent``: who got a mail at this look, and whether it went. It says nothing of which flag: a
    stranger with wrong passwords for everybody of a school would fill mailboxes with it.
    """
    this, people = Flag.objects.filter(pk=flag.pk), watchers(flag)
    everybody = bool(people)
    for person in people:
        if person.pk in flag.told or not this.visible_to(person).exists():
            continue
        if person.pk not in sent:
            sent[person.pk] = _send(person)
        if sent[person.pk]:
            flag.told.append(person.pk)
            this.update(told=flag.told)
        else:
            everybody = False
    return everybody


def watchers(flag: Flag) -> list[User]:
    """Return who looks at a flag: never the person whom it is about."""
    permissions = [Permission.SEE_AUDIT]
    if flag.of_administrator:
        permissions.append(Permission.WATCH_ADMINISTRATORS)
    roles = {role for p in permissions for role in access.roles_at(p, Scope.SCHOOL)}
    return list(User.objects.with_role_at([flag.school_id], roles).exclude(pk=flag.user_id))


def _send(person: User) -> bool:
    with translation.override(person.language):
        text = render_to_string(
            "audit/email/flag.txt", {"link": settings.SITE_URL + reverse("audit:flags")}
        )
        try:
            mail.send_mail(_("Meldcode: something to look at"), text, None, [person.email])
        except MAIL_FAILED as error:
            logger.warning("A mail about a flag could not be sent: %s", type(error).__name__)
            return False
    return True
