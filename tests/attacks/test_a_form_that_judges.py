"""What a form refuses, and what that tells of what its sender may not know. Failed on its day."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.accounts.every_form import new_signal, signal

pytestmark = pytest.mark.django_db


# --- "This is before the pupil was born": a teacher found the birth date of each pupil of the
# school, in a dozen forms that were refused and left no row
@pytest.mark.parametrize("name", ["signals:new", "signals:correct"])
def test_no_form_of_a_signal_tells_when_a_pupil_was_born(world, signed_in, name):
    browser, day = signed_in(world.people["author"]), timezone.localdate() - timedelta(days=400)
    if name == "signals:new":
        url, sent = reverse(name), new_signal(world)
    else:
        url, sent = reverse(name, args=[world.signal.reference]), signal(world)
    errors = []
    for born in (None, date(2012, 3, 5), day, day + timedelta(days=1)):
        type(world.pupil).objects.filter(pk=world.pupil.pk).update(birth_date=born)
        nothing = {"facts": "", "child_words": "", "observed_at": f"{day}T12:00"}
        errors.append(browser.post(url, sent | nothing).context["form"].errors)
    assert errors == [errors[0]] * 4
    assert set(errors[0]) == {"facts"} | ({"reason"} if name == "signals:correct" else set())
