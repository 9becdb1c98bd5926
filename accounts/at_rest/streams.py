"""A file as it lies on disk: encrypted in pieces, so that no file stands in memory as a whole.

A head (``MAGIC``, the name of the key, a salt of this file), then pieces of 64 KB, each encrypted
by AES-GCM with a key of this very file. The number of a piece, and whether it is the last one, are
what it is encrypted with once; the file's name and its head are proved with each. So a piece that
was changed, moved, left out, or is of another file is not read, nor a file that was cut off.
"""

import io
import os
import secrets
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.at_rest.keys import NAME_SIGNS, DataKey, Unreadable, reading

PURPOSE = "a file"
MAGIC = b"meldcode-file-1:"
SALT = 32
HEAD = len(MAGIC) + NAME_SIGNS + SALT
PIECE = 2**16
PROOF = 16
SEALED = PIECE + PROOF


def sealed(pieces: Iterable[bytes], name: str, key: DataKey) -> Iterator[bytes]:
    """Encrypt the content of a file, given in whatever pieces; ``name``: under which it is kept."""
    head = MAGIC + key.name.encode() + secrets.token_bytes(SALT)
    cipher = key.cipher(PURPOSE, head[-SALT:])
    proved = head + name.encode()
    yield head
    number, waiting = 0, bytearray()
    for piece in pieces:
        waiting += piece
        # The last piece is never empty, unless the file is: so one is kept back.
        while len(waiting) > PIECE:
            yield cipher.encrypt(_once(number, last=False), bytes(waiting[:PIECE]), proved)
            del waiting[:PIECE]
            number += 1
    yield cipher.encrypt(_once(number, last=True), bytes(waiting), proved)


def _once(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def key_of(file: IO[bytes]) -> str | None:
    """Return the name of the key with which a file was encrypted; None: it was not."""
    head = file.read(HEAD)
    file.seek(0)
    if not head.startswith(MAGIC):
        return None
    return head[len(MAGIC) : -SALT].decode("ascii", "replace")


def size_of(file: IO[bytes]) -> int:
    """Return how many bytes a file holds that lies encrypted."""
    return os.fstat(file.fileno()).st_size - HEAD - PROOF * _pieces(file)


def _pieces(file: IO[bytes]) -> int:
    return max(-(-(os.fstat(file.fileno()).st_size - HEAD) // SEALED), 1)


class Opened(io.RawIOBase):
    """A file that lies encrypted, as it was. Read in whatever order; no piece of it unproved.

    Raises ``Unreadable`` when no key opens it, or when it is not as it was written.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name = file, name
        head = file.read(HEAD)
        called = head[len(MAGIC) : -SALT].decode("ascii", "replace")
        key = reading().get(called)
        if key is None:
            raise Unreadable(f"No key of DATA_KEYS is called {called} ({name}).")
        self._cipher: AESGCM = key.cipher(PURPOSE, head[-SALT:])
        self._proved = head + name.encode()
        self._size, self._at = size_of(file), 0
        self._last = _pieces(file) - 1
        self._number, self._piece = -1, b""
        # What was cut off is told before anything of it is handed out.
        self._turn_to(self._last)

    def _turn_to(self, number: int) -> None:
        if number == self._number:
            return
        self._file.seek(HEAD + number * SEALED)
        there = self._file.read(SEALED)
        try:
            once = _once(number, last=number == self._last)
            self._piece = self._cipher.decrypt(once, there, self._proved)
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"{self._name} is not as it was written.") from error
        self._number = number

    def readinto(self, buffer: memoryview) -> int:
        """Read as much as the rest of a piece has."""
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, PIECE)
        self._turn_to(number)
        found = self._piece[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def tell(self) -> int:
        """Return where one is."""
        return self._at

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Close the file that lies there too."""
        if not self.closed:
            self._file.close()
        super().close()
