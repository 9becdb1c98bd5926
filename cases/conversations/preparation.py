"""The sheet with which one prepares a talk: what to do and to know, by the pupil's age.

One piece of advice, one row. Sources as in the table of rules (cases/protocol/rules.py). It ticks
nothing beforehand and keeps nothing: it is there to think with.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.ages import AgeGroup


class Part(StrEnum):
    """What a row is about; the sheet has them in this order."""

    BEFORE = "before"
    FIRST = "first"
    PRESENT = "present"
    CONSENT = "consent"
    WHY = "why"
    SAFETY = "safety"
    TIPS = "tips"
    AFTER = "after"


PARTS: dict[Part, Promise] = {
    Part.BEFORE: _("Before the talk"),
    Part.FIRST: _("With whom you talk first"),
    Part.PRESENT: _("Who is there"),
    Part.CONSENT: _("Whose consent it takes"),
    Part.WHY: _("What you say about why"),
    Part.SAFETY: _("So that it is safe"),
    Part.TIPS: _("In the talk itself"),
    Part.AFTER: _("Afterwards"),
}

# Where one can read on: home pages, which stay where they are.
LINKS: dict[str, tuple[str, str]] = {
    "nji": ("Nederlands Jeugdinstituut", "https://www.nji.nl/"),
    "augeo": ("Augeo", "https://www.augeo.nl/"),
    "veilig_thuis": ("Veilig Thuis", "https://veiligthuis.nl/"),
}

C, B, O = AgeGroup.CHILD, AgeGroup.BETWEEN, AgeGroup.OLDER  # noqa: E741
ALL = (C, B, O)


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of advice: of which part, at which ages, on whose word; ``link`` to read on."""

    part: Part
    ages: tuple[AgeGroup, ...]
    text: Promise
    source: str
    link: str = ""

    @property
    def read_on(self) -> tuple[str, str] | None:
        """Return name and address of where one can read on."""
        return LINKS.get(self.link)


# fmt: off
SHEET: tuple[Row, ...] = (
    # --- Before the talk ------------------------------------------------------------------------
    Row(Part.BEFORE, ALL,
        _("Somebody was consulted on it: the care team, an expert colleague, the family worker or "
          "Veilig Thuis."), "U"),
    Row(Part.BEFORE, ALL,
        _("Can a talk make it worse at home? Then first ask the buurtteam or Veilig Thuis."), "U"),
    Row(Part.BEFORE, ALL,
        _("Honour, forced marriage, being left abroad, genital mutilation? No talk with the "
          "parents before Veilig Thuis advised."), "B, H", "veilig_thuis"),
    Row(Part.BEFORE, ALL,
        _("I know which facts I bring: who saw or heard what, and when. My opinion stands apart."),
        "B, H"),
    Row(Part.BEFORE, ALL,
        _("It is agreed who holds the talk, and which colleague is near."), "U"),
    Row(Part.BEFORE, ALL,
        _("Another language? There is an interpreter. A child never translates for the parents."),
        "P"),
    # --- With whom first ------------------------------------------------------------------------
    Row(Part.FIRST, (C,),
        _("With the parents. Tell them concretely what was noticed, and ask how they see it."),
        "U, P"),
    Row(Part.FIRST, (C,),
        _("You may talk with the child, with care: short, at a quiet moment, by somebody the child "
          "trusts."), "U"),
    Row(Part.FIRST, (B,),
        _("With the pupil. After that with the parents."), "U, P"),
    Row(Part.FIRST, (O,),
        _("With the pupil. Then decide together how the parents are told, unless safety asks for "
          "something else."), "U, P"),
    # --- Who is there ---------------------------------------------------------------------------
    Row(Part.PRESENT, (C,),
        _("The child is not there when you talk with the parents, unless that helps the child. "
          "Tell the child afterwards what was said."), "P"),
    Row(Part.PRESENT, (B,),
        _("Ask the pupil whether they want to be there when you talk with the parents: preferably "
          "yes. With whom beside them?"), "U"),
    Row(Part.PRESENT, (O,),
        _("The pupil is there when you talk with the parents, or says that you may talk without "
          "them."), "U"),
    Row(Part.PRESENT, ALL,
        _("You are two: one talks, the other listens and writes."), "P"),
    # --- Whose consent --------------------------------------------------------------------------
    Row(Part.CONSENT, (C,),
        _("Help takes the consent of the parents: of all who have authority."), "L"),
    Row(Part.CONSENT, (B,),
        _("Help takes the consent of the pupil and of the parents: of all who have authority."),
        "L"),
    Row(Part.CONSENT, (O,),
        _("Help takes the consent of the pupil. The parents' consent is not needed."), "L"),
    Row(Part.CONSENT, (C,),
        _("A child has an opinion too: ask for it, and write it down."), "L"),
    Row(Part.CONSENT, ALL,
        _("Advice of Veilig Thuis takes nobody's consent. Nor does a report, where it is "
          "necessary."), "L", "veilig_thuis"),
    # --- What you say about why -----------------------------------------------------------------
    Row(Part.WHY, (C,),
        _("To the child: “I saw that …, and I would like to know how you are.” No blame, no "
          "names."), "P"),
    Row(Part.WHY, (B, O),
        _("To the pupil: what you saw, why you ask, and what you will tell the parents and what "
          "not."), "P"),
    Row(Part.WHY, ALL,
        _("To the parents: what you saw and heard, and that a school does this for every pupil "
          "about whom it is worried. The law asks it."), "B"),
    Row(Part.WHY, ALL,
        _("Do not promise to keep it secret. Promise to say first whom you will tell."), "P"),
    # --- So that it is safe ---------------------------------------------------------------------
    Row(Part.SAFETY, ALL,
        _("Who is near? Somebody of whom they are afraid cannot walk in, listen, or wait outside."),
        "P"),
    Row(Part.SAFETY, (B, O),
        _("Does somebody read their telephone? Agree how and when you can reach each other."), "P"),
    Row(Part.SAFETY, (C,),
        _("You know who fetches the child, and what happens when that is not safe."), "P"),
    Row(Part.SAFETY, ALL,
        _("Do they run away? It is agreed who goes after them and who calls. Not safe, or not "
          "found: 112."), "P"),
    Row(Part.SAFETY, ALL,
        _("Does somebody threaten? Stop the talk, sit near the door, fetch your colleague. Danger: "
          "112."), "P"),
    Row(Part.SAFETY, ALL,
        _("Before they go: is it safe to go home today? No: 112, or Veilig Thuis 0800-2000, day "
          "and night."), "U, P", "veilig_thuis"),
    # --- In the talk itself ---------------------------------------------------------------------
    Row(Part.TIPS, (C,),
        _("Sit as low as the child does, or draw or walk together. One short question at a time."),
        "P", "nji"),
    Row(Part.TIPS, (B, O),
        _("Let them choose where they sit and when it stops. Silence is allowed: wait."),
        "P", "augeo"),
    Row(Part.TIPS, ALL,
        _("Ask open: what happened, and then? Not why. Say their own words back to them."),
        "P", "augeo"),
    Row(Part.TIPS, ALL,
        _("You need not find out everything. Do not press for details: looking into it is for "
          "others."), "P", "veilig_thuis"),
    Row(Part.TIPS, ALL,
        _("With the parents, begin with what you share: you all want it to go well with their "
          "child. Ask what they need."), "P", "nji"),
    Row(Part.TIPS, ALL,
        _("Stay calm when you hear something bad. Thank them for telling, and say what happens "
          "next."), "P", "augeo"),
    # --- Afterwards -----------------------------------------------------------------------------
    Row(Part.AFTER, ALL,
        _("Write down the same day: the facts, how each of them reacted, what is left of the "
          "concern, whether they want help, what you agreed."), "U"),
    Row(Part.AFTER, ALL,
        _("You need somebody too. Tell a colleague how it was for you."), "P"),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A part of the sheet with its rows, as the page shows it."""

    code: Part
    name: Promise
    rows: tuple[Row, ...]


def sheet(group: AgeGroup) -> list[SheetPart]:
    """Return the sheet of an age, part by part."""
    return [
        SheetPart(part, name, tuple(row for row in SHEET if row.part is part and group in row.ages))
        for part, name in PARTS.items()
    ]
