"""The help by role: in the program and in ``docs/users`` the same, with its pictures."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from accounts.roles import Role
from meldcode.user_guide import GUIDES
from tests.factories import SchoolFactory, member
from tests.user_guide_pages import PAGES, page_of


def test_each_role_has_help_of_its_own():
    assert [role for guide in GUIDES for role in guide.roles].count(Role.TEACHER) == 1
    assert {role for guide in GUIDES for role in guide.roles} == set(Role)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.code)
def test_the_pages_are_those_of_the_table(guide):
    assert (PAGES / f"{guide.code}.md").read_text(encoding="utf-8") == page_of(guide), (
        "script/user_guide writes them"
    )
    for chapter in guide.chapters:
        if chapter.picture:
            picture = settings.BASE_DIR / "static" / chapter.picture.file
            assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.django_db
def test_ones_own_help_stands_first_and_says_what_the_page_says(signed_in):
    leader = member(Role.SCHOOL_LEADER, SchoolFactory())
    browser = signed_in(leader)
    first = browser.get(reverse("help")).context["guides"][0]
    assert Role.SCHOOL_LEADER in first.roles
    for guide in GUIDES:
        shown = browser.get(reverse("guide", args=[guide.code])).content.decode()
        with translation.override("nl"):
            said = [guide.lead, *(step for chapter in guide.chapters for step in chapter.steps)]
            assert all(str(escape(step)) in shown for step in said)
    assert browser.get(reverse("guide", args=["nobody"])).status_code == 404
