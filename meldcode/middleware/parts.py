"""How many parts of a form Django reads, and how much of the head of one is worked out."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import multipartparser
from django.http.multipartparser import MAX_TOTAL_HEADER_SIZE, InterBoundaryIter
from django.utils.http import parse_header_parameters

# Semicolons in one line of a head: a browser writes two, and a name of a file may hold some.
MOST_SEMICOLONS = 100
# Lines in the heads of a form, and semicolons, for each part that it may have: a field has one of
# either, a file two and three.
FOR_EACH_PART = 4
# Raw pieces before the first part and behind the last one, which Django counts as fields.
BESIDE_PARTS = 2
# A word whose name says that it is written in a code (RFC 2231): no browser writes one. What it
# says, the name of a file, may have such signs. Python takes "%27" for the sign as well.
IN_A_CODE = re.compile(r";[^=;*]*\*[^=;]*=[^;]*('|%27)")


def read_line(line: str) -> tuple[str, dict[str, str]]:
    """Return what a line of a head says, and what hangs on that.

    Raises ``ValueError`` for one that nobody sends: behind a quotation mark Python takes the square
    of its semicolons, and for a word in a code (punycode) that of its length. And where Python
    breaks on it, as on a continuation that is none: outside of Django nobody answers that.
    """
    if line.count(";") > MOST_SEMICOLONS or IN_A_CODE.search(line):
        raise ValueError
    try:
        return parse_header_parameters(line)
    except Exception as error:  # the reader is Python's, of mails: what it raises it does not say
        raise ValueError from error


class Parts(multipartparser.Parser):
    """The parts of a form, as many as it may have fields and files, with as much of a head.

    Django leaves what has no name out, and counts a file among that nowhere; and what stands in a
    head beside two or three lines it takes apart for nothing.
    """

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any], multipartparser.LazyStream]]:
        """Give one part after the other. Raises ``TooManyFieldsSent``."""
        parts = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + settings.DATA_UPLOAD_MAX_NUMBER_FILES
        left = [parts + BESIDE_PARTS, *(2 * [parts * FOR_EACH_PART])]
        for stream in InterBoundaryIter(self._stream, self._separator):
            lines, semicolons = _in_head(stream)
            left = [most - took for most, took in zip(left, (1, lines, semicolons), strict=True)]
            if min(left) < 0:
                raise TooManyFieldsSent
            yield multipartparser.parse_boundary_stream(stream, MAX_TOTAL_HEADER_SIZE)


def _in_head(stream: multipartparser.LazyStream) -> tuple[int, int]:
    """Return how many lines and semicolons the head of a part has, and leave it where it is."""
    start = stream.read(MAX_TOTAL_HEADER_SIZE)
    stream.unget(start)
    head = start.partition(b"\r\n\r\n")[0]
    return head.count(b"\r\n") + 1, head.count(b";")


def bound_parts() -> None:
    """Let Django read no more than that."""
    multipartparser.parse_header_parameters = read_line
    multipartparser.Parser = Parts
