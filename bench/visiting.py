"""Pages, and asking them over HTTP: by one client or by several, signed in as in truth."""

import re
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from time import perf_counter, time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import sessions
from accounts.models import User
from accounts.roles import Role
from accounts.session_store import SessionStore
from bench.measure import Samples, Unlike
from bench.world import CREW, FIRST_TEACHER, Size, member_id, worker_id
from cases.models import Case

# As the proxy passes a request on, for a browser on a computer: to a telephone the dashboard is a
# list.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
ADDRESS = "198.51.100.7"
# The proxy compresses, at this level where a browser takes gzip (deploy/Caddyfile: its default).
PROXY_LEVEL = 5
# A case page is asked of so many cases by turns, from every step.
CASES = 10
# What begins, ends or marks a transaction: no question, and each a way to the database and back.
BRACKETS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class NotThere(Exception):
    """A page did not answer as it should: what was measured means nothing."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of one person: its addresses at this size, and a session for each client."""

    name: str
    addresses: list[str]
    cookies: list[str]
    floor: str
    # Whether the goal of how often the floor's time is asked of it.
    raced: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A size, with the port at which it is served and its pages."""

    label: str
    port: int
    pages: list[Page]


@dataclass(slots=True)
class Visits:
    """How long a page took each time (milliseconds), and how long all of them together."""

    samples: Samples = field(default_factory=Samples)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Return how many were answered in a second."""
        return len(self.samples.times) / self.seconds


@dataclass(slots=True)
class Visited:
    """One page at one size, by so many clients: and its floor, by turns with it."""

    page: Visits = field(default_factory=Visits)
    floor: Visits = field(default_factory=Visits)

    @property
    def times_floor(self) -> float:
        """Return how often the floor's time the page takes."""
        return self.page.samples.median / self.floor.samples.median


@dataclass(frozen=True, slots=True)
class Weight:
    """What a page asks of the database and sends: the most of its addresses, and of its floor."""

    queries: int
    brackets: int
    bytes: int
    compressed: int
    floor_queries: int
    # How often each element stands in it, at each address.
    elements: list[Counter[str]]

    @property
    def rows(self) -> int:
        """Return how many elements the fullest page has."""
        return max(sum(one.values()) for one in self.elements)


def pages_of(size: Size, clients: int) -> list[Page]:
    """Return the pages that are asked, each by whom it is for, at the first school."""
    people = (
        member_id(1, CREW.index(Role.COORDINATOR) + 1),
        member_id(1, FIRST_TEACHER),
        worker_id(size, 1),
    )
    coordinator, teacher, worker = ([signed_in(pk) for __ in range(clients)] for pk in people)
    dashboard, floor = reverse("cases:dashboard"), reverse("bench_floor")
    cases = [reverse("cases:detail", args=[reference]) for reference in _cases()]
    return [
        Page("dashboard, board", [dashboard], coordinator, floor, raced=True),
        Page("dashboard, list", [f"{dashboard}?layout=list"], coordinator, floor, raced=True),
        Page("case", cases, coordinator, floor, raced=True),
        Page("my tasks", [reverse("todo")], coordinator, floor),
        Page("signal form", [reverse("signals:new")], teacher, floor),
        Page("inbox of the buurtteam", [reverse("consultations:inbox")], worker, floor),
    ]


def _cases() -> list[str]:
    """Return some open cases of the first school, spread over the steps; alike at every size."""
    found = Case.objects.filter(school_id=1, restricted=False).open().order_by("step", "pk")
    references = list(found.values_list("reference", flat=True))
    return references[:: max(1, len(references) // CASES)][:CASES]


def signed_in(user_id: int) -> str:
    """Begin a session as signing in with a second factor leaves it; return the cookie's value."""
    user, now = User.objects.get(pk=user_id), time()
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            sessions.SIGNED_IN_AT: now,
            AUTHENTICATION_METHODS_SESSION_KEY: [
                {"method": "password", "at": now, "email": user.email},
                {"method": "mfa", "at": now, "type": "totp"},
            ],
            "account_authentication_methods_user": str(user.pk),
        }
    )
    session.create()
    UserSession.objects.create(user=user, session_key=session.session_key, ip=ADDRESS)
    return session.session_key.cookie


def get(host: str, port: int, address: str, cookie: str, named: str = "") -> bytes:
    """Ask for a page over a connection of its own, as the proxy does; return it.

    The cookie is our session's, unless it is named.

    Raises ``NotThere`` unless the page itself came.
    """
    asking = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        asking.request("GET", address, headers=_headers(host, cookie, named))
        answer = asking.getresponse()
        page = answer.read()
    finally:
        asking.close()
    if answer.status != 200:
        raise NotThere(f"{address}: {answer.status} {answer.headers.get('Location', '')}")
    return page


def _headers(host: str, cookie: str, named: str) -> dict[str, str]:
    return {
        "Host": host,
        "User-Agent": BROWSER,
        "Accept-Encoding": "gzip",
        "Cookie": f"{named or settings.SESSION_COOKIE_NAME}={cookie}",
        "X-Forwarded-For": ADDRESS,
        "X-Forwarded-Proto": "https",
    }


Get = Callable[[int, str, str], bytes]


def alone(places: list[Place], fetch: Get, turns: int) -> list[list[Visited]]:
    """Ask each page and its floor with one client, at every size by turns; by page, then size."""
    found = [[Visited() for __ in places] for __ in places[0].pages]
    for turn in range(turns):
        for number, row in enumerate(found):
            for place, visited in zip(places, row, strict=True):
                page = place.pages[number]
                address = page.addresses[turn % len(page.addresses)]
                _visit(fetch, place.port, [address], page.cookies[0], visited.page)
                _visit(fetch, place.port, [page.floor], page.cookies[0], visited.floor)
    return found


def together(places: list[Place], fetch: Get, rounds: int, each: int) -> list[list[Visited]]:
    """Ask with all clients at once: all of a page, then all of its floor, at every size by turns.

    In a round, each client asks ``each`` times, one after the other.
    """
    found = [[Visited() for __ in places] for __ in places[0].pages]
    for __ in range(rounds):
        for number, row in enumerate(found):
            for place, visited in zip(places, row, strict=True):
                page = place.pages[number]
                crowd(fetch, place.port, page.addresses, page.cookies, each, visited.page)
                crowd(fetch, place.port, [page.floor], page.cookies, each, visited.floor)
    return found


def crowd(
    fetch: Get, port: int, addresses: list[str], cookies: list[str], each: int, visits: Visits
) -> None:
    """Let a client for each cookie ask so many times."""
    own = [Visits() for __ in cookies]
    began = perf_counter()
    with ThreadPoolExecutor(len(cookies)) as pool:
        waiting = []
        for number, (cookie, theirs) in enumerate(zip(cookies, own, strict=True)):
            asked = [addresses[(number + turn) % len(addresses)] for turn in range(each)]
            waiting.append(pool.submit(_visit, fetch, port, asked, cookie, theirs))
        for one in waiting:
            one.result()
    visits.seconds += perf_counter() - began
    visits.samples.times += [took for theirs in own for took in theirs.samples.times]


def _visit(fetch: Get, port: int, addresses: list[str], cookie: str, visits: Visits) -> None:
    for address in addresses:
        began = perf_counter()
        fetch(port, address, cookie)
        took = perf_counter() - began
        visits.samples.times.append(took * 1000)
        visits.seconds += took


def weigh(page: Page, host: str) -> Weight:
    """Ask a page of this very process, and count: the most of all its addresses."""
    browser = Client(SERVER_NAME=host, headers={"User-Agent": BROWSER})
    browser.cookies[settings.SESSION_COOKIE_NAME] = page.cookies[0]
    found = [_weigh(browser, address) for address in page.addresses]
    asked, brackets, bodies = zip(*found, strict=True)
    return Weight(
        max(asked),
        max(brackets),
        max(map(len, bodies)),
        max(map(compressed, bodies)),
        _weigh(browser, page.floor)[0],
        [elements(body) for body in bodies],
    )


def _weigh(browser: Client, address: str) -> tuple[int, int, bytes]:
    browser.get(address, secure=True)  # what is remembered between two requests
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(address, secure=True)
    if answer.status_code != 200:
        raise NotThere(f"{address}: {answer.status_code}")
    statements = [query["sql"] for query in captured]
    brackets = sum(sql.startswith(BRACKETS) for sql in statements)
    return len(statements) - brackets, brackets, answer.content


def compressed(body: bytes) -> int:
    """Return how many bytes the proxy sends of a page."""
    packing = zlib.compressobj(PROXY_LEVEL, wbits=31)
    return len(packing.compress(body) + packing.flush())


def elements(body: bytes) -> Counter[str]:
    """Return how often each element with each class stands in a page."""
    return Counter(re.findall(r'<([a-z][a-z0-9]*(?:\s+class="[^"]*")?)', body.decode()))


def compare(name: str, weights: list[Weight]) -> None:
    """Raise ``Unlike`` where a page shows another number of anything at another size."""
    for at_first, *others in zip(*(weight.elements for weight in weights), strict=True):
        for other in others:
            if at_first != other:
                differing = (at_first - other) + (other - at_first)
                raise Unlike(f"{name}: {dict(differing)}")
