"""What a token looks like: made, known by its shape, and kept as a hash alone.

``meldcode_`` first, so that a scanner for secrets finds one that was put where it does not belong;
six signs of a checksum last, so that what is none is told apart without asking the database.
"""

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "meldcode_"
SIGNS = string.digits + string.ascii_letters
# 43 of 62 signs: 256 bits.
RANDOM, CHECK = 43, 6
SHAPE = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{RANDOM}}})([0-9A-Za-z]{{{CHECK}}})", re.ASCII)


def new() -> str:
    """Return a token that nobody guesses."""
    random = "".join(secrets.choice(SIGNS) for _ in range(RANDOM))
    return PREFIX + random + _check(random)


def is_one(text: str) -> bool:
    """Tell whether a text has the shape of a token of ours, checksum and all."""
    found = SHAPE.fullmatch(text)
    return found is not None and _check(found[1]) == found[2]


def hashed(token: str) -> str:
    """Return what the database keeps. Of 256 random bits nobody finds the way back: no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check(random: str) -> str:
    number, signs = zlib.crc32((PREFIX + random).encode()), ""
    for _ in range(CHECK):
        number, place = divmod(number, len(SIGNS))
        signs = SIGNS[place] + signs
    return signs
