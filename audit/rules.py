"""The table of what is unusual: what counts, how many are too many, within which time."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.kinds import Kind

READING = (Kind.READ, Kind.EXPORTED, Kind.EMERGENCY)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Hours of the clock of settings.TIME_ZONE. A night belongs to the day on which it began.
NIGHT_FROM, NIGHT_UNTIL = 23, 6


@dataclass(frozen=True, slots=True)
class Rule:
    """More than ``over`` rows (or different cases) of these kinds within a time is unusual."""

    code: str
    says: Promise
    kinds: tuple[Kind, ...]
    over: int
    within: timedelta
    cases: bool = False
    # At night only, and not in a case in which the same person wrote something that night.
    at_night: bool = False
    # What happens once has a row in the trail of each school that it is about.
    in_each_trail: bool = False


# fmt: off
RULES = (
    #    code               what it says of somebody: "Anna opened more than ..."
    Rule("many_cases",      _("opened more than 25 different cases within an hour"),
         READING,                       over=25, within=HOUR, cases=True),
    Rule("at_night",        _("read between 23:00 and 6:00, without writing anything"),
         READING,                       over=0,  within=HOUR, cases=True, at_night=True),
    Rule("without_role",    _("asked for pages after the last role had ended"),
         (Kind.TURNED_AWAY,),           over=0,  within=DAY),
    Rule("wrong_reference", _("gave more than 3 wrong references at emergency access in a day"),
         (Kind.WRONG_REFERENCE,),       over=3,  within=DAY),
    Rule("failed_sign_in",  _("failed to sign in more than 10 times within an hour"),
         (Kind.SIGN_IN_FAILED, Kind.SECOND_FACTOR_FAILED), over=10, within=HOUR,
         in_each_trail=True),
)
# fmt: on
SAYS = {rule.code: rule.says for rule in RULES}
