"""A Chromium at a phone's and a desk's width, in Dutch, that keeps an eye on every page."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Error, Page

from accounts.models import User
from tests.accounts.second_factors import code, key_of
from tests.conftest import leave_out
from tests.factories import PASSWORD

# Playwright drives the browser from an event loop of its own; our code in this thread is not async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
# A phone on which no script runs: some walks go that way too.
PLAIN = "plain"
# What teachers do, between two lessons: at both sizes, always.
ON_ANY_PHONE = ("test_logging.py", "test_a_teacher_", "test_who_chooses_before_the_list_came")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Walk at one size, some on a phone and some at a desk (with EVERYTHING set, at both).

    Each page is looked at in both (``test_every_page_by_axe``). Which it is follows from the name
    of the walk: it is the same each time.
    """
    if "EVERYTHING" in os.environ:
        return
    sizes = defaultdict(set)
    for item in items:
        if (size := _size_of(item)) in SIZES:
            sizes[item.path, item.originalname].add(size)

    def is_other(item: pytest.Item) -> bool:
        walk = (item.path, getattr(item, "originalname", ""))
        if len(sizes[walk]) < len(SIZES) or any(one in item.nodeid for one in ON_ANY_PHONE):
            return False
        taken = sorted(SIZES)[crc32(walk[1].encode()) % len(SIZES)]
        return _size_of(item) in SIZES and _size_of(item) != taken

    leave_out(config, items, is_other)


def _size_of(item: pytest.Item) -> str:
    """Return at which size a walk of this folder goes; empty: at none of them."""
    here = Path(__file__).parent in item.path.parents and hasattr(item, "callspec")
    return item.callspec.params.get("size", "") if here else ""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Start the machine's own Chromium (CHROMIUM), as it can be started as root in a container."""
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM") or "/usr/bin/chromium",
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture(autouse=True, scope="session")
def _what_stays_the_same_is_asked_for_once() -> Iterator[None]:
    """A browser keeps our static files while a test lasts, as in production: some ten per page."""
    serve = StaticFilesHandler.serve

    def kept(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponse:
        answer = serve(handler, request)
        answer["Cache-Control"] = "max-age=3600"
        return answer

    with mock.patch.object(StaticFilesHandler, "serve", kept):
        yield


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """Run a walk at each size."""
    return request.param


@pytest.fixture
def browser_context_args(browser_context_args: dict, size: str) -> dict:
    """Browse as somebody at a Dutch school does."""
    return {
        **browser_context_args,
        "viewport": SIZES["phone" if size == PLAIN else size],
        "java_script_enabled": size != PLAIN,
        "locale": "nl-NL",
        "timezone_id": "Europe/Amsterdam",
        "accept_downloads": True,
        # Else axe looks at a button that is on its way from one colour to another.
        "reduced_motion": "reduce",
    }


RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"],
}  # fmt: skip
# What axe found nothing wrong with in this process.
JUDGED: set[tuple[int, str]] = set()
# What a page is made of, without its words and numbers.
SKELETON = """async () => {
  const root = document.documentElement;
  const states = [...root.querySelectorAll("*")].map((one) =>
    (one.checkVisibility() ? "1" : "0") + (one.checked ? "c" : "") + (one.disabled ? "d" : ""));
  const copy = root.cloneNode(true);
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (texts.currentNode.data.trim()) texts.currentNode.data = "x";
  }
  for (const unseen of copy.querySelectorAll("input[type=hidden]")) unseen.remove();
  const random = /[0-9a-f]{8}-[0-9a-f-]{27}|[MSC]-[A-Z0-9]{6}|\\d+/g;
  const made = states.join("") + copy.outerHTML.replace(random, "#");
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(made));
  return [...new Uint8Array(sum)].map((one) => one.toString(16)).join("-");
}"""


def dutch(text: str) -> str:
    """Return a text of the interface as a Dutch user reads it."""
    with translation.override("nl"):
        translated = gettext(text)
    assert translated != text, f"Not in the catalogue: {text}"
    return translated


def settle(page: Page) -> None:
    """Wait until what the page began so far has come to whoever listens here.

    It asks something itself, and has the answer: what it asked before that is known by then.
    """
    status = page.evaluate("async () => (await fetch('/health/web/')).status")
    assert status == 200


class Visitor:
    """Somebody with a browser. Each page that they look at is checked as well."""

    def __init__(self, page: Page, address: str, name: str, *, scripts: bool = True) -> None:
        self.page, self.address, self.name, self.scripts = page, address, name, scripts
        self.looked = self.signed_in = 0
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, message: object) -> None:
        # A form that is sent back with its errors (422) is a message of the browser, not of ours.
        if message.type == "error" and "422" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, user: User) -> "Visitor":
        """Sign in with the password, on the page for it."""
        self.page.goto(f"{self.address}/")
        self.look()
        return self.identify(user)

    def identify(self, user: User) -> "Visitor":
        """Fill in the page for signing in that one was led to, and then the second factor."""
        self.secret = secret = key_of(user)
        self.fill(login=user.email, password=PASSWORD)
        self.press("Sign in")
        # A code counts once: the next sign-in takes that of the half minute to come.
        self.fill(code=code(secret, self.signed_in))
        self.signed_in += 1
        self.press("Sign in")
        return self

    def open(self, path: str) -> None:
        """Go to a page by its path."""
        self.page.goto(f"{self.address}{path}")
        self.look()

    def go(self, path: str) -> None:
        """Go to a page by the bar; where a phone's bar is full, by the menu of one's account."""
        place = self.page.locator(f".main-nav a[href='{path}']")
        if not place.is_visible():
            self.page.locator(".user-menu summary").click()
            place = self.page.locator(f".user-menu a[href='{path}']")
        place.click()
        self.look()

    def press(self, name: str) -> None:
        """Press a button or link by its words in the catalogue, and look at what comes."""
        self.press_words(dutch(name))

    def press_words(self, words: str) -> None:
        """Press a button or link by its very words."""
        inside = self.page.locator("main")
        button = inside.get_by_role("button", name=words, exact=True)
        try:
            button.or_(inside.get_by_role("link", name=words, exact=True)).first.click()
        except Error as missed:
            said = f"no {words!r} to press at {self.page.url}, which says:\n{self.text}"
            raise AssertionError(said) from missed
        self.look()

    def reads(self, text: str) -> bool:
        """Tell whether a text of the catalogue stands on the page."""
        return dutch(text) in self.text

    def fill(self, **texts: str) -> None:
        """Fill in fields by their names in the form."""
        for field, text in texts.items():
            box = self.page.locator(f"[name={field}]")
            self._unfold(box)
            box.fill(text)

    def choose(self, **values: str) -> None:
        """Choose radio buttons by field and value; the label is what one taps."""
        for field, value in values.items():
            self._tap(self.page.locator(f"[name={field}][value='{value}']"))

    def tick(self, field: str, *values: str) -> None:
        """Tick check boxes."""
        for value in values:
            self._tap(self.page.locator(f"[name={field}][value='{value}']"))

    def check(self, field: str) -> None:
        """Tick the only box of a field."""
        self._tap(self.page.locator(f"[name={field}]"))

    def _tap(self, box: object) -> None:
        own = box.get_attribute("id")
        label = self.page.locator(f"label[for='{own}']") if own else box.locator("xpath=..")
        self._unfold(box)
        label.first.click()

    def _unfold(self, box: object) -> None:
        """Open the headings behind which a field stands, from the outermost on."""
        for closed in box.locator("xpath=ancestor::details[not(@open)]").all():
            closed.locator("xpath=summary").click()

    @property
    def text(self) -> str:
        """Return what one reads in the middle of the page."""
        return self.page.locator("main").inner_text()

    def look(self) -> None:
        """See that a page is in Dutch, fits its width, and can be used by everybody (WCAG 2 AA)."""
        # A script sends a signal, and leads on when it knows what became of it; and it sends any
        # other form once the web says that it is there.
        self.page.locator("form[aria-busy]").first.wait_for(state="detached")
        self.page.wait_for_load_state()
        self.looked += 1
        self._picture()
        assert self.page.locator("html").get_attribute("lang") == "nl"
        if not self.scripts:  # nobody can ask it: the same page was asked with scripts
            return
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        self._judge()
        assert self.complaints == []

    def _judge(self) -> None:
        """Let axe look at what it did not look at in this width before: half of a walk's time.

        Another word or number makes no other page; another element, attribute, tick or what is
        hidden does.
        """
        width = self.page.viewport_size["width"]
        known = (width, self.page.evaluate(SKELETON))
        if known in JUDGED and "EVERYTHING" not in os.environ:
            return
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        JUDGED.add(known)

    def _picture(self) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            path = Path(folder) / f"{self.name}-{self.looked:02}.png"
            self.page.screenshot(path=path, full_page=True)


class Thumb:
    """Somebody on a phone whose taps and letters are counted, from the first page on."""

    # Of the keystroke-level model (Card, Moran and Newell): a decision, a movement to what is
    # tapped, a letter. Seconds.
    DECIDES, POINTS, TYPES = 1.35, 1.1, 0.28

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = self.letters = 0

    def tap(self, where: str) -> None:
        """Tap on the first of what a selector names."""
        self.page.locator(where).first.click()
        self.taps += 1

    def tap_words(self, name: str) -> None:
        """Tap on a button or a link by its words in the catalogue."""
        inside = self.page.locator("main")
        button = inside.get_by_role("button", name=dutch(name), exact=True)
        button.or_(inside.get_by_role("link", name=dutch(name), exact=True)).first.click()
        self.taps += 1

    def types(self, text: str) -> None:
        """Type where one tapped last."""
        self.page.keyboard.type(text)
        self.letters += len(text)

    @property
    def seconds(self) -> float:
        """Return how long somebody takes who knows the way, without waiting for pages."""
        return self.taps * (self.DECIDES + self.POINTS) + self.letters * self.TYPES

    def tell(self, capsys: pytest.CaptureFixture, task: str) -> None:
        """Print what a task takes."""
        with capsys.disabled():
            print(f"\n{task}: {self.taps} taps, {self.letters} letters, {self.seconds:.0f} s")  # noqa: T201


def weigh(person: Visitor, **answers: str) -> None:
    """Answer the questions that are asked, with no unless told, each with its grounds."""
    for card in person.page.locator("[data-question]").all():
        if not card.is_visible():
            continue
        code = card.get_attribute("data-question")
        person.choose(**{f"{code}_answer": answers.get(code, "no")})
        person.fill(**{f"{code}_grounds": "Zie de gesprekken."})
    person.fill(consulted="Noor Kuipers, gezinswerker")


@pytest.fixture
def newcomer(
    page: Page, live_server: object, size: str, request: pytest.FixtureRequest
) -> Callable[[], Visitor]:
    """Return a way to come as nobody yet; whoever was there before is signed out."""
    made = 0

    def come() -> Visitor:
        nonlocal made
        made += 1
        page.context.clear_cookies()
        name = f"{request.node.originalname}-{size}-{made}"
        return Visitor(page, live_server.url, name, scripts=size != PLAIN)

    return come


@pytest.fixture
def visitor(
    newcomer: Callable[[], Visitor], signed_in: Callable[[User], Client], live_server: object
) -> Callable[[User], Visitor]:
    """Return a way to visit as somebody who signed in; test_signing_in walks through how."""

    def visit(user: User) -> Visitor:
        somebody = newcomer()
        somebody.secret = key_of(user)
        session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        somebody.page.context.add_cookies([cookie])
        somebody.open("/")
        return somebody

    return visit
