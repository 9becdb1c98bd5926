"""On which day those who are missing from a list of all pupils may have left: one rule for files
and for other systems."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

# Between one list and the next. From longer ago on it would be whoever sends a list who says that a
# dossier has been kept long enough; and what is due then tells who has a case.
LONGEST_AGO = timedelta(days=300)


def wrong_day(left_on: date | None, today: date) -> str:
    """Return what is wrong with the day, in words; empty: nothing."""
    if left_on is None:
        return _("Fill in the day on which they left.")
    if left_on > today:
        return _("This day is still to come.")
    if left_on < today - LONGEST_AGO:
        return _(
            "This is more than ten months ago. Choose a later day: then dossiers are kept longer, "
            "and not shorter."
        )
    return ""
