"""A session that ends in the middle of writing: what was typed comes back, to its writer alone."""

import uuid
from http import HTTPStatus

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts import sessions, typed
from accounts.session_store import SessionStore
from signals.models import Signal
from tests.accounts.second_factors import sign_in
from tests.factories import PupilFactory

pytestmark = pytest.mark.django_db

NEW = reverse("signals:new")
WORDS = "Hij zei dat hij niet naar huis durft."


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school)


def filled_in(browser, pupil):
    """Return the form as somebody sends it who has written for a while."""
    form = browser.get(NEW).context["form"]
    return {
        "typed_by": form.initial["typed_by"],
        "idempotency_key": str(form.initial["idempotency_key"]),
        "pupil": str(pupil.public_id),
        "facts": "Zat alleen.",
        "child_words": WORDS,
        "observed_at": "2026-03-02T10:15",
        "categories": ["fear_home", "anxious"],
        "urgency": "severe",
    }


def filed_under(browser, data):
    browser.post(NEW, data)
    filed = Signal.objects.latest("pk")
    key = filed.idempotency_key
    Signal.objects.filter(pk=filed.pk).update(idempotency_key=uuid.uuid4())
    return key


def test_what_a_form_is_filed_under_tells_its_words_to_nobody(teacher, pupil, signed_in, settings):
    """It lies readable beside words that are encrypted: made of them alone, it lets them be
    guessed. So it takes a key that is not in the database.
    """
    data = filled_in(signed_in(teacher), pupil)
    first = filed_under(signed_in(teacher), data)
    assert first != uuid.UUID(data["idempotency_key"])
    assert filed_under(signed_in(teacher), data) == first
    settings.SECRET_KEY = f"another-{settings.SECRET_KEY}"
    assert filed_under(signed_in(teacher), data) not in {first, uuid.UUID(data["idempotency_key"])}


def shown(browser):
    form = browser.get(NEW).context["form"]
    return {name: form[name].value() for name in ("facts", "child_words", "categories", "urgency")}


def test_what_was_typed_comes_back_and_is_filed_once(teacher, pupil, signed_in):
    browser = signed_in(teacher)
    data = filled_in(browser, pupil)
    browser.session.flush()
    answer = browser.post(NEW, data)
    assert answer.url == f"{reverse('account_login')}?next={NEW}"
    assert not Signal.objects.exists()

    assert sign_in(browser, teacher, answer.url).url == NEW
    page = browser.get(NEW)
    form = page.context["form"]
    assert form["child_words"].value() == WORDS
    assert form["categories"].value() == ["fear_home", "anxious"]
    assert form["urgency"].value() == "severe"
    assert form["pupil"].value() == str(pupil.public_id)
    assert WORDS in page.content.decode()

    data["idempotency_key"] = str(form.initial["idempotency_key"])
    browser.post(NEW, data)
    assert Signal.objects.get().child_words == WORDS
    assert shown(browser)["child_words"] in (None, "")


def test_each_of_the_forms_that_somebody_writes_in_comes_back(teacher, pupil, signed_in):
    """Two tabs: the words of the first made room for those of the second."""
    browser = signed_in(teacher)
    data = filled_in(browser, pupil)
    browser.session.flush()
    places = [f"{NEW}?tab={number}" for number in range(typed.MOST + 1)]
    for place in places:
        login = browser.post(place, data | {"facts": place}).url
    sign_in(browser, teacher, login)
    # As many as somebody writes in; of more, the first make room.
    for place in places[1:]:
        assert browser.get(place).context["form"]["facts"].value() == place
    assert browser.get(places[0]).context["form"]["facts"].value() in (None, "")
    assert typed.SESSION_KEY not in browser.session


def test_all_of_them_together_are_bound(teacher, pupil, signed_in):
    browser = signed_in(teacher)
    data = filled_in(browser, pupil)
    browser.session.flush()
    for number in range(typed.MOST):
        browser.post(f"{NEW}?tab={number}", data | {"facts": "a" * 250_000})
    kept = browser.session[typed.SESSION_KEY]
    assert 0 < sum(len(one["fields"]) for one in kept.values()) <= typed.LARGEST_OF_ALL


def test_what_the_version_before_kept_comes_back(teacher, pupil, signed_in):
    browser = signed_in(teacher)
    data = filled_in(browser, pupil)
    browser.session.flush()
    login = browser.post(NEW, data).url
    session = browser.session
    [(place, one)] = session[typed.SESSION_KEY].items()
    session[typed.SESSION_KEY] = {"place": place, **one}
    session.save()
    sign_in(browser, teacher, login)
    assert browser.get(NEW).context["form"]["child_words"].value() == WORDS


def test_a_late_answer_whether_there_is_a_session_takes_no_cookie_away(signed_in, teacher):
    """It came after the one that keeps what was typed, and took the new session with it."""
    browser = signed_in(teacher)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert not browser.post(reverse("account_logout")).cookies[settings.SESSION_COOKIE_NAME].value
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
    for headers in ({sessions.BY_ITSELF: "true"}, {}):
        answer = browser.get(reverse("stay"), headers=headers)
        assert answer.status_code == HTTPStatus.FOUND
        assert settings.SESSION_COOKIE_NAME not in answer.cookies


def ends_by_a_new_password(browser, teacher):
    teacher.set_password("een heel ander wachtwoord 9")
    teacher.save()


def ends_after_a_whole_day(browser, teacher):
    session = browser.session
    session[sessions.SIGNED_IN_AT] = 1
    session.save()


@pytest.mark.parametrize("ends", [ends_by_a_new_password, ends_after_a_whole_day])
def test_nor_where_the_asking_itself_ends_it(signed_in, teacher, ends):
    browser = signed_in(teacher)
    ends(browser, teacher)
    answer = browser.get(reverse("stay"), headers={sessions.BY_ITSELF: "true"})
    assert answer.status_code == HTTPStatus.FOUND
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert not Session.objects.exists()


def test_nobody_else_gets_it(teacher, coordinator, pupil, signed_in):
    browser = signed_in(teacher)
    data = filled_in(browser, pupil)
    browser.session.flush()
    login = browser.post(NEW, data).url
    sign_in(browser, coordinator, login)
    assert WORDS not in browser.get(NEW).content.decode()


def test_it_is_kept_encrypted(teacher, pupil, signed_in):
    browser = signed_in(teacher)
    data = filled_in(browser, pupil)
    browser.session.flush()
    browser.post(NEW, data)
    kept = browser.session[typed.SESSION_KEY]
    stored = Session.objects.get(session_key=browser.session.session_key)
    assert "naar huis" not in str(kept)
    assert "naar huis" not in str(SessionStore().decode(stored.session_data))


def test_more_than_anybody_types_is_not_kept_and_that_is_said(teacher, pupil, signed_in):
    """A form may hold megabytes; each that is sent signed out would lie in the database."""
    browser = signed_in(teacher)
    data = filled_in(browser, pupil)
    browser.session.flush()
    answer = browser.post(NEW, {**data, "facts": "a" * typed.LARGEST})
    assert typed.SESSION_KEY not in browser.session
    page = browser.get(answer.url).content.decode()
    assert "te veel getypt" in page
    browser.post(NEW, {**data, "facts": "a" * 200_000})
    assert typed.SESSION_KEY in browser.session


@pytest.mark.parametrize("counts", ["keep_typed", "keep_typed_of_a_page"])
def test_nor_one_form_after_the_other(teacher, pupil, signed_in, settings, counts):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, counts: "3/h/key"}
    data = filled_in(signed_in(teacher), pupil)
    for __ in range(5):
        Client().post(NEW, data)
    assert Session.objects.count() - 1 == 3  # one is the writer's own
    kept = [
        row
        for row in Session.objects.all()
        if typed.SESSION_KEY in SessionStore().decode(row.session_data)
    ]
    assert len(kept) == 3


def test_who_has_one_page_of_somebody_keeps_nothing_of_theirs_from_being_kept(
    teacher, pupil, signed_in, settings
):
    settings.ACCOUNT_RATE_LIMITS = {
        **settings.ACCOUNT_RATE_LIMITS, "keep_typed_of_a_page": "3/h/key",
    }  # fmt: skip
    browser = signed_in(teacher)
    seen, data = filled_in(browser, pupil), filled_in(browser, pupil)
    spelled = ("", "\n", " ", "==", "é")
    for number in range(25):
        token = seen["typed_by"] + spelled[number % len(spelled)] * (number // len(spelled))
        Client().post(NEW, {**seen, "typed_by": token})
    kept = Session.objects.count() - 1
    assert kept == 3
    browser.session.flush()
    browser.post(NEW, data)
    assert typed.SESSION_KEY in browser.session


def test_a_forged_token_keeps_nothing(pupil, client):
    data = {"typed_by": "1:forged:signature", "child_words": WORDS}
    answer = client.post(NEW, data)
    assert answer.status_code == HTTPStatus.FOUND
    assert typed.SESSION_KEY not in client.session


def test_a_stale_token_brings_the_form_back_filled_in(teacher, pupil, signed_in):
    browser = signed_in(teacher)
    browser.handler.enforce_csrf_checks = True
    data = filled_in(browser, pupil)
    answer = browser.post(NEW, data)
    assert answer.url == NEW
    assert shown(browser)["child_words"] == WORDS
    assert not Signal.objects.exists()


def test_a_form_of_a_stranger_without_a_token_is_refused(teacher):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(teacher, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(NEW, {"facts": "Van een andere site."})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Van een andere site." not in answer.content.decode()


@pytest.mark.parametrize("name", ["password", "client_secret", "people"])
def test_what_belongs_nowhere_else_is_typed_anew(name):
    fields = QueryDict(mutable=True)
    fields.update({"reason": WORDS, name: "beren"})
    assert set(QueryDict(typed.packed(fields))) == {"reason"}
