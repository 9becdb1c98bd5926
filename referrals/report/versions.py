"""Two people in one draft: what each of them changed, so that nobody writes over the other."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

DIGEST_SIGNS = 12


def digest(text: str) -> str:
    """Return a mark of a text, whatever its line ends: the same only for the same words."""
    plain = text.replace("\r\n", "\n").strip()
    return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()[:DIGEST_SIGNS]


NOTHING = digest("")


def seen_of(texts: Mapping[str, str]) -> str:
    """Return what a page carries of the texts that it showed: a mark of each that said anything."""
    return json.dumps({code: digest(text) for code, text in texts.items() if text.strip()})


def read_seen(value: str) -> dict[str, str]:
    """Return the marks that a page carried; what is no such thing has shown nothing."""
    try:
        marks = json.loads(value or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(marks, dict):
        return {}
    return {code: mark for code, mark in marks.items() if isinstance(mark, str)}


@dataclass(frozen=True, slots=True)
class Merged:
    """What comes of two versions: ``texts``, and the fields that both changed otherwise.

    ``theirs``: the fields that only somebody else changed since; their text stands in ``texts``.
    """

    texts: dict[str, str]
    conflicts: tuple[str, ...]
    theirs: tuple[str, ...]


def merge(mine: Mapping[str, str], now: Mapping[str, str], seen: Mapping[str, str]) -> Merged:
    """Bring what was sent together with what stands there now.

    ``seen``: the marks of what the sender had before their eyes. Where both changed the same field,
    the sender's text stands in ``texts`` and the field among the conflicts.
    """
    texts, conflicts, theirs = dict(now), [], []
    for code, text in mine.items():
        before = seen.get(code, NOTHING)
        there = now.get(code, "")
        if digest(text) == digest(there):
            continue
        if digest(there) == before:
            texts[code] = text
        elif digest(text) == before:
            theirs.append(code)
        else:
            conflicts.append(code)
            texts[code] = text
    return Merged(texts, tuple(conflicts), tuple(theirs))
