"""A page that asks by itself how far a paper is kept its session awake while nobody was there."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from tests.attacks.proof import shows
from tests.test_role_matrix import arguments

ASKS = {
    "cases:export": "administrator",
    "cases:year": "administrator",
    "cases:year_paper": "administrator",
    "referrals:copy": "coordinator",
}


@shows("session-3")
@pytest.mark.django_db
@pytest.mark.parametrize(("name", "who"), ASKS.items())
def test_what_a_page_asks_by_itself_keeps_no_session_awake(world, signed_in, name, who):
    """A year of dossiers takes an hour, and a worker that is away longer."""
    browser = signed_in(world.people[who])
    page = reverse(name, args=arguments(name, world))
    soon = timezone.now() + timedelta(seconds=30)
    own = Session.objects.filter(session_key=browser.session.session_key)
    own.update(expire_date=soon)
    part = browser.get(page, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert own.get().expire_date == soon
    assert browser.get(page).status_code == 200
    assert own.get().expire_date > soon + timedelta(minutes=20)
