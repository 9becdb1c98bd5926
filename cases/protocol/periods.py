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

    ``hours`` None: the accelerated path knows no shorter one. ``rests``: it does not run while the
    school has vacation; what others do (buurtteam, Veilig Thuis, the board), and what was decided
    and waits to be sent, runs on. ``calendar``: days and bound are days of the calendar. A school
    may set a period between one day and its bound, where the two differ.
    """

    code: str
    label: Promise
    days: int
    bound: int
    hours: int | None
    rests: bool
    calendar: bool = False

    @property
    def adjustable(self) -> bool:
        """Tell whether a school may set it: what others promise by law or agreement is not ours."""
        return self.days < self.bound

    def in_days(self, own: Mapping[str, int]) -> int:
        """Return the days that hold at a school: its own, never beyond the bound, or the usual."""
        return max(1, min(own.get(self.code, self.days), self.bound))


# fmt: off
RESTS, RUNS = True, False

PERIODS: dict[str, Period] = {period.code: period for period in (
    #      code             what                                             days bnd hours vacation
    Period("watchful",      _("look back at a single signal"),                 20, 40, None, RESTS),
    Period("ask",           _("from concern to consultation asked"),           5,  10, 2,    RESTS),
    Period("consult",       _("consultation held, outcome recorded"),          10, 15, 8,    RESTS),
    Period("invite",        _("buurtteam answers an invitation"),              3,  5,  4,    RUNS),
    Period("talk",          _("conversation held or skipped"),                 10, 15, 24,   RESTS),
    Period("weigh",         _("severity weighed"),                             5,  10, 8,    RESTS),
    Period("decide",        _("decided"),                                      5,  10, 8,    RESTS),
    Period("walk",          _("whole walk, from concern to decision"),         30, 50, 72,   RESTS),
    Period("follow_up",     _("first review of the help"),                     30, 60, 120,  RESTS),
    Period("refer",         _("referral sent, and confirmed received"),        3,  5,  8,    RUNS),
    # Triage and investigation: [U][H]; the board, "at once" (R9): [L].
    Period("triage",        _("Veilig Thuis says what it does with a report"), 5,  5,  None, RUNS),
    Period("investigation", _("Veilig Thuis tells the outcome"),               70, 70, None, RUNS,
           calendar=True),  # ten weeks
    Period("look_back",     _("look back after closing"),                      60, 90, None, RESTS),
    Period("board",         _("the school board is told"),                     1,  1,  2,    RUNS),
)}

# What nobody has to do by a rule, and is reminded of all the same. Of "vacation": business days
# before its first day. Of "waiting": how long a case may be put off at most.
BESIDE: dict[str, Period] = {period.code: period for period in (
    Period("vacation", _("the vacation begins: hand over, or agree who watches"),
           -2, -2, None, RESTS),
    Period("waiting", _("waiting on purpose is over"), 10, 10, 24, RUNS),
)}
# fmt: on

# Years that a dossier is kept after the pupil left the school: the rule, and the bound. [L][P]
RETENTION_YEARS, RETENTION_BOUND_YEARS = 5, 20
