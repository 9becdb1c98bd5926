"""Every page of the table of URLs, by axe, in both themes and at both widths.

A page is opened once, in the one language or the other, as one of those who may see it (with
EVERYTHING set, four times): judged by all rules as it is opened, and every other page once more at
the other width in the other theme; by those that look at colours in both themes, and at the other
width in the one that is new there. A new URL is taken in by itself: what answers somebody with a
whole page of HTML is one.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from pprint import pformat
from zlib import crc32

import axe_playwright_python
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from tests.browser.conftest import SIZES
from tests.cases.records import NOW
from tests.conftest import sign_in
from tests.factories import CaseFactory
from tests.test_query_counts import busy, cases_of, records_of
from tests.test_role_matrix import EVERYBODY, MATRIX, POST_ONLY, PUBLIC, arguments
from tests.world import World

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Beside the standard: what makes a page easy to find one's way in.
ALSO = [
    "heading-order", "page-has-heading-one", "empty-heading", "landmark-one-main", "skip-link",
    "label-title-only", "accesskeys", "tabindex",
]  # fmt: skip
# What one can press or fill in has a name for who hears the page (the accessibility tree).
NAMED = {
    "button", "checkbox", "combobox", "link", "listbox", "menuitem", "option", "radio",
    "searchbox", "slider", "spinbutton", "switch", "tab", "textbox",
}  # fmt: skip
# A coordinator, teachers, a leader, family workers, an administrator, and nobody yet.
VISITORS = (
    "coordinator", "author", "leader", "joined", "administrator", "handed_over", "invited",
    "signed_out",
)  # fmt: skip
# What is another one in an address each time.
RANDOM = re.compile(r"[MSC]-[A-Z0-9]{6}|[0-9a-f-]{36}|\d+")
EVERYTHING = "EVERYTHING" in os.environ
# As wide as 1280 px are at 400% (WCAG 1.4.10).
NARROWEST = 320
# Of each way: fewer would say that pages were lost from sight, not that there are fewer.
AT_LEAST = 25
# In one question: each costs a tenth of a page.
JUDGE = """async ([tags, also, language]) => {
  const root = document.documentElement;
  const wide = root.scrollWidth - window.innerWidth;
  const found = await axe.run({
    runOnly: tags, resultTypes: ["violations"], elementRef: false,
    rules: Object.fromEntries(also.map((one) => [one, {enabled: true}])),
  });
  const said = (node) => [...node.any, ...node.all, ...node.none][0]?.message;
  const told = found.violations.map((one) => [
    one.id, one.nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${said(node)}`)]);
  if (root.lang !== language) told.push(`speaks ${root.lang}`);
  if (wide > 0) told.push(`${wide} px too wide`);
  return told;
}"""
# What the theme decides, in the theme that a page was not loaded in.
COLOURS = ["color-contrast", "link-in-text-block"]
JUDGE_COLOURS = """async (rules) => {
  const found = await axe.run({
    runOnly: {type: "rule", values: rules}, resultTypes: ["violations"], elementRef: false,
  });
  const said = (node) => `${node.target.join(" ")}: ${node.any[0]?.message}`;
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map(said)]);
}"""
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@dataclass(frozen=True)
class Way:
    """One of the ways in which pages are opened; they are looked at in the other ones too."""

    language: str
    theme: str
    size: str

    @property
    def settings(self) -> dict[str, object]:
        """Return what a browser is started with."""
        asked = {"color_scheme": self.theme, "reduced_motion": "reduce"}
        return {"viewport": SIZES[self.size], **asked}

    @property
    def other_theme(self) -> str:
        """Return the theme that a page is switched to."""
        return "dark" if self.theme == "light" else "light"

    @property
    def other_size(self) -> str:
        """Return the size that the window is given then."""
        return "desk" if self.size == "phone" else "phone"


WAYS = (
    Way("nl", "light", "phone"),
    Way("nl", "dark", "desk"),
    Way("en", "light", "desk"),
    Way("en", "dark", "phone"),
)


def full_world() -> World:
    """Return a world in which all pages show much."""
    world = World()
    cases_of(world.school, 2)
    records_of(world.case, 2)
    busy(world.consultation)
    ended = {"closed_at": NOW, "outcome": "cleared", "closing_grounds": "Een val."}
    CaseFactory(pupil=world.pupil, **ended)
    return world


def candidates(world: World) -> list[tuple[str, list[str], bool]]:
    """Return the path of what may be a page, with all visitors to whom it may answer with one.

    And whether it is open to the whole world: that sends some of it on, so each is asked then; all
    others get the same kind of thing.
    """
    found = [("/nowhere/", ["coordinator", "signed_out"], False)]
    for name in sorted(set(MATRIX) - POST_ONLY):
        public = MATRIX[name] is PUBLIC
        allowed = (*EVERYBODY, "signed_out") if public else MATRIX[name]
        path = reverse(name, args=arguments(name, world))
        found.append((path, [who for who in VISITORS if who in allowed] or [*allowed[:1]], public))
    return found


def pages(
    some: Iterable[tuple[str, list[str], bool]], browsers: dict[str, Client]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the path of each page among them, with all of the visitors who get it."""
    for path, visitors, public in some:
        asked = visitors if public else visitors[:1]
        shown = [who for who in asked if path == "/nowhere/" or is_page(browsers[who], path)]
        if shown:
            yield path, shown if public else visitors


def is_page(browser: Client, path: str) -> bool:
    """Tell whether somebody gets a whole page there: no download, no part, no way on."""
    answer = browser.get(path)
    return answer.status_code == 200 and not answer.streaming and b"<html" in answer.content


def complaints(page: Page, path: str, way: Way) -> list[object]:
    """Return what is wrong with a page: its language, its width, what axe says of it."""
    page.goto(path)
    found = []
    for size, theme, other in (
        (way.size, way.theme, way.other_theme),
        (way.other_size, way.other_theme, way.theme),
    ):
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=theme)
        if size == way.size or EVERYTHING or crc32(RANDOM.sub("", path).encode()) % 2:
            wrong = page.evaluate(JUDGE, [RULES, ALSO, way.language])
        else:
            wrong = page.evaluate(JUDGE_COLOURS, COLOURS)
        if wrong := [*wrong, *nameless(page)]:
            found.append({f"{size}, {theme}": wrong})
        if size == way.size or EVERYTHING:
            page.emulate_media(color_scheme=other)
            if wrong := page.evaluate(JUDGE_COLOURS, COLOURS):
                found.append({f"{size}, {other}": wrong})
        if size == "phone":
            page.set_viewport_size({"width": NARROWEST, "height": 844})
            if (wide := page.evaluate(TOO_WIDE)) > 0:
                found.append(f"{wide} px too wide at {NARROWEST}")
    page.set_viewport_size(SIZES[way.size])
    page.emulate_media(color_scheme=way.theme)
    return found


def nameless(page: Page) -> list[str]:
    """Return what one can press or fill in that has no name in the accessibility tree."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    shown = (node for node in tree["nodes"] if not node["ignored"])
    roles = ((node["role"]["value"], node.get("name", {}).get("value", "")) for node in shown)
    return [
        f"a {role} without a name" for role, name in roles if role in NAMED and not name.strip()
    ]


def come_in(context: BrowserContext, client: Client, address: str, way: Way) -> None:
    """Come as somebody who signed in elsewhere, or as nobody yet."""
    context.clear_cookies()
    cookies = {settings.LANGUAGE_COOKIE_NAME: way.language}
    if settings.SESSION_COOKIE_NAME in client.cookies:
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies[settings.SESSION_COOKIE_NAME] = session
    context.add_cookies([{"name": k, "value": v, "url": address} for k, v in cookies.items()])


def walk(
    context: BrowserContext,
    address: str,
    turns: list[tuple[str, str]],
    browsers: dict[str, Client],
    way: Way,
) -> dict[str, list[object]]:
    """Open pages, each as somebody, and return what is wrong with which."""
    page, said, wrong, before = context.new_page(), [], {}, None
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    for who, path in turns:
        if who != before:
            come_in(context, browsers[who], address, way)
        before = who
        said.clear()
        found = complaints(page, path, way)
        found += [text for text in said if "404" not in text]
        if found:
            wrong[f"{path} {way} {who}"] = found
    return wrong


@pytest.mark.any_database
@pytest.mark.parametrize(
    "number", range(len(WAYS)), ids=[f"{way.language}-{way.theme}-{way.size}" for way in WAYS]
)
def test_every_page_can_be_used_by_everybody(number, live_server, browser: Browser):
    """Each page in one of the ways; these apart: the processes share them."""
    world, way = full_world(), WAYS[number]
    browsers = {who: sign_in(user) if user else Client() for who, user in world.people.items()}
    some = candidates(world)
    mine = list(pages(some if EVERYTHING else some[number :: len(WAYS)], browsers))
    assert len(mine) > AT_LEAST * (len(WAYS) if EVERYTHING else 1)
    User.objects.update(language=way.language)
    turns = sorted(
        (shown[(index + number) % len(shown)], path) for index, (path, shown) in enumerate(mine)
    )
    context = browser.new_context(base_url=live_server.url, **way.settings)
    context.add_init_script(AXE)
    wrong = walk(context, live_server.url, turns, browsers, way)
    context.close()
    assert wrong == {}, pformat(wrong, width=160)
