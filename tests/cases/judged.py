"""What becomes of a file that somebody adds: kept, and how; or refused, and why."""

import io

import pytest

from cases.files.content import look_at
from cases.files.kinds import Refused


def kept(content: bytes):
    return look_at(io.BytesIO(content))


def bytes_of(content: bytes) -> bytes:
    return kept(content).file.read()


def why_not(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        kept(content)
    return str(refused.value)
