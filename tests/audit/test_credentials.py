"""By what somebody signs in from now on stands in the trail; what it is does not."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from django.utils import translation

from accounts.sso import actions as sso
from audit.kinds import Kind
from audit.models import LogEntry
from tests.accounts.second_factors import app_shown, code, give_app
from tests.factories import PASSWORD, IdentityProviderFactory

pytestmark = pytest.mark.django_db

NEW = "een heel andere zin 77"
CREDENTIALS = (
    Kind.NEW_PASSWORD,
    Kind.FACTOR_ADDED,
    Kind.FACTOR_REMOVED,
    Kind.NEW_CODES,
    Kind.LINKED,
    Kind.NEW_SECRET,
)


def written(user, school):
    rows = LogEntry.objects.filter(kind__in=CREDENTIALS, actor=user, school=school)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def test_a_password_that_was_changed(school, teacher, signed_in):
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    signed_in(teacher).post(reverse("account_change_password"), fields)
    assert written(teacher, school) == [Kind.NEW_PASSWORD]


def test_a_password_that_was_set_anew_by_mail(school, teacher, client):
    client.post(reverse("account_reset_password"), {"email": teacher.email})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
    here = client.get(link, follow=True).request["PATH_INFO"]
    assert written(teacher, school) == []
    client.post(here, {"password1": NEW, "password2": NEW})
    assert written(teacher, school) == [Kind.NEW_PASSWORD]


def test_a_second_factor_and_recovery_codes(transactional_db, school, teacher, signed_in):
    browser = signed_in(teacher)
    Authenticator.objects.filter(user=teacher).delete()
    url = reverse("mfa_activate_totp")
    secret, shown = app_shown(browser)
    browser.post(url, {**shown, "code": code(secret)})
    assert sorted(written(teacher, school)) == [Kind.FACTOR_ADDED, Kind.NEW_CODES]
    browser.post(reverse("mfa_generate_recovery_codes"), {"meant": "on"})
    assert written(teacher, school)[2:] == [Kind.NEW_CODES]


def test_a_second_factor_that_somebody_removed(school, teacher, signed_in):
    give_app(teacher)
    signed_in(teacher).post(reverse("mfa_deactivate_totp"), {"meant": "on"})
    assert written(teacher, school) == [Kind.FACTOR_REMOVED]


def test_the_first_time_that_the_school_vouches_for_somebody(school, teacher):
    give_app(teacher)
    provider = IdentityProviderFactory(school=school)
    provider.domains.create(domain=teacher.email.partition("@")[2])
    for __ in range(2):
        sso.admit(provider, "sub", {"email": teacher.email, "email_verified": True})
    assert written(teacher, school) == [Kind.LINKED]
    # The second factor is asked after that: whoever the school says it is may never give it.
    with translation.override("en"):
        assert "signed in" not in str(Kind.LINKED.label)


def test_another_secret_of_a_provider_and_not_the_secret(school, administrator, monkeypatch):
    monkeypatch.setattr(sso.discovery, "read", lambda issuer: {"issuer": issuer})
    provider = IdentityProviderFactory(school=school)
    before = LogEntry.objects.count()
    same = {
        "kind": "other", "name": provider.name, "location": provider.issuer,
        "client_id": provider.client_id, "domains": [],
    }  # fmt: skip
    for typed in ("", provider.secret, "een ander geheim"):
        assert LogEntry.objects.count() == before
        sso.change(provider, administrator, client_secret=typed, **same)
        provider.refresh_from_db()
    row = LogEntry.objects.order_by("pk").last()
    assert written(administrator, school) == [Kind.NEW_SECRET]
    assert row.object_repr == f"identityprovider {provider.public_id}"
    kept = str([row.changes, row.changes_text, row.additional_data])
    assert "geheim" not in kept
    assert provider.encrypted_secret not in kept
