"""What a pupil's age decides: who is spoken to first, and whose consent help takes.

Under 12 the parents with authority consent; from 12 to 16 they and the pupil; from 16 the pupil
alone (protocol.md, R17, R18 and "Records, privacy, rights"). [L][P]
"""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# From this age on a pupil is spoken to first, and consents beside the parents.
SPOKEN_TO_FIRST = 12
# From this age on a pupil consents alone.
CONSENTS_ALONE = 16


class Party(StrEnum):
    """Whose word counts. ``PARENTS``: those with authority, all of them."""

    PARENTS = "parents"
    PUPIL = "pupil"


class AgeGroup(StrEnum):
    """The three ages at which the same talk is another one."""

    CHILD = "child"
    BETWEEN = "between"
    OLDER = "older"


# fmt: off
# Group → its name, and whose consent help takes.
AGE_GROUPS: dict[AgeGroup, tuple[Promise, tuple[Party, ...]]] = {
    AgeGroup.CHILD:   (_("Under 12"),    (Party.PARENTS,)),
    AgeGroup.BETWEEN: (_("12 to 16"),    (Party.PARENTS, Party.PUPIL)),
    AgeGroup.OLDER:   (_("16 and over"), (Party.PUPIL,)),
}
# fmt: on
GIVEN = "given"


def age_group(age: int | None) -> AgeGroup:
    """Return the group of an age in whole years; unknown: the one that asks everybody."""
    if age is None:
        return AgeGroup.BETWEEN
    if age < SPOKEN_TO_FIRST:
        return AgeGroup.CHILD
    return AgeGroup.BETWEEN if age < CONSENTS_ALONE else AgeGroup.OLDER


def consents(age: int | None) -> tuple[Party, ...]:
    """Return whose consent help takes at an age."""
    return AGE_GROUPS[age_group(age)][1]


def consent_missing(age: int | None, said: Mapping[Party, str]) -> tuple[Party, ...]:
    """Return whose consent is missing, of those whom it takes; a part of it is not enough."""
    return tuple(party for party in consents(age) if said.get(party) != GIVEN)
