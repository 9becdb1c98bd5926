"""Waking a worker by the name of its task: the state is in the database, and nothing is lost
when the queue is."""

from background import queue


def wake(task: str, *args: str) -> None:
    """Ask a worker to do what waits now. Without a queue it waits until beat asks for it."""
    queue.put(task, *args)
