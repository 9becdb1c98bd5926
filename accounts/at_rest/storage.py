"""Where files are kept: encrypted where there are keys, and read either way."""

import fcntl
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from accounts.at_rest.keys import DataKey, encrypting
from accounts.at_rest.streams import Opened, key_of, sealed, size_of


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Sealing(File):
    """A file that is encrypted while it is copied. It has no path: nobody moves it as it is."""

    def __init__(self, content: File, name: str, key: DataKey) -> None:
        super().__init__(None, name)
        self._content, self._key = content, key

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Encrypt what is read."""
        return sealed(self._content.chunks(chunk_size), self.name, self._key)


class SealedStorage(FileSystemStorage):
    """A folder of files that nobody reads who has only the disk. Files are written once.

    A path leads to the file as it lies there: read it by ``open`` alone.
    """

    def _save(self, name: str, content: File) -> str:
        key = encrypting()
        if key is None:
            return super()._save(name, content)
        saved = super()._save(name, _Sealing(content, name, key))
        if saved != name:  # taken meanwhile; it is encrypted for its name
            super().delete(saved)
            return self._save(self.get_available_name(name), content)
        return saved

    def _open(self, name: str, mode: str = "rb") -> File:
        file = super()._open(name, mode)
        if mode != "rb" or key_of(file) is None:
            return file
        try:
            return File(io.BufferedReader(Opened(file.file, self._kept_as(name))), name)
        except BaseException:
            file.close()
            raise

    def size(self, name: str) -> int:
        """Return how many bytes it holds, however it lies there."""
        with Path(self.path(name)).open("rb") as file:
            return super().size(name) if key_of(file) is None else size_of(file)

    def delete(self, name: str) -> None:
        """Delete a file, and not while it is being encrypted anew: it would be there again."""
        with self._held(name):
            super().delete(name)

    def key_name(self, name: str) -> str | None:
        """Return the name of the key with which a file was encrypted; None: it was not."""
        with Path(self.path(name)).open("rb") as file:
            return key_of(file)

    def renew(self, name: str) -> bool:
        """Let a file lie there as one would be kept now; tell whether it was there, and otherwise.

        Whoever reads it goes on. Raises ``Unreadable`` when no key opens it.
        """
        key = encrypting()
        with self._held(name) as there:
            if not there or self.key_name(name) == (key and key.name):
                return False
            path = Path(self.path(name))
            # What a process leaves that dies here is a file that no row names: it goes in time.
            beside = path.with_name(f".{path.name}.anew")
            try:
                self._write_anew(name, beside, key)
                shutil.copystat(path, beside)  # how old it is, says when it goes
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
            return True

    def _write_anew(self, name: str, beside: Path, key: DataKey | None) -> None:
        beside.unlink(missing_ok=True)
        with self.open(name) as content, open(beside, "xb", opener=_for_us_alone) as anew:
            pieces = content.chunks()
            anew.writelines(sealed(pieces, self._kept_as(name), key) if key else pieces)
            anew.flush()
            os.fsync(anew.fileno())

    @contextmanager
    def _held(self, name: str) -> Iterator[IO[bytes] | None]:
        """Hold a file against whoever deletes or encrypts it; None: it is not there any more."""
        path = Path(self.path(name))
        try:
            file = path.open("rb")
        except (FileNotFoundError, IsADirectoryError):
            yield None
            return
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            there = path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno()))
            if there or not path.exists():
                yield file if there else None
                return
        # Another file stands there by now: it was encrypted anew.
        with self._held(name) as again:
            yield again

    def _kept_as(self, name: str) -> str:
        return Path(self.path(name)).relative_to(self.location).as_posix()
