"""What an author had read of their signal went when they were kept out, and told them so."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases.need_to_know.actions import shut_out
from signals.actions import file_signal, find_unfounded
from tests.accounts.page import Page
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


def log(pupil, by, **more):
    return file_signal(
        pupil, by, uuid.uuid4(), categories=["tired"], facts="Moe.", severe=True, acute=False,
        observed_at=timezone.now(), **more,
    )  # fmt: skip


@pytest.mark.parametrize("found", ["before", "since"])
def test_who_is_kept_out_keeps_what_they_had_read_and_reads_nothing_new(
    school, coordinator, teacher, signed_in, found
):
    member(Role.SCHOOL_LEADER, school)
    signal = log(PupilFactory(school=school), teacher)
    pages = (reverse("signals:detail", args=[signal.reference]), reverse("todo"))

    def shown():
        return [Page(signed_in(teacher).get(url)).text for url in pages]

    def find():
        find_unfounded(signal, coordinator, uuid.uuid4(), grounds="Het was een spel.")

    if found == "before":
        find()
    before = shown()
    shut_out(signal.case, coordinator, teacher, ground="family", explanation="")
    if found == "since":
        find()
    assert shown() == before
    assert ("Vastgelegd als ongegrond" in before[0]) == (found == "before")


def test_at_a_colleagues_signal_nobody_reads_that_its_author_is_kept_out(
    school, coordinator, teacher, signed_in
):
    leader, author = member(Role.SCHOOL_LEADER, school), member(Role.TEACHER, school)
    signal = log(PupilFactory(school=school), author)
    find_unfounded(signal, coordinator, uuid.uuid4(), grounds="Het was een spel.")
    url = reverse("signals:detail", args=[signal.reference])
    before = Page(signed_in(coordinator).get(url)).text
    board = CaseFactory(pupil=signal.case.pupil, restricted=True)
    shut_out(board, leader, author, ground="family", explanation="")
    assert Page(signed_in(coordinator).get(url)).text == before
