"""A PDF of another house without its password: by a process of its own, with an end to it.

Whoever made a package can have put anything into its PDF: one of forty kilobytes kept a processor
at work for a minute, and took two gigabytes. What reads it gets so much of both, holds neither the
secrets nor the database of this program, and when it wants more it ends by itself, and nobody else.
This file is that process too (``python -I unlocking.py``): it knows pypdf, and nothing of ours.
"""

import subprocess
import sys
import threading
from pathlib import Path

# Of a paper of twenty megabytes with its files a fifth of a second, and a quarter of this memory.
SECONDS, MEMORY = 10, 400 * 1024 * 1024
# Of the clock: on a machine that is busy with other things.
LONGEST = 60
# In bytes, what it may say: as much as a PDF of ours may be.
LARGEST = 20 * 1024 * 1024

# One at a time in each process; who comes meanwhile is told so, and keeps no thread waiting.
_free = threading.Lock()


class NotUnlocked(Exception):
    """It is no PDF that this password opens, or it takes more than one may."""


class Busy(Exception):
    """Another one is looked at now."""


def unlocked(pdf: bytes, password: str) -> bytes:
    """Return a PDF without its password. Raises ``NotUnlocked`` or ``Busy``."""
    if not _free.acquire(blocking=False):
        raise Busy
    bounds = [str(bound) for bound in (SECONDS, MEMORY, LARGEST)]
    try:
        asked = subprocess.run(  # noqa: S603 - this very file, by this very Python
            [sys.executable, "-I", str(Path(__file__).resolve()), *bounds],
            # The password goes with it: arguments and environment others can read.
            input=password.encode() + b"\n" + pdf,
            capture_output=True,
            env={},
            timeout=LONGEST,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NotUnlocked from error
    finally:
        _free.release()
    return asked.stdout


def _main(seconds: int, memory: int, largest: int) -> None:
    import io
    import resource

    from pypdf import PdfReader, PdfWriter

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    password, __, pdf = sys.stdin.buffer.read().partition(b"\n")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf), password=password.decode()))
    made = io.BytesIO()
    writer.write(made)
    if made.tell() > largest:
        raise ValueError
    sys.stdout.buffer.write(made.getvalue())


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:]))
