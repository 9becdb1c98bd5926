"""A link out of a mail stands in the history of the browser that opened it, secret and all."""

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleInvitation, User
from accounts.people import actions
from accounts.roles import Role
from tests.accounts.invitations import send
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.factories import PASSWORD, RoleInvitationFactory, member

pytestmark = pytest.mark.django_db

HERE = reverse("people:invitation")
NEW_LINK = reverse("people:new_link")
LINK = reverse("people:open_invitation", args=["geheim-a"])
NEW = {"name": "Noor de Wit", "password": "paard stal klok regen"}
LASTS = timedelta(minutes=30)
GONE = "Deze link werkt niet (meer)"
LATE = "Deze link is al eerder geopend"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def invited(clock, school):
    return RoleInvitationFactory(
        school=school, secret="geheim-a", email="noor@school.example", name="Noor de Wit"
    )


def come_by(link: str) -> Client:
    browser = Client()
    browser.get(link)
    return browser


def mailed() -> str:
    """Return the link of the last mail, without the host."""
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)


@shows("role-8")
def test_who_finds_the_link_of_an_invitation_later_comes_in_by_nothing(invited, clock):
    come_by(LINK)
    clock.shift(LASTS)
    finder = come_by(LINK)
    page = Page(finder.get(HERE))
    assert LATE in page.text
    for word in (invited.email, invited.name, invited.school.name, "Docent"):
        assert word not in page.text
    assert LATE in Page(send(finder, NEW)).text
    assert not User.objects.filter(email=invited.email).exists()


def test_whoever_opened_it_has_half_an_hour(invited, clock):
    owner = come_by(LINK)
    clock.shift(LASTS - timedelta(seconds=1))
    other_browser = come_by(LINK)  # the first was the one in the mail program
    assert send(other_browser, NEW).status_code == 302
    assert User.objects.get(email=invited.email)
    assert GONE in Page(owner.get(HERE)).text


@pytest.mark.parametrize("days", [1, 13])
def test_a_link_that_nobody_opened_keeps_its_days(invited, clock, days):
    clock.shift(timedelta(days=days))
    assert send(come_by(LINK), NEW).status_code == 302


def test_a_page_that_was_opened_in_time_and_is_sent_too_late_makes_no_account(invited, clock):
    owner = come_by(LINK)
    clock.shift(LASTS * 2 / 3)
    owner.get(HERE)  # else the session has ended by then
    clock.shift(LASTS * 2 / 3)
    assert LATE in Page(send(owner, NEW)).text
    assert not User.objects.filter(email=invited.email).exists()


@shows("role-8")
def test_a_new_link_goes_to_who_was_invited_and_ends_the_old_one(
    invited, clock, django_capture_on_commit_callbacks
):
    come_by(LINK)
    clock.shift(timedelta(days=2))
    finder = come_by(LINK)
    assert invited.email not in Page(answer := finder.post(NEW_LINK, follow=True)).text
    assert "Een nieuwe link is onderweg" in Page(answer).text
    assert [message.to for message in mail.outbox] == [[invited.email]]
    assert mailed() != LINK
    for browser in (finder, come_by(LINK)):
        assert GONE in Page(browser.get(HERE)).text
    owner = come_by(mailed())
    assert send(owner, NEW).status_code == 302
    user = User.objects.get(email=invited.email)
    assert [m.role for m in user.current_memberships] == [Role.TEACHER]


def test_of_one_old_link_one_mail_goes(invited, clock):
    come_by(LINK)
    clock.shift(LASTS)
    finders = [come_by(LINK) for __ in range(3)]
    for finder in finders:
        finder.post(NEW_LINK)
        finder.post(NEW_LINK)
    assert len(mail.outbox) == 1


def test_where_mail_is_away_the_old_link_asks_once_more(invited, clock, monkeypatch):
    """It opened nothing any more, and the new one never came: nobody was invited by then."""
    come_by(LINK)
    clock.shift(LASTS)
    with monkeypatch.context() as while_away:
        while_away.setattr(actions.mails, "send_invitation", lambda *told: False)
        come_by(LINK).post(NEW_LINK)
    assert LATE in Page(come_by(LINK).get(HERE)).text
    come_by(LINK).post(NEW_LINK)
    assert [message.to for message in mail.outbox] == [[invited.email]]


def test_of_two_who_ask_at_once_the_second_sends_nothing(invited, clock):
    come_by(LINK)
    clock.shift(LASTS)
    first, second = RoleInvitation.objects.get(), RoleInvitation.objects.get()
    assert actions.send_new_link(first)
    assert actions.send_new_link(second) is None
    assert len(mail.outbox) == 1


def test_a_second_click_is_not_told_that_no_mail_went(invited, clock, monkeypatch):
    """It has the page of before, and the first one sent the link."""
    come_by(LINK)
    clock.shift(LASTS)
    finder, sends = come_by(LINK), actions.send_new_link

    def second_of_two(invitation):
        sends(RoleInvitation.objects.get())
        return sends(invitation)

    monkeypatch.setattr(actions, "send_new_link", second_of_two)
    page = Page(finder.post(NEW_LINK, follow=True))
    assert "Er kon nu geen mail worden verstuurd" not in page.text
    assert "Kijk of er een nieuwere mail is" in page.text
    assert len(mail.outbox) == 1


def test_a_link_that_still_works_is_not_sent_anew(invited):
    assert GONE not in Page(come_by(LINK).post(NEW_LINK, follow=True)).text
    assert mail.outbox == []
    Client().post(NEW_LINK)
    assert mail.outbox == []


@pytest.mark.parametrize("field", ["withdrawn_at", "accepted_at", "expires_at"])
def test_of_one_that_is_over_no_link_is_sent(invited, clock, field):
    come_by(LINK)
    clock.shift(LASTS)
    finder = come_by(LINK)
    RoleInvitation.objects.update(**{field: timezone.now()})
    finder.post(NEW_LINK)
    assert mail.outbox == []


def test_when_no_mail_goes_the_page_says_so(invited, clock, monkeypatch):
    come_by(LINK)
    clock.shift(LASTS)
    finder = come_by(LINK)

    def away(*args: object) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    answer = Page(finder.post(NEW_LINK, follow=True))
    assert "Er kon nu geen mail worden verstuurd" in answer.text


def test_who_signs_in_with_the_address_that_was_invited_needs_no_new_link(
    invited, clock, signed_in
):
    """Their password says who they are, and the link alone would not."""
    noor = member(Role.COORDINATOR, email=invited.email)
    come_by(LINK)
    clock.shift(LASTS)
    assert f"{reverse('account_login')}?next={HERE}" in Page(come_by(LINK).get(HERE)).html
    browser = signed_in(noor)
    browser.get(LINK)
    send(browser, {"agreed": "on"})
    assert Role.TEACHER in {m.role for m in User.objects.get(pk=noor.pk).current_memberships}


def test_a_colleague_who_finds_it_does_not_read_whom_it_is_for(invited, clock, signed_in):
    come_by(LINK)
    clock.shift(LASTS)
    colleague = signed_in(member(Role.TEACHER, invited.school))
    colleague.get(LINK)
    page = Page(colleague.get(HERE))
    assert LATE in page.text
    assert invited.email not in page.text


class TestANewPassword:
    """The same of a link to a new password: who has no second factor yet has none to ask for."""

    @pytest.fixture
    def link(self, clock, teacher, client):
        client.post(reverse("account_reset_password"), {"email": teacher.email})
        return mailed()

    def choose(self, link: str) -> Page:
        browser = Client()
        here = browser.get(link, follow=True).request["PATH_INFO"]
        new = {"password1": NEW["password"], "password2": NEW["password"]}
        return Page(browser.post(here, new, follow=True))

    @shows("limit-6")
    def test_who_finds_the_link_later_chooses_none(self, link, clock, teacher):
        come_by(link)
        clock.shift(LASTS)
        assert GONE in self.choose(link).text
        teacher.refresh_from_db()
        assert teacher.check_password(PASSWORD)

    @pytest.mark.parametrize("blank", ["", "%20", "%09", "%0A", "%C2%A0", "%E2%80%83"])
    @pytest.mark.parametrize("in_front", [True, False])
    def test_nor_by_another_way_to_write_it(self, link, clock, teacher, blank, in_front):
        come_by(link)
        clock.shift(LASTS)
        before, __, rest = link.strip("/").rpartition("/key/")
        whose, __, key = rest.partition("-")
        key = f"{blank}{key}" if in_front else f"{key}{blank}"
        assert GONE in self.choose(f"/{before}/key/{whose.upper()}-{key}/").text
        teacher.refresh_from_db()
        assert teacher.check_password(PASSWORD)

    @pytest.mark.parametrize("opened", [True, False])
    def test_in_time_it_works(self, link, clock, teacher, opened):
        if opened:
            come_by(link)
            clock.shift(LASTS - timedelta(seconds=1))
        else:
            clock.shift(timedelta(days=2))
        assert "Je wachtwoord is gewijzigd" in self.choose(link).text
        teacher.refresh_from_db()
        assert teacher.check_password(NEW["password"])

    @shows("limit-5")
    def test_who_comes_by_an_old_one_gets_another_however_many_there_were(
        self, link, clock, teacher, client
    ):
        """A server of mail opens links by itself, and a stranger asked for many."""
        links = [link]
        come_by(link)
        for __ in range(25):
            Client(REMOTE_ADDR="203.0.113.9").post(
                reverse("account_reset_password"), {"email": teacher.email}
            )
            clock.shift(timedelta(seconds=20))
            if mailed() != links[-1]:
                links.append(mailed())
                come_by(links[-1])
        clock.shift(LASTS)
        sent = len(mail.outbox)
        assert all(GONE in self.choose(one).text for one in links[:2])
        client.post(reverse("account_reset_password"), {"email": teacher.email})
        assert len(mail.outbox) == sent + 1
        assert "Je wachtwoord is gewijzigd" in self.choose(mailed()).text

    def test_another_link_of_that_day_works_on(self, link, clock, teacher, client):
        come_by(link)
        clock.shift(LASTS)
        client.post(reverse("account_reset_password"), {"email": teacher.email})
        assert "Je wachtwoord is gewijzigd" in self.choose(mailed()).text
