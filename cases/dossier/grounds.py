"""THE table of grounds on which a dossier goes to another school, and what must be told of each.

A dossier of a Meldcode case is no part of what one school must send the next. It goes with the
consent of whom it takes at the pupil's age (``cases.protocol.ages``), or without, where the safety
of the pupil asks for it and the school can account for that (AVG, article 6, paragraph 1 d and e;
article 9, paragraph 2 c; docs/protocol.md, "Records, privacy, rights").
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.ages import Party, consents

CONSENT, DUTY = "consent", "duty"


@dataclass(frozen=True, slots=True)
class GroundToHandOver:
    """One ground: its name, and what whoever chooses it reads."""

    code: str
    title: Promise
    says: Promise


GROUNDS_TO_HAND_OVER: dict[str, GroundToHandOver] = {
    ground.code: ground
    for ground in (
        GroundToHandOver(
            CONSENT,
            _("With consent"),
            _("Write down below who consented, when and how."),
        ),
        GroundToHandOver(
            DUTY,
            _("Without consent, because the safety of the pupil asks for it"),
            _(
                "Write down below what the danger is, why consent could not be asked or was "
                "refused, with whom you weighed it, and whether the family knows."
            ),
        ),
    )
}

WHOSE: dict[tuple[Party, ...], Promise] = {
    (Party.PARENTS,): _("At this age it takes the consent of the parents with authority."),
    (Party.PARENTS, Party.PUPIL): _(
        "At this age it takes the consent of the parents with authority and of the pupil."
    ),
    (Party.PUPIL,): _("At this age it takes the consent of the pupil alone."),
}
# Of who may not know how old the pupil is: all three.
ANY_AGE = _(
    "Under 12 it takes the consent of the parents with authority, from 12 to 16 that of the "
    "parents and the pupil, from 16 on that of the pupil alone."
)


def whose_consent(age: int | None, *, known: bool) -> Promise:
    """Return whose consent it takes, at an age in years; ``known``: to whoever reads it."""
    return WHOSE[consents(age)] if known and age is not None else ANY_AGE
