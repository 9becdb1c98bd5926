"""Which cases somebody may know of. The audit knows no cases: the room that does tells it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from accounts.models import User

# From a user to the references of cases, as a query that others can stand around.
References = Callable[["User"], QuerySet]

_told: dict[str, References] = {}
_case: list[type[Model]] = []
_ways_of_reading: list[type[Model]] = []


def declare(
    case: type[Model],
    *,
    known_to: References,
    kept_from: References,
    ways_of_reading: Iterable[type[Model]],
) -> None:
    """Say how to find what a user may see, and what a conflict of interest keeps from them.

    ``ways_of_reading``: of what rows are made where somebody reads: to make one is not to write.
    """
    _case[:] = [case]
    declare_reading(*ways_of_reading)
    _told.update(known_to=known_to, kept_from=kept_from)


def declare_reading(*models: type[Model]) -> None:
    """Say of what more rows are made where somebody reads; for rooms above that of the cases."""
    _ways_of_reading.extend(models)


def type_of_cases() -> int:
    """Return the number under which rows about a case itself stand."""
    return ContentType.objects.get_for_model(_case[0]).pk


def types_of_reading() -> list[int]:
    """Return the numbers under which rows stand that are made where somebody reads."""
    return [ContentType.objects.get_for_model(model).pk for model in _ways_of_reading]


def known_to(user: "User") -> QuerySet:
    """Return the references of the cases that the user may see."""
    return _told["known_to"](user)


def kept_from(user: "User") -> QuerySet:
    """Return the references of the cases whose existence must not show itself to the user."""
    return _told["kept_from"](user)
