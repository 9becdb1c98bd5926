"""A session ends by itself; one sees one's own, and ends them."""

import base64
import re
import zlib
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import sessions
from accounts.people.tasks import clear_sessions
from accounts.roles import Role
from accounts.session_store import Key
from cases.models import PushSubscription
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN, sign_in
from tests.accounts.test_password_reset import ask
from tests.at_rest import whole_database
from tests.attacks.proof import shows
from tests.factories import PASSWORD, UserFactory, member

pytestmark = pytest.mark.django_db

OWN = reverse("sessions")
COOKIE = settings.SESSION_COOKIE_NAME
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture(autouse=True)
def _many_codes(monkeypatch):
    """One code signs in once: here the same person signs in on several devices within a minute."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.TOTP._mark_code_used", lambda *a: True)
    monkeypatch.setattr("accounts.factor_forms.lasts", lambda: 0)


def device(user, agent: str, address: str = "192.0.2.1") -> Client:
    """Sign somebody in on a device."""
    browser = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert sign_in(browser, user).status_code == 302
    return browser


@shows("session-6")
def test_what_stands_in_the_database_is_no_session_of_anybody(teacher):
    """Whoever read a replica was whoever worked at that moment, second factor given."""
    browser = device(teacher, PHONE)
    reading = Client()
    reading.cookies[COOKIE] = browser.cookies[COOKIE].value
    assert reading.get("/signals/").status_code == 200
    there = whole_database()
    assert browser.cookies[COOKIE].value not in there
    for key in re.findall(r"'([0-9a-z]{32,64})'", there):
        thief = Client()
        thief.cookies[COOKIE] = key
        assert thief.get("/signals/").url.startswith(LOGIN)
    assert browser.session.session_key in there  # it was looked at


def what_sessions_say() -> str:
    """Return what all sessions hold, for whoever has the database and no key."""
    said = []
    for row in Session.objects.all():
        content = row.session_data.partition(":")[0]
        text = base64.urlsafe_b64decode(content.strip(".") + "===")
        said.append(zlib.decompress(text) if content.startswith(".") else text)
    return b"\n".join(said).decode(errors="replace")


@shows("session-6")
def test_what_a_session_holds_opens_no_link_and_no_second_factor(school, client):
    """From opening the mail's link until the new password it stood there, ready to be sent."""
    teacher = member(Role.TEACHER, school)
    ask(client, teacher.email)
    *__, key = re.search(r"/key/(\S+?)-(\S+)/", mail.outbox[-1].body).groups()
    client.get(re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1), follow=True)
    browser = Client()
    browser.post(LOGIN, {"login": teacher.email, "password": PASSWORD})
    secret = browser.get(reverse("mfa_activate_totp")).context["form"].secret
    assert Session.objects.count() == 2
    assert key not in what_sessions_say()
    assert secret not in what_sessions_say()


@shows("session-3")
def test_half_an_hour_of_rest_ends_it(teacher):
    browser = device(teacher, PHONE)
    assert 0 <= 1800 - browser.session.get_expiry_age() < 5
    stored = Session.objects.get(session_key=browser.session.session_key)
    assert abs(stored.expire_date - timezone.now() - timedelta(minutes=30)) < timedelta(seconds=9)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert browser.get("/signals/").url.startswith(LOGIN)


def test_each_request_begins_the_half_hour_anew(teacher):
    browser = device(teacher, PHONE)
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=9))
    assert browser.post(reverse("stay")).status_code == 204
    left = Session.objects.get(session_key=browser.session.session_key).expire_date
    assert left > timezone.now() + timedelta(minutes=29)


def test_a_page_that_asks_whether_there_is_one_still_keeps_it_no_longer(teacher):
    browser = device(teacher, PHONE)
    soon = timezone.now() + timedelta(seconds=9)
    Session.objects.update(expire_date=soon)
    by_script = {sessions.BY_ITSELF: "true"}
    assert browser.get(reverse("stay"), headers=by_script).status_code == 204
    assert Session.objects.get(session_key=browser.session.session_key).expire_date == soon
    # It is asked by a page, whose owner may have gone: somebody else is signed in by now.
    for owner, status in ((teacher, 204), (UserFactory(), 205)):
        of = {"of": sessions.sign_of(owner.pk)}
        assert browser.get(reverse("stay"), of, headers=by_script).status_code == status
    # Opened by another site, signed in or not, it leads to a page: one that stayed would tell.
    assert browser.get(reverse("stay")).url == reverse("home")
    Session.objects.all().delete()
    assert browser.get(reverse("stay")).url.startswith(LOGIN)


@shows("session-3")
@pytest.mark.parametrize(("hours", "stays"), [(11.99, True), (12.01, False)])
def test_twelve_hours_end_it_however_busy_one_is(teacher, hours, stays):
    browser = device(teacher, PHONE)
    session = browser.session
    session[sessions.SIGNED_IN_AT] -= hours * 3600
    session.save()
    answer = browser.get("/signals/")
    assert (answer.status_code == 200) == stays
    if not stays:
        assert answer.url.startswith(LOGIN)
        assert "Je was een hele dag ingelogd." in Page(browser.get(LOGIN)).text


def test_what_was_sent_after_twelve_hours_comes_back(teacher):
    browser = device(teacher, PHONE)
    url = reverse("signals:new")
    form = browser.get(url).context["form"]
    session = browser.session
    session[sessions.SIGNED_IN_AT] -= 13 * 3600
    session.save()
    asked = browser.post(url, {"typed_by": form.initial["typed_by"], "facts": "Zat alleen."})
    sign_in(browser, teacher, asked.url)
    assert browser.get(url).context["form"]["facts"].value() == "Zat alleen."


@shows("session-3")
def test_a_session_of_unknown_age_is_over(teacher):
    browser = device(teacher, PHONE)
    session = browser.session
    del session[sessions.SIGNED_IN_AT]
    session.save()
    assert browser.get("/signals/").status_code == 302


def test_the_page_knows_when_to_warn(teacher):
    html = device(teacher, PHONE).get("/signals/").content.decode()
    assert 'data-rest="1800"' in html
    assert 'id="session-end"' in html
    assert "session-end" not in Client().get(LOGIN).content.decode()


def test_one_sees_ones_own_sessions_and_no_others(teacher, coordinator):
    laptop = device(teacher, LAPTOP, "192.0.2.7")
    device(teacher, PHONE, "192.0.2.8")
    device(coordinator, PHONE, "192.0.2.9")
    text = Page(laptop.get(OWN)).text
    assert "Edge, Windows" in text
    assert "Safari, iPhone" in text
    assert "192.0.2.7" in text
    assert "192.0.2.8" in text
    assert "192.0.2.9" not in text


@shows("session-2")
def test_one_ends_a_session_and_only_ones_own(teacher, coordinator):
    laptop, phone = device(teacher, LAPTOP), device(teacher, PHONE)
    stranger = device(coordinator, LAPTOP)
    mine = [s for s in laptop.get(OWN).context["sessions"] if not s.is_current]
    url = reverse("end_session", args=[mine[0].sign])
    assert stranger.post(url).status_code == 404
    assert phone.get("/signals/").status_code == 200
    assert laptop.post(url).status_code == 302
    assert phone.get("/signals/").status_code == 302
    assert laptop.get("/signals/").status_code == 200


@shows("session-2")
def test_one_ends_all_others(teacher):
    laptop, phone = device(teacher, LAPTOP), device(teacher, PHONE)
    laptop.post(reverse("end_other_sessions"))
    assert phone.get("/signals/").status_code == 302
    assert laptop.get("/signals/").status_code == 200


@shows("session-2")
@pytest.mark.parametrize("all_others", [True, False])
def test_one_ends_those_that_go_on_under_another_key(teacher, settings, all_others):
    """Whose SECRET_KEY was renewed since: Django gives them another at their next request."""
    phone = device(teacher, PHONE)
    before = phone.session.session_key
    PushSubscription.objects.create(user=teacher, session_key=before)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = settings.SECRET_KEY[::-1]
    assert phone.get(OWN).status_code == 200
    assert phone.session.session_key != before
    laptop = device(teacher, LAPTOP)
    (seen,) = [one for one in laptop.get(OWN).context["sessions"] if not one.is_current]
    end = reverse("end_other_sessions") if all_others else reverse("end_session", args=[seen.sign])
    laptop.post(end)
    assert phone.get(OWN).status_code == 302
    assert not PushSubscription.objects.exists()


@shows("busy-16")
def test_the_oldest_makes_room_for_one_more_than_anybody_has(teacher):
    """Each sign-in looks at all that stand: by thousands of one person it kept the web busy."""
    standing = [device(teacher, LAPTOP) for __ in range(21)]
    assert standing[0].get(OWN).status_code == 302
    assert [one.get(OWN).status_code for one in standing[1:]] == [200] * 20
    assert UserSession.objects.count() == Session.objects.count() == 20


def test_a_session_is_another_after_signing_in(teacher):
    browser = Client(headers={"user-agent": PHONE})
    browser.get(LOGIN)
    browser.cookies["session"] = "a" * 32
    sign_in(browser, teacher)
    key = browser.cookies["session"].value
    assert key != "a" * 32
    assert not Session.objects.filter(session_key=Key.of("a" * 32)).exists()


def test_a_browser_that_hides_itself_is_unknown():
    user = member(Role.TEACHER)
    assert "Onbekende browser" in Page(device(user, "").get(OWN)).text


def test_what_has_expired_is_removed_every_day(settings):
    now = timezone.now()
    for key, hours in (("over", -1), ("standing", 1)):
        Session.objects.create(session_key=key, expire_date=now + timedelta(hours=hours))
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["standing"]
    beat = settings.CELERY_BEAT_SCHEDULE.values()
    assert [one["schedule"] for one in beat if one["task"] == clear_sessions.name] == [86400]
