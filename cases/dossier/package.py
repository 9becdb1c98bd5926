"""A dossier as a sealed package for another school (``cases.transfer``)."""

from collections.abc import Callable

from django.utils import timezone, translation
from django.utils.translation import gettext

from cases.dossier.contents import Composer, Dossier, Entry, Shown
from cases.dossier.lines import moment
from cases.dossier.lock import unseal
from cases.dossier.pdf import make_pdf
from cases.transfer.contents import Chapter, Handed, Part, Passage, as_json
from cases.transfer.sealing import sealed


def make_package(dossier: Dossier, progress: Callable[[int], None]) -> bytes:
    """Return the zip: the paper, and the same lines for another program. Behind the password.

    Raises ``InvalidToken`` when there is no password: without one nothing leaves the house; and
    ``TooLarge`` for what the other school could not open.
    """
    password = unseal(dossier.export.sealed_password)
    contents = as_json(handed(dossier))
    return sealed(contents, make_pdf(dossier, progress), password)


def handed(dossier: Dossier) -> Handed:
    """Return what is handed over, in the language of whoever asked for it."""
    export, pupil = dossier.export, dossier.case.pupil
    with translation.override(export.requested_by.language):
        composer = Composer(dossier)
        chapters, reason = _chapters(composer), composer.cover()["reason"]
    return Handed(
        sender=dossier.case.school.name,
        number=export.name,
        made_at=timezone.localtime(dossier.made_at),
        reason=reason,
        given_name=pupil.given_name,
        family_name=pupil.family_name,
        birth_date=pupil.birth_date,
        chapters=chapters,
    )


def _chapters(composer: Composer) -> tuple[Chapter, ...]:
    """Return the parts in which something stands, and how the case was closed."""
    found = [
        Chapter(str(section.title), tuple(map(_part, section.entries)))
        for section in composer.sections()
        if section.entries
    ]
    case = composer.dossier.case
    if case.closed_at and (closing := composer.closing()) is not None:
        outcome = composer.cover()["outcome"]
        part = Part(outcome, moment(case.closed_at), "", tuple(map(_passage, closing)))
        found.append(Chapter(gettext("Closing"), (part,)))
    return tuple(found)


def _part(entry: Entry) -> Part:
    lines = tuple(map(_passage, entry.lines))
    return Part(str(entry.title), str(entry.meta), str(entry.severe), lines)


def _passage(line: Shown) -> Passage:
    """Return a line. What is drawn beside it says the same as its text."""
    return Passage(str(line.label), str(line.text), line.tone)
