"""A worker that makes one paper after another holds no more than after the first ones."""

import ctypes
import gc
from pathlib import Path

from cases.dossier.press import on_paper

PAGE = "<!DOCTYPE html><html lang='nl'><title>Dossier</title><p>Ze zei dat het goed ging."
MANY = 100
# Bytes for each paper. Not one of these small ones needs that much to stay.
STAYS = 50_000


def held() -> int:
    """Return what this process holds for itself, in bytes, once free memory is given back."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) * 1024


def make_papers() -> None:
    for _ in range(MANY):
        on_paper(PAGE, lambda percent: None)


def test_papers_leave_nothing_behind():
    make_papers()
    before = held()
    make_papers()
    assert (held() - before) / MANY < STAYS
