"""The way into the queue, and what stands in it. Nothing is lost with it: the state of all work is
in the database, and beat asks again.
"""

import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import redis
from celery import current_app
from django.conf import settings

from background.limits import BY_TASK, HOUR

logger = logging.getLogger(__name__)

QUEUE = "celery"
# With less room than this on its disk, the embedded queue is nearly full (bytes).
ROOM = 20 * 1024 * 1024
# Seconds that a question to Redis may take.
PATIENCE = 2


@dataclass(frozen=True, slots=True)
class QueueState:
    """Whether work can be put in, what is wrong if not, and how much waits."""

    well: bool
    wrong: str = ""
    length: int = 0


def put(task: str, *args: str, **headers: object) -> bool:
    """Put a task into the queue by its name, and tell whether that went well. Never raises.

    By name: the web processes need not load what a worker does. It expires: by then beat asked for
    the same again, and a worker that comes back after a week finds one of each, not thousands.
    """
    job = BY_TASK.get(task)
    try:
        current_app.send_task(
            task,
            args=list(args),
            expires=job.waits_at_most if job else HOUR,
            headers=headers,
        )
    except Exception as error:  # what brokers raise has no base in common
        logger.warning("No queue for %s: %s", task, type(error).__name__)
        return False
    return True


def state() -> QueueState:
    """Ask the queue how it is."""
    try:
        if settings.REDIS_URL:
            return QueueState(well=True, length=_length_in_redis())
        return _state_of_folder(Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]))
    except (redis.RedisError, OSError) as error:
        return QueueState(well=False, wrong=type(error).__name__)


def _length_in_redis() -> int:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
    ) as client:
        return client.llen(QUEUE)


def _state_of_folder(folder: Path) -> QueueState:
    """Try it: root may write where the permissions say no, and a full disk says nothing at all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"." * 4096)
        probe.flush()
    length = sum(name.endswith(f".{QUEUE}.msg") for name in os.listdir(folder))
    if shutil.disk_usage(folder).free < ROOM:
        return QueueState(well=False, wrong="DiskFull", length=length)
    return QueueState(well=True, length=length)
