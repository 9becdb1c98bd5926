"""THE table of what a token may do: one scope, one endpoint, and how often.

A token without a scope does nothing of it; there is no scope that reads out pupils or cases.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PUPILS_WRITE, SIGNALS_WRITE, CASES_COUNT = "pupils:write", "signals:write", "cases:count"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token may do. ``label``, ``explained``: in the words of the page.

    ``rates``: how often one token does it, as allauth writes rates; the first that is used up says
    how long one waits.
    """

    code: str
    label: Promise
    explained: Promise
    rates: tuple[str, ...]


# fmt: off
SCOPES: dict[str, Scope] = {scope.code: scope for scope in (
    Scope(PUPILS_WRITE, _("Send pupils and classes"),
          _("For the school's administration. It brings in the list of pupils by itself; it gets "
            "no list back."),
          ("10/m", "100/h")),
    Scope(SIGNALS_WRITE, _("Send signals"),
          _("For a system in which teachers write down what they see. Each signal stands in the "
            "name of a colleague, who is told of it; nothing of a pupil comes back."),
          ("30/m", "300/h")),
    Scope(CASES_COUNT, _("Ask how many cases there are"),
          _("For a page of figures. In fives, without small numbers, names or references."),
          ("10/m", "60/h")),
)}
# fmt: on

# Whatever it asks: of one address, with good tokens and with wrong ones.
OF_AN_ADDRESS = ("600/m",)
WRONG_OF_AN_ADDRESS = ("30/m", "300/h")
