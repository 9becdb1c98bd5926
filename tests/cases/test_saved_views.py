"""Views of the dashboard that somebody saved: their own, and nobody else's."""

import pytest
from auditlog import get_logentry_model
from django.urls import reverse

from accounts.roles import Role
from cases.models import SavedView
from tests.factories import member

pytestmark = pytest.mark.django_db


def test_a_view_is_saved_found_again_renamed_and_removed(school, coordinator, signed_in):
    browser, save = signed_in(coordinator), reverse("cases:save_view")
    answer = browser.post(
        f"{save}?urgency=severe&q=Rozendal&step=9&layout=board", {"name": "Zaak Rozendal"}
    )
    view = SavedView.objects.get()
    # The filter, without the words that were searched and what does not exist.
    assert (view.user, view.query) == (coordinator, "urgency=severe")
    assert answer.url == "/cases/?urgency=severe"
    page = browser.get(answer.url).content.decode()
    assert 'href="?urgency=severe"\n' in page
    assert "Zaak Rozendal</a>" in page

    # The same name shows another filter from now on; another name is another view.
    browser.post(f"{save}?step=2", {"name": "Zaak Rozendal"})
    browser.post(f"{save}?step=3", {"name": "Drie"})
    assert dict(SavedView.objects.values_list("name", "query")) == {
        "Zaak Rozendal": "step=2",
        "Drie": "step=3",
    }
    rename = reverse("cases:rename_view", args=[view.public_id])
    assert browser.post(rename, {"name": "Drie"}).status_code == 422
    assert browser.post(rename, {"name": "Twee"}).status_code == 302
    remove = reverse("cases:remove_view", args=[view.public_id])

    # Nobody else's: not to be seen, renamed or removed.
    other = signed_in(member(Role.COORDINATOR, school))
    assert other.post(rename, {"name": "Mijn"}).status_code == 404
    assert other.post(remove).status_code == 404
    for name in ("cases:dashboard", "cases:views"):
        assert "Drie</" not in other.get(reverse(name)).content.decode()
    assert "Twee</" in browser.get(reverse("cases:views")).content.decode()
    assert browser.post(remove).status_code == 302
    assert SavedView.objects.get().name == "Drie"

    # That it changed is remembered; what it is called is not.
    rows = get_logentry_model().objects.filter(content_type__model="savedview")
    assert {row.action for row in rows} == {0, 1, 2}
    assert all(row.actor == coordinator for row in rows)
    told = repr(list(rows.values()))
    assert [word for word in ("Rozendal", "Twee", "Drie", "step=", "severe") if word in told] == []


def test_nobody_has_more_than_one_finds_again(coordinator, signed_in):
    SavedView.objects.bulk_create(
        SavedView(user=coordinator, name=f"{n}") for n in range(SavedView.MOST)
    )
    browser, save = signed_in(coordinator), reverse("cases:save_view")
    refused = browser.post(save, {"name": "Nog een"})
    assert refused.status_code == 422
    assert "name" in refused.context["form"].errors
    assert browser.post(f"{save}?step=2", {"name": "3"}).status_code == 302
    assert SavedView.objects.count() == SavedView.MOST
