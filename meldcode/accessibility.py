"""The accessibility statement, by the Dutch model: what was examined, and what is not right yet.

What changes with each release stands in the tables here: the day, the status, how it was examined,
and each gap with its cause, its consequence, what one can do instead, and what we do about it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import PUBLIC, open_to


class Status(StrEnum):
    """The statuses of the model, from best to worst."""

    FULLY = "A"
    PARTLY = "B"
    FIRST_MEASURES = "C"
    NOT = "D"
    UNKNOWN = "E"


STATUS_SAYS: dict[Status, Promise] = {
    Status.FULLY: _("Meets all requirements"),
    Status.PARTLY: _("Meets the requirements in part"),
    Status.FIRST_MEASURES: _("First measures taken"),
    Status.NOT: _("Does not meet the requirements"),
    Status.UNKNOWN: _("Not examined yet"),
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A way to examine, and whether it was done."""

    how: Promise
    done: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """What does not meet a criterion of WCAG (its number), and what somebody can do meanwhile."""

    what: Promise
    criterion: str
    cause: Promise
    consequence: Promise
    instead: Promise
    measure: Promise


# fmt: off
# C: no outside expert examined the whole, which B and A ask for.
STATUS = Status.FIRST_MEASURES
DRAWN_UP = date(2026, 11, 26)
STANDARD = "EN 301 549 / WCAG 2.2 AA"

EXAMINED: tuple[Examined, ...] = (
    Examined(_("By machine: axe looks at each page that our tests open, at the width of a phone "
               "and of a desk. It finds a part of all mistakes, not all."), done=True),
    Examined(_("By ourselves: going through pages with the keyboard alone, enlarged, and without "
               "JavaScript."), done=True),
    Examined(_("By an expert from outside, by the method WCAG-EM."), done=False),
    Examined(_("With people who use a screen reader, magnification or speech every day."),
             done=False),
)

GAPS: tuple[Gap, ...] = (
    Gap(_("Files that colleagues add to a case"), "1.1.1, 1.3.1, 1.4.5",
        cause=_("They come from elsewhere: a scan or a photo of a letter holds no text."),
        consequence=_("A screen reader reads such a file in part, or not at all."),
        instead=_("The page says of each file what it is, and who added it. Ask them to read it to "
                  "you, or for another version."),
        measure=_("We cannot change the file: what was recorded stays as it is.")),
    Gap(_("The warning that your session ends, without JavaScript"), "2.2.1",
        cause=_("The warning comes while the page stands still, and that takes JavaScript."),
        consequence=_("Without JavaScript you hear only after sending that you were signed out."),
        instead=_("Sign in again: what you sent is kept and filled in."),
        measure=_("None: nobody may stay signed in on a screen that was left.")),
    Gap(_("PDFs that Meldcode makes"), "1.3.1",
        cause=_("Dossiers are made for PDF/UA, and our own checks look at that. No independent "
                "checker has looked at them, nor at the year report and the report to Veilig "
                "Thuis."),
        consequence=_("It can be that a screen reader reads something in the wrong order."),
        instead=_("Everything in a PDF stands on the pages of Meldcode too, for whoever may see "
                  "it."),
        measure=_("We have them examined with the rest of Meldcode.")),
)
# fmt: on


@open_to(PUBLIC)
def statement(request: HttpRequest) -> HttpResponse:
    """Show the statement, to whoever comes."""
    return render(
        request,
        "guide/accessibility.html",
        {
            "status": STATUS.value,
            "status_says": STATUS_SAYS[STATUS],
            "standard": STANDARD,
            "drawn_up": DRAWN_UP,
            "examined": EXAMINED,
            "gaps": GAPS,
            "contact": settings.ACCESSIBILITY_EMAIL,
        },
    )
