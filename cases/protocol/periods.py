"""How long what may take (protocol.md, "Periods").

Source [P]: usual practice in school protocols, where no other is named. Business days on the normal
path; hours, every day of the week, on the accelerated path ("same day" is eight hours).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Period:
    """One period: business days, the bound in business days, hours on the accelerated path.

    ``hours`` None: the accelerated path knows no shorter one. ``calendar``: days and bound are days
    of the calendar. A school may set a period between one day and its bound, where the two differ.
    """

    code: str
    label: Promise
    days: int
    bound: int
    hours: int | None
    calendar: bool = False

    @property
    def adjustable(self) -> bool:
        """Tell whether a school may set it: what others promise by law or agreement is not ours."""
        return self.days < self.bound

    def in_days(self, own: Mapping[str, int]) -> int:
        """Return the days that hold at a school: its own, never beyond the bound, or the usual."""
        return max(1, min(own.get(self.code, self.days), self.bound))


# fmt: off
PERIODS: dict[str, Period] = {period.code: period for period in (
    #      code            what                                                days bound hours
    Period("watchful",      _("look back at a single signal"),                   20,  40,   None),
    Period("ask",           _("from concern to consultation asked"),              5,  10,   2),
    Period("consult",       _("consultation held, outcome recorded"),            10,  15,   8),
    Period("invite",        _("buurtteam answers an invitation"),                 3,   5,   4),
    Period("talk",          _("conversation held or skipped"),                   10,  15,   24),
    Period("weigh",         _("severity weighed"),                                5,  10,   8),
    Period("decide",        _("decided"),                                         5,  10,   8),
    Period("walk",          _("whole walk, from concern to decision"),           30,  50,   72),
    Period("follow_up",     _("first review of the help"),                       30,  60,   120),
    Period("refer",         _("referral sent, and confirmed received"),           3,   5,   8),
    # Triage and investigation: [U][H]; the board, "at once" (R9): [L].
    Period("triage",        _("Veilig Thuis says what it does with a report"),    5,   5,   None),
    Period("investigation", _("Veilig Thuis tells the outcome"),                 70,  70,   None,
           calendar=True),  # ten weeks
    Period("look_back",     _("look back after closing"),                        60,  90,   None),
    Period("board",         _("the school board is told"),                        1,   1,   2),
)}
# fmt: on

# Years that a dossier is kept after the pupil left the school: the rule, and the bound. [L][P]
RETENTION_YEARS, RETENTION_BOUND_YEARS = 5, 20
