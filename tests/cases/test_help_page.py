"""The help page: the texts of the house, until a school has its own."""

import uuid
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.roles import Role
from cases.help_page import actions
from cases.help_page.defaults import DEFAULTS
from cases.models import HelpItem
from tests.factories import HelpItemFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db


def help_page(browser):
    return browser.get(reverse("help")).content.decode()


def test_a_school_that_edited_nothing_has_the_texts_of_the_house(teacher, signed_in):
    page = help_page(signed_in(teacher))
    for one in DEFAULTS:
        assert str(one.title) in page
    for name in ("Voorlichtingspoule", "Expertisecentrum", "Augeo", "NJi", "VNG", "ministerie"):
        assert name in page
    assert HelpItem.objects.count() == 0


def test_they_lead_to_home_pages_over_https_alone(teacher, signed_in):
    page = help_page(signed_in(teacher))
    for one in DEFAULTS:
        if one.url:
            parts = urlsplit(one.url)
            assert (parts.scheme, parts.path, parts.query) == ("https", "/", "")
            assert f'href="{one.url}" rel="noreferrer noopener"' in page


def test_made_its_own_the_list_is_the_schools(school, administrator, teacher, signed_in):
    actions.make_own(school, administrator)
    actions.make_own(school, administrator)
    assert school.help_items.count() == len(DEFAULTS)
    first = school.help_items.first()
    actions.change_item(first, administrator, text="Ons zorgteam zit in lokaal 12.")
    actions.remove_item(school.help_items.get(title="Augeo"), administrator)
    page = help_page(signed_in(teacher))
    assert "Ons zorgteam zit in lokaal 12." in page
    assert "Augeo" not in page
    assert "Augeo" in help_page(signed_in(member(Role.TEACHER, SchoolFactory())))


def test_added_and_moved(school, administrator, signed_in):
    browser = signed_in(administrator)
    browser.post(f"{reverse('cases:own_help')}?school={school.pk}")
    fields = {"section": "reading", "title": "Studiedag", "url": "https://studiedag.example/"}
    browser.post(f"{reverse('cases:add_help')}?school={school.pk}", fields)
    reading = school.help_items.filter(section="reading")
    titles = list(reading.values_list("title", flat=True))
    assert titles[-1] == "Studiedag"
    browser.post(reverse("cases:move_help", args=[reading.last().public_id]))
    moved = list(reading.values_list("title", flat=True))
    assert moved == [*titles[:-2], titles[-1], titles[-2]]
    browser.post(reverse("cases:move_help", args=[reading.first().public_id]))
    assert list(reading.values_list("title", flat=True)) == moved


@pytest.mark.parametrize("url", ["http://nji.example/", "javascript:alert(1)", "//nji.example"])
def test_an_address_that_is_not_https_is_refused(school, administrator, signed_in, url):
    page = f"{reverse('cases:add_help')}?school={school.pk}"
    fields = {"section": "reading", "title": "Studiedag", "url": url}
    assert signed_in(administrator).post(page, fields).status_code == 422
    assert not HelpItem.objects.filter(title="Studiedag").exists()


def test_who_does_not_look_after_it_changes_nothing(school, coordinator, administrator):
    elsewhere = HelpItemFactory()
    for user, item in ((coordinator, HelpItemFactory(school=school)), (administrator, elsewhere)):
        with pytest.raises(PermissionDenied):
            actions.make_own(item.school, user)
        with pytest.raises(PermissionDenied):
            actions.add_item(item.school, user, uuid.uuid4(), title="X", section="who")
        for change in (actions.change_item, actions.remove_item, actions.move_up):
            with pytest.raises(PermissionDenied):
                change(item, user)


def test_what_a_school_writes_is_shown_as_text(school, teacher, signed_in):
    HelpItemFactory(school=school, title="<b>Kom</b>", text="<script>alert(1)</script>")
    page = help_page(signed_in(teacher))
    assert "<script>alert" not in page
    assert "&lt;b&gt;Kom" in page
