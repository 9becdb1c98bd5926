"""Guessing, and learning who is here (ASVS 2.2, 2.5)."""

import re
import threading
from datetime import timedelta
from unittest import mock

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import after_response
from accounts.adapter import lift_lock_out
from accounts.models import User
from accounts.people.actions import SECRET_BYTES
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN, code, give_app, sign_in
from tests.accounts.test_password_reset import choose
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows
from tests.attacks.test_while_sessions_end import by_key
from tests.factories import PASSWORD, RoleInvitationFactory, UserFactory

pytestmark = pytest.mark.django_db

RESET = reverse("account_reset_password")
TOO_OFTEN = "Te vaak fout. Wacht even, of kies een nieuw wachtwoord."
PAGE = "Je probeerde het te vaak in korte tijd."
UNKNOWN = "niemand@school.example"
# As it is without what a test makes of it.
GIVE_TO_A_HAND = after_response.do


WRONG = "geraden"


def tries(login: str, password: str = WRONG, browser: Client | None = None, **more):
    """Try to sign in with a password."""
    return (browser or Client()).post(LOGIN, {"login": login, "password": password}, **more)


def waits(answer) -> bool:
    """Tell whether somebody is told to wait."""
    return TOO_OFTEN in Page(answer).text


@pytest.fixture
def clock(monkeypatch):
    """A clock that one puts forward; the cache forgets nothing by itself."""
    import time

    ahead, real = [0], time.time
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: real() + ahead[0])

    def forward(seconds: int) -> None:
        ahead[0] += seconds

    return forward


# --- One account ----------------------------------------------------------------------------------
VARIANTS = (
    lambda login, n: ({"login": login}, {"REMOTE_ADDR": f"192.0.2.{n}"}),
    lambda login, n: ({"login": login}, {"headers": {"host": f"testserver:{n + 1}"}}),
    lambda login, n: ({"login": login}, {"headers": {"host": ("localhost", "127.0.0.1")[n % 2]}}),
    lambda login, n: ({"login": login[:n].upper() + login[n:]}, {}),
    lambda login, n: ({"login": " " * n + login}, {}),
    lambda login, n: ({"login": login}, {"headers": {"x-forwarded-for": f"192.0.2.{n}"}}),
    lambda login, n: ({"login": login}, {"headers": {"user-agent": f"Browser {n}"}}),
    lambda login, n: ({"login": login.replace("k", "\u212a")}, {}),
)
names = ("addresses", "ports", "hosts", "capitals", "spaces", "forwarded", "agents", "look-alikes")


@shows("limit-1", "limit-3")
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("variant", VARIANTS, ids=names)
def test_after_five_mistakes_one_waits_however_one_comes(variant, known, school):
    login = "kees@school.example"
    if known:
        UserFactory(email=login)
    for number in range(5):
        data, more = variant(login, number)
        assert not waits(Client().post(LOGIN, {**data, "password": "geraden"}, **more)), number
    data, more = variant(login, 6)
    assert waits(Client().post(LOGIN, {**data, "password": PASSWORD}, **more))


@shows("limit-1", "limit-3")
@pytest.mark.parametrize("known", [True, False])
def test_fifty_mistakes_are_enough_for_a_day(known, teacher, clock):
    login = teacher.email if known else UNKNOWN
    for number in range(50):
        assert not waits(tries(login, REMOTE_ADDR=f"192.0.2.{number}")), number
        clock(61)
    clock(3600)
    assert waits(tries(login, PASSWORD))


@shows("limit-1")
def test_signing_in_now_and_then_does_not_wipe_out_mistakes(teacher):
    """A thief with an account of their own comes in between, from the same address."""
    thief = UserFactory()
    for _guess in range(5):
        tries(teacher.email)
        assert tries(thief.email, PASSWORD).status_code == 302
    assert waits(tries(teacher.email, PASSWORD))


@shows("limit-1")
def test_mistakes_elsewhere_wipe_out_none(teacher):
    """The cache that counts them throws nothing away when many others are counted too."""
    for _guess in range(5):
        tries(teacher.email)
    others = {f"another-{number}": 1 for number in range(700)}
    cache.set_many(others)
    assert cache.get_many(others) == others
    assert waits(tries(teacher.email, PASSWORD, REMOTE_ADDR="192.0.2.9"))


# --- One address ----------------------------------------------------------------------------------
@shows("limit-2")
@pytest.mark.parametrize(("language", "said"), [("nl", PAGE), ("en", "You tried too often")])
def test_a_flood_of_tries_gets_a_page_in_the_language_of_the_reader(language, said):
    browser = Client()
    browser.cookies["language"] = language
    answers = [tries(f"{number}@a.nl", browser=browser) for number in range(101)]
    assert waits(answers[30]) or language == "en"
    assert answers[-1].status_code == 429
    page = Page(answers[-1])
    assert page.language == language
    assert said in page.text
    assert tries("b@a.nl", REMOTE_ADDR="192.0.2.77").status_code == 200


@shows("limit-7")
def test_questions_for_a_passkey_make_no_more_sessions_than_people_sign_in(client):
    ask = {"path": reverse("mfa_login_webauthn"), "headers": {"x-requested-with": "XMLHttpRequest"}}
    answers = []
    for __ in range(102):
        client.cookies.clear()
        answers.append(client.get(**ask).status_code)
    assert answers == [200] * 100 + [429] * 2
    assert Session.objects.count() == 100
    assert client.get(**ask, REMOTE_ADDR="192.0.2.78").status_code == 200


@shows("limit-2")
def test_one_line_of_the_internet_is_one_address():
    """A household gets 256 of those networks that a computer takes its addresses from."""
    answers = [
        tries(f"{number}@a.nl", REMOTE_ADDR=f"2001:db8:0:{number:x}::1") for number in range(31)
    ]
    assert waits(answers[-1])
    assert not waits(tries("31@a.nl", REMOTE_ADDR="2001:db8:1::1"))


@shows("limit-2")
@pytest.mark.parametrize("passed_on_as", ["::ffff:{}", "64:ff9b::{}"])
def test_nobody_shares_theirs_for_how_a_proxy_writes_it(passed_on_as):
    """Old addresses written as new ones were all of one network: 31 mistakes shut everybody out."""
    stranger, other = (passed_on_as.format(old) for old in ("192.0.2.1", "198.51.100.7"))
    answers = [tries(f"{number}@a.nl", REMOTE_ADDR=stranger) for number in range(31)]
    assert waits(answers[-1])
    assert waits(tries("31@a.nl", REMOTE_ADDR="192.0.2.1"))
    assert not waits(tries("31@a.nl", REMOTE_ADDR=other))


@shows("limit-2")
def test_an_address_that_one_gives_oneself_does_not_help():
    """Nobody stands before us here who is believed about it (TRUSTED_PROXIES)."""
    answers = [
        tries(f"{number}@a.nl", headers={"x-forwarded-for": f"198.51.100.{number}"})
        for number in range(31)
    ]
    assert waits(answers[-1])


# --- Who is here ----------------------------------------------------------------------------------
def shape(answer) -> tuple:
    """Return all that one sees of an answer, but for what is new each time."""
    body = re.sub(r'value="[\w-]{64}"', "", answer.content.decode())
    body = body.replace(UNKNOWN, "WHO").replace("anna@school.example", "WHO")
    clocks = ("Content-Length", "Expires")
    headers = {name: value for name, value in answer.headers.items() if name not in clocks}
    return answer.status_code, body, headers, sorted(answer.cookies)


@pytest.fixture
def people() -> dict[str, str]:
    """Return the addresses of somebody known, somebody who left, and nobody."""
    UserFactory(email="anna@school.example")
    return {"known": "anna@school.example", "unknown": UNKNOWN}


@shows("limit-3")
def test_a_wrong_password_sounds_the_same_for_everybody(people):
    assert len({repr(shape(tries(login))) for login in people.values()}) == 1
    User.objects.update(is_active=False)
    assert len({repr(shape(tries(login))) for login in people.values()}) == 1


@shows("limit-3")
def test_a_locked_account_sounds_the_same_as_an_unknown_one(people):
    answers = set()
    for login in people.values():
        for _guess in range(5):
            tries(login)
        answers.add(repr(shape(tries(login, PASSWORD))))
    assert len(answers) == 1


@shows("limit-3")
def test_a_new_password_is_asked_for_with_the_same_answer(people):
    answers = {repr(shape(Client().post(RESET, {"email": who}))) for who in people.values()}
    assert len(answers) == 1
    pages = {repr(shape(Client().get(reverse("account_reset_password_done"))))}
    assert len(pages) == 1
    assert [message.to for message in mail.outbox] == [[people["known"]]]


@shows("limit-3")
def test_the_database_is_asked_as_often(people):
    def asked(do) -> int:
        with CaptureQueriesContext(connection) as queries:
            do()
        return len(queries)

    assert len({asked(lambda who=who: tries(who)) for who in people.values()}) == 1


@shows("limit-3")
def test_nothing_of_an_account_is_looked_at_before_the_answer(people, monkeypatch):
    """The token of the link and what it hangs on took a fifth of the time of the answer."""
    later, asked = [], {}
    monkeypatch.setattr(after_response, "do", later.append)
    for who in people.values():
        with CaptureQueriesContext(connection) as queries:
            Client().post(RESET, {"email": who})
        asked[who] = [query["sql"] for query in queries if "accounts_user" in query["sql"]]
    assert not any(asked.values())
    assert len(later) == len(people)
    assert mail.outbox == []


@shows("limit-3")
def test_the_next_request_along_the_same_line_does_not_wait_for_a_mail():
    """How long it waited told whether there was one to send: 200 ms and more."""
    answered, done = threading.Event(), threading.Event()

    def get_response(request):
        after_response.after_response(request, lambda: answered.wait(5) and done.set())
        return HttpResponse()

    with mock.patch.object(after_response, "do", GIVE_TO_A_HAND):
        after_response.AfterResponseMiddleware(get_response)(RequestFactory().get("/")).close()
    assert not done.is_set()
    answered.set()
    assert done.wait(5)


@shows("limit-3")
def test_the_hash_is_computed_for_everybody(people, monkeypatch):
    """It takes most of the time of signing in: left out for unknown addresses, it would tell."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    computed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, *args, **kw: computed.append(1) or encode(self, *args, **kw),
    )
    User.objects.create(email="zonder@school.example", name="Zonder wachtwoord", password="!")
    UserFactory(email="weg@school.example", is_active=False)
    computed.clear()
    for login in (*people.values(), "zonder@school.example", "weg@school.example"):
        tries(login)
        assert len(computed) == 1, login
        computed.clear()


@shows("limit-3")
def test_an_invitation_tells_its_sender_nothing_of_who_is_here(signed_in, administrator):
    UserFactory(email="anna@school.example")
    browser, answers = signed_in(administrator), set()
    for address in ("anna@school.example", UNKNOWN):
        answer = browser.post(
            reverse("people:invite"), {"name": "A", "email": address, "role": "teacher"}
        )
        answers.add((answer.status_code, answer["Location"]))
    assert len(answers) == 1
    listed = Page(browser.get(reverse("people:people"))).text
    assert "anna@school.example" in listed
    assert UNKNOWN in listed


# --- Locked out -----------------------------------------------------------------------------------
@shows("limit-4")
def test_whoever_was_locked_out_comes_in_with_a_new_password(teacher, clock):
    for number in range(50):
        tries(teacher.email, REMOTE_ADDR=f"192.0.2.{number}")
        clock(61)
    assert waits(tries(teacher.email, PASSWORD))
    browser = Client()
    browser.post(RESET, {"email": teacher.email})
    path = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    choose(browser, path.partition(".example")[2])
    assert tries(teacher.email, "paard stal klok regen").status_code == 302


GIVE = reverse("mfa_authenticate")


@shows("limit-4")
def test_nobody_keeps_somebody_out_who_goes_on_as_the_mistakes_do(teacher):
    """Whoever types wrong passwords without end locked the new one again within seconds."""
    secret, browser = give_app(teacher), Client()
    browser.post(RESET, {"email": teacher.email})
    path = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    asked = choose(browser, path.partition(".example")[2])
    for __ in range(6):
        tries(teacher.email, REMOTE_ADDR="192.0.2.5")
    assert waits(tries(teacher.email, "paard stal klok regen"))
    assert asked.request["PATH_INFO"] == GIVE
    assert browser.get(reverse("help")).status_code == 302  # that is half of it
    browser.post(GIVE, {"code": code(secret)})
    assert browser.get(reverse("help")).status_code == 200


def wrong_codes(user, clock) -> None:
    """Give the password, and wrong codes, until one has to wait for a day."""
    for n in range(11):
        clock(6 * 60)
        thief = Client()
        thief.post(LOGIN, {"login": user.email, "password": PASSWORD}, REMOTE_ADDR=f"192.0.2.{n}")
        for __ in range(5):
            thief.post(GIVE, {"code": "000000"}, REMOTE_ADDR=f"192.0.2.{n}")


def comes_in(user, secret: str, password: str) -> bool:
    """Tell whether somebody comes in with their password and the right code."""
    browser = Client()
    browser.post(LOGIN, {"login": user.email, "password": password})
    browser.post(GIVE, {"code": code(secret)})
    return browser.get(reverse("help")).status_code == 200


@pytest.mark.any_database
@shows("limit-4")
def test_whoever_was_locked_out_by_wrong_codes_comes_in_with_a_new_password(teacher, clock):
    """So that nobody who has a password keeps its owner out for a day."""
    secret = give_app(teacher)
    wrong_codes(teacher, clock)
    clock(6 * 60)
    assert not comes_in(teacher, secret, PASSWORD)
    Client().post(RESET, {"email": teacher.email})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
    choose(Client(), link, "paard stal klok regen")
    assert comes_in(teacher, secret, "paard stal klok regen")


@pytest.mark.any_database
@shows("limit-4")
def test_nor_is_the_code_of_a_new_app_refused(teacher, administrator, clock, signed_in):
    give_app(teacher)
    wrong_codes(teacher, clock)
    reset = reverse("people:reset_second_factor", args=[teacher.public_id])
    assert signed_in(administrator).post(reset).status_code == 302
    assert comes_in(teacher, give_app(teacher), PASSWORD)


@pytest.mark.any_database
@shows("limit-6")
def test_new_passwords_forgive_wrong_codes_some_times_a_day(teacher, clock):
    """Whoever reads somebody's mail would guess without end."""
    secret, request = give_app(teacher), RequestFactory().post("/")
    request.user = teacher
    for __ in range(3):
        wrong_codes(teacher, clock)
        lift_lock_out(request, teacher)
    wrong_codes(teacher, clock)
    lift_lock_out(request, teacher)
    clock(6 * 60)
    assert not comes_in(teacher, secret, PASSWORD)


@shows("limit-4")
def test_nobody_uses_up_the_mails_by_which_one_comes_in_again(teacher, clock):
    """Twenty mails in the morning, which signing in makes worthless; then five mistakes: until the
    next day nothing let them in, and no new mail came.
    """
    for number in range(21):
        Client().post(RESET, {"email": teacher.email}, REMOTE_ADDR=f"192.0.2.{number}")
        clock(13)
    Client().force_login(teacher)
    clock(61)
    for number in range(5):
        tries(teacher.email, REMOTE_ADDR=f"192.0.2.{number}")
    assert waits(tries(teacher.email, PASSWORD))
    browser, sent = Client(), len(mail.outbox)
    assert browser.post(RESET, {"email": teacher.email}).status_code == 302
    assert len(mail.outbox) == sent + 1
    path = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    choose(browser, path.partition(".example")[2])
    assert tries(teacher.email, "paard stal klok regen").status_code == 302


# --- Mails and links ------------------------------------------------------------------------------
@shows("limit-5")
@pytest.mark.parametrize("known", [True, False])
def test_nobody_fills_somebodys_mailbox(known, teacher, clock):
    """Beyond twenty a day no mail goes out, and the answer does not tell."""
    address, answers = teacher.email if known else UNKNOWN, set()
    for number in range(22):
        more = {"REMOTE_ADDR": f"192.0.2.{number}"}
        answers.add(repr(shape(Client().post(RESET, {"email": address.upper()}, **more))))
        clock(13)
    assert len(answers) == 1
    assert len(mail.outbox) == (20 if known else 0)
    clock(24 * 3600)
    Client().post(RESET, {"email": address})
    assert len(mail.outbox) == (21 if known else 0)


@shows("limit-5")
def test_five_a_minute_and_from_one_address_twenty(teacher):
    answers = [Client().post(RESET, {"email": teacher.email}) for _ in range(6)]
    assert [a.status_code for a in answers] == [302] * 5 + [429]
    cache.clear()
    answers = [Client().post(RESET, {"email": f"{number}@a.nl"}) for number in range(21)]
    assert answers[-1].status_code == 429


@shows("limit-6")
def test_the_secret_of_an_invitation_is_too_long_to_guess(client):
    RoleInvitationFactory()
    assert SECRET_BYTES * 8 >= 256
    for number in range(50):
        client.get(f"/invitation/{number}/")
        assert "Deze link werkt niet (meer)" in Page(client.get("/invitation/")).text


@shows("limit-6")
def test_a_link_to_a_new_password_is_not_guessed(teacher):
    url = reverse("account_reset_password_from_key", args=["1", "set-password"])
    answers = [Client().post(url, {"password1": "a", "password2": "a"}) for _ in range(21)]
    assert answers[-1].status_code == 429


@shows("limit-6")
def test_a_password_is_not_guessed_when_asked_again(teacher, signed_in):
    browser = signed_in(teacher, second_factor_ago=timedelta(hours=1))
    url = reverse("account_reauthenticate")
    for __ in range(5):
        browser.post(url, {"password": "geraden"})
    answer = browser.post(url, {"password": PASSWORD})
    assert answer.status_code == 200
    assert "Te vaak fout" in answer.content.decode()


@shows("limit-6")
def test_the_old_password_is_not_guessed_where_one_changes_it(teacher, signed_in):
    browser, new = signed_in(teacher), "paard stal klok regen"
    url = reverse("account_change_password")
    words = {"password1": new, "password2": new}
    for __ in range(5):
        browser.post(url, {"oldpassword": "geraden", **words})
    answer = browser.post(url, {"oldpassword": PASSWORD, **words})
    assert "Te vaak fout" in answer.content.decode()
    assert User.objects.get(pk=teacher.pk).check_password(PASSWORD)
    # Who guesses in a session that they stole keeps its owner from nothing, by whatever they send.
    for __ in range(25):
        browser.head(url)
    owner = signed_in(teacher)
    assert owner.post(url, {"oldpassword": PASSWORD, **words}).status_code == 302
    assert User.objects.get(pk=teacher.pk).check_password(new)


@shows("limit-6")
def test_whoever_stole_a_passkey_guesses_for_themselves_alone(teacher):
    """Of all sessions that came by it together, and never for its owner, who came by another."""
    passkey, owner, new = Passkey(teacher), Client(), "paard stal klok regen"
    Authenticator.objects.update(created_at=timezone.now() - timedelta(days=9))
    added = [Passkey(teacher) for _ in range(2)]
    url, words = reverse("account_change_password"), {"password1": new, "password2": new}

    def tried(browser, old):
        answer = browser.post(url, {"oldpassword": old, **words})
        return "done" if answer.status_code == 302 else Page(answer).at("oldpassword")

    sign_in(owner, teacher)
    for __ in range(10):
        thief = by_key(Client(), passkey)
        assert {TOO_OFTEN in tried(thief, "geraden") for _ in range(5)} == {False}
    assert TOO_OFTEN in tried(by_key(Client(), passkey), PASSWORD)
    # What they add meanwhile counts as one.
    for number in range(10):
        thief = by_key(Client(), added[number % 2])
        assert {TOO_OFTEN in tried(thief, "geraden") for _ in range(5)} == {False}
    assert {TOO_OFTEN in tried(by_key(Client(), one), PASSWORD) for one in added} == {True}
    assert tried(owner, PASSWORD) == "done"


@shows("limit-6")
def test_nor_does_whoever_stole_several_devices(teacher, signed_in):
    """Each of these sessions counts for itself: whoever gave the password there knows it."""
    url, new = reverse("account_change_password"), "paard stal klok regen"
    words = {"password1": new, "password2": new}

    def device():
        browser, at = signed_in(teacher), timezone.now().timestamp()
        session = browser.session
        gave = [{"method": "password", "at": at}, {"method": "mfa", "at": at, "id": 1}]
        session[AUTHENTICATION_METHODS_SESSION_KEY] = gave
        session.save()
        return browser

    for __ in range(11):
        stolen = device()
        for _ in range(5):
            stolen.post(url, {"oldpassword": "geraden", **words})
    assert device().post(url, {"oldpassword": PASSWORD, **words}).status_code == 302
