"""Where the pages of many things stand, for lists."""

from collections.abc import Iterable
from typing import TypeVar

from django.urls import reverse

Key = TypeVar("Key")


def addresses(name: str, keys: Iterable[Key]) -> dict[Key, str]:
    """Return the addresses of pages of one name, by what names each in its address.

    Asked once: forty times take as long as all that is said on forty cards.
    """
    keys = list(keys)
    if not keys:
        return {}
    of_one, first = reverse(name, args=[keys[0]]), str(keys[0])
    return {key: of_one.replace(first, str(key)) for key in keys}
