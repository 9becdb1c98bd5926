"""Who may ask what of a dossier, by age: one table (docs/protocol.md, "Records, privacy, rights").

It warns, with its source, and stops nobody: who answers a request may do otherwise and says why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.ages import CONSENTS_ALONE, SPOKEN_TO_FIRST

SEE, CORRECT, DESTROY, OBJECT = "see", "correct", "destroy", "object"
ALL = (SEE, CORRECT, DESTROY, OBJECT)
PARENT, PUPIL, FORMER, REPRESENTATIVE = "parent", "pupil", "former", "representative"

# Months within which a request is answered; and how many more, when that was told in time. [L]
MONTHS, LONGER = 1, 2


@dataclass(frozen=True, slots=True)
class Warned:
    """One row: what is asked, by whom, of a pupil of which age; and what to look at first.

    ``least`` and ``below``: the ages it is about, in whole years; of an unknown age it holds too.
    """

    kinds: tuple[str, ...]
    askers: tuple[str, ...]
    says: Promise
    source: str
    least: int = 0
    below: int = 200

    def holds(self, kind: str, asker: str, age: int | None) -> bool:
        """Tell whether it is about such a request."""
        return (
            kind in self.kinds
            and asker in self.askers
            and (age is None or self.least <= age < self.below)
        )


# fmt: off
TABLE: tuple[Warned, ...] = (
    Warned((SEE, CORRECT, OBJECT), (PARENT,),
           _("From 16 on the pupil decides. A parent needs the pupil's consent."),
           "[L][H]", least=CONSENTS_ALONE),
    Warned(ALL, (PARENT,),
           _("Look whether this parent has authority. One without it is told in outline only."),
           "[L]", below=CONSENTS_ALONE),
    Warned((SEE,), (PUPIL,),
           _("Under 12 the parents with authority ask, together with the pupil."),
           "[L][H]", below=SPOKEN_TO_FIRST),
    Warned((CORRECT, OBJECT), (PUPIL, FORMER),
           _("Under 16 the parents with authority ask for this."),
           "[L][H]", below=CONSENTS_ALONE),
    Warned((DESTROY,), (PARENT, REPRESENTATIVE),
           _("What is about (suspected) abuse is destroyed on the pupil's own request only, from 16"
             " on. You may refuse a parent in the child's interest."),
           "[H]"),
    Warned((DESTROY,), (PUPIL, FORMER),
           _("Under 16 nothing about (suspected) abuse is destroyed on request."),
           "[H]", below=CONSENTS_ALONE),
    Warned((DESTROY,), (PUPIL, FORMER),
           _("Look whether the pupil can judge their own interest: what is destroyed cannot help"
             " them later."),
           "[H]", least=CONSENTS_ALONE),
    Warned(ALL, (REPRESENTATIVE,),
           _("Ask for a written authorisation, and keep a note of it."),
           "[L]"),
)

# On which grounds a request may be refused, in whole or in part. [L][H]
GROUNDS: dict[str, Promise] = {
    "harm":       _("It would harm the child"),
    "others":     _("Another's privacy: it is about somebody else as well"),
    "informant":  _("Who told it may stay unnamed"),
    "not_theirs": _("Who asks may not ask this"),
    "identity":   _("It is not sure who asks"),
    "needed":     _("It must be kept: for help that runs, a court case or the law"),
    "facts":      _("It is an opinion of a professional, or it is right: a statement was added"),
    "other":      _("Another ground"),
}
# fmt: on


def warned(kind: str, asker: str, age: int | None) -> list[Warned]:
    """Return what to look at first at a request."""
    return [row for row in TABLE if row.holds(kind, asker, age)]


# To the family these are one, and of what is granted in part it stands there always: else a letter
# would tell by its ground that the child, or somebody else, told something, which the paper beside
# it leaves open.
IN_ONE = frozenset({"harm", "informant"})


def named(codes: Iterable[str]) -> list[str]:
    """Return grounds in words."""
    return [str(GROUNDS[code]) for code in codes if code in GROUNDS]


def told(codes: Sequence[str], *, in_part: bool) -> list[str]:
    """Return grounds as the family is told them. ``in_part``: a part was granted."""
    apart = named(code for code in codes if code not in IN_ONE)
    if in_part:
        return [
            str(_("Whether or not: the protection of the child, or of who told something")),
            *apart,
        ]
    joint = _("The protection of the child, or of who told something")
    return [str(joint), *apart] if IN_ONE & set(codes) else apart
