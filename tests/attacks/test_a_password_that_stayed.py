"""A password for a dossier that lay in a session, and a client secret. Each failed on its day."""

import pytest
from django.urls import reverse

from accounts.crypto import cipher
from accounts.typed import SALT, SESSION_KEY
from tests.accounts.second_factors import give_app
from tests.factories import CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db
WORD = "zeven paarse fietsen in de regen"


def kept_of(administrator, signed_in, url, asked):
    """Send a form with a second factor of too long ago; return what is kept of it."""
    give_app(administrator)
    browser = signed_in(administrator)
    form = browser.get(url).context["form"]
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    answer = browser.post(url, asked | {"typed_by": form.initial["typed_by"]})
    assert answer.status_code == 302
    kept = next(iter(browser.session[SESSION_KEY].values()))["fields"]
    return cipher(SALT).decrypt(kept.encode()).decode()


def test_asked_for_with_a_second_factor_of_too_long_ago(school, administrator, signed_in):
    case = CaseFactory(pupil=PupilFactory(school=school))
    asked = {"reason": "Voor de ouders, zij vroegen erom.", "variant": "whole", "password": WORD}
    url = reverse("cases:dossier", args=[case.reference])
    typed = kept_of(administrator, signed_in, url, asked)
    assert "ouders" in typed
    assert "fietsen" not in typed


def test_a_client_secret_is_typed_anew(administrator, signed_in):
    asked = {"name": "Onze aanbieder", "client_secret": WORD}
    typed = kept_of(administrator, signed_in, reverse("sso:add"), asked)
    assert "aanbieder" in typed
    assert "fietsen" not in typed
