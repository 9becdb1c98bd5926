"""How a sealed envelope leaves: by mail, or to the devices of its reader."""

import json
import logging
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Protocol

import requests
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sso.fetch import GuardedSession
from cases.models import Channel, Envelope, Notification, PushSubscription
from cases.notifications.letters import letter
from cases.notifications.push import envelope as sealing
from cases.notifications.push import services
from cases.notifications.push.devices import devices_of

logger = logging.getLogger(__name__)

# Seconds for which a push service keeps it for a device that is off.
KEPT_FOR = 24 * 3600
GONE = (404, 410)
TOO_MANY, SERVER = 429, 500


class PushFault(OSError):
    """A push service that is away or has no time."""


class PushRefused(PushFault):
    """A push service that does not take what we send, for good."""


class Sender(Protocol):
    """What sends the envelopes of one channel, one after the other."""

    def send(self, envelope: Envelope, told: list[Notification]) -> bool:
        """Send, and tell whether the reader can be told this way at all. Raises when that fails."""

    def close(self) -> None:
        """Let go of the line; after a fault the next one is sent over a new one."""


class ByMail:
    """One mail for one envelope."""

    def __init__(self) -> None:
        self.connection = mail.get_connection()

    def send(self, envelope: Envelope, told: list[Notification]) -> bool:
        """Send the mail about some notifications. Raises ``OSError`` when the line fails."""
        letter(envelope.recipient, told, envelope, self.connection).send()
        return True

    def close(self) -> None:
        """Close the line to the mail server."""
        self.connection.close()
        self.connection = mail.get_connection()


class ByPush:
    """One message for each device of the reader: that something waits, and where the list is."""

    def __init__(self) -> None:
        self.session = GuardedSession()

    def send(self, envelope: Envelope, told: list[Notification]) -> bool:
        """Send to all devices; it went out when one of them took it. A device that is gone, goes.

        Raises ``PushFault`` when none took it and one may later.
        """
        if not services.is_offered():
            return False
        message = _message(envelope.recipient)
        faults, taken = [], 0
        for device in devices_of(envelope.recipient):
            try:
                taken += self._send(device, message)
            except PushFault as fault:
                faults.append(fault)
        if faults and not taken:
            # One that may take it later counts more than one that never will.
            raise next((f for f in faults if not isinstance(f, PushRefused)), faults[0])
        return taken > 0

    def _send(self, device: PushSubscription, message: bytes) -> bool:
        """Tell whether one device takes a message."""
        if not services.is_known(device.endpoint):  # the table became shorter
            device.delete()
            return False
        try:
            answer = self.session.post(
                device.endpoint,
                data=sealing.seal(
                    message, sealing.decoded(device.public_key), sealing.decoded(device.secret)
                ),
                headers=_headers(device.endpoint),
            )
        except requests.RequestException as error:
            raise PushFault(type(error).__name__) from error
        if answer.status_code in GONE:
            device.delete()
            return False
        if answer.ok:
            return True
        later = answer.status_code == TOO_MANY or answer.status_code >= SERVER
        raise (PushFault if later else PushRefused)(f"answer {answer.status_code}")

    def close(self) -> None:
        """Close the lines to the push services."""
        self.session.close()


def _message(person: User) -> bytes:
    """Return what a device shows: in the reader's language, and the same for everything."""
    with translation.override(person.language):
        title = _("Meldcode: something waits for you")
    return json.dumps({"title": title, "path": reverse("notifications:list")}).encode()


def _headers(endpoint: str) -> dict[str, str]:
    contact = f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
    key = sealing.private_key(settings.VAPID_PRIVATE_KEY)
    return {
        "Authorization": sealing.authorization(
            key, services.origin_of(endpoint), contact, timezone.now()
        ),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_FOR),
        # Of all alike: it stands beside what is sealed, for whoever runs the push service to read.
        "Urgency": "high",
        # Of several that a device has not fetched yet, the last takes the place of the others.
        "Topic": "meldcode",
    }


SENDERS: dict[str, type[Sender]] = {Channel.MAIL: ByMail, Channel.PUSH: ByPush}


def is_refused(error: Exception) -> bool:
    """Tell whether this very one cannot be sent, now or later; what refuses us all is the line."""
    if not isinstance(error, OSError):  # it could not even be written: so for each of its attempts
        return True
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, __ in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, PushRefused)
