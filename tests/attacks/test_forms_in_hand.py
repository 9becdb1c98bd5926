"""Forms that wait for what somebody else is writing: those of one person took all hands of the web.

So each waits a moment, and of one person two are in hand at once in each process, which has four.
"""

from copy import deepcopy

import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts import typed
from background.hands import FORMS_AT_ONCE
from meldcode.middleware.forms import FormsInHandMiddleware
from meldcode.watch import bound_questions
from tests.attacks.proof import shows

END_OTHERS = reverse("end_other_sessions")
WORDS = "Zat de hele pauze alleen op de trap."


def form_of(person, at="/tasks/"):
    data = {typed.TOKEN_FIELD: typed.token_for(person.pk), "facts": WORDS}
    request = RequestFactory().post(at, data)
    request.user = person
    return request


def page_of(person):
    request = RequestFactory().get("/tasks/")
    request.user = person
    return request


@shows("busy-12")
@pytest.mark.django_db
def test_of_one_person_two_forms_are_in_hand_at_once_and_no_more(coordinator, teacher):
    answers = []

    def waits(request):
        """The first of each form waits for a second one, and that for what comes meanwhile."""
        if request.method == "POST" and request.user == coordinator and len(answers) < 2:
            answers.append(None)
            asked = form_of(coordinator) if len(answers) == 1 else None
            if asked is not None:
                answers[0] = web(asked)
            else:
                answers[1] = web(form_of(coordinator))
                answers.extend([web(form_of(teacher)), web(page_of(coordinator))])
        return HttpResponse("filed")

    web = FormsInHandMiddleware(waits)
    assert web(form_of(coordinator)).content == b"filed"
    second, third, *others = answers
    assert second.content == b"filed"
    assert third.status_code == 503
    assert WORDS in third.content.decode()  # to be sent once more
    assert [one.content for one in others] == [b"filed"] * 2
    assert web(form_of(coordinator)).content == b"filed"


@shows("busy-12")
@pytest.mark.django_db
def test_one_that_fails_is_in_hand_no_more(coordinator):
    def fails(_request):
        raise OperationalError

    web = FormsInHandMiddleware(fails)
    for __ in range(FORMS_AT_ONCE + 1):
        with pytest.raises(OperationalError):
            web(form_of(coordinator))


@shows("busy-12")
@pytest.mark.django_db
def test_who_has_somebody_s_session_keeps_nobody_from_ending_it(coordinator):
    """They send short forms, one after another: all sessions of a person count together."""
    busy, meanwhile = [], []

    def works(request):
        if request.path == END_OTHERS:
            return HttpResponse("ended")
        busy.append(request)
        if len(busy) < FORMS_AT_ONCE:
            return web(form_of(coordinator))
        meanwhile.extend([web(form_of(coordinator)), web(form_of(coordinator, END_OTHERS))])
        return HttpResponse("filed")

    web = FormsInHandMiddleware(works)
    web(form_of(coordinator))
    another_form, ends = meanwhile
    assert another_form.status_code == 503
    assert ends.content == b"ended"


@shows("busy-12")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
@pytest.mark.django_db
def test_a_page_waits_a_moment_for_what_somebody_else_writes():
    databases = {"default": deepcopy(connection.settings_dict)}
    bound_questions(databases, seconds=20, waits=0.05)
    asking = ConnectionHandler(databases)["default"]
    try:
        with connection.cursor() as writes:
            writes.execute("SELECT pg_advisory_xact_lock(4)")
            with asking.cursor() as cursor, pytest.raises(OperationalError, match="lock timeout"):
                cursor.execute("SELECT pg_advisory_xact_lock(4)")
    finally:
        asking.close()
