"""The long forms of a case keep a draft like a signal: sealed, for their author, until filed."""

import uuid
from http import HTTPStatus

import pytest
from django.urls import reverse

from accounts.models import Draft
from tests.conftest import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BY_SCRIPT = {"HTTP_HX_REQUEST": "true"}
WORDS = "Kwam zonder jas, en zei niets."


def long_forms(world):
    """Return who types where, and in which field."""
    case, signal = world.case.reference, world.signal.reference
    report, room = world.report.public_id, world.consultation.reference
    return {
        "correction": ("author", reverse("signals:correct", args=[signal]), "facts"),
        "talk": ("coordinator", reverse("cases:conversation", args=[case]), "reactions"),
        "weighing": ("coordinator", reverse("cases:assessment", args=[case]), "consulted"),
        "consultation": ("coordinator", reverse("consultations:new", args=[case]), "shared"),
        "decision": ("coordinator", reverse("referrals:decide", args=[case]), "report_grounds"),
        "report": ("coordinator", reverse("referrals:write_report", args=[report]), "strengths"),
        "advice": ("joined", reverse("consultations:detail", args=[room]), "text"),
    }


def test_a_long_form_is_kept_brought_back_elsewhere_and_thrown_away():
    world = World()
    for name, (who, path, field) in long_forms(world).items():
        browser = sign_in(world.people[who])
        page = {"idempotency_key": str(uuid.uuid4()), field: WORDS}
        said = browser.post(path, {**page, "draft": "1"}, **BY_SCRIPT)
        assert said.status_code == HTTPStatus.OK, (name, said.content)
        draft = Draft.objects.get(form__startswith=f"{name}:")
        assert WORDS not in draft.sealed

        elsewhere = sign_in(world.people[who])
        assert WORDS not in (shown := elsewhere.get(path).content.decode()), name
        assert "?draft=open" in shown
        assert WORDS in elsewhere.get(path, {"draft": "open"}).content.decode(), name
        other = {**page, "idempotency_key": str(uuid.uuid4()), "draft": "1"}
        assert elsewhere.post(path, other, **BY_SCRIPT).status_code == HTTPStatus.CONFLICT

        assert elsewhere.post(path, {"throw_draft_away": "1"}).status_code == HTTPStatus.FOUND
        assert "?draft=open" not in elsewhere.get(path).content.decode()
        draft.refresh_from_db()
        assert draft.sealed == ""


def test_what_is_filed_ends_its_draft_and_a_script_is_told_where_to():
    world = World()
    browser = sign_in(world.people["coordinator"])
    path = reverse("cases:conversation", args=[world.case.reference])
    page = {
        "idempotency_key": str(uuid.uuid4()), "kind": "parents", "held_at": "2026-01-05T10:00",
        "attendees": "Moeder", "facts_brought": "De plek.", "reactions": WORDS,
        "concern": "stays", "help_wanted": "yes", "motivation": "Eerst praten.",
    }  # fmt: skip
    browser.post(path, {**page, "draft": "1"}, **BY_SCRIPT)
    before = world.case.conversations.count()
    filed = browser.post(path, page, **BY_SCRIPT)
    assert filed.status_code == HTTPStatus.NO_CONTENT, filed.context["form"].errors
    assert filed["HX-Redirect"]
    assert world.case.conversations.count() == before + 1
    assert Draft.objects.get().sealed == ""


def test_a_draft_that_comes_too_often_is_refused_kindly_and_nothing_is_lost(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "keep_draft": "1/m/user"}
    world = World()
    browser = sign_in(world.people["coordinator"])
    path = reverse("cases:conversation", args=[world.case.reference])
    page = {"idempotency_key": str(uuid.uuid4()), "reactions": WORDS, "draft": "1"}
    assert browser.post(path, page, **BY_SCRIPT).status_code == HTTPStatus.OK
    often = browser.post(path, page, **BY_SCRIPT)
    assert often.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "over een minuut wordt het weer bewaard" in often.content.decode()
    shown = browser.post(path, page)  # by the button: the page comes back with its words
    assert WORDS in shown.content.decode()
    assert Draft.objects.get().fields()["reactions"] == WORDS
