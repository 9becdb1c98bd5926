"""Fetching what an administrator typed: no address inside our network, no lies, no floods."""

import socket
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from django.utils import timezone
from werkzeug.wrappers import Response

from accounts.sso import discovery, fetch
from tests.attacks.proof import shows

pytestmark = pytest.mark.django_db

INSIDE = [
    "127.0.0.2", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.1", "255.255.255.255", "224.0.0.1", "198.18.0.1", "192.0.2.1", "240.0.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001:db8::1", "fec0::1",
]  # fmt: skip


@pytest.mark.parametrize("address", [*INSIDE, "127.0.0.1"])
def test_an_address_inside(address, settings):
    settings.SSO_LOCAL = False
    assert not fetch.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_an_address_outside(address, settings):
    settings.SSO_LOCAL = False
    assert fetch.is_public(address)


@pytest.mark.parametrize("address", INSIDE)
def test_the_setting_for_the_demo_opens_no_more_than_127_0_0_1(address):
    assert not fetch.is_public(address)


URLS = [
    "http://school.example/", "ftp://school.example/", "file:///etc/passwd", "gopher://x/", "//x/",
    "https://", "https:///x", "https://user:pass@school.example/", "https://user@school.example/",
    "https://school.example/#x", "https://school.example:port/", "javascript:alert(1)", "school",
    "http://127.0.0.1:8000/", "http://localhost:8000/", "http://[::1]:8000/", "",
    "https://liar.example\\.school.example/", "https://school.example/\ud800", "https://[v1.a:b]/",
    "https://192.0.2.007/", "https://a1%2eliar.example/", "https://sch\nool.example/",
    "https://school.example/" + "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_what_is_no_address_to_fetch(url, settings):
    settings.SSO_LOCAL = False
    with pytest.raises(fetch.Unfetchable):
        fetch.check_url(url)


@pytest.fixture
def names(monkeypatch):
    """Let names lead where the test says; return the addresses that were connected to."""
    leads, connected = {}, []

    def look_up(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in leads[host]]

    def connect(address, *args, **kwargs):
        connected.append(address)
        raise OSError("no network in a test")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    return leads, connected


HOSTS = {
    "https://2130706433/": "127.0.0.1", "https://0x7f000001/": "127.0.0.1",
    "https://0177.0.0.1/": "127.0.0.1", "https://127.1/": "127.0.0.1",
    "https://localhost/": "127.0.0.1", "https://metadata.example/": "169.254.169.254",
    "https://inside.example:5432/": "10.1.2.3",
}  # fmt: skip


@pytest.mark.parametrize("url", HOSTS)
@shows("sso-4")
def test_a_name_that_leads_inside_is_not_connected_to(url, names, settings):
    settings.SSO_LOCAL = False
    leads, connected = names
    leads[url.split("/")[2].split(":")[0]] = [HOSTS[url]]
    with fetch.GuardedSession() as session, pytest.raises(requests.RequestException):
        session.get(url)
    assert connected == []


def test_a_name_with_one_address_inside_among_others(names, settings):
    settings.SSO_LOCAL = False
    leads, connected = names
    leads["school.example"] = ["93.184.215.14", "10.0.0.1"]
    with fetch.GuardedSession() as session, pytest.raises(requests.RequestException):
        session.get("https://school.example/")
    assert connected == []


@shows("sso-4")
def test_the_connection_goes_to_the_address_that_was_looked_at(names, settings):
    settings.SSO_LOCAL = False
    leads, connected = names
    leads["school.example"] = ["93.184.215.14"]
    with fetch.GuardedSession() as session, pytest.raises(requests.RequestException):
        session.get("https://school.example/")
    assert connected == [("93.184.215.14", 443)]


@shows("sso-4")
def test_no_proxy_of_the_environment_is_asked(names, settings, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    leads, connected = names
    leads["school.example"] = ["93.184.215.14"]
    with fetch.GuardedSession() as session, pytest.raises(requests.RequestException):
        session.get("https://school.example/")
    assert connected == [("93.184.215.14", 443)]


LIES = [
    {"issuer": "https://accounts.google.com"},
    {"issuer": None},
    {"token_endpoint": "https://user:pass@school.example/"},
    {"token_endpoint": "http://school.example/token"},
    {"jwks_uri": "file:///etc/passwd"},
    {"userinfo_endpoint": "http://169.254.169.254/latest/"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"authorization_endpoint": None},
    {"token_endpoint": ["https://school.example/"]},
    {"authorization_endpoint": "https://school.example/\ud800"},
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_document_that_names_what_is_not_fetched(liar, lie):
    liar.document = lie
    with pytest.raises(requests.RequestException):
        discovery.read(liar.address)


def test_a_slow_answer_is_broken_off(liar, monkeypatch):
    monkeypatch.setattr(fetch, "ALL_OF_IT", -1)
    with fetch.GuardedSession() as session, pytest.raises(requests.RequestException):
        session.get(f"{liar.address}/jwks_uri")


def test_a_packed_answer_is_not_unpacked(liar):
    packed = Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    liar.answer = lambda path: packed
    with fetch.GuardedSession() as session, pytest.raises(fetch.Unfetchable):
        session.get(f"{liar.address}/jwks_uri")


@shows("sso-4")
def test_a_redirect_is_not_followed(liar):
    moved = Response(status=302, headers={"Location": f"{liar.address}/jwks_uri"})
    liar.answer = lambda path: moved if path == "/moved" else None
    with fetch.GuardedSession() as session, pytest.raises(fetch.Unfetchable):
        session.get(f"{liar.address}/moved")
    assert [request.path for request in liar.asked] == ["/moved"]


@shows("sso-6")
def test_nothing_is_read_of_a_redirect(liar, monkeypatch):
    """To tell where it leads, requests unpacked all of it: of 796 bytes half a gigabyte."""
    moved = Response(b"x" * 1_000_000, status=302, headers={"Location": f"{liar.address}/jwks_uri"})
    liar.answer = lambda path: moved
    read = []
    monkeypatch.setattr(requests.Response, "iter_content", lambda *args, **how: read.append(args))
    with fetch.GuardedSession() as session, pytest.raises(fetch.Unfetchable):
        session.get(f"{liar.address}/moved")
    assert not read


@shows("sso-6")
def test_no_cookie_of_a_provider_is_taken(liar):
    """Python cuts off each word of one anew: some lines took a process for twenty seconds."""
    cookies = [("Set-Cookie", "a=b; Path=/"), ("Set-Cookie2", "c=d; Version=1")]
    liar.answer = lambda path: Response("{}", headers=cookies)
    with fetch.GuardedSession() as session:
        answer = session.get(f"{liar.address}/jwks_uri")
        assert (answer.text, len(answer.cookies), len(session.cookies)) == ("{}", 0, 0)
        assert "Set-Cookie2" in answer.headers  # it was there
    assert "Cookie" not in liar.asked[-1].headers


@shows("sso-6")
@pytest.mark.parametrize("code", ["punycode", "utf-16", "utf-8", "idna", "made-up"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_answer_is_utf_8_whatever_it_says_of_itself(liar, code, mark):
    """In another code that Python has a quarter of a megabyte took ten seconds to read."""
    said = f'{mark}{{"name": "Zoë"}}'.encode()
    kind = f"application/json; charset={code}"
    liar.answer = lambda path: Response(said, content_type=kind)
    with fetch.GuardedSession() as session:
        assert fetch.json_of(session.get(f"{liar.address}/")) == {"name": "Zoë"}


@pytest.mark.parametrize(("length", "is_read"), [(200_000, True), (300_000, False)])
def test_a_long_answer_is_broken_off(liar, length, is_read):
    liar.answer = lambda path: Response("x" * length)
    with fetch.GuardedSession() as session:
        if is_read:
            assert len(session.get(f"{liar.address}/").content) == length
        else:
            with pytest.raises(fetch.Unfetchable):
                session.get(f"{liar.address}/")


def test_nothing_is_asked_in_the_clear(names, settings):
    settings.SSO_LOCAL = False
    leads, connected = names
    leads["school.example"] = ["93.184.215.14"]
    with fetch.GuardedSession() as session, pytest.raises(fetch.Unfetchable):
        session.get("http://school.example/")
    assert connected == []


@pytest.fixture
def remembered(monkeypatch):
    """Nothing is known of any provider yet."""
    for name in ("_quick", "_slow"):
        monkeypatch.setattr(fetch, name, {})


def test_what_does_not_answer_is_not_remembered(names, remembered, settings):
    """A document can name as many and as long ones as it likes, and each failed at once."""
    settings.SSO_LOCAL = False
    leads, __ = names
    for host in ("nobody.example", "a" * 1_000 + ".example"):
        leads[host] = ["93.184.215.14"]
        with fetch.GuardedSession() as session, pytest.raises(requests.RequestException):
            session.get(f"https://{host}/")
    assert (fetch._quick, fetch._slow) == ({}, {})


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "school..example"])
def test_a_name_that_cannot_be_is_one_that_does_not_answer(host):
    with fetch.GuardedSession() as session, pytest.raises(requests.RequestException):
        session.get(f"https://{host}/")


def test_one_place_is_remembered_once(liar, remembered):
    there = urlsplit(liar.address)
    for address in (liar.address, f"http://{there.hostname}:0{there.port}"):
        with fetch.GuardedSession() as session:
            session.get(f"{address}/jwks_uri")
    assert len(fetch._quick) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a1.liar.example/", "https://b.a2.liar.example:8443/keys", True),
        ("https://liar.example", "https://liar.example./", True),
        ("https://[2001:db8:1:2::3]/", "https://[2001:db8:1:2:ffff::4]:8443/", True),
        ("https://192.0.2.7/", "https://192.0.2.7:8443/", True),
        ("https://login.school.example/", "https://login.liar.example/", False),
        ("https://192.0.2.7/", "https://192.0.2.8/", False),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/", False),  # providers in tests
    ],
)
def test_whoever_owns_a_name_has_one_turn_for_all_below_it(
    remembered, monkeypatch, settings, one, other, same
):
    """By thirty names of their own, each quick once, one kept both turns."""
    settings.SSO_LOCAL = True
    answer = requests.Response()
    monkeypatch.setattr(fetch.GuardedSession, "_fetch", lambda *args, **kwargs: answer)
    for url in (one, other):
        with fetch.GuardedSession() as session:
            session.get(url)
    assert len(fetch._quick) == (1 if same else 2)


@pytest.mark.parametrize(
    "url", ["https://liar.example\\.a1.example/", "https://a1%2eliar.example/"]
)
def test_whose_turn_it_is_and_who_is_connected_to_are_one(names, settings, url):
    """Written so, one name was another for the turn each time: one kept both again."""
    settings.SSO_LOCAL = False
    leads, connected = names
    leads["liar.example"] = leads["a1.liar.example"] = ["93.184.215.14"]
    with fetch.GuardedSession() as session, pytest.raises(requests.RequestException):
        session.get(url)
    assert connected == []


def test_who_was_slow_is_quick_no_more(liar, remembered, monkeypatch):
    """Each was for ever, by one quick answer: so a few together kept both turns."""
    with fetch.GuardedSession() as session:
        session.get(f"{liar.address}/jwks_uri")
        (place,) = fetch._quick
        monkeypatch.setattr(fetch, "TURN", 0)
        session.get(f"{liar.address}/jwks_uri")
    assert (list(fetch._quick), list(fetch._slow)) == ([], [place])


def test_what_a_provider_said_long_ago_is_asked_anew_whoever_puts_it_back(monkeypatch):
    """Whoever can write to the cache: an address of keys that was given up would work again."""
    said, kept = [], {}
    monkeypatch.setattr(discovery, "read", lambda issuer: said.append(issuer) or {"n": len(said)})
    monkeypatch.setattr(discovery, "cache", SimpleNamespace(
        get=kept.get, set=lambda key, value, seconds: kept.setdefault(key, value),
    ))  # fmt: skip
    issuer = "https://aanbieder.example"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert discovery.known(issuer) == discovery.known(issuer) == {"n": 1}
        clock.shift(timedelta(seconds=discovery.KEPT_FOR + 1))
        assert discovery.known(issuer) == {"n": 2}
