"""How a log line looks: what went wrong and where, and no word of what somebody wrote.

The text of an error can quote its data: PostgreSQL names the row that failed, a template the value
that it could not print. So a line holds the class of an error and the places in the code, no more.
"""

import copy
import logging
import traceback
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

# Celery prints these parts of a failed task into its line.
OF_A_TASK = ("exc", "traceback", "return_value", "args", "kwargs")


class LineFormatter(logging.Formatter):
    """One line, and the frames of an error without its text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the record itself stays as it is, for whoever else prints it."""
        record = copy.copy(record)
        record.exc_text = None
        if record.exc_info and record.exc_info[0] and isinstance(record.args, dict):
            kind = record.exc_info[0].__name__
            record.args = record.args | {part: kind for part in OF_A_TASK if part in record.args}
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:
        """Return the frames of an error and of what led to it, with their classes alone."""
        lines, error, seen = [], ei[1], set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines += [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}\n"]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip()
