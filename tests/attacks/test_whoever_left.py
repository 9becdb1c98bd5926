"""What a school was told of whoever left: what they did elsewhere since. Failed on its day."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.models import Membership
from accounts.people.actions import end_role
from accounts.roles import Role
from audit.models import LogEntry
from audit.sign_ins import added_second_factor
from tests.accounts.page import Page
from tests.accounts.second_factors import give_app
from tests.conftest import sign_in
from tests.factories import BuurtteamFactory, SchoolFactory, member

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


# --- Of whoever works for a buurtteam by now, the school that they left last was told when they
# signed in and from where, and that they set up a second factor
@pytest.mark.parametrize("elsewhere", [None, "school", "buurtteam"])
def test_the_trail_of_an_old_school_does_not_go_on(school, administrator, elsewhere):
    left = member(Role.TEACHER, school)
    end_role(left.memberships.get(), administrator, school)
    if elsewhere == "school":
        Membership.objects.create(user=left, role=Role.TEACHER, school=SchoolFactory())
    elif elsewhere:
        team = BuurtteamFactory()
        Membership.objects.create(user=left, role=Role.BUURTTEAM_WORKER, buurtteam=team)
    trail = LogEntry.objects.of_school(school, administrator).filter(actor=left)
    before = trail.count()
    browser = sign_in(left)
    browser.post(reverse("account_logout"))
    give_app(left)
    added_second_factor(left, Authenticator.objects.get(user=left))
    assert (trail.count() > before) == (elsewhere is None)  # who works nowhere is theirs to watch
