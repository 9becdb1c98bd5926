"""What the help page shows of a school: its own list, or that of the house."""

from collections.abc import Sequence

from django.utils.functional import Promise

from accounts.models import School
from cases.help_page.defaults import DEFAULTS, Default
from cases.models import HelpItem


def sections(school: School | None) -> list[tuple[Promise, list[HelpItem | Default]]]:
    """Return the sections of the help page with their pieces, in one query."""
    own: Sequence[HelpItem | Default] = list(school.help_items.all()) if school else []
    return [
        (section.label, [one for one in own or DEFAULTS if one.section == section])
        for section in HelpItem.Section
    ]
