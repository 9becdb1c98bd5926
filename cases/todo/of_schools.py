"""What a school asks of who looks after its people, its contact book and its trail; and papers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import access
from accounts.access import Permission
from accounts.models import RoleInvitation
from audit.models import Flag
from cases.models import Contact, DossierExport, PaperJob
from cases.models.contact import TRUSTED, last_year
from cases.todo.registry import Provider, Reader
from cases.todo.tasks import Asked, end_of

PAPER = _("A document that you asked for is being made.")
BUSY = (PaperJob.State.WAITING, PaperJob.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Heap:
    """Small things of one school that are looked at together: how many, and since when."""

    school_id: int
    count: int
    since: datetime


def _contacts(reader: Reader) -> QuerySet:
    """Return the contact books that the user looks after and that wait for the yearly look."""
    schools = access.school_ids(reader.user, Permission.MANAGE_CONTACTS)
    unchecked = Contact.objects.unchecked(last_year(timezone.localdate(reader.now)))
    return (
        unchecked.filter(school_id__in=schools)
        .order_by("school_id")
        .values_list("school_id")
        .annotate(count=Count("pk"), first=Min("checked_on"))
    )


def _unchecked(rows: list[tuple[int, int, date]], reader: Reader) -> list[Heap]:
    return [Heap(school, count, end_of(first + TRUSTED)) for school, count, first in rows]


def _flags(reader: Reader) -> QuerySet:
    """Return how much unusual reading waits for the user, by school; never what is about them."""
    return (
        Flag.objects.visible_to(reader.user)
        .standing()
        .order_by("school_id")
        .values_list("school_id")
        .annotate(count=Count("pk"), first=Min("raised_at"))
    )


def _raised(rows: list[tuple[int, int, datetime]], reader: Reader) -> list[Heap]:
    return [Heap(*row) for row in rows]


def _invited(reader: Reader) -> Iterable[RoleInvitation]:
    schools = access.school_ids(reader.user, Permission.MANAGE_PEOPLE)
    mine = RoleInvitation.objects.standing().filter(school_id__in=schools, invited_by=reader.user)
    return mine.order_by("expires_at")


def _busy_exports(reader: Reader) -> Iterable[DossierExport]:
    mine = DossierExport.objects.visible_to(reader.user).filter(state__in=BUSY)
    return mine.select_related("case").order_by("requested_at")


# fmt: off
TABLE: tuple[Provider, ...] = (
    Provider(
        "contacts", Asked.OF_ME, (Permission.MANAGE_CONTACTS,), rows=_contacts,
        prepare=_unchecked,
        text=lambda heap: ngettext_lazy(
            "Check %(count)s number of the contact book: nobody looked for a year.",
            "Check %(count)s numbers of the contact book: nobody looked for a year.",
            "count",
        ) % {"count": heap.count},
        action=_("To the contact book"), since=lambda heap: heap.since,
        url=lambda heap: f"{reverse('cases:contacts')}?school={heap.school_id}",
    ),
    Provider(
        "flags", Asked.OF_ME, (Permission.SEE_AUDIT, Permission.WATCH_ADMINISTRATORS),
        rows=_flags, prepare=_raised,
        text=_("There is unusual reading: look at it, and write down what you find."),
        action=_("To unusual reading"), since=lambda heap: heap.since,
        url=lambda heap: reverse("audit:flags"),
    ),
    Provider(
        "role_invitation", Asked.BY_ME, (Permission.MANAGE_PEOPLE,), rows=_invited,
        text=_("Somebody whom you invited to a role has not come yet. The invitation ends by "
               "itself."),
        action=_("To the people"), url=lambda invitation: reverse("people:people"),
        due=lambda invitation: invitation.expires_at,
        since=lambda invitation: invitation.invited_at,
        waits_for=lambda invitation: invitation.name,
    ),
    Provider(
        "export", Asked.BY_ME, (Permission.EXPORT_DOSSIER,), rows=_busy_exports,
        text=_("The dossier that you asked for is being made."), in_brief=PAPER,
        action=_("Look how far it is"),
        url=lambda job: reverse("cases:export", args=[job.public_id]),
        reference=lambda job: job.case.reference, since=lambda job: job.requested_at,
    ),
)
# fmt: on
