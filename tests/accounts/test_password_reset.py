"""A forgotten password: a mail with a link that works once, and no word of who is known here."""

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.people.winding_up import end_sessions
from accounts.roles import Role
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.factories import PASSWORD, member

pytestmark = pytest.mark.django_db

ASK = reverse("account_reset_password")
NEW = "paard stal klok regen"
AS_IN_PRODUCTION = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
OUT_OF_DATE = "Deze link werkt niet (meer)."


def ask(client, address: str):
    return client.post(ASK, {"email": address})


@pytest.fixture
def link(client, teacher) -> str:
    """The link that the teacher got by mail."""
    ask(client, teacher.email)
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)


def choose(client, link: str, password: str = NEW):
    """Follow a link, and fill in a new password twice."""
    response = client.get(link, follow=True)
    here = response.request["PATH_INFO"]
    return client.post(here, {"password1": password, "password2": password}, follow=True)


def test_the_link_in_the_mail_leads_to_a_new_password(client, link, teacher):
    assert "Je wachtwoord is gewijzigd" in Page(choose(client, link)).text
    teacher.refresh_from_db()
    assert teacher.check_password(NEW)
    # On to what comes after a password, as somebody who signed in: here, to set up a second factor.
    assert client.session["_auth_user_id"] == str(teacher.pk)
    assert Client().post(reverse("account_login"), {"login": teacher.email, "password": NEW})[
        "Location"
    ] == reverse("home")


def test_the_page_says_whose_password_it_is(client, link, teacher):
    """A link that somebody else sent is for their account."""
    assert f"Het is het wachtwoord van {teacher.email}." in Page(client.get(link, follow=True)).text


def test_a_password_that_is_too_short_is_refused_at_its_field(client, link, teacher):
    response = choose(client, link, "te kort")
    assert "Dit is te kort: gebruik minstens 12 tekens." in Page(response).at("password1")
    teacher.refresh_from_db()
    assert teacher.check_password(PASSWORD)


@shows("limit-6")
def test_a_link_works_once(client, link, teacher):
    choose(client, link)
    response = client.get(link, follow=True)
    page = Page(response)
    assert OUT_OF_DATE in page.text
    assert 'type="password"' not in page.html


@shows("limit-6")
@pytest.mark.parametrize("key", ["1-no-key", "zzzzzzzzzzzzz-set-password", "a-" + "b" * 3000])
def test_an_invented_link_changes_nothing(client, teacher, key):
    page = Page(client.get(f"{ASK}key/{key}/", follow=True))
    assert OUT_OF_DATE in page.text
    assert 'type="password"' not in page.html


def test_nobody_learns_who_is_known_here(client, teacher, coordinator):
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    answers = [ask(client, who) for who in (teacher.email, "niemand@a.nl", coordinator.email)]
    assert {(a.status_code, a["Location"]) for a in answers} == {
        (302, reverse("account_reset_password_done"))
    }
    assert [m.to for m in mail.outbox] == [[teacher.email]]


@pytest.mark.parametrize("address", ["", "geen adres", "a\x00@a.nl"])
def test_what_is_no_address_is_said_at_its_field(client, address):
    response = ask(client, address)
    page = Page(response)
    assert response.context["form"].errors["email"][0] in page.at("email")
    assert mail.outbox == []


def test_the_mail_goes_out_when_the_answer_is_out(client, teacher, monkeypatch):
    """Else an answer that takes longer would tell that there is such an account."""
    events = []
    answer = client.handler.get_response
    monkeypatch.setattr(
        client.handler,
        "get_response",
        lambda request: (answer(request), events.append("answered"))[0],
    )
    monkeypatch.setattr(
        EmailBackend, "send_messages", lambda self, messages: events.append("sent") or 1
    )
    ask(client, teacher.email)
    assert events == ["answered", "sent"]


def test_it_is_written_in_the_language_of_its_reader(client, teacher):
    User.objects.filter(pk=teacher.pk).update(language="en")
    ask(client, teacher.email)
    User.objects.filter(pk=teacher.pk).update(language="nl")
    ask(client, teacher.email)
    english, dutch = (message.body for message in mail.outbox)
    assert "password" in english
    assert "wachtwoord" in dutch


def test_a_mail_server_that_is_away_is_logged_and_tells_nothing(
    client, teacher, monkeypatch, caplog
):
    def refuse(self, messages):
        raise SMTPServerDisconnected(teacher.email)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    known, unknown = ask(client, teacher.email), ask(client, "niemand@school.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert "SMTPServerDisconnected" in caplog.text
    assert teacher.email not in caplog.text


@shows("limit-4")
def test_who_asks_a_link_for_somebody_keeps_them_from_no_second_factor(client, teacher):
    """It made their address one to be verified first: without a factor, no page opened any more."""
    ask(client, teacher.email)
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": teacher.email, "password": PASSWORD})
    assert theirs.get(reverse("mfa_activate_totp")).status_code == 200
    assert theirs.get(reverse("mfa_add_webauthn")).status_code == 200


@pytest.mark.parametrize("verified", [False, True])
def test_an_address_that_was_theirs_once_leads_to_no_link(client, teacher, school, verified):
    """allauth keeps each address for which somebody asked; function mailboxes go hand to hand."""
    old = teacher.email
    ask(client, old)
    assert [letter.to for letter in mail.outbox] == [[old]]
    EmailAddress.objects.filter(user=teacher).update(verified=verified)
    teacher.email = f"nieuw.{old}"
    teacher.save()
    ask(client, old)
    assert len(mail.outbox) == 1
    member(Role.TEACHER, school, email=old)
    ask(client, old)
    assert len(mail.outbox) == 2
    assert teacher.public_id.hex not in mail.outbox[1].body
    ask(client, teacher.email.upper())
    assert len(mail.outbox) == 3


@shows("limit-5")
def test_a_link_of_long_ago_brings_one_more_mail_and_no_flood(client, teacher):
    """Whoever found it in a history had a mail sent by it each time: five a minute, for days."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for __ in range(20):
            ask(client, teacher.email)
            clock.shift(timedelta(seconds=13))
        late = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
        Client().get(late)
        clock.shift(timedelta(minutes=31))
        sent = len(mail.outbox)
        for __ in range(10):
            Client().get(late)
            ask(client, teacher.email)
            clock.shift(timedelta(seconds=13))
        assert len(mail.outbox) == sent + 1


@shows("limit-5")
def test_what_did_not_go_while_mail_was_away_counts_for_nothing(client, teacher, monkeypatch):
    """Whoever asked on and on in these minutes kept its owner from a link for a day."""

    def away(self, messages):
        raise SMTPServerDisconnected

    with time_machine.travel(timezone.now(), tick=False) as clock:
        with monkeypatch.context() as while_away:
            while_away.setattr(EmailBackend, "send_messages", away)
            for __ in range(25):
                ask(client, teacher.email)
                clock.shift(timedelta(seconds=13))
        assert mail.outbox == []
        clock.shift(timedelta(minutes=1))
        ask(client, teacher.email)
        assert len(mail.outbox) == 1


def test_an_old_password_is_not_kept_anew_over_one_that_was_chosen_meanwhile(
    teacher, monkeypatch, settings
):
    """Where its hash is of an older age, Django writes it once more when it is given."""
    settings.PASSWORD_HASHERS = AS_IN_PRODUCTION
    old = Argon2PasswordHasher()
    old.time_cost = 1
    User.objects.filter(pk=teacher.pk).update(password=old.encode(PASSWORD, old.salt()))
    signing_in, verify = User.objects.get(pk=teacher.pk), Argon2PasswordHasher.verify

    def meanwhile(self, password, encoded):
        right = verify(self, password, encoded)
        User.objects.filter(pk=teacher.pk).update(password=make_password(NEW))
        return right

    with monkeypatch.context() as at_that_moment:
        at_that_moment.setattr(Argon2PasswordHasher, "verify", meanwhile)
        signing_in.check_password(PASSWORD)
    teacher.refresh_from_db()
    assert teacher.check_password(NEW)
    assert not teacher.check_password(PASSWORD)


def test_a_password_of_an_older_age_is_kept_anew(teacher, settings):
    settings.PASSWORD_HASHERS = AS_IN_PRODUCTION
    old = Argon2PasswordHasher()
    old.time_cost = 1
    User.objects.filter(pk=teacher.pk).update(password=old.encode(PASSWORD, old.salt()))
    teacher.refresh_from_db()
    before = teacher.password
    assert teacher.check_password(PASSWORD)
    assert teacher.password != before
    teacher.refresh_from_db()
    assert teacher.password != before
    assert teacher.check_password(PASSWORD)


@shows("session-5")
@pytest.mark.parametrize("opened", [False, True])
def test_a_link_ends_with_all_sessions_of_its_owner(client, link, teacher, opened):
    """After the reset of a second factor, it was the whole way in: for three days."""
    there = client.get(link, follow=True).request["PATH_INFO"] if opened else link
    end_sessions(teacher)
    page = Page(client.get(there, follow=True))
    assert OUT_OF_DATE in page.text
    assert 'type="password"' not in page.html
    ask(client, teacher.email)  # and they get another one at once
    assert len(mail.outbox) == 2
