"""The yearly look at the contact book: who looks after it is asked, until somebody has looked."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership
from cases.models import Contact
from cases.models.contact import last_year
from cases.notifications.kinds import CONTACTS
from cases.notifications.telling import notify

# Asked again after this long, as long as nobody looked.
AGAIN = timedelta(days=30)
BATCH = 200


def remind(now: datetime) -> int:
    """Tell the people of all schools where it is time, and return how many. Twice: once.

    A school is asked about all that waits there at once, so that its people get one mail a month.
    """
    today = timezone.localdate(now)
    written = 0
    waiting = sorted(set(_due(today).values_list("school_id", flat=True)))
    for first in range(0, len(waiting), BATCH):
        written += _ask(waiting[first : first + BATCH], today)
    return written


def _due(today: date) -> "Contact.objects":
    """Return the entries about which somebody is to be asked now."""
    asked_long_ago = Q(reminded_on__isnull=True) | Q(reminded_on__lte=today - AGAIN)
    return Contact.objects.unchecked(last_year(today)).filter(asked_long_ago)


@transaction.atomic
def _ask(school_ids: list[int], today: date) -> int:
    due = _due(today).filter(school_id__in=school_ids)
    # Locked: a second sweep waits, and finds that they were asked about.
    held = due.select_for_update(of=("self",)).order_by("pk")
    schools = {contact.school_id for contact in held}
    managers: dict[int, set[int]] = defaultdict(set)
    roles = access.roles_at(Permission.MANAGE_CONTACTS, Scope.SCHOOL)
    members = Membership.objects.current(today).filter(school_id__in=schools, role__in=roles)
    for school_id, user_id in members.values_list("school_id", "user_id"):
        managers[school_id].add(user_id)
    told = sum(
        notify(CONTACTS, people, f"{school_id}-{today}", about=f"{school_id}")
        for school_id, people in sorted(managers.items())
    )
    # Where nobody looks after it today, whoever comes is asked tomorrow.
    asked = Contact.objects.unchecked(last_year(today)).filter(school_id__in=managers)
    asked.update(reminded_on=today)
    return told
