"""What was typed for one school came back in the form of another. It failed on its day."""

import pytest
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from accounts.typed import token_for
from tests.accounts.second_factors import sign_in
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def test_what_was_typed_for_one_school_comes_back_in_its_own_form(coordinator, signed_in):
    other = SchoolFactory()
    Membership.objects.create(user=coordinator, role=Role.COORDINATOR, school=other)
    of_first = reverse("cases:add_contact")
    of_other = f"{of_first}?school={other.pk}"
    browser = signed_in(coordinator)
    browser.session.flush()
    typed = {"typed_by": token_for(coordinator.pk), "name": "Dokter Terpstra"}
    answer = browser.post(of_other, typed)
    assert sign_in(browser, coordinator, answer.url).url == of_other
    assert "Dokter Terpstra" not in browser.get(of_first).content.decode()
    assert "Dokter Terpstra" in browser.get(of_other).content.decode()
