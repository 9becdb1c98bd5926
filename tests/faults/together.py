"""Something that goes on while a test does something else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tests.faults.servers import PATIENCE

Result = TypeVar("Result")


def meanwhile(call: Callable[[], Result]) -> Callable[[], Result]:
    """Begin a call that touches no database of this process; return what waits for its result."""
    threads = ThreadPoolExecutor(1)
    coming = threads.submit(call)
    threads.shutdown(wait=False)
    return lambda: coming.result(PATIENCE)
