"""A worker says that it is there, so that what a dead one held is seen to be lost."""

import logging
import threading

from celery import signals
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from background.models import Worker

logger = logging.getLogger(__name__)

EVERY = 15  # seconds

_ends = threading.Event()


def arrives(sender: object, **kwargs: object) -> None:
    """A worker is ready. What one of its name held before is lost: it began anew."""
    _ends.clear()
    name = sender.hostname
    threading.Thread(target=_stay, args=(name,), name="presence", daemon=True).start()


def leaves(sender: object, **kwargs: object) -> None:
    """A worker goes in good order: nobody need wait until it is missed."""
    _ends.set()
    try:
        Worker.objects.filter(name=getattr(sender, "hostname", "")).delete()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("A worker could not say that it goes: %s", type(error).__name__)


def _stay(name: str) -> None:
    """Say so until the worker ends. No connection is kept open: processes are forked beside this.

    A database that is away for a while is no reason to fall silent for ever.
    """
    started = timezone.now()
    while True:
        try:
            Worker.objects.update_or_create(
                name=name, defaults={"started_at": started, "seen_at": timezone.now()}
            )
        except (DatabaseError, InterfaceError) as error:
            logger.warning("A worker could not say that it is there: %s", type(error).__name__)
        finally:
            connection.close()
        if _ends.wait(EVERY):
            break


def listen() -> None:
    """Follow the life of the worker that this process may be."""
    signals.worker_ready.connect(arrives, weak=False, dispatch_uid="background.arrives")
    signals.worker_shutdown.connect(leaves, weak=False, dispatch_uid="background.leaves")
