"""Which cases somebody may know of. The audit knows no cases: the room that does tells it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Combinable

if TYPE_CHECKING:
    from accounts.models import User

# From a user to the references of cases, as a query that others can stand around.
References = Callable[["User"], QuerySet]

# The same, of those that are kept from a user since a moment of another query.
Since = Callable[["User", Combinable], QuerySet]

# The same, to the keys of records.
Keys = Callable[["User"], QuerySet]

_told: dict[str, References] = {}
_since: list[Since] = []
_hidden: dict[type[Model], Keys] = {}
_case: list[type[Model]] = []
_ways_of_reading: set[type[Model]] = set()
_by_reference: set[type[Model]] = set()
_following: set[type[Model]] = set()
_within: dict[type[Model], Callable[[Any], bool]] = {}
_own: dict[type[Model], Keys] = {}


def declare(
    case: type[Model],
    *,
    known_to: References,
    kept_from: References,
    kept_since: Since,
) -> None:
    """Say how to find what a user may see, and what a conflict of interest keeps from them."""
    _case[:] = [case]
    _told.update(known_to=known_to, kept_from=kept_from)
    _since[:] = [kept_since]


def declare_hidden(model: type[Model], kept_from: Keys) -> None:
    """Say how to find the records that stand under no case, and must not show themselves either."""
    _hidden[model] = kept_from


def declare_reading(*models: type[Model]) -> None:
    """Say of what rows are made by who reads, with a click: to make one is not to write.

    Each room says it of its own.
    """
    _ways_of_reading.update(models)


def declare_by_reference(*models: type[Model]) -> None:
    """Say which records somebody makes of a case who knows its reference and not whose it is."""
    _by_reference.update(models)


def declare_following(*models: type[Model]) -> None:
    """Say what changes of itself by what somebody does in a case, beside the case."""
    _following.update(models)


def declare_within(model: type[Model], is_within: Callable[[Any], bool]) -> None:
    """Say which records the trail of their case shows alone: by them one knows whose that is."""
    _within[model] = is_within


def declare_own(model: type[Model], keys: Keys) -> None:
    """Say how to find the records that somebody wrote or was asked for themselves.

    They know of these, whatever they are kept from: missing in their trail, they would tell that.
    """
    _own[model] = keys


def _number_of(model: type[Model]) -> int:
    """Return the number under which rows about a model stand; all of ours are asked for at once."""
    declared = (*_case, *_ways_of_reading, *_by_reference, *_hidden, *_following, *_own)
    return ContentType.objects.get_for_models(*declared)[model].pk


def type_of_cases() -> int:
    """Return the number under which rows about a case itself stand."""
    return _number_of(_case[0])


def types_that_follow() -> list[int]:
    """Return the numbers under which rows stand of what changes by what is done in a case."""
    return [_number_of(model) for model in (*_case, *_following)]


def types_of_reading() -> list[int]:
    """Return the numbers under which rows stand that are made where somebody reads."""
    return [_number_of(model) for model in _ways_of_reading]


def is_within(record: Model) -> bool:
    """Tell whether the trail of its case alone shows what is written down of a record."""
    found = _within.get(type(record))
    return found is not None and found(record)


def types_by_reference() -> list[int]:
    """Return the numbers under which rows stand of what is done by a reference alone."""
    return [_number_of(model) for model in _by_reference]


def known_to(user: "User") -> QuerySet:
    """Return the references of the cases that the user may see."""
    return _told["known_to"](user)


def kept_from(user: "User") -> QuerySet:
    """Return the references of the cases whose existence must not show itself to the user."""
    return _told["kept_from"](user)


def kept_since(user: "User", moment: Combinable) -> QuerySet:
    """Return the references of those of them that were not kept from the user at a moment yet."""
    return _since[0](user, moment)


def hidden_rows(user: "User") -> Q:
    """Return the condition on rows about records of which nothing may show itself to the user."""
    rows = Q(pk__in=())
    for model, kept in _hidden.items():
        rows |= Q(content_type=_number_of(model), object_id__in=kept(user))
    return rows


def own_rows(user: "User") -> Q:
    """Return the condition on rows about records that the user wrote, or was asked for."""
    rows = Q(pk__in=())
    for model, keys in _own.items():
        rows |= Q(content_type=_number_of(model), object_id__in=keys(user))
    return rows
