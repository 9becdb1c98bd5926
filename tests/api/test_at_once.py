"""The same call several times at the same moment: nothing twice, and no error of ours."""

from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.models import Notification, Pupil
from signals.models import Signal
from tests.api.conftest import PUPIL, System
from tests.test_concurrency import AT_ONCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_signal_that_is_sent_again_before_the_answer_came_is_there_once(system, author, pupil):
    send = partial(system.send_signal, uuid4(), observed_at=timezone.now().isoformat())
    answers = at_once(*[send] * AT_ONCE)
    assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
    assert len({answer.content for answer in answers}) == 1
    assert Signal.objects.count() == 1
    assert Notification.objects.filter(kind="signal_came_in").count() == 1


def test_two_systems_send_the_same_list(system, school):
    systems = [system, System(school)]
    answers = at_once(*[partial(one.send_pupils, PUPIL) for one in systems])
    assert sorted(answer.json()["counts"]["new"] for answer in answers) == [0, 1]
    assert Pupil.objects.count() == 1
