"""What is tried against single sign-on: forged states, and providers that lie."""

import base64
import json
import time
from contextlib import suppress

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from werkzeug.wrappers import Response

from accounts.models import IdentityProvider, User
from accounts.roles import Role
from accounts.sso.kinds import KINDS
from tests.accounts.liar import Liar
from tests.accounts.oidc import (
    DOMAIN,
    REFUSED,
    SECRET,
    START,
    asked,
    at_provider,
    back,
    come_in,
    give_second_factor,
    person,
    provider_of,
    way,
)
from tests.accounts.page import Page
from tests.accounts.second_factors import give_app
from tests.attacks.proof import shows
from tests.factories import SchoolFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOOR = f"noor@{DOMAIN}"


@pytest.fixture
def teacher(school):
    user = member(Role.TEACHER, school, email=NOOR)
    give_app(user)
    return user


@pytest.fixture(autouse=True)
def _noor(teacher):
    """Whom all of them try to become."""


@pytest.fixture
def provider(school):
    return provider_of(school)


def ask_liar(browser: Client, liar: Liar, **changes: object):
    """Come back from the liar, who tells of this sign-in unless ``nonce`` is another."""
    page = Page(browser.post(START, {"email": NOOR}))
    links = (a.get("href") for a in page.root.iter("a"))
    query = asked(next(link for link in links if "code_challenge" in link))
    liar.claims = {"nonce": query["nonce"], **liar.claims, **changes}
    answer = back(browser, f"{query['redirect_uri']}?code=c&state={query['state']}")
    return give_second_factor(browser, answer, "s1")


def assert_failed(browser: Client, answer) -> None:
    assert (answer.status_code, answer["Location"]) == (302, START)
    assert "_auth_user_id" not in browser.session
    assert "lukte niet" in Page(browser.get(START)).text
    assert not SocialAccount.objects.exists()


# --- The way there and back ---------------------------------------------------------------------


def test_the_way_there_carries_state_nonce_and_pkce(provider, client):
    query = asked(way(client, NOOR))
    assert set(query["scope"].split()) == {"openid", "profile", "email"}
    assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
    assert len(query["state"]) == 32
    assert len(query["nonce"]) == 64
    other = asked(way(client, NOOR))
    assert not {query["state"], query["nonce"], query["code_challenge"]} & set(other.values())


def test_nobody_takes_scope_or_parameters_from_the_address(provider, client):
    page = client.post(
        f"{START}?scope=admin&auth_params=prompt%3Dnone&process=connect", {"email": NOOR}
    )
    link = next(a.get("href") for a in Page(page).root.iter("a") if "/oauth2/" in a.get("href", ""))
    assert set(asked(link)["scope"].split()) == {"openid", "profile", "email"}
    assert "prompt" not in asked(link)


def test_the_way_begins_with_a_form_of_this_site(provider):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(START, {"email": NOOR}).status_code == 403
    assert "oauth2" not in browser.get(START, {"email": NOOR}).content.decode()


@shows("sso-2")
def test_a_state_is_good_once(provider, client):
    location = at_provider(way(client, NOOR), person("s1", email=NOOR))
    back(client, location)
    client.logout()
    SocialAccount.objects.all().delete()
    assert_failed(client, back(client, location))


@shows("sso-2")
def test_the_answer_to_somebody_elses_browser(provider, client):
    location = at_provider(way(Client(), NOOR), person("s1", email=NOOR))
    way(client, NOOR)
    assert_failed(client, back(client, location))


@pytest.mark.parametrize("query", ["", "code=c", "state=forged&code=c", "error=access_denied"])
def test_a_callback_that_answers_nothing(provider, client, query):
    way(client, NOOR)
    path = reverse("sso:callback", args=[provider.public_id])
    assert_failed(client, client.get(f"{path}?{query}"))


def test_whoever_stops_at_the_provider_may_try_again(provider, client):
    query = asked(way(client, NOOR))
    answer = back(client, f"{query['redirect_uri']}?error=access_denied&state={query['state']}")
    assert_failed(client, answer)


@shows("sso-2")
def test_the_answer_of_one_provider_is_not_taken_for_anothers(provider, client):
    other = provider_of(SchoolFactory(), "elders.example", client_id="other")
    location = at_provider(way(client, NOOR), person("s1", email=NOOR))
    swapped = location.replace(str(provider.public_id), str(other.public_id))
    assert_failed(client, back(client, swapped))


@shows("sso-2")
def test_a_code_for_another_sign_in(provider, client):
    """Somebody else's code, brought into one's own sign-in: the nonce in its token is another."""
    stolen = asked(at_provider(way(Client(), NOOR), person("s1", email=NOOR)))["code"]
    query = asked(way(client, NOOR))
    answer = back(client, f"{query['redirect_uri']}?code={stolen}&state={query['state']}")
    assert_failed(client, answer)


def test_nothing_of_who_somebody_is_stands_in_an_address(provider, client, caplog):
    answer = come_in(client, f"niemand@{DOMAIN}", person("s9", email=f"niemand@{DOMAIN}"))
    assert answer["Location"] == REFUSED
    ours = [record for record in caplog.records if record.name.startswith("accounts")]
    assert ours
    assert not any("niemand" in record.getMessage() for record in ours)


# --- What a token says --------------------------------------------------------------------------


def test_the_liar_lets_in_while_it_is_honest(liar, teacher, client):
    ask_liar(client, liar)
    assert client.session["_auth_user_id"] == str(teacher.pk)


FALSE_CLAIMS = [
    {"nonce": "another"},
    {"nonce": ...},
    {"iss": "https://accounts.google.com"},
    {"iss": ...},
    {"aud": "another"},
    {"aud": ...},
    {"aud": ["meldcode", "another"], "azp": "another"},
    {"aud": ["meldcode", "another"]},
    {"exp": int(time.time()) - 3600},
    {"exp": ...},
    {"iat": int(time.time()) + 3600},
    {"sub": ...},
    {"sub": ""},
    {"sub": "x" * 500},
    {"sub": 7},
    {"sub": "\ud800"},  # half a character
    {"sub": "s2"},  # userinfo tells of s1
]


@pytest.mark.parametrize("claims", FALSE_CLAIMS, ids=range(len(FALSE_CLAIMS)))
@shows("sso-1")
def test_a_token_that_does_not_hold(liar, client, claims):
    assert_failed(client, ask_liar(client, liar, **claims))


STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGNATURES = {
    "another key": lambda liar, c: liar.signed(c, STRANGER),
    "another key id": lambda liar, c: liar.signed(c, STRANGER, "k2"),
    "no signature": lambda liar, c: jwt.encode(c, None, algorithm="none", headers={"kid": "k1"}),
    "client secret": lambda liar, c: jwt.encode(
        c, "een-geheim-dat-nergens-te-lezen-is", algorithm="HS256", headers={"kid": "k1"}
    ),
    "changed": lambda liar, c: liar.signed(c)[:-8] + "AAAAAAAA",
    "cut off": lambda liar, c: liar.signed(c).rpartition(".")[0],
    "nonsense": lambda liar, c: "geen.token.hier",
    "nothing": lambda liar, c: None,
    "a number": lambda liar, c: 7,
    "an object": lambda liar, c: {"sub": "s1"},
}


@pytest.mark.parametrize("how", SIGNATURES)
@shows("sso-1")
def test_a_token_that_is_not_signed_by_the_issuer(liar, client, how):
    liar.sign = lambda claims: SIGNATURES[how](liar, claims)
    assert_failed(client, ask_liar(client, liar))


# As long as an answer may hold: to the power of one such, modulo another.
HUGE = "w" * 30_000
SECRET_KEY = {"kty": "RSA", "n": HUGE, "e": "AQAB", "d": HUGE}
WITH_FACTORS = SECRET_KEY | dict.fromkeys(("p", "q", "dp", "dq", "qi"), HUGE)
OF_USUAL_LENGTH = SECRET_KEY | {"n": "w" * 340}


@pytest.mark.parametrize("kid", ["k1", "k2"])
@pytest.mark.parametrize(
    "key", [SECRET_KEY, WITH_FACTORS, OF_USUAL_LENGTH], ids=["d", "d, p and q", "a long d alone"]
)
@shows("sso-6")
def test_a_provider_does_not_let_us_look_for_the_factors_of_its_key(
    liar, client, monkeypatch, key, kid
):
    """A key with its secret part is completed by whoever loads it: that is days of one process."""
    worked_on = []
    for work in ("rsa_recover_prime_factors", "RSAPrivateNumbers"):
        monkeypatch.setattr(jwt.algorithms, work, lambda *args, **kwargs: worked_on.append(args))
    keys = {"keys": [{**key, "kid": kid}, liar.public()]}
    told = Response(json.dumps(keys), content_type="application/json")
    liar.answer = lambda asked: told if asked == "/jwks_uri" else None
    ask_liar(client, liar)
    assert not worked_on
    assert "_auth_user_id" in client.session  # the key beside it is a good one


@pytest.mark.parametrize("told", [None, [], "s1", {}, {"sub": "s2", "email": NOOR}], ids=str)
@shows("sso-1")
def test_userinfo_of_somebody_else(liar, client, told):
    liar.userinfo = told
    assert_failed(client, ask_liar(client, liar))


@pytest.mark.parametrize(
    ("in_token", "in_userinfo"),
    [
        ({"email": NOOR}, {"email_verified": True}),
        ({"email_verified": True}, {"email": NOOR}),
        ({"email": f"anders@{DOMAIN}", "email_verified": True}, {"email": NOOR}),
    ],
)
def test_what_is_said_of_one_address_counts_for_no_other(liar, client, in_token, in_userinfo):
    liar.userinfo = {"sub": "s1", **in_userinfo}
    assert ask_liar(client, liar, **in_token)["Location"] == REFUSED
    assert not SocialAccount.objects.exists()


def test_a_provider_may_say_it_all_in_its_token(liar, client):
    liar.userinfo = {"sub": "s1"}
    ask_liar(client, liar, email=NOOR, email_verified=True)
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("token", [None, 7, ["a"], "\ud800", "a\r\nX: y"])
def test_a_token_that_stands_in_no_header(liar, client, token):
    said = json.dumps({"access_token": token, "id_token": "a.b.c"})
    response = Response(said, content_type="application/json")
    liar.answer = lambda asked: response if asked == "/token_endpoint" else None
    assert_failed(client, ask_liar(client, liar))


@pytest.mark.parametrize("seconds", ["x", 10**30, [1]])
def test_how_long_a_token_lasts_is_nothing_to_us(liar, client, seconds):
    def answer(path):
        if path != "/token_endpoint":
            return None
        said = {**json.loads(liar._answer(path).get_data()), "expires_in": seconds}
        return Response(json.dumps(said), content_type="application/json")

    liar.answer = answer
    ask_liar(client, liar)
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("path", ["/token_endpoint", "/jwks_uri", "/userinfo_endpoint"])
@pytest.mark.parametrize(
    "response",
    [
        Response("kapot", status=500),
        Response("<html>", content_type="text/html"),
        Response("[]", content_type="application/json"),
        Response("{}", content_type="application/json"),
        Response(status=302, headers={"Location": "https://elders.example/"}),
        Response("{" + " " * 300_000 + "}", content_type="application/json"),
        Response("1", content_type="application/json"),
        Response("[" * 100_000, content_type="application/json"),
        Response('{"access_token": ' + "9" * 5_000 + "}", content_type="application/json"),
    ],
    ids=["error", "page", "list", "empty", "redirect", "large", "number", "deep", "long number"],
)
def test_an_answer_that_is_none(liar, client, path, response):
    liar.answer = lambda asked: response if asked == path else None
    assert_failed(client, ask_liar(client, liar))


@pytest.mark.parametrize(
    "response",
    [
        Response(status=503),
        Response("[" * 100_000, content_type="application/json"),
        Response('{"issuer": ' + "9" * 5_000 + "}", content_type="application/json"),
    ],
    ids=["away", "deep", "long number"],
)
def test_a_provider_that_says_nothing_of_itself_is_said_at_the_field(liar, client, response):
    liar.answer = lambda asked: response
    answer = client.post(START, {"email": NOOR})
    assert answer.status_code == 422
    assert "antwoordt nu niet" in Page(answer).text


def test_a_provider_that_is_away_when_one_comes_back(liar, client):
    """What it says of itself is asked again after five minutes; some type a code for longer."""
    page = Page(client.post(START, {"email": NOOR}))
    links = (a.get("href") for a in page.root.iter("a"))
    query = asked(next(link for link in links if "code_challenge" in link))
    cache.clear()
    liar.answer = lambda asked: Response(status=503)
    address = f"{query['redirect_uri']}?code=c&state={query['state']}"
    assert_failed(client, back(client, address))


# --- Which address a provider vouches for -------------------------------------------------------

ISS = "https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0"
ENTRA = {"iss": ISS, "preferred_username": NOOR}
GOOGLE = {"email": NOOR, "email_verified": True, "hd": DOMAIN}
SURF = {"email": NOOR, "schac_home_organization": DOMAIN}
VERIFIED = {"email": NOOR, "email_verified": True}
ADDRESSES = [
    ("entra", ENTRA, NOOR),
    ("entra", {**ENTRA, "email": "directeur@school.example"}, NOOR),
    ("entra", {"iss": ISS, "email": NOOR}, None),
    ("entra", {"iss": ISS, "email": NOOR, "email_verified": True}, None),
    ("entra", {**ENTRA, "email": "n.dewit@school.example", "xms_edov": True},
     "n.dewit@school.example"),
    ("entra", {**ENTRA, "email": "directeur@school.example", "xms_edov": False}, NOOR),
    ("entra", {**ENTRA, "idp": "https://sts.windows.net/elders/"}, None),
    ("entra", {**ENTRA, "idp": "live.com"}, None),
    ("entra", {**ENTRA, "idp": ISS, "acct": 0}, NOOR),
    ("entra", {**ENTRA, "acct": 1}, None),
    ("google", GOOGLE, NOOR),
    ("google", {**GOOGLE, "hd": "elders.example"}, None),
    ("google", {"email": NOOR, "email_verified": True}, None),
    ("google", {**GOOGLE, "email_verified": False}, None),
    ("surfconext", SURF, NOOR),
    ("surfconext", {**SURF, "schac_home_organization": "elders.example"}, None),
    ("surfconext", VERIFIED, None),
    ("surfconext", {**SURF, "email_verified": False}, None),
    ("other", VERIFIED, NOOR),
    ("other", {"email": NOOR}, None),
    ("other", {"email": NOOR, "email_verified": "true"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "claims", "address"), ADDRESSES)
def test_which_address_counts(kind, claims, address):
    assert KINDS[kind].address(claims, [DOMAIN]) == address


def test_the_kind_decides_in_a_sign_in_too(liar, client):
    liar.provider.kind = "entra"
    liar.provider.save()
    liar.claims = {"email": NOOR, "email_verified": True}
    assert ask_liar(client, liar)["Location"] == REFUSED
    assert "/userinfo_endpoint" not in [request.path for request in liar.asked]
    liar.claims = {"preferred_username": NOOR}
    ask_liar(client, liar)
    assert client.session["_auth_user_id"] == str(User.objects.get(email=NOOR).pk)


@pytest.mark.parametrize("typed", ["common", "organizations", "consumers", "", "school.nl", "../x"])
def test_an_entra_without_a_tenant_of_ones_own(typed):
    assert KINDS["entra"].issuer(typed) is None


@shows("sso-5")
def test_a_secret_is_not_sent_to_another_provider_than_it_is_of(
    school, administrator, signed_in, liar
):
    """An administrator leads it to a server of their own, and keeps "the one there is"."""
    IdentityProvider.objects.all().delete()
    provider = provider_of(school)
    change, browser = reverse("sso:change", args=[provider.public_id]), signed_in(administrator)
    moved = {
        "kind": "other", "name": "Schoolaccount", "location": liar.address, "domains": DOMAIN,
        "client_id": "meldcode", "client_secret": "",
    }  # fmt: skip
    answer = browser.post(change, moved)
    with suppress(StopIteration):  # nothing leads there
        ask_liar(Client(), liar)
    sent = [f"{one.headers} {one.get_data(as_text=True)}" for one in liar.asked]
    secret = base64.b64encode(f"meldcode:{SECRET}".encode()).decode()
    assert not any(SECRET in one or secret in one for one in sent)
    # With a secret of its own it is another provider, as before.
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"client_secret"}
    assert browser.post(change, {**moved, "client_secret": "nieuw"}).status_code == 302
    assert IdentityProvider.objects.get().secret == "nieuw"
