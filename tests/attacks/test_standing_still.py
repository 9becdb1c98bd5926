"""Cheap requests that kept others from working. Each failed on the day it was written."""

import codecs
import encodings
import html
import io
import json
import math
import signal
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from http.server import HTTPServer, SimpleHTTPRequestHandler
from threading import Event, Semaphore, Thread

import pytest
import requests
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_finished
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.client import encode_multipart
from django.urls import reverse
from django.utils import timezone

from accounts.forms import LONG_TEXT
from accounts.sso import fetch
from cases.dossier import press
from cases.dossier.actions import request_export
from cases.errors import ActionError
from cases.files import pictures
from cases.files.content import look_at
from cases.files.kinds import Refused
from cases.jobs import AT_ONCE, fail
from cases.models import Case, DossierExport
from cases.names import Family, find
from cases.transfer.contents import LARGEST, LONGEST, MOST_ENTRIES
from meldcode.in_utf8 import in_utf8
from meldcode.middleware.forms import MOST_OF_A_STRANGER, MOST_SIGNS, WholeFormMiddleware
from meldcode.middleware.parts import MOST_SEMICOLONS, bound_parts, read_line
from referrals.models import HelpPlan
from referrals.report import facts_check
from referrals.report.actions import start_report
from referrals.report.versions import read_seen
from signals.opinions import hints_in
from tests.attacks.proof import shows
from tests.cases.made_up_files import photo
from tests.cases.records import decision
from tests.factories import CaseFactory, PupilFactory, ReceivedDossierFactory

# Far more than any of this takes, and far less than what it took: half a day.
PATIENCE = 15


class OutOfPatience(BaseException):
    """Nothing that looks after errors of its own takes this for one of them."""


@contextmanager
def patience() -> Iterator[None]:
    """Give up on what does not come to an end."""

    def give_up(*args: object) -> None:
        raise OutOfPatience

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("text", ["5{room}x", "2014{room}x", "5{room}3{room}x", "Mama{room}x"])
def test_a_gap_in_a_text_is_walked_through_once(text):
    family = Family({"ties": "pupil"}, date(2014, 3, 5))
    with patience():
        assert find(text.format(room=" " * 2_000_000), family) == []


@pytest.mark.parametrize("day", ["5-3-2014", "05 / 03 / 14", "5.3.2014", "5 3 2014", "2014-03-05"])
def test_a_birth_date_is_found_however_it_is_written(day):
    family = Family({}, date(2014, 3, 5))
    assert [found.word for found in find(f"Geboren op {day}.", family)] == [day]


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_not_searched_for_names(coordinator, school, signed_in):
    """The proposal without names is made before the form is judged."""
    case: Case = CaseFactory(pupil=PupilFactory(school=school, given_name="Ties"))
    browser = signed_in(coordinator)
    url = reverse("consultations:new", args=[case.reference])
    fields = {"kind": "family_worker", "replace": "1"}
    right = browser.post(url, {**fields, "shared": "Ties".ljust(LONG_TEXT)})
    assert "[leerling]" in right.content.decode()
    too_long = browser.post(url, {**fields, "shared": "Ties".ljust(LONG_TEXT + 1)})
    assert "[leerling]" not in too_long.content.decode()


def trickle(server: socket.socket, over: Event) -> None:
    """Answer one letter of a header after another, each in good time, and never come to an end."""
    connection, __ = server.accept()
    with connection, server:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not over.wait(0.05):
            try:
                connection.sendall(b"x")
            except OSError:
                return


@pytest.mark.parametrize("charset", ["punycode", "idna", "zlib", "utf-16"])
def test_a_form_that_says_it_is_written_otherwise_is_not_read(client, charset):
    """Python knows a hundred ways of writing: in one, half a megabyte of "b" takes a minute."""
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    with patience():
        answer = client.generic(
            "POST", "/", encode_multipart("x", {"word": "-" + "b" * 400_000}), kind
        )
    assert answer.status_code == 415
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("charset", ["", "; charset=UTF-8", "; charset=utf8", "; charset=nothing"])
def test_a_form_in_utf_8_is_read(charset):
    content = encode_multipart("x", {"word": "zoë"})
    kind = f"multipart/form-data; boundary=x{charset}"
    request = RequestFactory().generic("POST", "/", content, kind)
    assert WholeFormMiddleware(lambda request: HttpResponse())(request).status_code == 200
    assert request.POST["word"] == "zoë"


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf8", "UTF8", "utf_8"])
def test_a_form_is_read_by_each_name_of_utf_8(charset):
    """Django refused it, and failed on it once more on the page that says so: the web server
    answered, without our headers."""
    browser = Client(enforce_csrf_checks=True)
    token = browser.get("/account/login/").cookies["csrf"].value
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    form = f"csrfmiddlewaretoken={token}&login=zo%C3%AB@a.nl&password=x"
    answer = browser.post("/account/login/", form, kind)
    assert answer.status_code == 200
    assert "zoë@a.nl" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["zlib", "hex", "undefined", "punycode"])
def test_an_address_that_says_it_is_written_otherwise_gets_an_answer_of_ours(charset):
    """Django failed while it made the request: the web server answered, without our headers."""
    environ = RequestFactory()._base_environ(
        REQUEST_METHOD="POST", PATH_INFO="/account/login/", QUERY_STRING="a=b",
        CONTENT_TYPE=f"application/x-www-form-urlencoded; charset={charset}",
    )  # fmt: skip
    got: dict[str, object] = {}

    def start(status: str, headers: list[tuple[str, str]], *rest: object) -> None:
        got.update(headers, status=status)

    in_utf8(WSGIHandler())(environ, start)
    assert got["status"].startswith("403")
    assert "default-src 'none'" in got["Content-Security-Policy"]


@shows("busy-3")
@pytest.mark.django_db
@pytest.mark.parametrize("field", ["login", "email"])
def test_a_stranger_gets_no_page_that_is_more_than_the_proxy_takes(client, field):
    """Eight megabytes of quotation marks came back as 47, and as "next" as 120: more than the proxy
    takes from the web (32). Who reads no further keeps a hand of the web for minutes, of eight.
    """
    longest = "/" + "'" * (MOST_OF_A_STRANGER - 1)
    for name in ("account_login", "account_reset_password", "sso:start", "set_language"):
        said = client.post(reverse(name), {field: longest})
        assert said.status_code in (200, 302, 422)
        whole = len(said.content) + len(said.get("Location", ""))
        assert whole < 16 * 2**20
        assert client.post(reverse(name), {field: longest + "'"}).status_code == 400
        assert client.post(reverse(name), {"next": longest}).status_code == 400


def taken_by_the_proxy(settings):
    """Return of how many bytes the proxy takes an answer whole."""
    lines = (settings.BASE_DIR / "deploy" / "Caddyfile").read_text(encoding="utf-8").split("\n")
    taken = next(line.split()[1] for line in lines if line.split()[:1] == ["response_buffers"])
    return int(taken.removesuffix("MB")) * 1_000_000


@shows("busy-3")
@pytest.mark.django_db
def test_nor_does_whoever_is_signed_in(settings, teacher, signed_in):
    """A form shows again what was refused; and a page, three times, where one goes on to."""
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE * len(html.escape("'"))
    assert largest < taken_by_the_proxy(settings) - 1_000_000
    again, page = signed_in(teacher), reverse("account_reauthenticate")
    assert again.post(page, {"next": f"/?q={'a' * 4000}", "password": "1"}).status_code == 200
    assert again.post(page, {"next": f"/?q={'a' * 8000}", "password": "1"}).status_code == 400


@shows("busy-3")
@pytest.mark.django_db
def test_nor_does_whoever_reads_the_largest_dossier_of_another_school(settings, world, signed_in):
    """Five megabytes came back as 33: of quotation marks, in as many records as there may be."""
    line = {"label": "", "text": "'" * LONGEST, "tone": ""}
    parts = [{"title": "'", "meta": "'", "severe": "'", "lines": []} for __ in range(MOST_ENTRIES)]
    parts[0]["lines"] = [line] * ((LARGEST - len(json.dumps(parts))) // len(json.dumps(line)))
    said = [{"title": "", "parts": parts}]
    found = ReceivedDossierFactory(case=world.case, contents=said)
    address = reverse("cases:received", args=[world.case.reference, found.file.public_id])
    page = signed_in(world.people["coordinator"]).get(address)
    assert page.status_code == 200
    assert 20_000_000 < len(page.content) < taken_by_the_proxy(settings) - 1_000_000


@shows("busy-3")
@pytest.mark.django_db
@pytest.mark.parametrize("field", ["urgency", "categories"])
def test_what_is_no_choice_is_not_shown_again_and_again(teacher, signed_in, field):
    """It stood in the error at its field, and in the list of errors: sixty megabytes of five."""
    page = signed_in(teacher).post(reverse("signals:new"), {field: "a'" + "b" * 100_000})
    assert page.status_code == 422
    assert "a&#x27;bbb" in page.content.decode()
    assert page.content.count(b"b" * 100) == 0


@pytest.mark.parametrize("text", ["„", "„ik denk ", "“a„"])
def test_quotations_that_nobody_ends_are_walked_through_once(text):
    """Each time that its author opened a signal of them, it took a second and a half."""
    with patience():
        hints_in(text * 400_000)


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_not_searched_for_opinions(world, signed_in):
    """The page that refuses it marked them: five megabytes took a process its life, each time."""
    browser = signed_in(world.people["coordinator"])
    page = reverse("referrals:write_report", args=[world.report.public_id])
    sentence = "Hij is agressief. "
    most = sentence * (LONG_TEXT // len(sentence))
    moved = {"move": f"history {facts_check.remarks(most)[0].key}"}
    for sent in ({}, moved):
        right = browser.post(page, {**sent, "history": most, "interpretation": "a" * 30_000})
        assert 'class="hint remarks"' in right.content.decode()
        too_long = browser.post(page, {**sent, "history": f"{most}{sentence * 3}"})
        assert too_long.status_code in (200, 422)
        assert 'class="hint remarks"' not in too_long.content.decode()
        assert too_long.context["form"]["history"].value() == f"{most}{sentence * 3}"


@shows("busy-2")
@pytest.mark.parametrize(("sent", "times"), [(1_000, 0), (1_000_000, 1)])
def test_what_a_large_form_leaves_is_thrown_away_before_the_next_request(monkeypatch, sent, times):
    """Its page hangs together with itself, and Python looks for that after hundreds of requests.

    So each of forty forms left a hundred megabytes: three gigabytes, as long as nobody came by.
    """
    thrown_away: list[None] = []
    monkeypatch.setattr("meldcode.middleware.forms.gc.collect", lambda: thrown_away.append(None))
    # An answer that is done closes a line to the database that a test before this one left open.
    monkeypatch.setattr(request_finished, "send", lambda **kwargs: None)
    ask = WholeFormMiddleware(lambda request: HttpResponse())
    form = {"facts": "a" * sent}
    answer = ask(RequestFactory().post("/", form))
    assert not thrown_away
    answer.close()
    for __ in range(3):
        ask(RequestFactory().get("/"))
    assert len(thrown_away) == times
    ask(RequestFactory().post("/", form)).close()
    ask(RequestFactory().get("/"))  # at once: it takes time that others wait for
    assert len(thrown_away) == times
    monkeypatch.setattr("meldcode.middleware.forms.PAUSE", -1)
    ask(RequestFactory().get("/"))
    assert len(thrown_away) == 2 * times


@shows("busy-2")
@pytest.mark.parametrize(
    "word", ["%41" * (MOST_SIGNS + 1), "é" * (MOST_SIGNS // 2 + 1)], ids=["escaped", "plain"]
)
def test_a_form_of_nothing_but_signs_to_work_out_is_not_read(client, word):
    """Eight megabytes of "%41" took six hundred of memory, before anybody looked who sent them."""
    form = "application/x-www-form-urlencoded"
    answer = client.generic("POST", reverse("account_login"), f"login={word}".encode(), form)
    assert answer.status_code == 400
    assert "Je browser stuurde iets" in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    filled_in = f"login={'%C3%A9' * LONG_TEXT}&password=%26"
    request = RequestFactory().generic("POST", "/", filled_in, form)
    assert WholeFormMiddleware(lambda request: HttpResponse())(request).status_code == 200
    assert request.POST["login"] == "é" * LONG_TEXT


IN_PARTS = "multipart/form-data; boundary=x"


def posted(kind: str, content: bytes, what: str = "POST") -> list[str]:
    """Return the names of the fields, or the files, of a form, behind all that stands before
    Django.
    """

    def answer(environ: dict[str, object], start: object) -> list[str]:
        request = WSGIRequest(environ)
        return list(request.POST) if what == "POST" else [f.name for f in request.FILES.values()]

    environ = RequestFactory()._base_environ(
        REQUEST_METHOD="POST", CONTENT_TYPE=kind, CONTENT_LENGTH=str(len(content)),
        **{"wsgi.input": io.BytesIO(content)},
    )  # fmt: skip
    return in_utf8(answer)(environ, None)


@shows("busy-2")
def test_a_form_of_parts_without_a_name_is_not_read_to_its_end(client):
    """Django counts such a file nowhere: eight megabytes of them took a process for twenty seconds,
    and twelve such forms kept the web from everybody.
    """
    part = b"--x\r\nContent-Disposition: form-data; filename=a\r\n\r\n\r\n"
    end = b"--x--\r\n"
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + settings.DATA_UPLOAD_MAX_NUMBER_FILES
    there = reverse("account_login")
    assert client.generic("POST", there, part * (most + 1) + end, IN_PARTS).status_code == 400
    assert client.generic("POST", there, part * (most - 1) + end, IN_PARTS).status_code == 200
    # As many fields as a form may have, and its file.
    named = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n"
    file = part.replace(b"filename=a", b"name=b; filename=a")
    whole = named * settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + file + end
    assert client.generic("POST", there, whole, IN_PARTS).status_code == 200


@shows("busy-2")
@pytest.mark.parametrize("where", ["type", "part"])
def test_a_head_of_nothing_but_semicolons_is_not_taken_apart(monkeypatch, where):
    """Behind a quotation mark Python takes their square, for each part of a form and its type."""
    taken_apart = []
    apart = read_line.__globals__["parse_header_parameters"]
    monkeypatch.setitem(
        read_line.__globals__,
        "parse_header_parameters",
        lambda line: taken_apart.append(line) or apart(line),
    )
    bound_parts()
    long, short = (f'; "{";" * most}' for most in (MOST_SEMICOLONS, 20))
    kind = IN_PARTS + (long if where == "type" else short)
    head = 'Content-Disposition: form-data; name="{}"{}'
    heads = [head.format("long", long if where == "part" else ""), head.format("short", short)]
    content = "".join(f"--x\r\n{one}\r\n\r\nzoë\r\n" for one in heads).encode() + b"--x--\r\n"

    assert posted(kind, content) == ([] if where == "type" else ["short"])
    assert not [line for line in taken_apart if line.count(";") > MOST_SEMICOLONS]


@shows("busy-2")
@pytest.mark.parametrize("head", [f"a:{';' * 90}", "a:b\r\na:b\r\na:b\r\na:b"])
def test_nor_is_a_form_whose_parts_have_long_heads(client, head):
    """A thousand of them, of a megabyte together, took as long as eight had."""
    part = f"--x\r\nContent-Disposition: form-data; name=a\r\n{head}\r\n\r\nb\r\n".encode()
    there = reverse("account_login")
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert client.generic("POST", there, part * most + b"--x--\r\n", IN_PARTS).status_code == 400
    # One or the other is a name of a file.
    assert client.generic("POST", there, part * 20 + b"--x--\r\n", IN_PARTS).status_code == 200


@pytest.mark.parametrize("name", ["cijfers*=pa's.pdf", "zorg* = o'k.docx", "Zoë's; *verslag.pdf"])
def test_a_file_may_be_called_so(name):
    bound_parts()
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    content = f"--x\r\n{head}\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--x--\r\n".encode()
    assert posted(IN_PARTS, content, "FILES") == [name]


@shows("busy-2", "limit-7")
@pytest.mark.parametrize("where", ["type", "part"])
@pytest.mark.parametrize(
    "broken",
    ["; a*0=x; a*=utf-8''y", "; charset*=utf-8''%00", f"; a*=punycode''{'%39' * 200}",
     f"; a*0 *= punycode''{'9' * 800}", "; a*=punycode%27%27999"],
)  # fmt: skip
def test_a_head_on_which_python_breaks_is_none(where, broken):
    """Python sorts what goes on by its numbers, and one of them had none; Django looks up a code
    whose name is no name: an error outside of it, with a trace of twenty lines each time. And what
    Python works out of a word in a code takes the square of it.
    """
    bound_parts()
    kind = IN_PARTS + (broken if where == "type" else "")
    head = 'Content-Disposition: form-data; name="{}"{}'
    heads = [head.format("broken", broken), head.format("whole", "")]
    content = "".join(f"--x\r\n{one}\r\n\r\nzoë\r\n" for one in heads).encode() + b"--x--\r\n"
    assert posted(kind, content) == ([] if where == "type" else ["whole"])


@shows("busy-2")
@pytest.mark.parametrize("where", ["code", "parameter", "part"])
def test_no_code_that_somebody_makes_up_is_remembered(where):
    """Python kept each name that it did not know for as long as the process: eight kilobytes of it
    in a header cost a third of a millisecond, so a stranger filled the memory in minutes.
    """
    made_up = f"made-up-{where}"
    kind = {
        "code": f"multipart/form-data; boundary=x; charset={made_up}",
        "parameter": f"multipart/form-data; boundary=x; about*={made_up}''x",
        "part": "multipart/form-data; boundary=x",
    }[where]
    named = f"name*={made_up}''word" if where == "part" else 'name="word"'
    content = f"--x\r\nContent-Disposition: form-data; {named}\r\n\r\nzoë\r\n--x--\r\n".encode()

    posted(kind, content)
    assert made_up.replace("-", "_") not in encodings._cache
    assert codecs.lookup("UTF-8").name == "utf-8"
    assert codecs.lookup("ISO 8859.15").name == "iso8859-15"


def test_a_provider_does_not_keep_us_waiting_by_a_header_without_end(monkeypatch):
    """Each letter came within the time for one wait; all of it has a limit too."""
    monkeypatch.setattr(fetch, "ALL_OF_IT", 1)
    server, over = socket.create_server(("127.0.0.1", 0)), Event()
    Thread(target=trickle, args=(server, over), daemon=True).start()
    try:
        with patience(), pytest.raises(requests.RequestException):
            fetch.GuardedSession().get(f"http://127.0.0.1:{server.getsockname()[1]}/")
    finally:
        over.set()


def test_what_a_provider_says_thousands_deep_is_no_answer():
    answer = requests.Response()
    answer._content = b"[" * 100_000
    with pytest.raises(requests.RequestException):
        fetch.json_of(answer)


def keep_waiting(server: socket.socket, asked: Semaphore, over: Event) -> None:
    """Take whoever comes, and answer nobody."""
    connections = []
    with server, suppress(OSError):
        while not over.is_set():
            connections.append(server.accept()[0])
            asked.release()


def test_a_slow_provider_does_not_keep_all_threads_of_the_web(monkeypatch):
    """Each sign-in may take its time; together they kept everybody of all schools out."""
    server, asked, over = socket.create_server(("127.0.0.1", 0)), Semaphore(0), Event()
    place = f"127.0.0.1:{server.getsockname()[1]}"
    url = f"http://{place}/"
    monkeypatch.setattr(fetch, "_quick", {place: math.inf})  # as it was until now
    monkeypatch.setattr(fetch, "_slow", {})
    Thread(target=keep_waiting, args=(server, asked, over), daemon=True).start()

    def sign_in() -> None:
        with suppress(requests.RequestException):
            fetch.GuardedSession().get(url)

    waiting = [Thread(target=sign_in, daemon=True) for __ in range(2)]
    try:
        for one in waiting:
            one.start()
            assert asked.acquire(timeout=PATIENCE)
        with pytest.raises(requests.RequestException):
            fetch.GuardedSession().get(url)
        assert not asked.acquire(blocking=False)
    finally:
        over.set()
        server.shutdown(socket.SHUT_RDWR)
        for one in waiting:
            one.join(PATIENCE)


@shows("busy-6")
def test_a_slow_provider_keeps_nobody_from_signing_in_through_another(monkeypatch):
    """What nobody knows to be quick has one turn of the two: however many sign in there, and
    whatever new addresses somebody thinks of.
    """
    asked, over = Semaphore(0), Event()
    servers = [socket.create_server(("127.0.0.1", 0)) for __ in range(3)]
    for server in servers:
        Thread(target=keep_waiting, args=(server, asked, over), daemon=True).start()
    quick = HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    quick.RequestHandlerClass.log_message = lambda *args: None
    Thread(target=quick.serve_forever, daemon=True).start()
    monkeypatch.setattr(fetch, "TURN", 0.2)
    monkeypatch.setattr(fetch, "_slow", {})
    monkeypatch.setattr(fetch, "_quick", {})
    there = f"http://127.0.0.1:{quick.server_port}/README.md"
    assert fetch.GuardedSession().get(there).status_code == 200  # somebody, before

    def sign_in(at: socket.socket) -> None:
        with suppress(requests.RequestException):
            fetch.GuardedSession().get(f"http://127.0.0.1:{at.getsockname()[1]}/")

    waiting = [Thread(target=sign_in, args=[at], daemon=True) for at in (*servers, servers[0])]
    try:
        for one in waiting:
            one.start()
        assert asked.acquire(timeout=PATIENCE)
        asked.acquire(timeout=1)  # another, where another gets a turn
        for __ in range(3):
            assert fetch.GuardedSession().get(there).status_code == 200
    finally:
        over.set()
        for server in servers:
            server.shutdown(socket.SHUT_RDWR)
        quick.shutdown()
        quick.server_close()
        for one in waiting:
            one.join(PATIENCE)


@pytest.mark.django_db
def test_nobody_keeps_the_workers_busy_with_dossiers(coordinator, school):
    """Reminders and the mails of an emergency wait for the same workers."""
    case = CaseFactory(pupil=PupilFactory(school=school))

    def ask() -> DossierExport:
        return request_export(case, coordinator, uuid.uuid4(), "Verzoek om inzage.")

    exports = [ask() for __ in range(AT_ONCE)]
    with pytest.raises(ActionError):
        ask()
    fail(exports[0])
    ask()


# --- A report that nobody could begin, and one page of it that kept a worker busy for long
@pytest.mark.parametrize("between", ["", "\u00a0", "&amp;", "&#x27;", "\u2060", "\u202e"])
def test_a_word_without_end_in_both_directions_is_broken_for_the_printer(between, monkeypatch):
    """One text of twenty thousand such letters took a worker minutes: no dossier was ever made."""
    given = []
    monkeypatch.setattr(press, "HTML", lambda string, **how: given.append(string) or 1 / 0)
    word = ("a\u05d0" * 20 + between) * 100
    with suppress(ZeroDivisionError):
        press.on_paper(f"<p>{word}</p>", print)
    (page,) = given
    pieces = page.removeprefix("<p>").removesuffix("</p>").split(press.BREAK)
    assert "".join(pieces) == word
    assert max(len(html.unescape(piece)) for piece in pieces) <= 30


@pytest.mark.parametrize(
    "text", ["a" * 900, "\u05d0\u05d1 ok " * 90, "<b class='x'>\u05d0</b>" * 90]
)
def test_other_words_are_printed_as_they_are(text):
    assert press.broken(text) == text


def test_pictures_keep_two_threads_of_the_web_at_most(monkeypatch):
    """Each of a megabyte took five seconds, one after another: ten at once, and nobody got in."""
    picture = photo()
    inside, goes_on = Semaphore(0), Event()
    real = pictures._written_anew

    def slow(*args):
        inside.release()
        goes_on.wait(PATIENCE)
        return real(*args)

    monkeypatch.setattr(pictures, "_written_anew", slow)
    hands = [Thread(target=look_at, args=[io.BytesIO(picture)]) for _ in range(2)]
    for hand in hands:
        hand.start()
        assert inside.acquire(timeout=PATIENCE)
    with pytest.raises(Refused, match="Probeer het over een minuut opnieuw"):
        look_at(io.BytesIO(picture))
    goes_on.set()
    for hand in hands:
        hand.join(PATIENCE)
    assert [look_at(io.BytesIO(picture)).kind.code for _ in range(3)] == ["jpeg"] * 3


def test_a_report_beside_own_help_can_be_begun(coordinator, school):
    """The goals of the plan are rows by now; without them the report could not be filled."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    made = decision(case, timezone.now(), to={"veilig_thuis": None}, report=True, help="own")
    plan = HelpPlan.objects.create(decision=made)
    plan.goals.create(number=1, what="Elke dag op tijd eten.", who="Mentor", added_by=coordinator)
    report = start_report(made.referrals.get(), coordinator)
    assert "Elke dag op tijd eten." in report.contents["help"]


@pytest.mark.parametrize("text", ["„", "“", "‘", '""lui ', "lui.", "lui\n", "„lui“ "])
def test_what_sounds_like_an_opinion_is_looked_for_once(text):
    with patience():
        facts_check.remarks(text * (300_000 // len(text)))


@pytest.mark.parametrize("quoted", ["“hij is lui”", "„hij is lui“", "«hij is lui»", '"hij is lui"'])
def test_what_somebody_said_is_still_no_opinion(quoted):
    marks = facts_check.find(f"Zij zei: {quoted}. Hij is lui. „Hij” en “ lui")
    assert [mark.start > len(quoted) for mark in marks] == [True, True]


def test_marks_of_another_page_that_lead_nowhere_are_no_marks():
    assert read_seen("[" * 4000) == {}
