"""Web push: sealed as the standards say, to known services alone, and ended with what it hangs on.

A real server on 127.0.0.1 plays the push service, and opens what it gets as a browser would.
"""

import base64
import json
import threading
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from io import StringIO

import jwt
import pytest
import time_machine
import werkzeug.serving
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings as of_the_project
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from werkzeug.wrappers import Request, Response

from accounts import session_store, session_views
from accounts.models import Membership
from accounts.people.actions import end_role
from accounts.people.tasks import wind_up_memberships
from accounts.people.winding_up import end_sessions
from accounts.roles import Role
from accounts.session_views import sign_of
from accounts.signals import session_ended
from cases.models import Envelope, Notification, NotificationChoice, PushSubscription
from cases.notifications.channels import PushFault, PushRefused, is_refused
from cases.notifications.cleaning import clean_up
from cases.notifications.kinds import EMERGENCY, SHUT_OUT
from cases.notifications.outbox import BACK_OFF, REFUSED_ATTEMPTS, deliver
from cases.notifications.push import devices
from cases.notifications.push import envelope as sealing
from cases.notifications.push.checks import check_push_key
from cases.notifications.push.envelope import decoded, encoded
from cases.notifications.push.services import is_known, own_public_key
from cases.notifications.telling import notify
from tests.accounts.page import Page
from tests.accounts.second_factors import code, give_app, key_of
from tests.attacks.test_insider_races import in_between
from tests.factories import PASSWORD, CaseFactory, PupilFactory, member

# The example of RFC 8291, appendix A, and of section 5.
STANDARD = {
    "message": b"When I grow up, I want to be a watermelon",
    "ephemeral": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "browser_private": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
    "browser": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkN"
    "toIAiw4",
    "secret": "BTBZMqHH6r4Tts7J_aSIgg",
    "salt": "DGv6ra1nlYgDCS1FRnbzlw",
    "sealed": "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vC"
    "YLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNW"
    "QexSgSxsj_Qulcy4a-fN",
}
SETTINGS = reverse("notifications:settings")


def test_a_message_is_sealed_as_the_standard_has_it():
    sealed = sealing.seal(
        STANDARD["message"],
        decoded(STANDARD["browser"]),
        decoded(STANDARD["secret"]),
        ephemeral=sealing.private_key(STANDARD["ephemeral"]),
        salt=decoded(STANDARD["salt"]),
    )
    assert encoded(sealed) == STANDARD["sealed"]


class Browser:
    """A browser with a key of its own, which opens what was sealed for it."""

    def __init__(self):
        self.private = ec.generate_private_key(sealing.CURVE)
        self.secret = b"sixteen of bytes"

    @property
    def keys(self):
        return {"public_key": encoded(sealing.point(self.private)), "secret": encoded(self.secret)}

    def opened(self, sealed):
        salt, theirs, rest = sealed[:16], sealed[21:86], sealed[86:]
        shared = self.private.exchange(ec.ECDH(), sealing.public_key(theirs))
        info = b"WebPush: info\0" + sealing.point(self.private) + theirs
        material = sealing._derive(shared, self.secret, info, 32)
        key = sealing._derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = sealing._derive(material, salt, b"Content-Encoding: nonce\0", 12)
        return json.loads(AESGCM(key).decrypt(nonce, rest, None).rstrip(b"\x02"))


class Service:
    """A push service in a test's hands."""

    def __init__(self):
        self.asked, self.status = [], {}
        self.server = werkzeug.serving.make_server("127.0.0.1", 0, self, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.get_data()
        self.asked.append(request)
        status = self.status.get(request.path, 201)
        moved = {"Location": f"{self.origin}/elsewhere"} if status == 302 else {}
        return Response(status=status, headers=moved)(environ, start_response)


@pytest.fixture
def service(settings):
    playing = Service()
    settings.PUSH_SERVICES = (playing.origin,)
    yield playing
    playing.server.shutdown()
    playing.server.server_close()


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


def add(client, service, path="/one", browser=None, **more):
    sent = {"endpoint": service.origin + path, **(browser or Browser()).keys, **more}
    return client.post(reverse("notifications:add_device"), sent)


def tell(case, *people, kind=SHUT_OUT, key="1"):
    notify(kind, [person.pk for person in people], key, case=case)


def pushes():
    return Envelope.objects.filter(channel="push")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title"),
    [("nl", "Meldcode: er wacht iets op je"), ("en", "Meldcode: something waits for you")],
)
def test_a_device_shows_that_something_waits_and_nothing_else(
    case, coordinator, signed_in, service, language, title
):
    type(coordinator).objects.update(language=language)
    browser = Browser()
    add(signed_in(coordinator), service, browser=browser)
    tell(case, coordinator)
    assert deliver() == 2  # the mail, and this
    (asked,) = service.asked
    assert browser.opened(asked.data) == {"title": title, "path": "/notifications/"}
    assert case.reference.encode() not in asked.data
    assert (asked.headers["Urgency"], asked.headers["Content-Encoding"]) == ("high", "aes128gcm")
    scheme, signed, key = asked.headers["Authorization"].replace(",", "").split()
    assert (scheme, key) == ("vapid", f"k={own_public_key()}")
    public = sealing.public_key(decoded(own_public_key()))
    says = jwt.decode(signed[2:], public, algorithms=["ES256"], audience=service.origin)
    assert says["sub"].startswith("mailto:")
    assert deliver() == 0


@pytest.mark.django_db
def test_all_of_ones_devices_and_quiet_hours(case, coordinator, signed_in, service):
    client = signed_in(coordinator)
    for path in ("/one", "/two"):
        add(client, service, path)
    NotificationChoice.objects.create(
        user=coordinator, mail="digest", quiet_from="00:00", quiet_until="23:59"
    )
    with time_machine.travel(timezone.now().replace(hour=12), tick=False):
        tell(case, coordinator)
        assert deliver() == 0
        tell(case, coordinator, kind=EMERGENCY)
        assert deliver() == 2
    assert sorted(request.path for request in service.asked) == ["/one", "/two"]


# Made anew for each message.
DRAWN = {"Authorization"}


@pytest.mark.django_db
def test_beside_what_is_sealed_nothing_says_how_urgent_it_is(case, coordinator, signed_in, service):
    """Whoever runs the push service reads that."""
    add(signed_in(coordinator), service)
    for kind in (None, EMERGENCY):
        tell(case, coordinator, **({"kind": kind} if kind else {}))
        deliver()
    plain, urgent = (
        {name: said for name, said in asked.headers.items() if name not in DRAWN}
        for asked in service.asked
    )
    assert plain == urgent
    assert len({len(asked.data) for asked in service.asked}) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_removed(case, coordinator, signed_in, service, status):
    client = signed_in(coordinator)
    add(client, service)
    add(client, service, "/gone")
    service.status["/gone"] = status
    tell(case, coordinator)
    deliver()
    assert [one.endpoint for one in PushSubscription.objects.all()] == [f"{service.origin}/one"]
    assert pushes().get().sent_at


@pytest.mark.django_db
@pytest.mark.parametrize("status", [500, 503, 429, 302])
def test_a_service_that_is_away_is_tried_again_and_the_mail_goes_all_the_same(
    case, coordinator, signed_in, service, status
):
    add(signed_in(coordinator), service)
    service.status["/one"] = status
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tell(case, coordinator)
        assert deliver() == 1
        assert pushes().get().last_error == "PushFault"
        clock.shift(BACK_OFF[0])
        service.status.clear()
        assert deliver() == 1
    assert [request.path for request in service.asked] == ["/one", "/one"]  # followed nowhere


@pytest.mark.django_db
def test_what_a_service_refuses_is_given_up(case, coordinator, signed_in, service):
    add(signed_in(coordinator), service)
    service.status["/one"] = 403
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tell(case, coordinator)
        for _ in range(REFUSED_ATTEMPTS):
            deliver()
            clock.shift(BACK_OFF[-1])
    assert pushes().dead().get().last_error == "PushRefused"
    assert (is_refused(PushRefused()), is_refused(PushFault())) == (True, False)


REAL = of_the_project.PUSH_SERVICES


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://web.push.apple.com:443/abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/abc", False),
        ("https://fcm.googleapis.com@127.0.0.1/abc", False),
        ("https://somebody@fcm.googleapis.com/abc", False),
        ("https://evilfcm.googleapis.com.example/abc", False),
        ("https://evil-push.apple.com/abc", False),
        ("https://127.0.0.1/abc", False),
        ("https://[::1]/abc", False),
        ("https://localhost/abc", False),
        ("https://fcm.googleapis.com:99999/abc", False),
        ("https://[/abc", False),
        ("file:///etc/passwd", False),
        # One reader of addresses ends the host at it, another does not.
        ("https://evil.example\\.fcm.googleapis.com/abc", False),
        ("https://evil.example;.fcm.googleapis.com/abc", False),
        ("https://evil.example%2f.fcm.googleapis.com/abc", False),
        ("https://fcm.googleapis.com/\x00", False),
        ("https://fcm.goo\ngleapis.com/abc", False),
        ("https://fcm.googleapis.com/a b", False),
        ("", False),
    ],
)
def test_only_services_of_the_table_are_known(settings, endpoint, known):
    settings.PUSH_SERVICES = REAL
    assert is_known(endpoint) == known


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://169.254.169.254/latest/"},
        {"endpoint": ""},
        {"public_key": "nonsense"},
        {"public_key": encoded(b"\x04" + bytes(64))},  # no point of the curve
        {"secret": "AA"},
        {"secret": "é"},
    ],
)
def test_what_no_browser_sends_is_refused(coordinator, signed_in, service, wrong):
    client = signed_in(coordinator)
    assert add(client, service, **wrong)["Location"] == SETTINGS
    assert not PushSubscription.objects.exists()
    assert "Deze browser kan geen bericht krijgen" in Page(client.get(SETTINGS)).text


@pytest.mark.django_db
def test_a_service_that_is_no_longer_in_the_table_is_asked_no_more(
    case, coordinator, signed_in, service, settings
):
    add(signed_in(coordinator), service)
    settings.PUSH_SERVICES = REAL
    tell(case, coordinator)
    deliver()
    assert service.asked == []
    assert not PushSubscription.objects.exists()


def by_new_codes(client):
    client.post(reverse("mfa_generate_recovery_codes"), {"meant": "on"})


def by_a_new_password(client):
    new = "paard stal klok regen"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post(reverse("account_change_password"), fields)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ended", [by_new_codes, by_a_new_password])
def test_what_ends_all_other_sessions_leaves_this_browser_told(
    coordinator, signed_in, service, ended
):
    """The session went on, and its device did not: nobody said so."""
    give_app(coordinator)
    here, elsewhere = signed_in(coordinator), signed_in(coordinator)
    add(here, service)
    add(elsewhere, service, "/two")
    before = devices.what_ends_sessions(coordinator)
    ended(here)
    coordinator.refresh_from_db()
    assert devices.what_ends_sessions(coordinator) != before
    assert [one.endpoint for one in devices.devices_of(coordinator)] == [f"{service.origin}/one"]


def renewed(settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = settings.SECRET_KEY[::-1]


@pytest.mark.django_db
def test_a_device_outlives_a_renewed_key(coordinator, signed_in, service, settings):
    """Sessions go on; who counted on their telephone was told nothing any more, and not that."""
    add(signed_in(coordinator), service)
    renewed(settings)
    coordinator.refresh_from_db()
    assert len(devices.devices_of(coordinator)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key_is_renewed", [True, False])
def test_a_device_of_before_is_held_against_what_it_was_held_against(
    coordinator, signed_in, service, settings, key_is_renewed
):
    add(signed_in(coordinator), service)
    add(signed_in(coordinator), service, "/two")
    coordinator.refresh_from_db()
    before = sha256(coordinator.get_session_auth_hash().encode()).hexdigest()
    PushSubscription.objects.filter(endpoint__endswith="/one").update(holds_while=before)
    PushSubscription.objects.filter(endpoint__endswith="/two").update(holds_while="0" * 64)
    if key_is_renewed:
        renewed(settings)
    migration = import_module("cases.migrations.0043_devices_hold_without_a_key")
    migration.hold_anew(apps, connection.schema_editor())
    (standing,) = devices.devices_of(coordinator)
    assert standing.endpoint.endswith("/one")


@pytest.mark.django_db
@pytest.mark.parametrize("copied", ["public_id", "known_by"])
def test_what_a_copy_of_the_database_says_is_no_browser(
    coordinator, signed_in, service, client, copied
):
    """By its sign alone whoever has an account would end what a colleague is told on theirs."""
    add(signed_in(coordinator), service)
    stranger, row = member(Role.TEACHER), PushSubscription.objects.get()
    client.cookies[of_the_project.DEVICE_COOKIE_NAME] = str(getattr(row, copied))
    client.post(reverse("account_login"), {"login": stranger.email, "password": PASSWORD})
    client.post(reverse("account_logout"))
    assert PushSubscription.objects.get().user == coordinator


def sign_out(client, person, school):
    client.post(reverse("account_logout"))


def sign_out_without_its_cookie(client, person, school):
    del client.cookies[of_the_project.DEVICE_COOKIE_NAME]
    client.post(reverse("account_logout"))


def sign_out_after_a_new_session(client, person, school):
    client.session.flush()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post(reverse("account_logout"))


def end_from_elsewhere(client, person, school):
    one = UserSession.objects.get(session_key=client.session.session_key)
    client.post(reverse("end_session", args=[sign_of(one)]))


def end_from_elsewhere_a_later_session(client, person, school):
    client.session.flush()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    session_ended.send(sender=UserSession, session_key=client.session.session_key)


def remove_it(client, person, school):
    one = PushSubscription.objects.get()
    client.post(reverse("notifications:remove_device", args=[one.public_id]))


def end_the_role(client, person, school):
    end_role(person.memberships.get(), member(Role.ADMINISTRATOR, school), school)


def end_all_sessions(client, person, school):
    end_sessions(person)


def another_password(client, person, school):
    person.set_password("iets heel anders en lang")
    person.save()


def leave(client, person, school):
    person.is_active = False
    person.save()


def somebody_else_signs_in(client, person, school):
    client.session.flush()
    other = member(Role.TEACHER, school)
    client.post(reverse("account_login"), {"login": other.email, "password": PASSWORD})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ends",
    [
        sign_out, sign_out_without_its_cookie, sign_out_after_a_new_session, end_from_elsewhere,
        end_from_elsewhere_a_later_session, remove_it, end_the_role, end_all_sessions,
        another_password, leave, somebody_else_signs_in,
    ],
)  # fmt: skip
def test_a_device_is_told_no_more(case, school, coordinator, signed_in, service, ends):
    client = signed_in(coordinator)
    add(client, service)
    tell(case, coordinator)
    ends(client, coordinator, school)
    deliver()
    assert service.asked == []
    clean_up()
    assert not PushSubscription.objects.exists()
    assert not pushes().exists()


@pytest.mark.django_db
def test_what_is_added_once_a_role_ended_stays_when_that_is_wound_up(
    school, coordinator, signed_in, service
):
    coordinator.memberships.create(role=Role.TEACHER, school=school)
    administrator = member(Role.ADMINISTRATOR, school)
    end_role(coordinator.memberships.first(), administrator, school)
    Membership.objects.update(wound_up_at=None)
    coordinator.refresh_from_db()
    add(signed_in(coordinator), service)
    wind_up_memberships()
    assert PushSubscription.objects.filter(user=coordinator).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
def test_a_session_that_is_ended_meanwhile_leaves_no_device(
    coordinator, signed_in, service, monkeypatch
):
    left, home = signed_in(coordinator), signed_in(coordinator)

    def end() -> None:
        one = UserSession.objects.get(session_key=left.session.session_key)
        assert home.post(reverse("end_session", args=[sign_of(one)])).status_code == 302

    in_between(monkeypatch, devices, "_check", lambda: add(left, service), end)
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("its_owner_comes", [True, False])
def test_nor_does_one_that_goes_on_under_another_key_meanwhile(
    coordinator, signed_in, service, monkeypatch, its_owner_comes
):
    """It was ended by the key of before, and its device had followed it. And held the other way
    round, the database threw one of the two out, mostly its owner.
    """
    left, home = signed_in(coordinator), signed_in(coordinator)
    add(left, service)
    one = UserSession.objects.get(session_key=left.session.session_key)
    end = reverse("end_session", args=[sign_of(one)])
    again = {"code": code(key_of(coordinator), 1)}
    said = []
    owner, thief = (
        lambda: said.append(home.post(end).status_code),
        lambda: left.post(reverse("mfa_reauthenticate"), again),
    )
    if its_owner_comes:
        in_between(monkeypatch, session_views, "sign_of", owner, thief)
    else:
        in_between(monkeypatch, session_store, "_hold", thief, owner)
    assert said == [302]
    assert left.get(SETTINGS).status_code == 302
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_device_that_is_added_while_one_signs_out_is_not_left(
    coordinator, signed_in, service, monkeypatch
):
    left, another_tab = signed_in(coordinator), Client()
    another_tab.cookies = left.cookies.copy()
    in_between(
        monkeypatch, devices, "session_ended",
        lambda: left.post(reverse("account_logout")), lambda: add(another_tab, service),
    )  # fmt: skip
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_ending_all_other_sessions_leaves_this_browser(coordinator, signed_in, service):
    here, there = signed_in(coordinator), signed_in(coordinator)
    add(here, service, "/here")
    add(there, service, "/there")
    here.post(reverse("end_other_sessions"))
    assert [one.endpoint for one in PushSubscription.objects.all()] == [f"{service.origin}/here"]


@pytest.mark.django_db
def test_a_browser_is_of_the_last_who_asked(coordinator, teacher, signed_in, service):
    add(signed_in(coordinator), service)
    add(signed_in(teacher), service)
    assert PushSubscription.objects.get().user == teacher


@pytest.mark.django_db
def test_without_a_key_there_is_no_such_option(case, coordinator, signed_in, service, settings):
    client = signed_in(coordinator)
    assert 'id="add-device"' in client.get(SETTINGS).content.decode()
    add(client, service)
    settings.VAPID_PRIVATE_KEY = ""
    assert "add-device" not in client.get(SETTINGS).content.decode()
    assert add(client, service, "/two").status_code == 404
    tell(case, coordinator)
    assert deliver() == 1
    assert service.asked == []


def test_a_new_key_is_one():
    said = StringIO()
    call_command("new_push_key", stdout=said)
    name, _, key = said.getvalue().strip().partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    assert len(base64.urlsafe_b64decode(key + "=")) == 32
    sealing.private_key(key)


@pytest.mark.parametrize(
    ("key", "wrong"), [("", 0), (STANDARD["ephemeral"], 0), ("nonsense!", 1), ("AAAA", 1)]
)
def test_a_key_that_is_none_is_said_by_the_checks(settings, key, wrong):
    settings.VAPID_PRIVATE_KEY = key
    assert len(check_push_key(None)) == wrong


@pytest.mark.django_db
def test_the_script_a_browser_keeps_comes_from_the_root(client):
    answer = client.get("/push-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "showNotification" in answer.content.decode()
    assert "fetch" not in answer.content.decode()


@pytest.mark.django_db
def test_what_is_old_is_cleaned_up(case, coordinator, signed_in):

    tell(case, coordinator)
    tell(case, coordinator, key="unread")
    deliver()
    Notification.objects.filter(key="1").mark_read()
    assert clean_up(timezone.now() + timedelta(days=59)) == 0
    assert clean_up(timezone.now() + timedelta(days=61)) == 1  # the letter of both
    assert Notification.objects.count() == 2
    assert clean_up(timezone.now() + timedelta(days=366)) == 1
    assert Notification.objects.get().key == "unread"
