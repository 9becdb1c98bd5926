"""Other people's things, in a field, a part of an address or a query (ASVS 4.2)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import reverse
from django.utils import timezone

from accounts.errors import KEY_USED
from accounts.models import Membership, School
from accounts.roles import Role
from accounts.session_views import sign_of
from cases.models import CaseUserObjectPermission
from consultations.models import Invitation
from signals.models import Signal
from tests.accounts.every_form import FORMS, Sheet, membership_of, written
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, SignalFactory, member
from tests.searches import search
from tests.test_role_matrix import MATRIX, arguments
from tests.world import World

pytestmark = pytest.mark.django_db

ROWS = {row.name: row for row in FORMS}
Value = Callable[[World, World], object]


@dataclass(frozen=True, slots=True)
class Foreign:
    """A form that somebody may use, and what of another world they put into one of its fields."""

    form: str
    field: str
    what: str
    value: Value


def person(who: str) -> Value:
    """Return somebody of one's own world, who is no choice here."""
    return lambda here, there: here.people[who].public_id


def stranger(who: str) -> Value:
    """Return somebody of another world."""
    return lambda here, there: there.people[who].public_id


def guest(who: str) -> Value:
    """Return the membership of somebody of one's own world, who is no choice here."""
    return lambda here, there: membership_of(here.people[who])


def strange_guest(who: str) -> Value:
    """Return the membership of somebody of another world."""
    return lambda here, there: membership_of(there.people[who])


def board_case(here: World, there: World) -> str:
    """Return a case about somebody who works at the school: the board's line alone (R9)."""
    pupil = PupilFactory(school=here.school)
    return CaseFactory(pupil=pupil, restricted=True).reference


# fmt: off
FIELDS = (
    Foreign("signals:new", "pupil", "a pupil of another school", lambda h, t: t.pupil.public_id),
    Foreign("signals:new", "pupil", "a person, for a pupil", person("coordinator")),
    Foreign("signals:new", "pupil", "its number in the database", lambda h, t: h.pupil.pk),
    Foreign("cases:participants", "person", "a teacher of another school", stranger("teacher")),
    Foreign("cases:participants", "person", "somebody without a role", person("nobody")),
    Foreign("cases:participants", "person", "the administrator", person("administrator")),
    Foreign("cases:participants", "person", "who is shut out", person("conflicted_teacher")),
    Foreign("cases:participants", "person", "their number", lambda h, t: h.people["teacher"].pk),
    Foreign("cases:shut_out", "person", "somebody of another school", stranger("coordinator")),
    Foreign("cases:shut_out", "person", "somebody without a role", person("nobody")),
    Foreign("consultations:new", "invitees", "another school", strange_guest("teacher")),
    Foreign("consultations:new", "invitees", "another buurtteam", strange_guest("joined")),
    Foreign("consultations:new", "invitees", "who is shut out", guest("conflicted")),
    Foreign("consultations:new", "invitees", "the administrator", guest("administrator")),
    Foreign("consultations:new", "invitees", "oneself", guest("coordinator")),
    Foreign("people:give_role", "replaces", "somebody of another school",
            lambda h, t: t.people["coordinator"].memberships.get().public_id),
    Foreign("people:give_role", "replaces", "another role",
            lambda h, t: h.people["leader"].memberships.get().public_id),
    Foreign("people:give_role", "school", "another school", lambda h, t: t.school.pk),
    Foreign("people:invite", "school", "another school", lambda h, t: t.school.pk),
    Foreign("people:invite", "school", "a number too large", lambda h, t: "9" * 30),
    Foreign("cases:emergency", "school", "a school of another board", lambda h, t: t.school.pk),
    Foreign("cases:emergency", "school", "a number too large", lambda h, t: "9" * 30),
    Foreign("cases:emergency", "reference", "a case of another school",
            lambda h, t: t.case.reference),
    Foreign("cases:emergency", "reference", "a case for the board", board_case),
)
# fmt: on


@shows("ids-2")
@pytest.mark.parametrize("row", FIELDS, ids=lambda row: f"{row.form}-{row.field}-{row.what}")
def test_what_is_somebody_elses_is_no_choice(row, signed_in, world, elsewhere):
    sheet, there = Sheet(ROWS[row.form], signed_in, world), elsewhere
    value = str(row.value(sheet.world, there))
    before = written()
    answer = sheet.send(**{row.field: [value] if row.field == "invitees" else value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {row.field}
    assert written() == before


@shows("ids-2")
def test_an_administrator_of_two_schools_gives_roles_where_the_person_is(
    signed_in, world, elsewhere
):
    """What is offered is one school, but the other is theirs too: the person is not there."""
    sheet, there = Sheet(ROWS["people:give_role"], signed_in, world), elsewhere
    Membership.objects.create(user=sheet.user, role=Role.ADMINISTRATOR, school=there.school)
    before = written()
    assert sheet.send(school=str(there.school.pk)).status_code == 422
    assert written() == before


@shows("ids-7")
def test_who_may_not_invite_invites_nobody(signed_in, world):
    row = ROWS["consultations:new"]
    sheet = Sheet(row, signed_in, world)
    teacher = signed_in(sheet.world.people["participant"])
    invited = Invitation.objects.count()
    assert sheet.send(teacher).status_code == 302
    assert Invitation.objects.count() == invited


# --- An id of one thing under the address of another ----------------------------------------------
def participant_of_another_case(here: World, there: World) -> tuple[str, list]:
    other = CaseFactory(pupil__school=here.school)
    return "cases:remove_participant", [other.reference, here.people["participant"].public_id]


def participant_elsewhere(here: World, there: World) -> tuple[str, list]:
    participant = there.people["participant"].public_id
    return "cases:remove_participant", [here.case.reference, participant]


def conflict_of_another_pupil(here: World, there: World) -> tuple[str, list]:
    other = CaseFactory(pupil__school=here.school)
    return "cases:end_shut_out", [other.reference, here.shut_out.public_id]


def conflict_elsewhere(here: World, there: World) -> tuple[str, list]:
    return "cases:end_shut_out", [here.case.reference, there.shut_out.public_id]


def case_elsewhere_in_a_meeting(here: World, there: World) -> tuple[str, list]:
    return "consultations:discuss", [here.meeting.public_id, there.case.reference]


def case_that_nobody_put_on_the_agenda(here: World, there: World) -> tuple[str, list]:
    other = CaseFactory(pupil__school=here.school)
    return "consultations:discuss", [here.meeting.public_id, other.reference]


def rule_that_is_not_there(here: World, there: World) -> tuple[str, list]:
    return "cases:explain", [here.case.reference, "R99"]


@shows("ids-3")
@pytest.mark.parametrize(
    "nested",
    [
        participant_of_another_case,
        participant_elsewhere,
        conflict_of_another_pupil,
        conflict_elsewhere,
        case_elsewhere_in_a_meeting,
        case_that_nobody_put_on_the_agenda,
        rule_that_is_not_there,
    ],
)
def test_an_id_under_another_case_is_not_there(nested, signed_in, world, elsewhere):
    here, there = world, elsewhere
    name, of = nested(here, there)
    browser, before = signed_in(here.people["coordinator"]), written()
    grants = set(CaseUserObjectPermission.objects.values_list("pk", flat=True))
    data = {"why": "Het hoeft niet meer.", "grounds": "Het kan nu niet."}
    assert browser.get(reverse(name, args=of)).status_code in (404, 405)
    assert browser.post(reverse(name, args=of), data).status_code == 404
    assert written() == before
    assert set(CaseUserObjectPermission.objects.values_list("pk", flat=True)) == grants


# --- Queries --------------------------------------------------------------------------------------
@pytest.fixture
def worlds(world, elsewhere) -> tuple[World, World]:
    """One's own world, and another with a pupil whose name stands nowhere else."""
    here, there = world, elsewhere
    there.pupil.given_name, there.pupil.family_name = "Zwaantje", "Elders"
    there.pupil.class_name = "9Z"
    there.pupil.save()
    School.objects.filter(pk=there.school.pk).update(name="School Verweg")
    return here, there


ASKED = (
    ("signals:new", "author", "pupil", lambda t: t.pupil.public_id),
    ("signals:pupils", "author", "pupil_query", lambda t: "Zwaantje"),
    ("signals:pupils", "coordinator", "pupil_query", lambda t: "9Z"),
    ("cases:dashboard", "coordinator", "q", lambda t: "Zwaantje"),
    ("cases:dashboard", "leader", "q", lambda t: t.case.reference),
    ("cases:exportable", "administrator", "q", lambda t: t.case.reference),
    ("cases:periods", "coordinator", "school", lambda t: t.school.pk),
)


@shows("ids-4")
@pytest.mark.parametrize(("name", "who", "asked", "value"), ASKED)
def test_a_query_finds_nothing_of_another_school(name, who, asked, value, worlds, signed_in):
    here, there = worlds
    browser = signed_in(here.people[who])
    query = {asked: str(value(there))}
    searched = asked in ("q", "pupil_query")
    answer = search(browser, name, **query) if searched else browser.get(reverse(name), query)
    assert answer.status_code == 200
    page = answer.content.decode()
    for word in ("Zwaantje", "Elders", "Verweg"):
        for said_back in (f'value="{word}"', f"q={word}", f"Gezocht: {word}"):
            page = page.replace(said_back, "")
        assert word not in page, word
    assert f"/cases/{there.case.reference}/" not in page


@shows("ids-4")
def test_the_periods_of_another_school_are_not_set_by_its_number_in_the_address(worlds, signed_in):
    here, there = worlds
    sheet = Sheet(ROWS["cases:periods"], signed_in, here)
    sheet.url += f"?school={there.school.pk}"
    assert sheet.send().status_code == 404
    assert not there.school.periods.exists()
    assert not here.school.periods.exists()


@shows("ids-4")
@pytest.mark.parametrize("page", ["2", "0", "-1", "999999999999999999999", "x", "1'--"])
def test_a_page_number_leads_to_nothing_of_another_school(page, worlds, signed_in):
    here, there = worlds
    for name, who in (("cases:dashboard", "coordinator"), ("cases:exportable", "administrator")):
        answer = signed_in(here.people[who]).get(reverse(name), {"page": page})
        assert answer.status_code == 200
        assert there.case.reference not in answer.content.decode()


# --- Fragments ------------------------------------------------------------------------------------
FRAGMENTS = {"signals:pupils": "post", "cases:weighed": "post", "cases:export": "get"}


@shows("ids-5")
@pytest.mark.parametrize(("name", "method"), FRAGMENTS.items())
def test_a_fragment_is_there_for_whom_the_page_is(name, method, signed_in, client):
    world = World()
    url = reverse(name, args=arguments(name, world))
    for who, user in world.people.items():
        browser = signed_in(user) if user else client
        answer = getattr(browser, method)(url, headers={"HX-Request": "true"})
        expected = 200 if who in MATRIX[name] else 404 if user else 302
        assert answer.status_code == expected, who


# --- Idempotency keys -----------------------------------------------------------------------------
@shows("ids-6")
def test_the_key_of_another_administrators_invitation_is_not_theirs(signed_in, world):
    sheet = Sheet(ROWS["people:invite"], signed_in, world)
    other = signed_in(member(Role.ADMINISTRATOR, sheet.world.school))
    assert sheet.send().status_code == 302
    before = written()
    answer = sheet.send(other)
    assert answer.status_code == 422
    assert str(KEY_USED) in Page(answer).text
    assert written() == before


@shows("ids-6")
def test_under_the_key_of_another_school_one_files_ones_own(signed_in, world, elsewhere):
    sheet, there = Sheet(ROWS["signals:new"], signed_in, world), elsewhere
    stranger = signed_in(there.people["teacher"])
    sheet.send()
    filed = set(written()["Signal"])
    assert sheet.send(stranger, pupil=str(there.pupil.public_id)).status_code == 302
    assert filed < set(written()["Signal"])
    assert Signal.objects.latest("pk").author == there.people["teacher"]


@shows("ids-1")
def test_a_session_or_factor_of_somebody_else_is_not_there(signed_in, world_of_factors):
    browser, numbers = world_of_factors
    for name, number in numbers.items():
        url = reverse(name, args=[number])
        assert browser.post(url, {"name": "Van mij"}).status_code == 404, name


@pytest.fixture
def world_of_factors(signed_in):
    """A teacher's browser, and the numbers of somebody else's session and passkey."""
    teacher, other = member(Role.TEACHER), member(Role.TEACHER)
    passkey = Authenticator.objects.create(
        user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "Sleutel", "credential": {}}
    )
    session = UserSession.objects.create(
        user=other, session_key=uuid.uuid4().hex, ip="192.0.2.1", user_agent="",
        created_at=timezone.now(), last_seen_at=timezone.now(),
    )  # fmt: skip
    return signed_in(teacher), {
        "end_session": sign_of(session),
        "mfa_edit_webauthn": passkey.pk,
        "mfa_remove_webauthn": passkey.pk,
    }


@shows("ids-1")
def test_a_signal_of_a_school_that_one_left_is_not_there(signed_in):
    teacher, before = member(Role.TEACHER), SchoolFactory()
    old = SignalFactory(author=teacher, case__pupil__school=before)
    browser = signed_in(teacher)
    for name in ("signals:detail", "signals:correct"):
        assert browser.get(reverse(name, args=[old.reference])).status_code == 404
