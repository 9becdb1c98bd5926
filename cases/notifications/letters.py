"""What a mail says: what happened, references and links; no name, and no word of content."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.models import Envelope, Notification, NotificationChoice
from cases.notifications.choosing import choice_of
from cases.notifications.kinds import KINDS
from cases.todo.registry import tasks_of
from cases.todo.tasks import Asked, Line, Task, in_mail

# Of each half; more than one reads in a mail: the page has them all.
TASKS_SHOWN = 20


def letter(
    person: User, told: list[Notification], envelope: Envelope, connection: object = None
) -> mail.EmailMultiAlternatives:
    """Return the mail about some notifications, as text and as HTML, in the person's language.

    Its Message-ID is the envelope's: of one that is sent twice after a crash, one is shown.
    """
    digest = is_digest(person, told)
    with translation.override(person.language):
        shown = parts(told)
        count = sum(len(part["links"]) for part in shown)
        subject = digest_subject(count) if digest else subject_of(shown, count)
        said = {
            "subject": subject,
            "language": person.language,
            "parts": shown,
            "tasks": tasks_in(person) if digest else [],
            "tasks_url": settings.SITE_URL + reverse("todo"),
            "settings_url": settings.SITE_URL + reverse("notifications:settings"),
        }
        text = render_to_string("email/notifications.txt", said)
        html = render_to_string("email/notifications.html", said)
    host = settings.SITE_URL.rpartition("//")[2].partition(":")[0]
    message = mail.EmailMultiAlternatives(
        subject,
        text,
        to=[person.email],
        connection=connection,
        headers={
            "Message-ID": f"<{envelope.public_id}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def is_digest(person: User, told: list[Notification]) -> bool:
    """Tell whether a mail is somebody's daily overview; what is urgent came before it."""
    daily = choice_of(person).mail == NotificationChoice.Mail.DIGEST
    return daily and not all(one.urgent for one in told)


class Half(NamedTuple):
    """Half of somebody's tasks, as a mail shows it: how many more there are than ``lines``."""

    title: str
    lines: list[Line]
    more: int


def tasks_in(person: User) -> list[Half]:
    """Return what is asked of somebody and by them, as a mail may say it: no name, no content."""
    now = timezone.now()
    titles = {Asked.OF_ME: _("Asked of me"), Asked.BY_ME: _("Asked by me")}
    found: dict[Asked, list[Task]] = {asked: [] for asked in titles}
    for task in tasks_of(person, now):
        found[task.asked].append(task)
    return [
        Half(titles[asked], in_mail(tasks[:TASKS_SHOWN], now), len(tasks[TASKS_SHOWN:]))
        for asked, tasks in found.items()
        if tasks
    ]


def digest_subject(count: int) -> str:
    """Return the subject of a daily overview."""
    said = ngettext(
        "Meldcode: your overview of today (%(count)s thing)",
        "Meldcode: your overview of today (%(count)s things)",
        count,
    )
    return said % {"count": count}


def subject_of(shown: list[dict], count: int) -> str:
    """Return the subject: what happened, where it is one thing."""
    if len(shown) == 1:
        return f"Meldcode: {shown[0]['said']}".removesuffix(".")
    return _("Meldcode: %(count)s things wait for you") % {"count": count}


def parts(told: Iterable[Notification]) -> list[dict]:
    """Return what a mail shows: per kind what is said, and each place to look at once."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    urgent: set[str] = set()
    for one in sorted(told, key=lambda one: (not one.urgent, one.pk)):
        kind = KINDS[one.kind]
        beside = found[one.kind][settings.SITE_URL + kind.place(one)]
        if one.urgent:
            urgent.add(one.kind)
        if kind.reference(one) not in ("", *beside):
            beside.append(kind.reference(one))
    return [
        {
            "said": KINDS[code].said,
            "explained": KINDS[code].explained,
            "urgent": code in urgent,
            "links": [{"url": url, "references": beside} for url, beside in links.items()],
        }
        for code, links in found.items()
    ]
