"""What ``manage.py check`` says of the house: before it goes live, and of PostgreSQL.

``check --deploy``: the address by which people know it, to which mails link, and at which alone a
passkey counts. ``check --database default``, and ``migrate`` at each start: a statement holds what
somebody wrote, or looks for, and a row that is refused is quoted. Texts that lie encrypted are in
none; names, addresses, passwords' hashes and words that are looked for are.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.http.request import validate_host

# What PostgreSQL writes into its own log, and what of it keeps statements and rows out of there:
# the first is what we ask for. Only its superuser may change them, so the program cannot.
KEEPS_TEXTS_OUT = {
    "log_min_error_statement": ("panic",),
    "log_error_verbosity": ("terse",),
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
}
# Where to: files of columns hold the row that was refused, however terse the log is told to be.
DESTINATION = "log_destination"
TERSE_THERE = ("stderr", "syslog", "eventlog")


@register(Tags.security, deploy=True)
def check_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an address at which nobody finds this house."""
    site = urlsplit(settings.SITE_URL)
    is_found = site.hostname and validate_host(site.hostname, settings.ALLOWED_HOSTS)
    if is_found and (site.scheme == "https" or not settings.TLS):
        return []
    return [
        Error(
            f"SITE_URL is {settings.SITE_URL}, and people come here by another address.",
            hint="Write it as they do, such as https://meldcode.example, with its host among "
            "ALLOWED_HOSTS: mails link to it, and passkeys answer no other.",
            id="meldcode.E001",
        )
    ]


@register(Tags.database)
def check_log(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of a PostgreSQL that writes what people wrote into its own log."""
    return [warning for alias in databases or () for warning in _check_log_of(alias)]


def _check_log_of(alias: str) -> list[CheckMessage]:
    connection = connections[alias]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
            [[*KEEPS_TEXTS_OUT, DESTINATION]],
        )
        told = sorted((name, setting) for name, setting in cursor.fetchall())
    return [
        Warning(
            f"PostgreSQL writes what people wrote into its own log: {name} is {setting}.",
            hint=f"Let its superuser set {name} to {_asked_for(name)} "
            '(docs/operations.md, "What must be kept").',
            obj=alias,
            id="meldcode.W001",
        )
        for name, setting in told
        if not _keeps_texts_out(name, setting)
    ]


def _asked_for(name: str) -> str:
    return TERSE_THERE[0] if name == DESTINATION else KEEPS_TEXTS_OUT[name][0]


def _keeps_texts_out(name: str, setting: str) -> bool:
    if name == DESTINATION:
        places = {place.strip(' "').lower() for place in setting.split(",")} - {""}
        return places <= set(TERSE_THERE)
    return setting in KEEPS_TEXTS_OUT[name]
