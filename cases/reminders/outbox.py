"""Send what waits in the outbox: one mail a person, with references and links and nothing else."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.access import Permission
from accounts.errors import MAIL_FAILED
from accounts.models import User
from cases.models import Case, Contact, Notice, OutboxMessage
from cases.models.contact import last_year

logger = logging.getLogger(__name__)

# A week of trying every five minutes; by then the address is wrong, not the line.
GIVE_UP_AFTER = 2000


def deliver() -> int:
    """Send what waits and return how many mails went out. What fails waits for the next sweep."""
    waiting = OutboxMessage.objects.waiting(GIVE_UP_AFTER)
    people = User.objects.filter(pk__in=waiting.values("recipient_id")).order_by("pk")
    sent = 0
    connection = mail.get_connection()
    for person in people:
        sent += _deliver_to(person, connection)
    connection.close()
    return sent


@transaction.atomic
def _deliver_to(person: User, connection: object) -> bool:
    """Send one person what waits for them. Locked meanwhile: no second sweep sends it too."""
    waiting = list(
        OutboxMessage.objects.waiting(GIVE_UP_AFTER)
        .filter(recipient=person)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("reminder", "notice__case")
    )
    messages = OutboxMessage.objects.filter(pk__in=[m.pk for m in waiting])
    mails = _mails(person, waiting, connection)
    if not mails:  # done meanwhile, or no longer theirs to see
        messages.delete()
        return False
    try:
        for one in mails:
            one.send()
    except MAIL_FAILED as error:
        for message in waiting:
            message.attempts += 1
            message.last_error = type(error).__name__
        OutboxMessage.objects.bulk_update(waiting, ["attempts", "last_error"])
        logger.warning("A reminder could not be sent: %s", type(error).__name__)
        return False
    messages.update(sent_at=timezone.now())
    return True


def _mails(
    person: User, waiting: list[OutboxMessage], connection: object
) -> list[mail.EmailMessage]:
    """Return what a person is sent: one mail of each: reminders, notices, contact books."""
    found = []
    references = _references(person, {m.reminder.case_id for m in waiting if m.reminder})
    if references:
        found.append(reminder_mail(person, references, f"{waiting[0].pk}", connection))
    told = [m.notice for m in waiting if m.notice]
    seen = Case.objects.visible_to(person).filter(pk__in={notice.case_id for notice in told})
    visible = set(seen.values_list("pk", flat=True))
    notices = [notice for notice in told if notice.case_id in visible]
    if notices:
        found.append(notice_mail(person, notices, f"{waiting[0].pk}", connection))
    books = _books(person, {m.contacts_of_id for m in waiting if m.contacts_of_id})
    if books:
        found.append(contacts_mail(person, books, f"{waiting[0].pk}", connection))
    return found


def _books(person: User, school_ids: set[int]) -> list[int]:
    """Return the schools whose contacts the person looks after now, and that still wait for it."""
    managed = access.school_ids(person, Permission.MANAGE_CONTACTS)
    unchecked = Contact.objects.unchecked(last_year(timezone.localdate()))
    waiting = unchecked.filter(school_id__in=school_ids & set(managed))
    return sorted(set(waiting.values_list("school_id", flat=True)))


def contacts_mail(
    person: User, school_ids: list[int], identity: str, connection: object = None
) -> mail.EmailMessage:
    """Return the mail that a contact book waits for a look: links, and nothing of what is in it."""
    with translation.override(person.language):
        subject = _("Meldcode: look at your contact book")
        page = settings.SITE_URL + reverse("cases:contacts")
        links = [f"{page}?school={pk}" for pk in school_ids]
        body = render_to_string("email/contacts.txt", {"links": links})
    return _message(person, subject, body, f"contacts-{identity}", connection)


def notice_mail(
    person: User, notices: list[Notice], identity: str, connection: object = None
) -> mail.EmailMessage:
    """Return the mail about what happened in cases: references and links, no name, no content."""
    with translation.override(person.language):
        subject = _("Meldcode: something happened in a case")
        lines = [(n.kind, n.case.reference, _link(n.case.reference)) for n in notices]
        body = render_to_string("email/notice.txt", {"notices": lines})
    return _message(person, subject, body, f"notice-{identity}", connection)


def _link(reference: str) -> str:
    return settings.SITE_URL + reverse("cases:detail", args=[reference])


def _message(
    person: User, subject: str, body: str, identity: str, connection: object
) -> mail.EmailMessage:
    host = settings.SITE_URL.rpartition("//")[2].partition(":")[0]
    return mail.EmailMessage(
        subject,
        body,
        to=[person.email],
        connection=connection,
        headers={"Message-ID": f"<{identity}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _references(person: User, case_ids: Iterable[int]) -> list[str]:
    """Return the references of the cases that the person may see now and that still wait."""
    waiting = Case.objects.visible_to(person).filter(next_due__isnull=False)
    cases = waiting.filter(pk__in=case_ids)
    return list(cases.order_by("reference").values_list("reference", flat=True))


def reminder_mail(
    person: User, references: list[str], identity: str, connection: object = None
) -> mail.EmailMessage:
    """Return the mail: references and links, in the person's language; no name and no content.

    ``identity`` makes its Message-ID, so that a mail sent twice by a crash arrives as one.
    """
    with translation.override(person.language):
        subject = ngettext(
            "Meldcode: a case waits for you", "Meldcode: %(count)s cases wait for you",
            len(references),
        ) % {"count": len(references)}  # fmt: skip
        body = render_to_string(
            "email/reminder.txt",
            {"cases": [(ref, _link(ref)) for ref in references]},
        )
    return _message(person, subject, body, f"reminder-{identity}", connection)
