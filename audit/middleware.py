"""From where a request comes, for the log."""

from auditlog.middleware import AuditlogMiddleware
from django.conf import settings
from django.http import HttpRequest

from accounts.addresses import as_itself


def address_of(request: HttpRequest) -> str | None:
    """Return the address that a request came from; None when it is no address at all.

    ``X-Forwarded-For`` is believed for as many proxies of one's own as there are
    (``TRUSTED_PROXIES``) and no further: what stands left of them, anybody can write.
    """
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    told = passed[-trusted] if 0 < trusted <= len(passed) else ""
    address = told.strip() or request.META.get("REMOTE_ADDR", "")
    try:
        return as_itself(address)
    except ValueError:
        return None


class AuditMiddleware(AuditlogMiddleware):
    """Tells auditlog who asks and from where; auditlog's own believes any header."""

    @staticmethod
    def _get_remote_addr(request: HttpRequest) -> str | None:
        return address_of(request)

    @staticmethod
    def _get_remote_port(request: HttpRequest) -> None:
        """Say nothing: a port tells nothing that a school needs."""
