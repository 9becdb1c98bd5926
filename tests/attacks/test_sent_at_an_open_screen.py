"""What somebody sends at a screen that was left open is not done by its owner's next code."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.second_factor import FRESH_FOR
from tests.accounts.oidc import DOMAIN, come_in, person, provider_of
from tests.accounts.page import Page
from tests.accounts.second_factors import code, give_app, sign_in
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows
from tests.factories import RoleInvitationFactory

pytestmark = pytest.mark.django_db

BY_CODE, BY_KEY = reverse("mfa_reauthenticate"), reverse("mfa_reauthenticate_webauthn")
ADD, CODES = reverse("mfa_add_webauthn"), reverse("mfa_generate_recovery_codes")
NEW_APP, NO_APP = reverse("mfa_activate_totp"), reverse("mfa_deactivate_totp")


@shows("code-10")
def test_who_came_by_their_school_is_asked_again_too(school):
    """They have no password and no factor yet, so allauth asked them nothing, hours later."""
    provider_of(school)
    email = f"noor@{DOMAIN}"
    RoleInvitationFactory(school=school, email=email)
    browser = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        come_in(browser, email, person("s1", email=email))
        for page in (NEW_APP, ADD):
            assert browser.get(page).status_code == 200
        clock.shift(FRESH_FOR + timedelta(minutes=1))
        answer = browser.get(NEW_APP)
        assert answer.url == f"{reverse('account_login')}?next={quote(NEW_APP, safe='')}"
        assert "Log opnieuw in via je school" in Page(browser.get(answer.url)).text
        assert "_auth_user_id" not in browser.session
        cache.clear()
        come_in(browser, email, "s1")
        assert browser.get(NEW_APP).status_code == 200


def kept(user) -> dict:
    return {one.pk: one.data for one in Authenticator.objects.filter(user=user)}


@shows("code-10")
@pytest.mark.parametrize("sent", ["passkey", "codes", "no app"])
def test_what_waits_for_a_fresh_factor_is_not_done_by_the_next_one(teacher, sent):
    secret = give_app(teacher)
    Passkey(teacher)
    owner = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(owner, teacher)
        clock.shift(FRESH_FOR + timedelta(minutes=1))
        if sent == "passkey":
            page = owner.get(BY_KEY, {"next": ADD})
            asked = page.context["js_data"]["request_options"]["publicKey"]["challenge"]
            strange = Passkey(teacher)
            Authenticator.objects.order_by("pk").last().delete()
            form = {"name": "x", "passwordless": "on", "credential": strange.made(asked)}
            where = ADD
        else:
            where, form = (NO_APP if sent == "no app" else CODES), {"meant": "on"}
        before = kept(teacher)
        answer = owner.post(where, form)
        assert answer.url.startswith(f"{BY_CODE}?next=")
        said = Page(owner.get(answer.url)).text
        clock.shift(timedelta(minutes=1))
        given = owner.post(answer.url, {"code": code(secret), "next": where})
        assert kept(teacher) == before
        assert "Er is nog niets gewijzigd" in said
        assert (given.status_code, given.url) == (302, where)
        # The factor is fresh by now: what its owner sends themselves is done.
        if sent != "passkey":
            owner.post(where, form)
            assert kept(teacher) != before
