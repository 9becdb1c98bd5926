"""A form of which the end is held back until its sender has lost what it asks for."""

import io

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.people.actions import end_sessions
from cases.models import Case
from tests.factories import CaseFactory, PupilFactory

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
