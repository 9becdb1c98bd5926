"""The headers of every answer (ASVS 14.4, 8.2, 14.3)."""

import io
import runpy
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create

from accounts import views
from cases.models import DossierExport
from tests.accounts.second_factors import LOGIN
from tests.attacks.page_elements import read
from tests.attacks.proof import shows
from tests.test_role_matrix import MATRIX, POST_ONLY, arguments, first_to_see
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "manifest-src": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "base-uri": {"'none'"},
    "object-src": {"'none'"},
}
# A file that somebody added runs nothing and opens nothing, wherever it is shown.
OF_A_FILE = {"default-src": {"'none'"}, "sandbox": set()}
SAME = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
WHO = ("coordinator", "administrator", "joined", "nobody")
TELLS = ("Server", "X-Powered-By", "X-AspNet-Version", "X-Generator", "X-Debug")


def missing(answer) -> list[str]:
    """Return what an answer lacks."""
    said = answer.get("Content-Security-Policy", "")
    parts = dict(part.strip().partition(" ")[::2] for part in said.split(";") if part.strip())
    policy = {name: set(sources.split()) for name, sources in parts.items()}
    found = [] if policy in (POLICY, OF_A_FILE) else [f"Content-Security-Policy: {said}"]
    found += [name for name, value in SAME.items() if answer.get(name) != value]
    off = answer.get("Permissions-Policy", "")
    found += [f"{w} in Permissions-Policy" for w in ("camera", "microphone", "geolocation")
              if f"{w}=()" not in off]  # fmt: skip
    return found + [f"tells {name}" for name in TELLS if name in answer.headers]


def is_kept(answer) -> bool:
    """Tell whether a cache may keep an answer."""
    return "no-store" not in answer.get("Cache-Control", "")


def remembered(answer) -> list[str]:
    """Return the fields of which a browser remembers what was typed.

    It shows that to whoever uses it next, on any site that has a field of that name; and keeps what
    stands in a form, chosen or typed, readably on its own disk, sent or not.
    """
    return [
        attributes.get("name", "") or attributes.get("action", "") or tag
        for tag, attributes in read(answer.content.decode(errors="replace")).found
        if (tag == "textarea" or tag == "form" or (tag == "input" and is_text(attributes)))
        and attributes.get("method", "post").lower() == "post"
        and not attributes.get("autocomplete")
    ]


def is_text(attributes) -> bool:
    kind = attributes.get("type", "text")
    return kind in ("text", "search", "email", "tel", "url", "number")


@shows("header-1", "header-2", "kept-1")
@pytest.mark.parametrize("who", [*WHO, "signed_out"])
def test_each_page_carries_them(who, browser_of, world):
    """To the first of these who may see it, and to a stranger; what nobody of them sees to one."""
    browser = browser_of(who)
    for name in sorted(MATRIX):
        if who not in ("signed_out", first_to_see(name, WHO) or "nobody"):
            continue
        ask = browser.post if name in POST_ONLY else browser.get
        answer = ask(reverse(name, args=arguments(name, world)))
        assert missing(answer) == [], (name, answer.status_code)
        assert not is_kept(answer), name
        # One's own address, and what one calls a passkey, are not about anybody else.
        own = answer.streaming or name.startswith(("account_", "mfa_"))
        assert own or remembered(answer) == [], name


@shows("kept-1")
def test_a_form_that_comes_back_lets_go_of_what_was_sent(signed_in, teacher):
    """Chromium keeps what was sent with the page that answers it, to send it once more."""
    browser, at_once = signed_in(teacher), '<script src="/static/js/sent.js"></script>'
    url = reverse("signals:new")
    refused = browser.post(url, {"facts": "Kwam zonder jas."})
    assert refused.status_code == 422
    assert at_once in refused.content.decode().partition("</head>")[0]
    assert at_once not in browser.get(url).content.decode()


@shows("kept-1")
def test_so_does_a_page_that_refuses_it(signed_in, teacher):
    """Whatever is wrong with it: too much, sent nowhere, of an old page."""
    browser, strict = signed_in(teacher), Client(enforce_csrf_checks=True)
    refused = [
        browser.post(LOGIN, {"login": "a" * 1_300_000}),
        browser.post("/nergens/", {"facts": "Kwam zonder jas."}),
        strict.post(LOGIN, {"login": "a@b.nl", "password": "a"}),
    ]
    assert [answer.status_code for answer in refused] == [400, 404, 403]
    for answer in refused:
        assert "/static/js/sent.js" in answer.content.decode().partition("</head>")[0]


@shows("kept-2")
def test_to_somebody_else_a_form_is_another_one(signed_in, coordinator, teacher):
    """Back in the tab of a colleague who had signed out, Chromium filled in what they had typed.

    It knows a form again by its address and by the names of its first two fields.
    """

    def known_by(browser) -> list[str]:
        page = read(browser.get(reverse("signals:new")).content.decode()).found
        begins = next(n for n, (__, a) in enumerate(page) if "record-form" in a.get("class", ""))
        named = [attributes["name"] for __, attributes in page[begins:] if attributes.get("name")]
        return named[:2]

    own, again, others = map(known_by, map(signed_in, (teacher, teacher, coordinator)))
    assert own == again
    assert own[0] == others[0] == "csrfmiddlewaretoken"
    assert own[1] != others[1]


def broken(request: HttpRequest) -> HttpResponse:
    """Fail."""
    raise RuntimeError("geheim van de server")


@pytest.fixture
def answers(signed_in, coordinator, monkeypatch) -> dict[int, HttpResponse]:
    """One answer of each status."""
    browser, strict = signed_in(coordinator), Client(enforce_csrf_checks=True)
    new, out = reverse("signals:new"), Client()
    found = [
        browser.get(new),
        browser.get("/"),
        browser.get("/nergens/"),
        browser.put(new),
        browser.post(new),
        browser.get(new, headers={"host": "evil.example"}),
        strict.post(LOGIN),
        [out.post(LOGIN, {"login": "a@b.nl", "password": "a"}) for _ in range(101)][-1],
        browser.post(reverse("stay")),
    ]
    failing = Client(raise_request_exception=False)
    monkeypatch.setattr(views, "LanguageForm", broken)
    found.append(failing.post(reverse("set_language")))
    return {answer.status_code: answer for answer in found}


@shows("header-1", "header-2")
def test_each_status_carries_them(answers):
    assert set(answers) == {200, 204, 302, 400, 403, 404, 405, 422, 429, 500}
    for status, answer in answers.items():
        assert missing(answer) == [], status
        assert not is_kept(answer), status


@shows("header-4")
def test_an_error_page_tells_nothing(answers):
    for status, answer in answers.items():
        for word in (
            b"Traceback",
            b"RuntimeError",
            b"geheim van de server",
            b"SECRET",
            b"/site-packages",
        ):
            assert word not in answer.content, status


@shows("header-4")
def test_nothing_is_shown_to_who_debugs():
    assert django_settings.DEBUG is False
    for path in ("/admin/", "/__debug__/", "/static/../settings.py", "/.env", "/.git/config",
                 "/health/?debug=1", "/api/", "/accounts/signup/", "/account/signup/",
                 "/account/email/"):  # fmt: skip
        answer = Client().get(path)
        assert answer.status_code in (404, 302) or path.startswith("/health"), path
        assert b"urlpatterns" not in answer.content


@shows("header-1", "header-2")
def test_a_download_carries_them(signed_in):
    world = World()
    export = world.export
    export.file.save("a.pdf", ContentFile(b"%PDF-1.7"), save=False)
    export.state = DossierExport.State.READY
    export.save()
    browser = signed_in(world.people["administrator"])
    answer = browser.get(reverse("cases:export_download", args=[export.public_id]))
    assert answer.status_code == 200
    assert missing(answer) == []
    assert not is_kept(answer)
    assert answer["Content-Disposition"].startswith("attachment")
    assert io.BytesIO(b"".join(answer)).read() == b"%PDF-1.7"


@shows("header-1")
def test_a_static_file_carries_them(settings, tmp_path):
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
    }
    answer = Client().get("/static/img/a.svg")  # the first request reads the folder
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert missing(answer) == []


@shows("header-5")
@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO"])
def test_no_header_says_under_which_address_the_program_stands(name):
    """As gunicorn reads it from a proxy on the same machine, which it believes by itself."""
    config, here = Config(), ("127.0.0.1", 4711)
    for key, value in runpy.run_path("gunicorn.conf.py").items():
        if key in config.settings:
            config.set(key, value)
    asked = b"GET /x/account/login/ HTTP/1.1\r\nHost: localhost\r\n%s: /x\r\n\r\n" % name.encode()
    request = next(iter(RequestParser(config, [asked], here)))
    __, environ = create(request, mock.Mock(), here, here, config)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/x/account/login/")
