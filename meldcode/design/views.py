"""The living page of the design system."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission, requires
from meldcode.design import examples
from meldcode.design.colours import EDGE, pairs_of, themes

# The four themes, as the page calls them.
NAMES: dict[str, Promise] = {
    "light": _("light"),
    "dark": _("dark"),
    "light, more contrast": _("light, more contrast"),
    "dark, more contrast": _("dark, more contrast"),
}


@dataclass(frozen=True, slots=True)
class Swatch:
    """A pair of colours with how it reads in each theme, in the order of ``NAMES``."""

    word: str
    ground: str
    is_edge: bool
    contrasts: tuple[str, ...]


@requires(Permission.SEE_DESIGN)
def design(request: HttpRequest) -> HttpResponse:
    """Show every token and every part, filled with invented things."""
    now = timezone.now()
    return render(
        request,
        "design/design.html",
        {
            "swatches": list(_swatches()),
            "theme_names": NAMES.values(),
            "steps": examples.steps(),
            "guidance": examples.guidance(now),
            "entries": examples.timeline(now),
            "form": examples.form(),
            "said": examples.toasts(),
            "page": examples.page(),
            "busy": examples.job(now, "busy"),
            "ready": examples.job(now, "ready"),
            "failed": examples.job(now, "failed"),
            "in_two_hours": examples.period(now),
            "kept_days": 7,
            "now": now,
        },
    )


def _swatches() -> Iterator[Swatch]:
    for pairs in zip(*(pairs_of(theme) for theme in themes()), strict=True):
        first, contrasts = pairs[0], tuple(f"{pair.contrast:.1f}" for pair in pairs)
        yield Swatch(first.word, first.ground, first.needs == EDGE, contrasts)
