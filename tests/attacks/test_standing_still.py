"""Cheap requests that kept others from working. Each failed on the day it was written."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.urls import reverse

from accounts.forms import LONG_TEXT
from cases.models import Case
from consultations.names import Family, find
from tests.factories import CaseFactory, PupilFactory

# Far more than any of this takes, and far less than what it took: half a day.
PATIENCE = 30


@contextmanager
def patience() -> Iterator[None]:
    """Give up on what does not come to an end."""

    def give_up(*args: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("text", ["5{room}x", "2014{room}x", "5{room}3{room}x", "Mama{room}x"])
def test_a_gap_in_a_text_is_walked_through_once(text):
    family = Family({"ties": "pupil"}, date(2014, 3, 5))
    with patience():
        assert find(text.format(room=" " * 2_000_000), family) == []


@pytest.mark.parametrize("day", ["5-3-2014", "05 / 03 / 14", "5.3.2014", "5 3 2014", "2014-03-05"])
def test_a_birth_date_is_found_however_it_is_written(day):
    family = Family({}, date(2014, 3, 5))
    assert [found.word for found in find(f"Geboren op {day}.", family)] == [day]


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_not_searched_for_names(coordinator, school, signed_in):
    """The proposal without names is made before the form is judged."""
    case: Case = CaseFactory(pupil=PupilFactory(school=school, given_name="Ties"))
    browser = signed_in(coordinator)
    url = reverse("consultations:new", args=[case.reference])
    fields = {"kind": "family_worker", "replace": "1"}
    right = browser.post(url, {**fields, "shared": "Ties".ljust(LONG_TEXT)})
    assert "[leerling]" in right.content.decode()
    too_long = browser.post(url, {**fields, "shared": "Ties".ljust(LONG_TEXT + 1)})
    assert "[leerling]" not in too_long.content.decode()
