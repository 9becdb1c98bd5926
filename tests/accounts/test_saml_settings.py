"""How an administrator lets a school's people sign in through Entree Federatie."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import IdentityProvider
from accounts.roles import Role
from tests.accounts import saml
from tests.accounts.oidc import DOMAIN
from tests.accounts.page import Page
from tests.accounts.saml import BRIN, ISSUER, NOOR, SIGN_IN, Hub, come_in, hub, saml_provider_of
from tests.accounts.second_factors import give_app
from tests.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADD = reverse("sso:saml_add")


def filled(**changes: str) -> dict[str, str]:
    return {
        "name": "Entree", "location": ISSUER, "sign_in_url": SIGN_IN, "domains": DOMAIN,
        "certificate": hub().certificate, "home_organization": BRIN, **changes,
    }  # fmt: skip


@pytest.fixture
def browser(signed_in, administrator):
    return signed_in(administrator)


def change_url(provider: IdentityProvider) -> str:
    return reverse("sso:change", args=[provider.public_id])


def test_it_is_added_and_what_kennisnet_must_know_is_shown(browser, school):
    answer = browser.post(ADD, filled(home_organization="00ab01"))
    provider = IdentityProvider.objects.get()
    assert answer["Location"] == change_url(provider)
    assert (provider.kind, provider.school, provider.home_organization) == (
        "entree", school, "00AB01",
    )  # fmt: skip
    text = Page(browser.get(answer["Location"])).text
    base = f"https://meldcode.example/account/school/{provider.public_id}/saml/"
    assert f"{base} " in text
    assert f"{base}metadata/" in text


def test_one_signs_in_through_what_was_added(browser, school, client):
    browser.post(ADD, filled())
    give_app(member(Role.TEACHER, school, email=NOOR))
    come_in(client)
    assert "_auth_user_id" in client.session


def test_our_key_is_made_once_and_nowhere_to_be_read(browser):
    browser.post(ADD, filled())
    provider = IdentityProvider.objects.get()
    secret = provider.secret
    assert "PRIVATE KEY" in secret
    assert "PRIVATE" not in str(IdentityProvider.objects.values().get())
    browser.post(change_url(provider), filled(name="Anders", home_organization="99ZZ"))
    changed = IdentityProvider.objects.get()
    assert (changed.name, changed.secret) == ("Anders", secret)
    for page in (change_url(provider), reverse("sso:providers")):
        assert "PRIVATE" not in browser.get(page).content.decode()


def bare() -> str:
    return "".join(hub().certificate.splitlines()[1:-1])


@pytest.mark.parametrize(
    "pasted",
    [lambda: hub().certificate, bare, lambda: f"\n  {bare()}\r\n ",
     lambda: hub().certificate.replace("\n", "\r\n")],
)  # fmt: skip
def test_a_certificate_may_be_pasted_in_several_ways(browser, pasted):
    browser.post(ADD, filled(certificate=pasted()))
    assert IdentityProvider.objects.get().certificate == hub().certificate


def _other_der() -> str:
    return saml.base64.b64encode(b"geen certificaat").decode()


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        (lambda: "geen certificaat", "niet lezen"),
        (_other_der, "niet lezen"),
        (lambda: hub().certificate * 2, "niet lezen"),
        (lambda: hub().key, "niet lezen"),
        (lambda: hub().certificate[:-60], "niet lezen"),
        (lambda: Hub(bits=1024).certificate, "niet lezen"),
        (lambda: Hub(good_for=-timedelta(days=1)).certificate, "verlopen"),
    ],
)
def test_what_is_no_certificate_to_believe_is_said_at_the_field(browser, pasted, said):
    answer = browser.post(ADD, filled(certificate=pasted()))
    assert answer.status_code == 422
    assert said in Page(answer).at("certificate")
    assert not IdentityProvider.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("sign_in_url", "http://hub.example/"), ("sign_in_url", "javascript:alert(1)"),
        ("sign_in_url", "https://user:pass@hub.example/"), ("sign_in_url", "https://hub .example/"),
        ("home_organization", "0AB"), ("home_organization", "00AB1"), ("home_organization", "ABCD"),
        ("location", ""), ("domains", "gmail.com"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_the_field(browser, field, typed):
    answer = browser.post(ADD, filled(**{field: typed}))
    assert answer.status_code == 422
    assert Page(answer).at(field)
    assert not IdentityProvider.objects.exists()


def test_the_same_once_more_is_said_at_the_field(browser, school):
    saml_provider_of(school)
    answer = browser.post(ADD, filled())
    assert answer.status_code == 422
    assert Page(answer).at("location")


def test_what_is_there_stands_in_the_form(browser, school):
    provider = saml_provider_of(school)
    typed = Page(browser.get(change_url(provider))).typed
    assert {name: values[0].strip() for name, values in typed.items()} == {
        name: value.strip() for name, value in filled().items()
    }


def test_with_another_certificate_everybody_is_linked_anew(
    browser, school, client, django_capture_on_commit_callbacks
):
    provider = saml_provider_of(school)
    give_app(member(Role.TEACHER, school, email=NOOR))
    come_in(client)
    assert SocialAccount.objects.exists()
    renewed = saml.stranger()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(change_url(provider), filled(certificate=renewed.certificate))
    assert not SocialAccount.objects.exists()
    assert client.get("/signals/").status_code == 302
    assert mail.outbox
    visitor = Client()
    request = saml.ask(visitor)
    answer = saml.bring(visitor, renewed.answer(request), request.address)
    assert answer["Location"] == reverse("mfa_authenticate")


def test_another_sign_in_address_is_told(browser, school, django_capture_on_commit_callbacks):
    provider = saml_provider_of(school)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(change_url(provider), filled(sign_in_url="https://elders.example/sso"))
    assert mail.outbox


def test_the_certificate_of_ours_lasts(browser, client):
    browser.post(ADD, filled())
    path = reverse("sso:saml_metadata", args=[IdentityProvider.objects.get().public_id])
    text = client.get(path).content.decode()
    packed = text.partition("X509Certificate>")[2].partition("<")[0]
    ours = x509.load_der_x509_certificate(saml.base64.b64decode(packed))
    assert ours.not_valid_after_utc - ours.not_valid_before_utc > timedelta(days=3000)
    assert ours.public_bytes(Encoding.PEM).decode() != hub().certificate
