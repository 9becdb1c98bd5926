"""A draft: kept sealed on the server for its author alone, until it is sent or thrown away."""

import uuid
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission
from accounts.drafts.actions import keep
from accounts.drafts.models import KEPT, SIGNAL
from accounts.models import Draft, Membership
from accounts.people.actions import end_role
from accounts.people.tasks import clear_drafts
from accounts.typed import LARGEST
from audit.models import LogEntry
from signals.models import Signal
from tests.factories import PupilFactory

pytestmark = pytest.mark.django_db

NEW, MINE, TASKS = reverse("signals:new"), reverse("signals:mine"), reverse("todo")
WORDS = "Zat alleen op de trap, zonder jas."
BY_SCRIPT = {"HTTP_HX_REQUEST": "true"}


def typed(pupil, page=None, **changes):
    """Return what stands in the form."""
    return {
        "idempotency_key": str(page or uuid.uuid4()), "pupil": str(pupil.public_id),
        "facts": WORDS, "observed_at_when": "now", "categories": ["tired"], "urgency": "severe",
        **changes,
    }  # fmt: skip


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school)


def column():
    """Return what the database holds of drafts, past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_draft")
        return repr(cursor.fetchall())


def test_a_draft_goes_on_on_another_device_and_is_empty_once_it_was_sent(teacher, pupil, signed_in):
    phone, desk, data = signed_in(teacher), signed_in(teacher), typed(pupil)
    rows = LogEntry.objects.count()
    saved = phone.post(NEW, {**data, "draft": "1"}, **BY_SCRIPT)
    assert saved.status_code == HTTPStatus.OK
    assert "Bewaard als concept om" in saved.content.decode()
    assert LogEntry.objects.count() == rows  # that it was saved is not even written down
    assert not Signal.objects.exists()
    assert WORDS.split(",")[0] not in column()

    for url in (NEW, MINE, TASKS):
        page = desk.get(url).content.decode()
        assert "Je hebt een concept van" in page, url
        assert WORDS not in page, url
    page = desk.get(f"{NEW}?draft=open")
    form = page.context["form"]
    assert form["facts"].value() == WORDS
    assert form["categories"].value() == ["tired"]
    assert form["urgency"].value() == "severe"
    assert f'value="{pupil.public_id}"' in page.content.decode()
    assert "Je hebt een concept van" not in page.content.decode()  # it is this very page

    sent = desk.post(NEW, data, **BY_SCRIPT)
    assert sent.status_code == HTTPStatus.NO_CONTENT
    assert sent["HX-Redirect"] == reverse("signals:detail", args=[Signal.objects.get().reference])
    assert "Je hebt een concept van" not in desk.get(NEW).content.decode()
    # What the phone still saves comes late, and brings nothing back.
    assert phone.post(NEW, {**data, "draft": "1"}, **BY_SCRIPT).status_code == HTTPStatus.CONFLICT
    assert Draft.objects.get().sealed == ""
    # And sent once more, it is the same signal.
    assert phone.post(NEW, data).status_code == HTTPStatus.FOUND
    assert Signal.objects.count() == 1


def test_without_a_script_a_button_keeps_it_and_another_throws_it_away(
    teacher, coordinator, pupil, signed_in
):
    browser, colleague = signed_in(teacher), signed_in(coordinator)
    assert browser.post(NEW, {**typed(pupil), "draft": "1"}).url == MINE
    assert colleague.get(f"{NEW}?draft=open").context["form"]["facts"].value() in (None, "")
    colleague.post(reverse("signals:throw_draft_away"))
    assert Draft.objects.get().sealed
    browser.post(reverse("signals:throw_draft_away"))
    assert "Je hebt een concept van" not in browser.get(NEW).content.decode()
    assert Draft.objects.get().sealed == ""


def test_three_letters_on_another_device_take_no_draft_away(teacher, pupil, signed_in):
    browser = signed_in(teacher)
    browser.post(NEW, {**typed(pupil), "draft": "1"})
    other = browser.post(NEW, {**typed(pupil, facts="Abc"), "draft": "1"}, **BY_SCRIPT)
    assert other.status_code == HTTPStatus.CONFLICT
    without_script = browser.post(NEW, {**typed(pupil, facts="Abc"), "draft": "1"})
    assert without_script.context["form"]["facts"].value() == "Abc"
    # Another signal is sent meanwhile: the draft waits.
    browser.post(NEW, typed(pupil, facts="Iets anders."))
    assert Draft.objects.get().fields()["facts"] == WORDS
    assert Signal.objects.get().facts == "Iets anders."


def test_more_than_anybody_types_is_not_kept(teacher, pupil, signed_in):
    data = {**typed(pupil, facts="a" * LARGEST), "draft": "1"}
    assert signed_in(teacher).post(NEW, data, **BY_SCRIPT).status_code == HTTPStatus.CONFLICT
    assert not Draft.objects.exists()


def test_a_draft_is_its_owners_also_in_the_database(teacher, coordinator):
    draft = keep(teacher, SIGNAL, uuid.uuid4(), b"facts=Woorden", whom=Permission.LOG_SIGNAL)
    assert draft.fields()["facts"] == "Woorden"
    draft.owner = coordinator
    assert draft.fields() is None


def test_it_goes_with_the_role_and_none_comes_after(teacher, administrator, school):
    keep(teacher, SIGNAL, uuid.uuid4(), b"facts=Woorden", whom=Permission.LOG_SIGNAL)
    end_role(Membership.objects.get(user=teacher), administrator, school)
    assert not Draft.objects.exists()
    with pytest.raises(PermissionDenied):
        keep(teacher, SIGNAL, uuid.uuid4(), b"facts=Woorden", whom=Permission.LOG_SIGNAL)


def test_it_is_kept_for_a_fortnight_and_not_for_who_may_not_sign_in(teacher, coordinator, pupil):
    for owner in (teacher, coordinator):
        keep(owner, SIGNAL, uuid.uuid4(), b"facts=Woorden", whom=Permission.LOG_SIGNAL)
    assert KEPT.lasts == timedelta(days=14)
    hers = Draft.objects.filter(owner=teacher)
    hers.update(saved_at=timezone.now() - KEPT.lasts + timedelta(minutes=1))
    clear_drafts()
    assert Draft.objects.standing(teacher, SIGNAL).exists()
    hers.update(saved_at=timezone.now() - KEPT.lasts - timedelta(minutes=1))
    assert not Draft.objects.standing(teacher, SIGNAL).exists()  # not shown until it is cleared
    type(coordinator).objects.filter(pk=coordinator.pk).update(is_active=False)
    clear_drafts()
    assert not Draft.objects.exists()
