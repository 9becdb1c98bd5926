"""What tasks and one's own signal told somebody who is kept out. Each failed on its day."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases.need_to_know.actions import shut_out
from cases.todo.registry import tasks_of
from signals.actions import file_signal, find_unfounded
from tests.factories import PupilFactory, member

pytestmark = pytest.mark.django_db

SAID = {
    "facts": "Zat alleen.", "child_words": "", "interpretation": "", "hearsay_from": "",
    "place": "", "acute": False,
}  # fmt: skip


def file(pupil, by, *, severe=True):
    now = timezone.now()
    fields = {**SAID, "severe": severe, "about_staff": False, "observed_at": now}
    return file_signal(pupil, by, uuid.uuid4(), categories=[], **fields)


def tasks(person):
    return [(task.kind, str(task.text), task.about) for task in tasks_of(person, timezone.now())]


@pytest.mark.parametrize("severe", [True, False])
def test_whoever_is_kept_out_has_the_tasks_of_their_own_signals(
    school, coordinator, teacher, severe
):
    pupil = PupilFactory(school=school)
    signal = file(pupil, teacher, severe=severe)
    before = tasks(teacher)
    assert before
    shut_out(signal.case, coordinator, teacher, ground="other", explanation="")
    assert tasks(teacher) == before
    # Nor does it go when the care team finds it unfounded, which they are not told.
    find_unfounded(signal, coordinator, uuid.uuid4(), grounds="Het was een spel.")
    assert tasks(teacher) == before
    # Whoever may know of it has the task no more.
    colleague = member(Role.TEACHER, school)
    other = file(pupil, colleague, severe=severe)
    assert tasks(colleague)
    find_unfounded(other, coordinator, uuid.uuid4(), grounds="Het was een spel.")
    assert not tasks(colleague)


def test_one_s_own_signal_asks_the_same_once_it_is_found_unfounded(
    school, coordinator, teacher, signed_in
):
    signal = file(PupilFactory(school=school), teacher)
    page = reverse("signals:detail", args=[signal.reference])
    asks = signed_in(teacher).get(page).context["guidance"].tasks
    assert asks
    shut_out(signal.case, coordinator, teacher, ground="other", explanation="")
    find_unfounded(signal, coordinator, uuid.uuid4(), grounds="Het was een spel.")
    assert signed_in(teacher).get(page).context["guidance"].tasks == asks
