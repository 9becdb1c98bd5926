"""The colours of each theme, out of the stylesheets themselves, and how well one reads them.

Contrast is WCAG 2's: 4.5 for words (1.4.3), 3 for edges of controls and marks that say something
(1.4.11); whoever asks the device for more contrast gets 7 for words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.contrib.staticfiles import finders

TEXT, EDGE, MORE = 4.5, 3.0, 7.0
GROUNDS = ("paper", "surface", "surface-sunk")
ATTENTION = ("severe", "concern", "watchful", "good")

# What stands on what, and the contrast that it needs: by token, without the dashes.
PAIRS: tuple[tuple[str, str, float], ...] = (
    *(("ink", ground, TEXT) for ground in GROUNDS),
    *(("ink-soft", ground, TEXT) for ground in GROUNDS),
    *(("link", ground, TEXT) for ground in GROUNDS),
    *(("link-hover", ground, TEXT) for ground in GROUNDS),
    *(("brand", ground, TEXT) for ground in GROUNDS),
    *(("brand-dark", ground, TEXT) for ground in (*GROUNDS, "brand-tint")),
    *((word, "brand-tint", TEXT) for word in ("ink", "ink-soft", "link", "brand")),
    *(("on-brand", ground, TEXT) for ground in ("brand", "brand-dark")),
    *(("on-severe", ground, TEXT) for ground in ("severe-fill", "severe-fill-dark")),
    ("on-ribbon", "ribbon", TEXT),
    *((word, ground, TEXT) for word in ATTENTION for ground in GROUNDS),
    *((word, f"{word}-tint", TEXT) for word in ATTENTION),
    *(("ink", f"{word}-tint", TEXT) for word in ATTENTION),
    *(("link", f"{word}-tint", TEXT) for word in ATTENTION),
    *(("line-strong", ground, EDGE) for ground in ("paper", "surface")),
    *(("focus", ground, EDGE) for ground in GROUNDS),
)  # fmt: skip

TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b")
ROOT = re.compile(r":root\s*\{([^}]*)\}")
MORE_CONTRAST = "@media (prefers-contrast: more)"

Theme = dict[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One colour on another, and how it reads."""

    word: str
    ground: str
    needs: float
    contrast: float

    @property
    def reads(self) -> bool:
        """Tell whether there is as much contrast as it needs."""
        return self.contrast >= self.needs


@cache
def themes() -> dict[str, Theme]:
    """Return the colours of light and dark, and of both for whoever asks for more contrast."""
    light, more_light = _sheet("tokens.css")
    dark, more_dark = _sheet("dark.css")
    return {
        "light": light,
        "dark": {**light, **dark},
        "light, more contrast": {**light, **more_light},
        # As the browser reads them: dark.css comes after the whole of tokens.css.
        "dark, more contrast": {**light, **more_light, **dark, **more_dark},
    }


def pairs_of(theme: str) -> Iterator[Pair]:
    """Yield each pair of a theme with its contrast."""
    colours = themes()[theme]
    for word, ground, needs in PAIRS:
        asked = MORE if needs == TEXT and "more" in theme else needs
        yield Pair(word, ground, asked, contrast(colours[word], colours[ground]))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (``#rrggbb``), from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _sheet(name: str) -> tuple[Theme, Theme]:
    """Return the colours of a stylesheet: its own, and those for more contrast."""
    with open(finders.find(f"css/{name}"), encoding="utf-8") as file:
        plain, __, more = file.read().partition(MORE_CONTRAST)
    first, second = ROOT.search(plain), ROOT.search(more)
    return dict(TOKEN.findall(first[1])), dict(TOKEN.findall(second[1]))
