"""Who told what stands in a signal: by any of its versions, for what follows from it stays.

Whose words they are is corrected away when the pupil, or a source, does not want it known; the
facts, how severe that is and what one makes of it stand there still, and say it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Categories that say that the pupil, or somebody else, told it (``signals.categories``).
TOLD_BY_PUPIL = frozenset({"told_child", "disclosure"})
TOLD_BY_OTHERS = frozenset({"told_others"})


def is_confided(signal: Any) -> bool:
    """Tell whether the pupil told what stands in a signal."""
    told = any(category.code in TOLD_BY_PUPIL for category in signal.categories.all())
    return bool(signal.child_words) or told


def is_from_source(signal: Any) -> bool:
    """Tell whether somebody else than the pupil told what stands in a signal."""
    told = any(category.code in TOLD_BY_OTHERS for category in signal.categories.all())
    return bool(signal.hearsay_from) or told


# To speak of it with the parents can put the pupil in danger: first Veilig Thuis is asked (R8).
HONOUR = "coercion"
# One knows it by what the pupil says, mostly.
FEAR_OF_HOME = "fear_home"


@dataclass(frozen=True, slots=True)
class Telling:
    """Who told it.

    ``came``: it is a dossier that came from another school. ``says``: it is of a kind that one
    knows by what the pupil says. ``honour``: it is of what nobody speaks of with the parents yet.
    """

    by_others: bool
    by_pupil: bool
    came: bool
    says: bool
    honour: bool


def telling_of(signal: Any) -> Telling:
    """Return who told it. Read once for each signal that a paper holds."""
    found = getattr(signal, "_telling", None)
    if found is None:
        found = signal._telling = _read(list(_versions(signal)), signal.case)
    return found


def _read(versions: list[Any], case: Any) -> Telling:
    received = {one.signal_key for one in case.receiveddossiers.all()}
    codes = {category.code for version in versions for category in version.categories.all()}
    return Telling(
        by_others=any(map(is_from_source, versions)),
        by_pupil=any(map(is_confided, versions)),
        came=any(version.idempotency_key in received for version in versions),
        says=FEAR_OF_HOME in codes,
        honour=HONOUR in codes,
    )


def _versions(signal: Any) -> Iterator[Any]:
    """Yield a signal, and what it corrects, back to the first."""
    yield signal
    if signal.corrects_id is None:  # as most are: nobody looks through a thousand others
        return
    known = {one.pk: one for one in signal.case.signals.all()}
    version = known.get(signal.corrects_id)
    while version is not None:
        yield version
        version = known.get(version.corrects_id)
