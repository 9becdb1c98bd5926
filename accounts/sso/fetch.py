"""Fetching what users typed the address of, without becoming their hand inside our network.

An administrator types the address of a provider, and its answer names more of them. Only https, and
only addresses of the public internet: each connection is made to the very address that was looked
at, so that a name cannot answer one thing to the check and another to the connection. No redirects,
no proxies, a small answer, little time.
"""

import ipaddress
import re
import socket
import threading
import time
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

# What an address is made of (RFC 3986). Of another, or of a name that is written by "%", who looks
# at it and who connects read different names.
ADDRESS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{,2000}")
LONGEST_ANSWER = 256 * 1024
CHUNK = 16 * 1024
# Seconds: for each wait, and for all of an answer.
WAIT, ALL_OF_IT = 5, 10
# Of the four threads of a web process, two at most wait for providers: whoever signs in through one
# that answers as slowly as it may keeps nobody else from working.
AT_ONCE = threading.BoundedSemaphore(2)
# Seconds to wait for one's turn. Who answers sooner is quick, for some hours; who lets others wait
# longer is not, for some minutes. At all of which nobody knows that they are quick one waits at
# most, so that the other turn is left to who signs in elsewhere: an address that is new each time
# gets no more than one that is slow.
TURN = 1
QUICK_FOR, SLOW_FOR = 12 * 60 * 60, 5 * 60
AT_OTHERS = threading.BoundedSemaphore(1)
# Whose address it is → until when they count as quick, and as slow.
_quick: dict[str, float] = {}
_slow: dict[str, float] = {}
# Only there, and only where SSO_LOCAL allows: a provider that runs beside us, for tests and demo.
LOCAL = "127.0.0.1"
# Networks that lead, through a translator, to any address at all.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16")


class Unfetchable(requests.RequestException):
    """An address that we do not fetch, or an answer that we do not read."""


def json_of(response: requests.Response) -> Any:
    """Return what an answer says.

    Raises ``requests.RequestException`` when it is no JSON, or none that Python reads: too deep, a
    number of five thousand digits.
    """
    try:
        return response.json()
    except (RecursionError, ValueError) as error:
        raise Unfetchable("no JSON") from error


def check_url(url: str) -> None:
    """Raise ``Unfetchable`` unless an address is https, with a host and nothing hidden in it."""
    try:
        if not ADDRESS.fullmatch(
            url
        ):  # before it is taken apart, which costs the square of accents
            raise ValueError
        parts = urlsplit(url)
        port = parts.port
        if "%" in parts.netloc:
            raise ValueError
        host = (parts.hostname or "").rstrip(".")
        if ":" in host or host.rpartition(".")[2][:1].isdigit():  # no name ends in a number
            ipaddress.ip_address(host)  # as it is written once: 192.0.2.7 is 192.0.2.007 too
    except ValueError as error:
        raise Unfetchable("no address") from error
    local = settings.SSO_LOCAL and parts.hostname == LOCAL and port
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise Unfetchable("not https")
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise Unfetchable("no plain address")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet (or the local one, if allowed)."""
    if settings.SSO_LOCAL and address == LOCAL:
        return True
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.version == 6:
        if any(found in network for network in TRANSLATED):
            return False
        if found.is_site_local:
            return False
        found = found.ipv4_mapped or found
    return found.is_global and not (found.is_multicast or found.is_reserved)


def look_up(host: str, port: int) -> str:
    """Return the IP address to connect to. Raises ``OSError`` when one of them is not public."""
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(is_public(address) for address in found):
        raise OSError("not on the public internet")
    return found[0]


def _break_off_in_time(connection: socket.socket) -> None:
    """Break a connection off when its time is over: each letter of a header is one wait of many.

    By a handle of its own, since TLS takes the first one over.
    """
    handle = connection.dup()

    def break_off() -> None:
        with handle, suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(ALL_OF_IT, break_off)
    timer.daemon = True
    timer.start()


class _Guarded:
    """Connects to the address that was looked at; name and certificate stay those of the host."""

    def _new_conn(self) -> socket.socket:
        host = self._dns_host
        try:
            self._dns_host = look_up(host, self.port)
            connection = super()._new_conn()
            _break_off_in_time(connection)
            return connection
        except (OSError, UnicodeError) as error:  # the second: what can be no name
            raise NewConnectionError(self, "not fetched") from error
        finally:
            self._dns_host = host


class _HTTPConnection(_Guarded, HTTPConnection):
    pass


class _HTTPSConnection(_Guarded, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Leave a provider's cookies where they are: Python takes the square of their words."""
        for name in ("Set-Cookie", "Set-Cookie2"):
            del resp._original_response.msg[name]
        return super().build_response(req, resp)


class GuardedSession(requests.Session):
    """The session of requests through which all of single sign-on goes, allauth's too."""

    def __init__(self) -> None:
        super().__init__()
        # No proxy of the environment, no .netrc: they would look up the name themselves.
        self.trust_env = False
        self.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self.mount(scheme, _GuardedAdapter())

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        """Fetch. Raises ``requests.RequestException`` for all that is not a plain, short answer."""
        check_url(url)
        place = _owner(url)
        with ExitStack() as turns:
            if not _is_quick(place):
                _take_turn(turns, AT_OTHERS)
            _take_turn(turns, AT_ONCE)
            began, answer = time.monotonic(), None
            try:
                answer = self._fetch(method, url, **kwargs)
                return answer
            finally:
                _remember(place, time.monotonic() - began, answered=answer is not None)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return nowhere: before it works out where an answer leads, requests reads all of it."""

    def _fetch(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        ends = time.monotonic() + ALL_OF_IT
        kwargs |= {"timeout": WAIT, "allow_redirects": False, "stream": True}
        with super().request(method, url, **kwargs) as response:
            if response.is_redirect or response.headers.get("Content-Encoding"):
                raise Unfetchable("a redirect, or an answer in another wrapping")
            response._content = _read(response, ends)
            response._content_consumed = True
            # JSON is UTF-8 (RFC 8259), whatever the answer says of itself: in one of the codes that
            # Python has (punycode) a quarter of a megabyte takes it ten seconds.
            response.encoding = "utf-8-sig"
            return response


def _take_turn(turns: ExitStack, of: threading.Semaphore) -> None:
    """Wait for one's turn, until the end of ``turns``. Raises ``Unfetchable`` when none comes."""
    if not of.acquire(timeout=TURN):
        raise Unfetchable("too many at once")
    turns.callback(of.release)


def _owner(url: str) -> str:
    """Return by whom an address is: names below theirs, and ports, they have as many as they like.

    Who shares a name with others below "co.uk" shares a turn with them at worst.
    """
    parts = urlsplit(url)
    host = parts.hostname.rstrip(".")
    if host == LOCAL:
        return f"{host}:{parts.port}"
    if ":" in host:
        return str(ipaddress.ip_interface(f"{host}/64").network)
    is_number = host.replace(".", "").isdecimal()
    return host if is_number else ".".join(host.split(".")[-2:])


def _is_quick(place: str) -> bool:
    now = time.monotonic()
    return _quick.get(place, 0) > now >= _slow.get(place, 0)


def _remember(place: str, seconds: float, *, answered: bool) -> None:
    """Remember of a provider whether it was quick or slow, and forget which were long ago.

    Who was slow is nobody's acquaintance any more. What did not answer is not remembered as quick:
    of names that cannot be there are as many as somebody likes, and as long.
    """
    now = time.monotonic()
    for remembered in (_quick, _slow):
        for known, until in list(remembered.items()):
            if until <= now:
                remembered.pop(known, None)
    if seconds > TURN:
        _slow[place] = now + SLOW_FOR
        _quick.pop(place, None)
    elif answered:
        _quick[place] = now + QUICK_FOR


def _read(response: requests.Response, ends: float) -> bytes:
    body, chunk = bytearray(), b"first"
    try:
        while chunk:
            chunk = response.raw.read1(CHUNK)
            body += chunk
            # What was broken off can pass for an answer that is short.
            if len(body) > LONGEST_ANSWER or time.monotonic() > ends:
                raise Unfetchable("too much, or too slow")
    except HTTPError as error:
        raise Unfetchable("broken off") from error
    return bytes(body)
