"""How a log line looks: what went wrong and where, and no word of what somebody wrote.

The text of an error can quote its data: PostgreSQL names the row that failed, a template the value
that it could not print. So a line holds the class of an error and the places in the code, no more.
An address of a page that failed stands in it, but for what opens something by itself.
"""

import copy
import json
import logging
import math
import re
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

# The names under which a JSON line says its parts, for whoever collects logs.
FIELDS = ("time", "level", "logger", "process", "message", "error")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

# Whoever has such an address comes in by it: of what follows these words no log knows anything.
# When the page fails, as while the database is away, it was not used yet.
SECRETS = re.compile(
    r"((?:/|%2F)(?:invitation|reset(?:/|%2F)key)(?:/|%2F)+)(?:(?!%2F)[^\s\"'/])+", re.IGNORECASE
)

# Letters of a message. An address is as long as a stranger likes.
LONGEST = 1_000

# Of the same line in one process: seconds between two, and how many lines are known again.
AWAY, AGAIN_AFTER, MOST_SAID = 503, 60, 100

# Who says of each request that was refused which kind it was: one line of a kind.
REFUSED = "django.security."
# And who says it of what is no request at all.
WORDS = re.compile("[A-Za-z ]*")
SERVER, PROVIDERS = "gunicorn.error", "accounts.sso"

# Celery prints these parts of a failed task into its line.
OF_A_TASK = ("exc", "traceback", "return_value", "args", "kwargs")


class LineFormatter(logging.Formatter):
    """One line, and the frames of an error without its text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the record itself stays as it is, for whoever else prints it."""
        return super().format(self._without_texts(record))

    def _without_texts(self, record: logging.LogRecord) -> logging.LogRecord:
        record = copy.copy(record)
        record.exc_text = None
        if record.exc_info and record.exc_info[0] and isinstance(record.args, dict):
            kind = record.exc_info[0].__name__
            record.args = record.args | {part: kind for part in OF_A_TASK if part in record.args}
        said = SECRETS.sub(r"\1…", record.getMessage())
        record.msg, record.args = said[:LONGEST] + "…" * (len(said) > LONGEST), None
        return record

    def formatException(self, ei: ExcInfo) -> str:
        """Return the frames of an error and of what led to it, with their classes alone."""
        lines, error, seen = [], ei[1], set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines += [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}\n"]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip()


class JsonFormatter(LineFormatter):
    """The same line as JSON (``LOG_FORMAT=json``), with the moment in UTC.

    Its parts are ``FIELDS`` and no others: what a library hangs on a record, as Celery does with a
    task's arguments, stays out. A library that writes JSON lines would write all of it.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; ``error`` holds the frames of an error, in a line that has one."""
        record = self._without_texts(record)
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


class Seldom(logging.Filter):
    """Lets through once a minute what anybody can have written as often as they like.

    That an address answers 503, where no error was met: health says so while a worker is away. And
    that a request was none that is read: too large, or of a thousand names. It pushes out what is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is written."""
        said, now = self._line_of(record), time.monotonic()
        if not said:
            return True
        if now - self._said.get(said, -math.inf) < AGAIN_AFTER:
            return False
        if len(self._said) >= MOST_SAID:
            self._said.clear()
        self._said[said] = now
        return True

    @staticmethod
    def _line_of(record: logging.LogRecord) -> str:
        """Return by what a line is known again; "": it is written each time."""
        if record.name.startswith(REFUSED):
            return record.name
        if record.levelno == logging.WARNING and record.name.startswith(PROVIDERS):
            # With what a stranger sent left out, and which of our providers it is left in.
            return str((record.msg, *record.args[:1]))
        if record.levelno == logging.WARNING and record.name.startswith(SERVER):
            # By its first words: what a stranger sent stands in the text by now.
            return WORDS.match(str(record.msg))[0]
        is_away = getattr(record, "status_code", None) == AWAY and not record.exc_info
        return record.getMessage() if is_away else ""


FORMATTERS = {
    "line": {
        "()": LineFormatter,
        "format": "{asctime} {levelname} {name} {message}",
        "style": "{",
    },
    "json": {"()": JsonFormatter},
}


def logging_of(form: str) -> dict[str, Any]:
    """Return how all of the program logs, in one of ``FORMATTERS``, for ``logging.config``.

    gunicorn's own lines go the same way (``gunicorn.conf.py``). Raises ``KeyError`` for another.
    """
    handler = {"class": "logging.StreamHandler", "formatter": "line", "filters": ["seldom"]}
    through = {"handlers": ["console"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        # An error's own text can quote what somebody wrote: only its class gets into a line.
        "formatters": {"line": FORMATTERS[form]},
        "filters": {"seldom": {"()": Seldom}},
        "handlers": {"console": handler},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Its warnings quote whole URLs with their query; what was searched for stays out.
            "django.request": {"level": "ERROR"},
            # And its warnings whole addresses, as often as a stranger sends a form that was no form
            # of ours: that is nobody's fault to look into, and pushes out what is.
            "django.security.csrf": {"level": "ERROR"},
            # And that whoever asks for the head of a page alone was given one with a body.
            "gunicorn.http.wsgi": {"level": "ERROR"},
            "auditlog": {"level": "WARNING"},
            # By the number of a passkey somebody is known again each time they sign in.
            "fido2": {"level": "WARNING"},
            # What it says of a document quotes the document.
            "weasyprint": {"level": "CRITICAL"},
            "gunicorn.error": through,
        },
    }
