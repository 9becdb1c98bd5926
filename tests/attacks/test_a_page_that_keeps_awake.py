"""A page that asks by itself how far a paper is kept its session awake while nobody was there."""

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from cases.models import PupilImport
from tests.attacks.proof import shows
from tests.test_role_matrix import arguments

ASKS = {
    "cases:export": "administrator",
    "cases:pupil_import": "administrator",
    "cases:year": "administrator",
    "cases:year_paper": "administrator",
    "referrals:copy": "coordinator",
}


@shows("session-3")
@pytest.mark.django_db
@pytest.mark.parametrize(("name", "who"), ASKS.items())
def test_what_a_page_asks_by_itself_keeps_no_session_awake(world, signed_in, name, who):
    """A year of dossiers takes an hour, and a worker that is away longer."""
    PupilImport.objects.update(state=PupilImport.State.RUNNING)
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


@shows("session-3")
@pytest.mark.django_db
def test_nor_does_the_script_for_which_a_browser_looks_by_itself(teacher, signed_in):
    browser, soon = signed_in(teacher), timezone.now() + timedelta(seconds=30)
    own = Session.objects.filter(session_key=browser.session.session_key)
    own.update(expire_date=soon)
    assert browser.get(reverse("push_worker")).status_code == 200
    assert own.get().expire_date == soon


def test_each_part_that_asks_by_itself_says_so():
    """The script of the page takes it for a sign of somebody else; a new one is found here."""
    parts = [
        (path, tag)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for tag in re.findall(r"<(?:[^<>{]|{[%{].*?[%}]})*>", path.read_text(), re.DOTALL)
        if re.search(r'hx-trigger="[^"]*(every|load)', tag)
    ]
    assert len(parts) >= 2
    assert [path for path, tag in parts if "data-by-itself" not in tag] == []


@shows("session-3")
@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [("coordinator", 200), ("other_coordinator", 404)])
def test_a_draft_that_a_script_tries_again_is_no_sign_of_anybody(world, signed_in, who, status):
    """Kept or refused: after a broken line, or by somebody who may know of the case no more."""
    browser = signed_in(world.people[who])
    page = reverse("cases:conversation", args=[world.case.reference])
    draft = {"idempotency_key": str(uuid.uuid4()), "reactions": "Half.", "draft": "1"}
    soon = timezone.now() + timedelta(seconds=30)
    own = Session.objects.filter(session_key=browser.session.session_key)
    own.update(expire_date=soon)
    by_script = {"HX-Request": "true"}
    again = browser.post(page, draft, headers={**by_script, "Meldcode-By-Itself": "true"})
    assert (again.status_code, own.get().expire_date) == (status, soon)
    typed = browser.post(page, draft, headers=by_script)
    assert typed.status_code == status
    assert own.get().expire_date > soon + timedelta(minutes=20)


ASKS = r"\b(fetch\(|XMLHttpRequest|sendBeacon|EventSource|WebSocket|htmx\.(?!trigger))"


def test_each_script_that_asks_after_a_while_says_so():
    scripts = {path.name: path.read_text() for path in (settings.BASE_DIR / "static/js").iterdir()}
    ask = {
        name
        for name, text in scripts.items()
        if re.search(r"\b(setTimeout|setInterval|requestAnimationFrame)\(", text)
        and re.search(
            r"\b(fetch\(|XMLHttpRequest|sendBeacon|EventSource|WebSocket|htmx\.(?!trigger))", text
        )
    }
    assert ask >= {"session.js", "drafts.js"}
    assert {name for name in ask if "Meldcode-By-Itself" in scripts[name]} == ask
