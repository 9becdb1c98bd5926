"""How long what may take (protocol.md, "Periods").

Source [P]: usual practice in school protocols, where no other is named. Business days on the normal
path; hours, every day of the week, on the accelerated path ("same day" is eight hours).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Period:
    """One period: business days, the bound in business days, hours on the accelerated path."""

    code: str
    label: Promise
    days: int
    bound: int
    hours: int | None


# fmt: off
PERIODS: dict[str, Period] = {period.code: period for period in (
    #      code         what                                                 days bound hours
    Period("watchful",  _("look back at a single signal"),                    20,  40,   None),
    Period("ask",       _("from concern to consultation asked"),               5,  10,   2),
    Period("consult",   _("consultation held, outcome recorded"),             10,  15,   8),
    Period("invite",    _("buurtteam answers an invitation"),                  3,   5,   4),
    Period("talk",      _("conversation held or skipped"),                    10,  15,   24),
    Period("weigh",     _("severity weighed"),                                 5,  10,   8),
    Period("decide",    _("decided"),                                          5,  10,   8),
    Period("refer",     _("referral sent"),                                    3,   5,   8),
    Period("follow_up", _("first review of the help"),                        30,  60,   120),
)}
# fmt: on
