"""Every colour comes from a token, and every token reads well on its ground, in each theme."""

import re
from pathlib import Path

import pytest

from meldcode.design.colours import PAIRS, contrast, pairs_of, themes

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
# The two files that may name a colour.
TOKENS = {"tokens.css", "dark.css"}
COLOUR = re.compile(
    r":[^;{}]*(#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|color-mix)\(|\b(?:white|black|red)\b)"
)
THEMES = ("light", "dark", "light, more contrast", "dark, more contrast")


def test_contrast_is_what_wcag_says_it_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_all_that_stands_on_something_can_be_read(theme):
    pale = {(p.word, p.ground): round(p.contrast, 2) for p in pairs_of(theme) if not p.reads}
    assert pale == {}


def test_each_theme_has_a_colour_of_its_own_for_whatever_is_read():
    """Ink of one theme on the ground of another is how a dark page gets its black words."""
    light, dark = themes()["light"], themes()["dark"]
    read = {name for word, ground, __ in PAIRS for name in (word, ground)}
    assert {name for name in read if light[name] == dark[name]} <= {"on-severe"}


def test_no_stylesheet_but_the_tokens_names_a_colour():
    named = [
        (path.name, found[1])
        for path in CSS.glob("*.css")
        if path.name not in TOKENS
        for found in COLOUR.finditer(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S))
        if "white-space" not in found[0]
    ]
    assert named == []
