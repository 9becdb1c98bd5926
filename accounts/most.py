"""How many of a kind there are at once: one table.

Far more than any school has. What is more comes from a script, and would make pages that colleagues
open, or work that goes through all schools, slow for everybody.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import ActionError

# What → how many stand at once, and what is said where one more is asked for.
MOST: dict[str, tuple[int, Promise]] = {
    # Of one school.
    "invitations": (500, _("Your school has %(most)s open invitations. Withdraw some first.")),
    "contacts": (500, _("Your school has %(most)s contacts. Remove what is not used first.")),
    "help_items": (200, _("Your help page has %(most)s pieces. Remove some first.")),
    "meetings": (100, _("Your school has %(most)s open meetings. Close or cancel some first.")),
    # Of one person in a day, at one school, whatever became of them: each is a mail of ours.
    "invitations_a_day": (
        500,
        _("You invited %(most)s times since yesterday. Wait until tomorrow."),
    ),
    # Of one school in a day, revoked or not: whoever comes to look after it is told of each.
    "tokens_a_day": (
        20,
        _("Your school made %(most)s tokens since yesterday. Wait until tomorrow."),
    ),
    # Of one person in a day: the same, of whoever comes to run cases.
    "conflicts_a_day": (
        25,
        _("You kept colleagues out %(most)s times since yesterday. Wait until tomorrow."),
    ),
    # Of one person in a day: the same, of whoever comes to lead.
    "years_a_day": (
        20,
        _("You asked for %(most)s school years since yesterday. Wait until tomorrow."),
    ),
    # Of one person in one case: each stands in the inbox of all whom it invites.
    "consultations": (
        20,
        _("You asked %(most)s open consultations in this case. Close some first."),
    ),
    # Of one person who takes letters: how many there are in all is not for everybody to know.
    "requests": (200, _("You registered %(most)s open requests. Answer some first.")),
}


def a_day_ago() -> datetime:
    """Return since when counts what is bound for a day."""
    return timezone.now() - timedelta(days=1)


def check_room(kind: str, standing: QuerySet) -> None:
    """Raise ``ActionError`` where as many stand as there may be."""
    most, said = MOST[kind]
    if standing.count() >= most:
        raise ActionError(said % {"most": most})
