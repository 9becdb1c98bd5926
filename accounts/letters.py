"""Texts in one way of writing their signs, at a cost that grows with their length and no faster.

Python sorts the marks behind a sign by insertion, in one call that lets no other thread run: forty
kilobytes of them kept a process for seconds. Unicode knows that (UAX #15, "Stream-Safe Text
Format"): no language writes more than thirty in a row.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

MOST_MARKS = 30


def normal(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """Return a text in a form of Unicode; of marks in a row it keeps thirty."""
    return unicodedata.normalize(form, few_marks(text))


def few_marks(text: str) -> str:
    """Return a text in which no more than thirty marks stand in a row: the rest is left out."""
    marks = "" if text.isascii() else "".join(sign for sign in set(text) if _is_mark(sign))
    if not marks:
        return text
    one = f"[{re.escape(marks)}]"
    return re.sub(f"({one}{{{MOST_MARKS}}}){one}+", r"\1", text)


@lru_cache(maxsize=4096)
def _is_mark(sign: str) -> bool:
    """Tell whether a sign stands upon the one before it, also where it is two that do."""
    return bool(unicodedata.combining(unicodedata.normalize("NFKD", sign)[0]))
