"""The page of connected systems: a token is made, shown once, seen by whoever answers, revoked."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.people.actions import end_role
from accounts.roles import Role
from api.models import ApiToken
from api.scopes import PUPILS_WRITE, SIGNALS_WRITE
from audit.models import LogEntry
from cases.models import Notification
from cases.notifications.kinds import known, waiting
from tests.api.conftest import System
from tests.attacks.proof import shows
from tests.factories import ApiTokenFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db

PAGE, NEW = reverse("systems:list"), reverse("systems:new")


def form(**fields) -> dict:
    """Return what is filled in, with a key of its own."""
    day = timezone.localdate() + timedelta(days=90)
    return {"name": "Leerlingvolg", "scopes": [PUPILS_WRITE], "expires_on": day.isoformat(),
            "idempotency_key": str(uuid4()), **fields}  # fmt: skip


def secrets_in(page) -> list[str]:
    return re.findall(r"meldcode_[0-9A-Za-z]{49}", page.content.decode())


def test_a_token_that_was_made_comes_in(school, administrator, signed_in):
    browser = signed_in(administrator)
    page = browser.post(NEW, form())
    (secret,) = secrets_in(page)
    assert "no-store" in page.headers["Cache-Control"]
    system = System(school, SIGNALS_WRITE)
    system.secret = secret
    new = {"given_name": "Ties", "family_name": "Voorbeeld", "number": "1"}
    assert system.send_pupils(new).status_code == 200
    assert system.send_signal().status_code == 403
    token = ApiToken.objects.get(name="Leerlingvolg")
    assert (token.school, token.made_by) == (school, administrator)


@shows("api-11")
def test_it_is_shown_this_once_and_kept_nowhere(administrator, signed_in, log):
    browser, sent = signed_in(administrator), form()
    (secret,) = secrets_in(browser.post(NEW, sent))
    again = browser.post(NEW, sent)
    assert again.status_code == 422
    for page in (again, browser.get(PAGE), browser.get(NEW)):
        assert not secrets_in(page)
    assert ApiToken.objects.count() == 1
    assert secret not in log.getvalue()
    assert secret not in repr(list(LogEntry.objects.values()))
    assert secret not in repr(dict(browser.session))


def test_an_empty_page_says_what_it_is_for(administrator, signed_in):
    page = signed_in(administrator).get(PAGE).content.decode()
    assert "Er is geen systeem gekoppeld" in page


def test_whoever_sees_systems_is_told_of_a_new_one(school, administrator, signed_in):
    leader, other = member(Role.SCHOOL_LEADER, school), member(Role.ADMINISTRATOR, school)
    member(Role.SCHOOL_LEADER, SchoolFactory())
    member(Role.COORDINATOR, school)
    signed_in(administrator).post(NEW, form())
    told = Notification.objects.filter(kind="token_made")
    assert {one.recipient for one in told} == {leader, other}
    assert known(leader, told.filter(recipient=leader))


def test_when_its_maker_is_gone_it_stays_with_a_mark_and_administrators_are_told(
    school, administrator, signed_in
):
    left = member(Role.ADMINISTRATOR, school)
    system = System(school, made_by=left)
    System(SchoolFactory(), made_by=administrator)
    end_role(left.memberships.get(), administrator, school)
    assert system.count().status_code == 200
    told = Notification.objects.filter(kind="token_alone")
    assert [one.recipient for one in told] == [administrator]
    assert waiting(administrator, told) == list(told)
    mark = "is hier geen beheerder meer"
    assert mark in signed_in(administrator).get(PAGE).content.decode()
    signed_in(administrator).post(reverse("systems:revoke", args=[system.token.public_id]))
    assert waiting(administrator, told) == []
    assert mark not in signed_in(administrator).get(PAGE).content.decode()


def test_nobody_is_told_when_none_of_theirs_works(school, administrator):
    left = member(Role.ADMINISTRATOR, school)
    ApiTokenFactory(
        school=school, made_by=left, revoked_at=timezone.now(), revoked_by=administrator
    )
    end_role(left.memberships.get(), administrator, school)
    assert not Notification.objects.filter(kind="token_alone").exists()


def test_revoking_asks_for_no_code_and_says_who_did_it(school, administrator, signed_in):
    system = System(school)
    browser = signed_in(administrator, second_factor_ago=timedelta(hours=5))
    revoke = reverse("systems:revoke", args=[system.token.public_id])
    assert browser.get(revoke).status_code == 200
    assert browser.post(revoke).status_code == 302
    assert system.count().status_code == 401
    assert administrator.name in browser.get(PAGE).content.decode()
    assert browser.post(revoke).status_code == 404


def test_the_leader_sees_them_and_changes_none(school, signed_in):
    system = System(school)
    browser = signed_in(member(Role.SCHOOL_LEADER, school))
    page = browser.get(PAGE).content.decode()
    assert system.token.name in page
    assert NEW not in page
    assert "/revoke/" not in page


def test_no_other_school_is_seen(administrator, signed_in):
    elsewhere = System(SchoolFactory(), name="Elders")
    page = signed_in(administrator).get(PAGE).content.decode()
    assert "Elders" not in page
    assert elsewhere.token.works()


def test_the_trail_says_which_system_it_was(school, administrator, signed_in):
    system = System(school, name="<b>Volg</b>")
    system.count()
    page = signed_in(administrator).get(reverse("audit:school")).content.decode()
    assert "systeem: &lt;b&gt;Volg&lt;/b&gt;" in page
    assert "vroeg hoeveel casussen er zijn" in page.casefold()


def test_many_tokens_in_a_few_questions(
    school, administrator, signed_in, django_assert_max_num_queries
):
    for _ in range(15):
        ApiTokenFactory(school=school)
    browser = signed_in(administrator)
    browser.get(PAGE)
    with django_assert_max_num_queries(12):
        browser.get(PAGE)
