"""The shared cache, which does not stand in the way when it is away.

It counts mistakes (rate limits) and holds what is used once; nobody could sign in without it. While
Redis is gone, silent or full, each process counts for itself: whoever guesses has a few more
guesses for as long, and is stopped all the same.
"""

import fcntl
import json
import logging
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# So long it is not asked again: a page that waits for it each time would take a minute (seconds).
LEFT_ALONE = 10


class JsonSerializer:
    """What is kept, as JSON: by Django's pickle whoever writes to Redis runs what they like."""

    def dumps(self, value: object) -> bytes:
        """Return what Redis keeps; numbers as it counts on with them."""
        return json.dumps(value).encode()

    def loads(self, kept: bytes) -> Any:
        """Return it again."""
        return json.loads(kept)


class FileCache(FileBasedCache):
    """Files; of several who add one thing at the same moment one does.

    Django looks whether there is one, and then writes it: a code that counts once counted twice.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Keep a value where there is none; return whether it is kept."""
        self._createdir()
        with open(Path(self._dir) / "adding", "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # until it is closed
            return super().add(*args, **kwargs)


def _or_alone(name: str) -> Callable[..., Any]:
    """Return the method of a cache that asks Redis, and while that is away this process."""
    shared = getattr(RedisCache, name)

    @wraps(shared)
    def method(self: "SteadyRedisCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._alone_until:
            try:
                return shared(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                self._alone_until = time.monotonic() + LEFT_ALONE
                logger.warning("The shared cache is away: %s", type(error).__name__)
        return getattr(self._own, name)(*args, **kwargs)

    return method


class SteadyRedisCache(RedisCache):
    """Redis; and while it is away, the memory of this process."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._alone_until = 0.0
        self._own = LocMemCache(f"instead of {server}", {**params, "OPTIONS": {}})

    add = _or_alone("add")
    get = _or_alone("get")
    set = _or_alone("set")
    touch = _or_alone("touch")
    delete = _or_alone("delete")
    has_key = _or_alone("has_key")
    incr = _or_alone("incr")
    get_many = _or_alone("get_many")
    set_many = _or_alone("set_many")
    delete_many = _or_alone("delete_many")
