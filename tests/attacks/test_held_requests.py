"""A form of which the end is held back until its sender has lost what it asks for."""

import io
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import IdentityProvider, User
from accounts.people.actions import end_role, give_role
from accounts.people.winding_up import end_sessions
from accounts.roles import Role
from accounts.sso import actions as sso
from cases.contact_book.actions import add_contact
from cases.figures.actions import save_texts
from cases.figures.school_year import SchoolYear
from cases.files import forms as files
from cases.help_page.actions import make_own
from cases.models import Attachment, Case
from cases.school_periods import set_periods
from cases.siblings.actions import tie
from cases.vacations.actions import add_vacation
from consultations.meetings.actions import plan_meeting
from tests.cases.made_up_files import halves, saved
from tests.factories import CaseFactory, IdentityProviderFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


class HeldBack(io.BytesIO):
    """A body during whose reading something happens."""

    def __init__(self, body: bytes, meanwhile) -> None:
        super().__init__(body)
        self.meanwhile = [meanwhile]

    def read(self, size: int = -1) -> bytes:
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().read(size)


def send_late(browser: Client, url: str, meanwhile) -> object:
    """Send a form; what it asks is checked as in a browser: that is when it is read."""
    browser.handler.enforce_csrf_checks = True
    browser.get(reverse("help"))
    body = f"csrfmiddlewaretoken={browser.cookies['csrf'].value}".encode()
    kind = "application/x-www-form-urlencoded"
    return browser.post(url, body, kind, **{"wsgi.input": HeldBack(body, meanwhile)})


@pytest.fixture
def case(school) -> Case:
    return CaseFactory(pupil=PupilFactory(school=school, given_name="Ties"))


def test_a_form_in_time_is_taken(case, coordinator, signed_in):
    send_late(signed_in(coordinator), reverse("cases:take_on", args=[case.reference]), list)
    case.refresh_from_db()
    assert case.responsible == coordinator


def test_a_held_form_does_nothing_once_all_sessions_are_ended(case, coordinator, signed_in):
    url = reverse("cases:take_on", args=[case.reference])
    send_late(signed_in(coordinator), url, lambda: end_sessions(coordinator))
    case.refresh_from_db()
    assert case.responsible is None


def test_nor_does_it_show_a_case(case, coordinator, signed_in):
    url = reverse("cases:detail", args=[case.reference])
    answer = send_late(signed_in(coordinator), url, lambda: end_sessions(coordinator))
    assert "Ties" not in answer.content.decode()


def test_nor_when_the_account_was_closed(case, coordinator, signed_in):
    def close() -> None:
        User.objects.filter(pk=coordinator.pk).update(is_active=False)

    url = reverse("cases:detail", args=[case.reference])
    assert "Ties" not in send_late(signed_in(coordinator), url, close).content.decode()


# --- A provider of one's own answers when one likes; a large picture is looked at for seconds
@pytest.fixture
def slow_provider(school, administrator, monkeypatch):
    """A provider that answers once its administrator is one no more."""
    other = member(Role.ADMINISTRATOR, school)

    def read(issuer: str) -> dict[str, str]:
        end_role(administrator.memberships.get(), other, school)
        return {"issuer": issuer}

    monkeypatch.setattr(sso.discovery, "read", read)
    return {
        "kind": "other",
        "name": "Schoolaccount",
        "location": "https://traag.example",
        "client_id": "a",
        "client_secret": "b",
        "domains": ["traag.example"],
    }


def test_who_is_no_administrator_by_then_adds_no_provider(school, administrator, slow_provider):
    assert administrator.current_memberships
    with pytest.raises(PermissionDenied):
        sso.add(school, administrator, uuid.uuid4(), **slow_provider)
    assert not IdentityProvider.objects.exists()


def test_nor_changes_one(school, administrator, slow_provider):
    found = IdentityProviderFactory(school=school)
    assert administrator.current_memberships
    with pytest.raises(PermissionDenied):
        sso.change(found, administrator, **slow_provider)
    found.refresh_from_db()
    assert found.issuer != slow_provider["location"]


def test_a_file_that_was_looked_at_for_long_is_not_filed(
    case, coordinator, administrator, signed_in, monkeypatch
):
    real = files.look_at

    def look_at_length(file):
        end_role(coordinator.memberships.get(), administrator, case.school)
        return real(file)

    monkeypatch.setattr(files, "look_at", look_at_length)
    url = reverse("cases:attach", args=[case.reference])
    picture = SimpleUploadedFile("a.png", saved(halves(), "PNG"))
    answer = signed_in(coordinator).post(url, {"title": "Foto", "file": picture})
    assert answer.status_code == 403
    assert not Attachment.objects.exists()


def test_what_is_the_schools_is_not_changed_either(school, administrator):
    """By a user who had their roles when the form was begun, and has them no more."""
    colleague = member(Role.COORDINATOR, school)
    give_role(school, administrator, colleague, role=Role.ADMINISTRATOR)
    colleague.forget_memberships()
    had, day = colleague.current_memberships, timezone.localdate()
    year = SchoolYear.of(timezone.now()).before
    pupil, sibling = PupilFactory.create_batch(2, school=school)
    for role in colleague.memberships.all():
        end_role(role, administrator, school)
    for change in (
        lambda: make_own(school, colleague),
        lambda: add_contact(school, colleague, uuid.uuid4(), name="GGD"),
        lambda: set_periods(school, colleague, {"consult": 9}),
        lambda: add_vacation(school, colleague, "Vrij", day, day),
        lambda: save_texts(school, year, colleague, knowledge="Een studiedag.", agreements=""),
        lambda: tie(pupil, colleague, sibling),
        lambda: plan_meeting(
            school, colleague, uuid.uuid4(), starts_at=timezone.now(), place="Kamer 3"
        ),
    ):
        colleague.current_memberships = had
        with pytest.raises(PermissionDenied):
            change()
