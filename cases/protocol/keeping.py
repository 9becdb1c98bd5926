"""How long what is kept: one table of kinds, with the rule, the bounds, and the source.

Years count from the day on which the pupil left the school. A school sets its own within the
bounds, with a reason where it keeps longer (docs/protocol.md, "Records, privacy, rights").
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.periods import RETENTION_BOUND_YEARS, RETENTION_YEARS

CASE, PUPIL = "case", "pupil"


@dataclass(frozen=True, slots=True)
class Keeping:
    """One kind of what is kept: years by the rule, the least and the most, and its source."""

    code: str
    name: Promise
    years: int
    least: int
    most: int
    source: str
    explained: Promise


# fmt: off
# What is destroyed by the yearly list, approved by two people.
KEPT: dict[str, Keeping] = {kind.code: kind for kind in (
    Keeping(CASE, _("The dossier of a case"),
            RETENTION_YEARS, 1, RETENTION_BOUND_YEARS, "[L][P]",
            _("Counts for cases that are closed from now on; what was set on closing stays."
              " A single case can be kept otherwise on closing, with a reason.")),
    Keeping(PUPIL, _("The name, birth date and class of a pupil without a case"),
            2, 1, 2, "[L]",
            _("Two years after leaving is the rule for pupil files. The school's own"
              " administration keeps its own.")),
)}
# fmt: on


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something that goes by itself, without the list: how long it stays, and what removes it."""

    name: Promise
    how_long: Promise
    removed_by: Promise


# fmt: off
# Each row is what the code does: a test holds the periods against it (test_destruction.py).
BY_ITSELF: tuple[Elsewhere, ...] = (
    Elsewhere(_("A draft that nobody sent"), _("14 days"),
              _("every day; one about a case goes with the case")),
    Elsewhere(_("The PDF of a dossier, a report or a year report"), _("7 days"),
              _("every two minutes; the line that it was made stays with the case")),
    Elsewhere(_("The dossiers of a school year in one file"), _("24 hours"),
              _("every two minutes; the line that it was made stays with the school")),
    Elsewhere(_("What was read of a list of pupils, until it is applied"), _("36 hours"),
              _("every two minutes")),
    Elsewhere(_("A message that was read"), _("a year"),
              _("every day; one that nobody read stays until the case goes")),
    Elsewhere(_("A mail that was sent"), _("60 days"), _("every day")),
    Elsewhere(_("A file that belongs to no case"), _("7 days"), _("every day")),
    Elsewhere(_("The list of background work"), _("14 days"),
              _("every day; it holds no name and no reference")),
    Elsewhere(_("A session"), _("until it ends"), _("every day")),
    Elsewhere(_("A signal that was found unfounded, a file that was withdrawn"),
              _("as long as its case"), _("goes with the case")),
    Elsewhere(_("Who saw and changed what (the audit)"), _("as the board decides"),
              _("by hand, by whoever runs Meldcode; it holds references, and the reasons that"
                " people typed")),
)
# fmt: on


def years_at(own: Mapping[str, int], code: str) -> int:
    """Return the years that hold at a school: its own, within the bounds, or the rule."""
    kind = KEPT[code]
    return max(kind.least, min(own.get(code, kind.years), kind.most))
