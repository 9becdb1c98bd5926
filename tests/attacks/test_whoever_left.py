"""What a school was told of whoever left: what they did elsewhere since. It failed on its day."""

import pytest
from django.urls import reverse

from accounts.models import Membership
from accounts.people.actions import end_role
from accounts.roles import Role
from tests.accounts.page import Page
from tests.accounts.second_factors import give_app
from tests.factories import SchoolFactory, member

pytestmark = pytest.mark.django_db


def test_an_old_school_learns_nothing_of_where_they_work_now(school, administrator, signed_in):
    """Neither that they hold a role elsewhere, nor that they set up a second factor for it."""
    left = member(Role.TEACHER, school)
    end_role(left.memberships.get(), administrator, school)
    browser = signed_in(administrator)
    page = reverse("people:person", args=[left.public_id])
    give = reverse("people:give_role", args=[left.public_id])

    def told():
        answer = browser.post(give, {"role": Role.TEACHER})
        return Page(browser.get(page)).text, answer.status_code, Page(answer).text

    before = told()
    Membership.objects.create(user=left, role=Role.TEACHER, school=SchoolFactory())
    give_app(left)
    assert told() == before
    assert before[1] == 422
    assert not Membership.objects.filter(user=left, school=school, ended_at=None).exists()
