"""A password for a dossier that lay in a session. Failed on its day."""

import pytest
from django.urls import reverse

from accounts.crypto import cipher
from accounts.typed import SALT, SESSION_KEY
from tests.accounts.second_factors import give_app
from tests.factories import CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db
WORD = "zeven paarse fietsen in de regen"


def test_asked_for_with_a_second_factor_of_too_long_ago(school, administrator, signed_in):
    case = CaseFactory(pupil=PupilFactory(school=school))
    give_app(administrator)
    browser = signed_in(administrator)
    url = reverse("cases:dossier", args=[case.reference])
    form = browser.get(url).context["form"]
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    asked = {"reason": "Voor de ouders, zij vroegen erom.", "variant": "whole", "password": WORD}
    answer = browser.post(url, asked | {"typed_by": form.initial["typed_by"]})
    assert answer.status_code == 302
    kept = browser.session[SESSION_KEY]["fields"]
    typed = cipher(SALT).decrypt(kept.encode()).decode()
    assert "ouders" in typed
    assert "fietsen" not in typed
