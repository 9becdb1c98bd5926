"""The kinds of notifications, as a table. Each room declares its own; no other knows their words.

A kind says in a line what happened, without a name: that line is all that the list, a mail or a
telephone shows of it, with a reference and a link.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.models import User
from cases.models import Case, Contact, Notification
from cases.models.contact import last_year

# Which of some notifications the person may know of, or still has to hear: their primary keys.
Told = Callable[[User, Iterable[Notification]], set[int]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notification.

    ``said``: what happened, in a line. ``explained``: what a mail says of it beside that line.
    ``known_to``: of which the person may know now. ``waits``: of which they have to hear still, of
    those; what was done meanwhile needs no mail. ``place``: the path of the page to look at.
    ``reference``: what stands beside the line.
    """

    code: str
    said: Promise
    explained: Promise
    known_to: Told
    place: Callable[[Notification], str]
    reference: Callable[[Notification], str]
    waits: Told | None = None
    urgent: bool = False


KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Add the kinds of a room to the table."""
    KINDS.update((kind.code, kind) for kind in kinds)


def known(person: User, notifications: Iterable[Notification]) -> list[Notification]:
    """Return those of a person's notifications that they may know of now, in the same order."""
    return _chosen(person, notifications, lambda kind: kind.known_to)


def waiting(person: User, notifications: Iterable[Notification]) -> list[Notification]:
    """Return those that the person may know of and has to hear still, in the same order."""
    left = known(person, notifications)
    return _chosen(person, left, lambda kind: kind.waits)


def _chosen(
    person: User, notifications: Iterable[Notification], ask: Callable[[Kind], Told | None]
) -> list[Notification]:
    """Return those for which the kind says yes; a kind without an answer says yes to all."""
    notifications = list(notifications)
    yes: set[int] = set()
    for code in {one.kind for one in notifications}:
        of_kind = [one for one in notifications if one.kind == code]
        told = ask(KINDS[code])
        yes |= {one.pk for one in of_kind} if told is None else told(person, of_kind)
    return [one for one in notifications if one.pk in yes]


def of_cases(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about cases that the person may see."""
    ids = {one.case_id for one in notifications}
    seen = set(Case.objects.visible_to(person).filter(pk__in=ids).values_list("pk", flat=True))
    return {one.pk for one in notifications if one.case_id in seen}


def standing_still(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about cases that still wait for something."""
    ids = {one.case_id for one in notifications}
    still = Case.objects.filter(pk__in=ids, next_due__isnull=False)
    waits = set(still.values_list("pk", flat=True))
    return {one.pk for one in notifications if one.case_id in waits}


def of_contacts(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about contact books that the person looks after."""
    managed = {str(pk) for pk in access.school_ids(person, Permission.MANAGE_CONTACTS)}
    return {one.pk for one in notifications if one.about in managed}


def unchecked(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about contact books that nobody looked at since."""
    schools = {int(one.about) for one in notifications}
    old = Contact.objects.unchecked(last_year(timezone.localdate())).filter(school_id__in=schools)
    waits = {str(pk) for pk in old.values_list("school_id", flat=True)}
    return {one.pk for one in notifications if one.about in waits}


def case_page(notification: Notification) -> str:
    """Return the path of the case's page."""
    return reverse("cases:detail", args=[notification.case.reference])


def case_reference(notification: Notification) -> str:
    """Return the case's reference."""
    return notification.case.reference


def contacts_page(notification: Notification) -> str:
    """Return the path of the contact book."""
    return f"{reverse('cases:contacts')}?school={notification.about}"


REMINDER, EMERGENCY, SHUT_OUT, CONTACTS = "reminder", "emergency", "shut_out", "contacts"

declare(
    Kind(
        REMINDER,
        _("A case waits for a next step."),
        _("It is said again as long as a case stands still."),
        of_cases,
        case_page,
        case_reference,
        waits=standing_still,
    ),
    Kind(
        EMERGENCY,
        _("Somebody of another school of your board opened a case by emergency access."),
        _("Who, and why, stands in the case. Is this not right? Tell your school leader at once."),
        of_cases,
        case_page,
        case_reference,
        urgent=True,
    ),
    Kind(
        SHUT_OUT,
        _("In a case, a conflict of interest of a colleague was set or ended."),
        _("Who, and why, stands in the case. Is this not right? Tell your school leader at once."),
        of_cases,
        case_page,
        case_reference,
    ),
    Kind(
        CONTACTS,
        _("In the contact book of your school stand numbers that nobody checked for a year."),
        _("Call them once, and click on Checked today. This is asked at most once a month."),
        of_contacts,
        contacts_page,
        lambda notification: "",
        waits=unchecked,
    ),
)
