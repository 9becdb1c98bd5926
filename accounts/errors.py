"""What an action raises when it cannot be done; the message is for the user."""

from email.errors import MessageError
from smtplib import SMTPException

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# An idempotency key belongs to one form of one person.
KEY_USED = _("This form was used before. Open it again and send it once more.")
CHANGED_MEANWHILE = _("Your account was changed meanwhile. Sign in once more.")


# What sending a mail can raise: the server is away, or an address cannot be written into a mail.
# Whoever has such an address keeps nobody else's mail waiting.
MAIL_FAILED = (SMTPException, OSError, MessageError, ValueError, LookupError)


class ActionError(Exception):
    """An action that cannot be done now. ``field`` names the form field concerned, if any."""

    def __init__(self, message: str | Promise, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field
