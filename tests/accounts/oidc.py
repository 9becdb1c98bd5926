"""A real OpenID Connect provider (oidc-provider-mock) beside the tests, and coming in by it."""

import threading
from functools import cache as once
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import requests
import werkzeug.serving
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import IdentityProvider, ProviderDomain, School
from accounts.sso.models import trust_of
from tests.accounts.page import Page
from tests.accounts.second_factors import code, key_of

START = reverse("sso:start")
REFUSED = reverse("sso:refused")
SECRET = "een-geheim-dat-nergens-te-lezen-is"
DOMAIN = "school.example"


@once
def address() -> str:
    """Return the address of the provider; it runs until the tests end."""
    app = oidc_provider_mock.app()
    server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def provider_of(school: School, *domains: str, **fields: object) -> IdentityProvider:
    """Let a school trust the provider for addresses of the domains."""
    fields = {"kind": "other", "issuer": address(), "client_id": "meldcode", **fields}
    trust = trust_of(fields["kind"], fields["issuer"], fields["client_id"])
    provider = IdentityProvider(school=school, name="Schoolaccount", trust=trust, **fields)
    provider.secret = SECRET
    provider.save()
    for domain in domains or (DOMAIN,):
        ProviderDomain.objects.create(provider=provider, domain=domain)
    return provider


def person(sub: str, **claims: object) -> str:
    """Let the provider know somebody; return their id there."""
    known = {"email_verified": True, **claims}
    requests.put(f"{address()}/users/{sub}", json=known, timeout=5).raise_for_status()
    return sub


def way(browser: Client, email: str, **fields: str) -> str:
    """Return the link to the provider that the sign-in page gives for an address."""
    page = Page(browser.post(START, {"email": email, **fields}))
    return next(a.get("href") for a in page.root.iter("a") if "/oauth2/" in a.get("href", ""))


def at_provider(link: str, sub: str) -> str:
    """Sign in at the provider as a browser does; return where it sends the browser."""
    answer = requests.post(link, data={"sub": sub}, allow_redirects=False, timeout=5)
    return answer.headers["Location"]


def back(browser: Client, location: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """Follow the provider's redirect back to us."""
    parts = urlsplit(location)
    return browser.get(f"{parts.path}?{parts.query}", headers=headers)


def come_in(browser: Client, email: str, sub: str, **fields: str) -> HttpResponse:
    """Sign in by one's school, and give the second factor if it is asked."""
    answer = back(browser, at_provider(way(browser, email, **fields), sub))
    return give_second_factor(browser, answer, sub)


def give_second_factor(browser: Client, answer: HttpResponse, sub: str) -> HttpResponse:
    """Give the code of one's app where an answer leads there; any other answer as it is."""
    page = reverse("mfa_authenticate")
    if answer["Location"] != page:
        return answer
    cache.clear()  # a code is good once; a test comes in more often than each half minute
    user = SocialAccount.objects.get(uid=sub).user
    return browser.post(page, {"code": code(key_of(user))})


def asked(link: str) -> dict[str, str]:
    """Return the parameters of a link."""
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
