"""A text as it stands in the database: encrypted for its place, where there is a key.

``meldcode-1:NAME:…``: the name of the key, and in base64 a number that is used once, the text,
and the proof of both. The place (table and column) is part of the key: moved to another column it
is not read. How long a text is, can be seen.
"""

import base64
import re
import secrets

from cryptography.exceptions import InvalidTag

from accounts.at_rest.keys import DataKey, Unreadable, encrypting, reading

MARK = "meldcode-1:"
# What somebody typed that begins like ours, where nothing is encrypted: it is no ciphertext.
PLAIN = f"{MARK}plain:"
ONCE = 12  # bytes, as AES-GCM wants them
SHAPE = re.compile(rf"{MARK}([0-9a-f]{{8}}):([A-Za-z0-9+/]+={{0,2}})")


def beginning(key: DataKey) -> str:
    """Return how all texts begin that a key encrypted."""
    return f"{MARK}{key.name}:"


def shut(text: str, place: str) -> str:
    """Return a text as it stands in the database; nothing stays nothing."""
    key = encrypting()
    if key is None:
        return PLAIN + text if text.startswith(MARK) else text
    if not text:
        return text
    once = secrets.token_bytes(ONCE)
    sealed = key.cipher(place).encrypt(once, text.encode(), None)
    return beginning(key) + base64.b64encode(once + sealed).decode()


def opened(stored: str, place: str) -> str:
    """Return the text that stands in the database, encrypted or not.

    Raises ``Unreadable`` when no key opens it: nobody must write over what may still be read.
    """
    if not stored.startswith(MARK):
        return stored
    if stored.startswith(PLAIN):
        return stored.removeprefix(PLAIN)
    shape = SHAPE.fullmatch(stored)
    if shape is None:  # from before there was a mark
        return stored
    key = reading().get(shape[1])
    if key is None:
        raise Unreadable(f"No key of DATA_KEYS is called {shape[1]} ({place}).")
    try:
        raw = base64.b64decode(shape[2])
        return key.cipher(place).decrypt(raw[:ONCE], raw[ONCE:], None).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"What stands in {place} was changed, or belongs elsewhere.") from error
