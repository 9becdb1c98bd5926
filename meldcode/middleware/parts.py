"""How many parts of a form Django reads, and how long the head of one is worked out."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import multipartparser
from django.utils.http import parse_header_parameters

# Semicolons in one line of a head: a browser writes two, and a name of a file may hold some.
MOST_SEMICOLONS = 100
# Raw pieces before the first part and behind the last one, which Django counts as fields.
BESIDE_PARTS = 2


def read_line(line: str) -> tuple[str, dict[str, str]]:
    """Return what a line of a head says, and what hangs on that.

    Raises ``ValueError`` for one that nobody sends: behind a quotation mark Python takes the square
    of its semicolons, and a form of eight megabytes has eight thousand such lines. And where Python
    breaks on it, as on a continuation that is none: outside of Django nobody answers that.
    """
    if line.count(";") > MOST_SEMICOLONS:
        raise ValueError
    try:
        return parse_header_parameters(line)
    except Exception as error:  # the reader is Python's, of mails: what it raises it does not say
        raise ValueError from error


class Parts(multipartparser.Parser):
    """The parts of a form, as many as it may have fields and files.

    Django leaves what has no name out, and counts a file among that nowhere.
    """

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any], multipartparser.LazyStream]]:
        """Give one part after the other. Raises ``TooManyFieldsSent``."""
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + settings.DATA_UPLOAD_MAX_NUMBER_FILES
        for number, part in enumerate(super().__iter__(), start=1):
            if number > most + BESIDE_PARTS:
                raise TooManyFieldsSent
            yield part


def bound_parts() -> None:
    """Let Django read no more than that."""
    multipartparser.parse_header_parameters = read_line
    multipartparser.Parser = Parts
