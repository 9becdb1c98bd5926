"""The first cards: each role has its own, until they are closed."""

from html import unescape

import pytest
from django.urls import reverse

from accounts import first_cards
from accounts.first_cards import CARDS
from accounts.models import Membership
from accounts.roles import Role
from tests.cases.todo_situations import severe_of_nobody
from tests.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def shown(browser) -> Role | None:
    """Return whose cards the first page shows, all of them, and none of another role."""
    answer = browser.get(reverse("todo"))
    guide, page = answer.context["first_cards"], unescape(answer.content.decode())
    for cards in CARDS.values():
        stands = [str(card.text) in page for card in cards]
        # One card stands with more than one role.
        assert all(stands) is bool(guide and guide.cards == cards)
    assert ("guide-cards" in page) is (guide is not None)
    return guide.role if guide else None


def close(browser, role):
    return browser.post(reverse("close_introduction"), {"role": role}, follow=True)


def test_each_role_sees_its_own_three_cards_and_may_go_where_they_lead(signed_in):
    assert set(CARDS) == set(Role)
    for role, cards in CARDS.items():
        browser = signed_in(member(role))
        alike = {other for other in CARDS if CARDS[other] == cards}
        assert shown(browser) in alike
        assert len(cards) == 3
        for card in cards:
            assert browser.get(reverse(card.page)).status_code == 200, (role, card.page)


def test_closed_they_stay_away_and_a_later_role_shows_its_own(signed_in, school):
    user = member(Role.TEACHER, school)
    browser = signed_in(user)
    for role in (Role.ADMINISTRATOR, "nobody", ""):
        close(browser, role)
    user.refresh_from_db()
    assert user.guides_closed == []
    assert shown(browser) is Role.TEACHER

    assert "De introductie is gesloten." in close(browser, Role.TEACHER).content.decode()
    assert shown(browser) is None
    Membership.objects.create(user=user, role=Role.COORDINATOR, school=school)
    assert shown(browser) is Role.COORDINATOR
    close(browser, Role.COORDINATOR)
    Membership.objects.create(user=user, role=Role.ATTENTION_OFFICER, school=school)
    assert shown(browser) is None  # the very same cards
    assert shown(signed_in(member(Role.TEACHER, school))) is Role.TEACHER

    help_page = browser.get(reverse("help")).content.decode()
    assert f'action="{reverse("show_introduction")}"' in help_page
    assert browser.post(reverse("show_introduction"))["Location"] == reverse("home")
    assert shown(browser) is Role.TEACHER


def test_they_take_no_query_and_are_folded_where_something_cannot_wait(
    signed_in, coordinator, django_assert_num_queries
):
    browser, school = signed_in(coordinator), coordinator.memberships.get().school
    assert '<details class="guide" open>' in browser.get(reverse("todo")).content.decode()
    severe_of_nobody(coordinator, school)
    assert '<details class="guide" >' in browser.get(reverse("todo")).content.decode()
    assert coordinator.current_memberships  # as every page asks them
    with django_assert_num_queries(0):
        assert first_cards.cards_of(coordinator).role is Role.COORDINATOR
