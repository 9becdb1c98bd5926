"""What is written down: who read, searched and signed in, from where; never a name or a word."""

import json
import re
from contextlib import nullcontext
from datetime import timedelta

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from auditlog.registry import auditlog
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts import second_factor
from accounts.models import Membership
from accounts.people.actions import end_role, reset_second_factor
from accounts.roles import Role
from audit.kinds import Kind
from audit.middleware import address_of
from audit.models import Flag, LogEntry
from cases.models import EmergencyAccess, Pupil
from cases.need_to_know.actions import end_emergency, end_shut_out, shut_out
from meldcode.demo import seed
from tests.accounts import second_factors
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows
from tests.factories import (
    PASSWORD,
    CaseFactory,
    ConsultationFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    UserFactory,
    member,
)
from tests.searches import search
from tests.world import World

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")


def rows(kind: Kind, user=None):
    """Return what was written of a kind."""
    found = LogEntry.objects.filter(kind=kind)
    return found.filter(actor=user) if user else found


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school, given_name="Ties", family_name="Rozendal"))


# --- Reading --------------------------------------------------------------------------------------


def test_each_page_about_a_case_is_written_down(case, coordinator, signed_in):
    signal, room = SignalFactory(case=case), ConsultationFactory(case=case)
    browser = signed_in(coordinator)
    seen = {
        "case": reverse("cases:detail", args=[case.reference]),
        "signal": reverse("signals:detail", args=[signal.reference]),
        "consultation": reverse("consultations:detail", args=[room.reference]),
    }
    for model, url in seen.items():
        assert browser.get(url).status_code == 200
        row = rows(Kind.READ, coordinator).latest("pk")
        assert row.object_repr.split()[0] == model
        assert (row.case_reference, row.school_id) == (case.reference, case.school_id)
        assert row.remote_addr == "127.0.0.1"
        assert row.actor_email == coordinator.email


def test_a_page_that_is_not_shown_is_not_written_down(case, signed_in):
    other = member(Role.COORDINATOR)
    assert signed_in(other).get(reverse("cases:detail", args=[case.reference])).status_code == 404
    assert not rows(Kind.READ, other).exists()


@pytest.mark.parametrize(
    ("role", "name", "field"),
    [
        (Role.COORDINATOR, "cases:dashboard", "q"),
        (Role.TEACHER, "signals:pupils", "pupil_query"),
        (Role.ADMINISTRATOR, "cases:exportable", "q"),
    ],
)
def test_that_one_searched_is_kept_and_not_the_words(case, school, signed_in, role, name, field):
    user = member(role, school)
    browser = signed_in(user)
    for __ in range(3):  # whoever types searches with each letter
        shown = search(browser, name, **{field: "Rozendal"})
        assert shown.status_code == 200
        assert "Rozendal" not in "".join(url for url, __ in shown.redirect_chain)
    row = rows(Kind.SEARCHED, user).get()
    assert row.school_id == school.pk
    assert "rozendal" not in as_text(row)


def test_searching_without_javascript_too(case, teacher, signed_in):
    signed_in(teacher).post(reverse("signals:new"), {"search": "1", "pupil_query": "Rozendal"})
    assert rows(Kind.SEARCHED, teacher).count() == 1


@pytest.mark.parametrize("url", ["cases:dashboard", "signals:pupils", "cases:exportable"])
def test_looking_without_a_word_is_no_search(case, school, signed_in, url):
    role = Role.ADMINISTRATOR if url == "cases:exportable" else Role.COORDINATOR
    browser = signed_in(member(role, school))
    assert search(browser, url, q=" ", pupil_query=" ").status_code == 200
    assert not rows(Kind.SEARCHED).exists()


def test_looking_at_people(school, administrator, teacher, signed_in):
    browser = signed_in(administrator)
    browser.get(reverse("people:people"))
    browser.get(reverse("people:person", args=[teacher.public_id]))
    seen = rows(Kind.READ, administrator).order_by("pk")
    assert [row.object_repr.split()[0] for row in seen] == ["school", "user"]
    assert {row.school_id for row in seen} == {school.pk}


@pytest.mark.parametrize(
    ("who", "name"), [("administrator", "audit:school"), ("coordinator", "cases:readers")]
)
def test_looking_at_a_trail_stands_in_it(signed_in, who, name):
    world = World()
    args = [world.case.reference] if name == "cases:readers" else []
    signed_in(world.people[who]).get(reverse(name, args=args))
    assert rows(Kind.TRAIL_READ, world.people[who]).get().school_id == world.school.pk


# --- Changes that the ORM makes in bulk -----------------------------------------------------------


def test_what_ends_is_written_down(case, school, coordinator):
    leader, worker = member(Role.SCHOOL_LEADER, school), member(Role.COORDINATOR, school)
    case.responsible = worker
    case.save()
    assign_perm("cases.take_part", worker, case)
    made = shut_out(case, coordinator, worker, ground="family", explanation="")
    given = EmergencyAccess.objects.create(
        case=case, user=leader, reason="Nood.", ends_at=timezone.now() + timedelta(hours=1)
    )
    end_emergency(given, leader)
    end_shut_out(made, case, leader, why="Verhuisd.")
    changed = {
        (row.object_repr.split()[0], field)
        for row in rows(Kind.CHANGED).filter(case_reference=case.reference)
        for field, (__, new) in row.changes.items()
        if field != "responsible" or new == "None"
    }
    assert {("case", "responsible"), ("emergencyaccess", "ends_at"), ("shutout", "ended_at")} <= (
        changed
    )
    removed = rows(Kind.REMOVED).get()
    assert removed.object_repr.startswith("caseuserobjectpermission")
    assert removed.case_reference == case.reference


def test_roles_are_written_down(school, administrator, teacher):
    held = teacher.memberships.get()
    end_role(held, administrator, school)
    row = rows(Kind.CHANGED).filter(object_repr=f"membership {held.public_id}").get()
    assert (row.school_id, "ended_at" in row.changes) == (school.pk, True)


# --- Signing in -----------------------------------------------------------------------------------


def test_signing_in_and_out(school, teacher, client):
    second_factors.sign_in(client, teacher)
    client.post(reverse("account_logout"))
    written = list(LogEntry.objects.filter(actor=teacher).order_by("pk"))
    assert [row.kind for row in written] == [Kind.HALF_WAY, Kind.SIGN_IN, Kind.SIGN_OUT]
    assert {row.school_id for row in written} == {school.pk}
    assert written[0].remote_addr == "127.0.0.1"


def test_a_right_password_that_stops_at_the_second_factor(school, teacher, client):
    """Somebody has the password and not the telephone: the strongest sign there is."""
    second_factors.give_app(teacher)
    client.post(LOGIN, {"login": teacher.email, "password": PASSWORD})
    assert rows(Kind.HALF_WAY, teacher).get().school_id == school.pk
    assert not rows(Kind.SIGN_IN).exists()


def test_who_shows_again_who_they_are_is_not_half_way(teacher, signed_in):
    second_factors.give_app(teacher)
    browser = signed_in(teacher)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert not rows(Kind.HALF_WAY).exists()


def test_who_tries_a_family_workers_account_stands_in_the_trail_of_their_schools(
    school, family_worker, client
):
    """The account reaches what these schools share; when its owner works is not their business."""
    other = SchoolFactory(buurtteam=school.buurtteam)
    SchoolFactory()
    client.post(LOGIN, {"login": family_worker.email, "password": "verkeerd verkeerd"})
    tried = rows(Kind.SIGN_IN_FAILED, family_worker)
    assert {row.school_id for row in tried} == {school.pk, other.pk}
    assert {row.remote_addr for row in tried} == {"127.0.0.1"}
    second_factors.sign_in(client, family_worker)
    assert rows(Kind.SIGN_IN, family_worker).get().school_id is None


def test_in_the_trail_of_each_school(school, teacher, client):
    other = SchoolFactory()
    Membership.objects.create(user=teacher, role=Role.COORDINATOR, school=other)
    second_factors.sign_in(client, teacher)
    assert {row.school_id for row in rows(Kind.SIGN_IN, teacher)} == {school.pk, other.pk}


def test_a_wrong_password_and_a_wrong_code(school, teacher, client):
    secret = second_factors.key_of(teacher)
    client.post(LOGIN, {"login": teacher.email, "password": "verkeerd verkeerd"})
    client.post(LOGIN, {"login": teacher.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": second_factors.wrong_code(secret)})
    assert rows(Kind.SIGN_IN_FAILED, teacher).get().school_id == school.pk
    assert rows(Kind.SECOND_FACTOR_FAILED, teacher).get().school_id == school.pk
    assert not rows(Kind.SIGN_IN).exists()


def test_a_wrong_passkey(school, teacher, client):
    """As a wrong code, at the second step and when somebody is asked again."""
    key = Passkey(teacher)
    given = reverse("mfa_authenticate")
    client.post(LOGIN, {"login": teacher.email, "password": PASSWORD})
    asked = client.get(given).context["js_data"]["request_options"]["publicKey"]["challenge"]
    client.post(given, {"credential": key.answer(asked, "evil.example")})
    assert rows(Kind.SECOND_FACTOR_FAILED, teacher).get().school_id == school.pk
    asked = client.get(given).context["js_data"]["request_options"]["publicKey"]["challenge"]
    client.post(given, {"credential": key.answer(asked)})
    assert rows(Kind.SIGN_IN).exists()
    again = reverse("mfa_reauthenticate_webauthn")
    asked = client.get(again).context["js_data"]["request_options"]["publicKey"]["challenge"]
    client.post(again, {"credential": key.answer(asked, "evil.example")})
    assert rows(Kind.SECOND_FACTOR_FAILED, teacher).count() == 2


def test_wrong_passkeys_fill_no_trail(teacher, client):
    """As of wrong codes: five in five minutes, and of what is no answer of any none."""
    key, given = Passkey(teacher), reverse("mfa_authenticate")
    client.post(LOGIN, {"login": teacher.email, "password": PASSWORD})
    for __ in range(12):
        asked = client.get(given).context["js_data"]["request_options"]["publicKey"]["challenge"]
        client.post(given, {"credential": key.answer(asked, "evil.example")})
        client.post(given, {"credential": "x"})
        client.post(given, {})
    assert 0 < rows(Kind.SECOND_FACTOR_FAILED, teacher).count() <= 5


def test_what_was_typed_at_an_unknown_account_is_not_kept(client):
    """It can be a password in the wrong field. The row is there: the answer takes as long."""
    client.post(LOGIN, {"login": "mijngeheim@school.example", "password": "mijn geheim"})
    row = rows(Kind.SIGN_IN_FAILED).get()
    assert (row.actor_id, row.school_id) == (None, None)
    assert "geheim" not in as_text(row)


def test_somebody_without_any_role_left(school, administrator, teacher, signed_in):
    end_role(teacher.memberships.get(), administrator, school)
    teacher = type(teacher).objects.get(pk=teacher.pk)
    url = reverse("signals:mine")
    left = signed_in(teacher)
    for __ in range(3):  # of which there is one row an hour: none is ever removed
        assert left.get(url).status_code == 404
    assert rows(Kind.TURNED_AWAY, teacher).get().school_id == school.pk
    assert signed_in(administrator).get(url).status_code == 404  # has a role, and not this one
    assert not rows(Kind.TURNED_AWAY, administrator).exists()


@shows("audit-5")
def test_who_left_signs_in_all_day_and_fills_no_trail(school, administrator, teacher, signed_in):
    end_role(teacher.memberships.get(), administrator, school)
    left = type(teacher).objects.get(pk=teacher.pk)
    for __ in range(3):
        signed_in(left).post(reverse("account_logout"))
    assert rows(Kind.SIGN_IN, left).count() == rows(Kind.SIGN_OUT, left).count() == 1
    for __ in range(3):
        signed_in(administrator).post(reverse("account_logout"))
    assert rows(Kind.SIGN_IN, administrator).count() == 3


@shows("audit-5")
def test_who_knows_the_password_and_stops_there_fills_no_trail(teacher):
    """A right password counts as no mistake: a hundred a minute, of which none is removed."""
    second_factors.give_app(teacher)
    fields = {"login": teacher.email, "password": PASSWORD}
    for __ in range(5):
        Client().post(LOGIN, fields)
        Client(REMOTE_ADDR="192.0.2.9").post(LOGIN, fields)
    assert rows(Kind.HALF_WAY, teacher).count() == 2  # each address once a minute
    for number in range(3):  # of which a line has as many as it likes
        Client(REMOTE_ADDR=f"2001:db8:1:2::{number}").post(LOGIN, fields)
    assert rows(Kind.HALF_WAY, teacher).count() == 3


@shows("audit-5")
@pytest.mark.parametrize("spelled", ["ı", "İ"])
def test_a_wrong_password_of_an_address_that_looks_alike_is_nobodys(client, spelled):
    """PostgreSQL takes one for the other: each way to spell it was counted, and written, anew."""
    teacher = member(Role.TEACHER, email="iris@school.example")
    address = teacher.email.replace("i", spelled, 1)
    client.post(LOGIN, {"login": address, "password": "verkeerd verkeerd"})
    assert not rows(Kind.SIGN_IN_FAILED, teacher).exists()
    client.post(LOGIN, {"login": teacher.email.upper(), "password": "verkeerd verkeerd"})
    assert rows(Kind.SIGN_IN_FAILED, teacher).count() == 1


@shows("audit-5")
@pytest.mark.django_db(transaction=True)
def test_new_recovery_codes_on_and_on_fill_no_trail_and_no_mailbox(
    school, administrator, teacher, signed_in, mailoutbox
):
    second_factors.give_app(teacher)
    browser, url = signed_in(teacher), reverse("mfa_generate_recovery_codes")

    def make() -> bool:
        return browser.post(url, {"meant": "on"}).status_code == 302

    thief = signed_in(teacher, second_factor_ago=timedelta(minutes=20))
    for __ in range(25):  # what is refused, or asked again, is not counted
        browser.post(url)
        thief.post(url, {"meant": "on"})
    assert [make() for __ in range(22)] == [True] * 20 + [False] * 2
    assert "Probeer het over een uur" in browser.post(url, {"meant": "on"}).content.decode()
    assert rows(Kind.NEW_CODES).count() == len(mailoutbox) == 20
    # A thief who did that keeps nobody from taking a factor away, nor from another.
    assert browser.post(reverse("mfa_deactivate_totp"), {"meant": "on"}).status_code == 302
    assert rows(Kind.FACTOR_REMOVED).exists()
    Passkey(teacher)
    key = second_factor.done_key("recovery_codes", teacher)
    with context.request_context(RequestFactory().post("/", REMOTE_ADDR="192.0.2.1")):
        reset_second_factor(school, administrator, teacher)
        assert ratelimit.consume(context.request, action="new_factor", key=key)


# --- From where -----------------------------------------------------------------------------------

THROUGH = "198.51.100.7, 203.0.113.9, 10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, THROUGH, "192.0.2.1"),
        (1, THROUGH, "10.0.0.1"),
        (2, THROUGH, "203.0.113.9"),
        (3, THROUGH, "198.51.100.7"),
        (4, THROUGH, "192.0.2.1"),  # it did not come through four: nothing of it is believed
        (1, None, "192.0.2.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "203.0.113.9:55", "203.0.113.9"),
        (1, "[::ffff:203.0.113.9]:44", "203.0.113.9"),
        (1, "[2001:db8::1]:44", "2001:db8::1"),
        (1, "203.0.113.9:x", None),
        (1, "[203.0.113.9", None),
        (1, "<script>", None),
        (1, "1" * 300, None),
    ],
)
def test_only_proxies_of_our_own_are_believed(settings, proxies, header, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    more = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **more)
    assert address_of(request) == address


@pytest.mark.parametrize(
    "header",
    ["203.0.113.9", "203.0.113.9:55", "[::ffff:203.0.113.9]:44", "[2001:db8::1]:44", "<script>"],
)
def test_mistakes_are_counted_by_the_address_that_is_written_down(settings, header):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=header)
    try:
        counted = get_adapter().get_client_ip(request)
    except PermissionDenied:
        counted = None
    assert counted == address_of(request)


@shows("audit-4")
def test_no_header_forges_a_row_or_breaks_a_page(case, coordinator, signed_in, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    answer = signed_in(coordinator).get(
        reverse("cases:detail", args=[case.reference]),
        HTTP_X_FORWARDED_FOR="6.6.6.6",
        HTTP_X_FORWARDED_PORT="70000000000",
        HTTP_X_CORRELATION_ID="c" * 5000,
    )
    assert answer.status_code == 200
    row = rows(Kind.READ, coordinator).get()
    assert (row.remote_addr, row.remote_port, row.cid) == ("127.0.0.1", None, None)


# --- Never a name or a word -----------------------------------------------------------------------


def as_text(row: LogEntry) -> str:
    """Return all that stands in a row, in small letters."""
    fields = [getattr(row, field.attname) for field in row._meta.concrete_fields]
    return json.dumps(fields, default=str).lower()


# What of a person of the school may stand there, and of a pupil nothing.
OF_THE_SCHOOL = {"accounts", "account", "auditlog", "auth", "contenttypes", "audit", "mfa"}


def narrative() -> set[str]:
    """Return every text that somebody typed, and every name of a pupil."""
    texts = {name for pupil in Pupil.objects.all() for name in (pupil.given_name, pupil.name)}
    for model in apps.get_models():
        if model._meta.app_label in OF_THE_SCHOOL:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.TextField):
                texts |= set(model._default_manager.values_list(field.name, flat=True))
    return {text.lower() for text in texts if text and len(text) > 3}


def stands_in(text: str, log: str) -> bool:
    """Return whether a text stands in the log as words of its own.

    Rows hold random identifiers, and one of some thousands has the four letters of a short name.
    """
    return text in log and bool(re.search(rf"(?<!\w){re.escape(text)}(?!\w)", log))


def test_the_whole_demo_leaves_no_name_and_no_word(monkeypatch):
    monkeypatch.setattr(seed, "disable_auditlog", nullcontext)
    seed.plant_demo()
    log = "\n".join(as_text(row) for row in LogEntry.objects.all())
    assert LogEntry.objects.count() > 300
    assert {text for text in narrative() if stands_in(text, log)} == set()


def test_a_name_is_found_and_four_letters_of_a_random_number_are_not():
    assert stands_in("ypke", '["ypke", 3]')
    assert stands_in("ypke", "pupil ypke de vries")
    assert not stands_in("ypke", "zq1ypke7hd")


def test_no_text_is_a_field_that_is_remembered():
    for model in auditlog.get_models():
        for name in auditlog.get_model_fields(model)["include_fields"]:
            assert not isinstance(model._meta.get_field(name), models.TextField), (model, name)


def test_every_audited_model_says_what_it_is_about():
    world = World()
    assert Flag.objects.exists()
    about = LogEntry.objects.filter(kind=Kind.MADE)
    # A role in a buurtteam, and somebody's own view of the dashboard, are of no school.
    nowhere = about.filter(school_id=None).exclude(object_repr__regex=r"^(membership|savedview) ")
    assert set(nowhere.values_list("object_repr", flat=True)) == set()
    in_case = {
        row.object_repr.split()[0] for row in about.filter(case_reference=world.case.reference)
    }
    assert {
        "case", "signal", "consultation", "invitation", "decision", "referral", "shutout",
        "emergencyaccess", "dossierexport", "caseuserobjectpermission",
    } <= in_case  # fmt: skip


def test_somebody_who_belongs_nowhere_signs_in(client):
    user = UserFactory()
    second_factors.sign_in(client, user)
    assert rows(Kind.SIGN_IN, user).get().school_id is None
