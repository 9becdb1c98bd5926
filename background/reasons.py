"""Why work failed, in plain words, by the class of the error."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# fmt: off
REASONS: dict[str, Promise] = {
    "SoftTimeLimitExceeded":  _("It took too long and was stopped."),
    "TimeLimitExceeded":      _("It took too long and was stopped."),
    "WorkerLostError":        _("The program that did it stopped in the middle."),
    "MemoryError":            _("There was not enough memory."),
    "OperationalError":       _("The database did not answer."),
    "InterfaceError":         _("The database did not answer."),
    "IntegrityError":         _("The database refused it."),
    "ConnectionRefusedError": _("A server that it needs was not there."),
    "ConnectionResetError":   _("A server that it needs broke off."),
    "TimeoutError":           _("A server that it needs did not answer in time."),
    "SMTPServerDisconnected": _("The mail server broke off."),
    "SMTPAuthenticationError": _("The mail server does not know us."),
    "SMTPRecipientsRefused":  _("The mail server does not take this address."),
    "SMTPException":          _("The mail server refused it."),
    "PushFault":              _("The push service did not answer, or had no time."),
    "PushRefused":            _("The push service does not take this message."),
    "PermissionError":        _("The program may not write its files."),
    "FileNotFoundError":      _("A file that it needs is gone."),
    "OSError":                _("The disk or the network failed."),
    "PermissionDenied":       _("Whoever asked for it may not have it any more."),
    "WrittenSince":           _(
        "Something was written in the case since it was asked for: whoever asked reads that first."
    ),
}
# fmt: on
OTHER = _("Something went wrong in the program.")


def in_words(error: str) -> str:
    """Return why, for whoever looks after it; the class of the error stands beside it on screen."""
    return str(REASONS.get(error, OTHER)) if error else ""
