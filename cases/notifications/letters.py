"""What a mail says: what happened, references and links; no name, and no word of content."""

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Envelope, Notification
from cases.notifications.kinds import KINDS


def letter(
    person: User, told: list[Notification], envelope: Envelope, connection: object = None
) -> mail.EmailMessage:
    """Return the mail about some notifications, in the person's language.

    Its Message-ID is the envelope's: of one that is sent twice after a crash, one is shown.
    """
    with translation.override(person.language):
        body = render_to_string("email/notifications.txt", {"parts": parts(told)})
        subject = subject_of(told)
    host = settings.SITE_URL.rpartition("//")[2].partition(":")[0]
    return mail.EmailMessage(
        subject,
        body,
        to=[person.email],
        connection=connection,
        headers={
            "Message-ID": f"<{envelope.public_id}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def subject_of(told: list[Notification]) -> str:
    """Return the subject: what happened, where it is one thing."""
    kinds = {one.kind for one in told}
    if len(kinds) == 1:
        return f"Meldcode: {KINDS[kinds.pop()].said}".removesuffix(".")
    return _("Meldcode: %(count)s things wait for you") % {"count": len(told)}


def parts(told: Iterable[Notification]) -> list[dict]:
    """Return what a mail shows: per kind what is said, and each place to look at once."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(told, key=lambda one: (not one.urgent, one.pk)):
        kind = KINDS[one.kind]
        beside = found[one.kind][settings.SITE_URL + kind.place(one)]
        if kind.reference(one) not in ("", *beside):
            beside.append(kind.reference(one))
    return [
        {
            "said": KINDS[code].said,
            "explained": KINDS[code].explained,
            "links": [{"url": url, "references": beside} for url, beside in links.items()],
        }
        for code, links in found.items()
    ]
