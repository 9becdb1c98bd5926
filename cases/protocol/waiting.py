"""Waiting on purpose: how long a case may be put off, and when never.

How long stands in ``BESIDE["waiting"]``: business days on the normal path, whatever vacation the
school has, and hours on the accelerated one. Comply or explain does not hold here: who has a reason
to wait says so, and is reminded again; but nobody waits with a child that may be in danger.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from cases.protocol.facts import Facts


@dataclass(frozen=True, slots=True)
class PutOff:
    """That a case waits on purpose: since when, until when, and what was asked at that moment.

    ``asked``: the codes of the rules. When something else is asked, there is nothing to wait for.
    """

    since: datetime
    until: datetime
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Never:
    """When a case cannot be put off, whatever somebody's reason, and why."""

    holds: Callable[["Facts"], bool]
    why: Promise


NEVER: tuple[Never, ...] = (
    Never(lambda f: f.closed, _("This case is closed.")),
    Never(lambda f: f.about_staff, _("What is for the school board is not put off.")),
    Never(lambda f: f.acute_unanswered, _("There may be danger now. This is not put off.")),
    Never(
        lambda f: f.severe_unanswered,
        _("A severe signal waits for an answer. This is not put off."),
    ),
)


def why_never(facts: "Facts") -> Promise | None:
    """Return why a case cannot be put off now; None: it can."""
    return next((row.why for row in NEVER if row.holds(facts)), None)
