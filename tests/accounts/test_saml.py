"""Signing in through Entree Federatie (SAML): who comes in, and what we say to the hub."""

import base64
import os
import subprocess
import sys
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from django.test import Client
from django.urls import reverse
from lxml import etree
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from accounts.models import User
from accounts.roles import Role
from accounts.sso.kinds import KINDS
from tests.accounts import saml
from tests.accounts.oidc import REFUSED, START, provider_of
from tests.accounts.page import Page
from tests.accounts.saml import NOOR, Hub, ask, bring, come_in, hub, saml_provider_of, way
from tests.accounts.second_factors import give_app
from tests.factories import RoleInvitationFactory, SchoolFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def provider(school):
    return saml_provider_of(school)


@pytest.fixture
def teacher(school):
    user = member(Role.TEACHER, school, email=NOOR)
    give_app(user)
    return user


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def assert_refused(browser: Client, answer) -> None:
    assert (answer.status_code, answer["Location"]) == (302, REFUSED)
    assert not is_in(browser)


# --- Who comes in -------------------------------------------------------------------------------


def test_the_first_time_an_invitation_makes_the_account(provider, school, client):
    RoleInvitationFactory(school=school, email=NOOR, role=Role.COORDINATOR)
    come_in(client)
    user = User.objects.get(email=NOOR)
    assert (user.name, user.has_usable_password()) == ("Noor de Wit", False)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/signals/").url == reverse("mfa_index")


def test_the_second_factor_is_asked_of_whoever_has_one(provider, teacher, client):
    request = ask(client)
    answer = bring(client, hub().answer(request), request.address)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    come_in(client)
    assert client.get("/signals/").status_code == 200


def test_an_account_without_a_second_factor_is_not_opened_by_its_address(provider, school, client):
    member(Role.COORDINATOR, school, email=NOOR)
    assert_refused(client, come_in(client))


def test_afterwards_one_is_known_by_uid_and_not_by_address(provider, teacher, client, school):
    come_in(Client())
    other = member(Role.COORDINATOR, school, email="directeur@school.example")
    come_in(client, attributes={"mail": [other.email]})
    assert client.session["_auth_user_id"] == str(teacher.pk)
    link = SocialAccount.objects.get()
    assert (link.user, link.uid, link.extra_data) == (teacher, "qj7cks8qdz9ph54@delinde", {})


def test_one_comes_back_to_the_page_that_was_asked_for(provider, teacher, client):
    request = ask(client, next="/signals/")
    answer = bring(client, hub().answer(request), request.address)
    answer = saml.give_second_factor(client, answer, saml.ATTRIBUTES["uid"][0])
    assert answer["Location"] == "/signals/"


def test_names_of_the_standard_count_like_plain_ones(provider, teacher, client):
    plain = dict.fromkeys(saml.ATTRIBUTES, ...)
    long = {f"urn:mace:dir:attribute-def:{name}": v for name, v in saml.ATTRIBUTES.items()}
    request = ask(client)
    answer = hub().answer(request, attributes={**plain, **long})
    assert bring(client, answer, request.address)["Location"] == reverse("mfa_authenticate")


# A colleague of elsewhere, a pupil, an address that is not the school's: all see the one page.
NOT_OURS = {
    "another school": {"nlEduPersonHomeOrganizationId": ["99ZZ01"]},
    "another school that begins alike": {"nlEduPersonHomeOrganizationId": ["00ABC1"]},
    "no school": {"nlEduPersonHomeOrganizationId": ...},
    "two schools": {"nlEduPersonHomeOrganizationId": ["00AB01", "99ZZ01"]},
    "two schools by two names": {"urn:mace:dir:attribute-def:nlEduPersonHomeOrganizationId":
                                 ["99ZZ01"]},
    "a pupil": {"eduPersonAffiliation": ["student"]},
    "a pupil with a job": {"eduPersonAffiliation": ["employee", "student"]},
    "a guest": {"eduPersonAffiliation": ["affiliate"]},
    "nobody in particular": {"eduPersonAffiliation": ...},
}  # fmt: skip
NO_ADDRESS = {
    "another domain": {"mail": ["noor@elders.example"]},
    "a domain below": {"mail": [f"{NOOR}.elders.example"]},
    "two addresses": {"mail": [NOOR, "directeur@school.example"]},
    "no address": {"mail": ...},
    "an element": {"mail": [f"<saml:NameID>{NOOR}</saml:NameID>"]},
}


@pytest.mark.parametrize("attributes", (NOT_OURS | NO_ADDRESS).values(), ids=NOT_OURS | NO_ADDRESS)
def test_who_is_refused(provider, teacher, client, attributes):
    assert_refused(client, come_in(client, attributes=attributes))
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("attributes", NOT_OURS.values(), ids=NOT_OURS)
def test_whoever_is_linked_is_asked_anew_whether_they_are_of_the_school(
    provider, teacher, client, attributes
):
    come_in(Client())
    assert_refused(client, come_in(client, attributes=attributes))


@pytest.mark.parametrize(
    ("home", "said", "ours"),
    [
        ("00AB", "00AB", True), ("00AB", "00AB01", True), ("00AB", "00ab01", True),
        ("00AB01", "00AB01", True), ("00AB01", "00AB02", False), ("00AB01", "00AB", False),
        ("00AB", "00AC", False), ("", "00AB", False), ("00AB", "", False), ("00AB", None, False),
        ("00AB", ["00AB"], False),
    ],
)  # fmt: skip
def test_which_school_is_ours(home, said, ours):
    claims = {"home_organization": said, "affiliation": ["employee"]}
    assert KINDS["entree"].is_of_school(claims, home) is ours


def test_a_certificate_that_another_school_put_in_opens_nothing_of_ours(provider, teacher, client):
    """Their administrator knows its key, and would say that they are our teacher."""
    come_in(Client())
    elsewhere = SchoolFactory()
    theirs = Hub()
    other = saml_provider_of(elsewhere, "elders.example", "school.example",
                             certificate=theirs.certificate)  # fmt: skip
    request = ask(client, "x@elders.example")
    assert str(other.public_id) in request.address
    answer = bring(client, theirs.answer(request), request.address)
    assert_refused(client, answer)


def test_a_provider_that_is_switched_off_lets_nobody_in_and_nobody_stay(provider, teacher, client):
    come_in(client)
    assert is_in(client)
    browser = Client()
    request = ask(browser)
    provider.is_active = False
    provider.save()
    assert client.get("/signals/").status_code == 302
    assert saml.post(hub().answer(request), request.address)["Location"] == REFUSED
    assert browser.get(f"{saml.finish_of(provider)}?answer=x")["Location"] == REFUSED


# --- What we say to the hub ---------------------------------------------------------------------


def test_the_request_is_signed_and_says_where_to_answer(provider, client):
    link = way(client)
    request = saml.request_in(link)
    base = f"https://meldcode.example/account/school/{provider.public_id}/saml/"
    assert (request.address, request.entity_id) == (base, f"{base}metadata/")
    assert len(request.id) > 32
    signed = urlsplit(link).query.rpartition("&Signature=")[0]
    key = certificate_in_metadata(client, provider).public_key()
    key.verify(base64.b64decode(saml.asked(link)["Signature"]), signed.encode(),
               padding.PKCS1v15(), hashes.SHA256())  # fmt: skip
    assert NOOR not in link
    assert ask(client).id != request.id


def certificate_in_metadata(client, provider) -> x509.Certificate:
    answer = client.get(reverse("sso:saml_metadata", args=[provider.public_id]))
    root = etree.fromstring(answer.content)
    text = root.findtext(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
    return x509.load_der_x509_certificate(base64.b64decode(text))


def test_the_metadata_is_valid_and_says_what_the_request_says(provider, client):
    answer = Client().get(reverse("sso:saml_metadata", args=[provider.public_id]))
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    valid = OneLogin_Saml2_XML.validate_xml(answer.content, "saml-schema-metadata-2.0.xsd")
    assert not isinstance(valid, str), valid
    request = ask(client)
    assert valid.get("entityID") == request.entity_id
    assert request.address in answer.content.decode()
    assert "PRIVATE" not in answer.content.decode()


def test_only_a_provider_of_this_kind_has_metadata(school, client):
    other = provider_of(school, "elders.example")
    for provider in (other.public_id, uuid4()):
        assert client.get(reverse("sso:saml_metadata", args=[provider])).status_code == 404


def test_a_provider_of_one_kind_is_none_of_the_other(provider, school, client):
    other = provider_of(school, "elders.example")
    path = reverse("sso:callback", args=[provider.public_id])
    assert client.get(f"{path}?code=c")["Location"] == REFUSED
    path = reverse("sso:saml_callback", args=[other.public_id])
    assert client.post(path, {"SAMLResponse": "x"})["Location"] == REFUSED
    assert client.get(saml.finish_of(other))["Location"] == REFUSED


# --- Where it is off ----------------------------------------------------------------------------

OFF = """
import sys, django
django.setup()
from django.urls import NoReverseMatch, reverse
from accounts.sso import forms, kinds
reverse("sso:providers")
for name, args in (("saml_add", []), ("saml_callback", ["0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"])):
    try:
        reverse(f"sso:{name}", args=args)
    except NoReverseMatch:
        continue
    sys.exit(f"{name} is mounted")
assert "entree" not in [kind.code for kind in kinds.offered()]
loaded = [name for name in sys.modules if name.split(".")[0] in ("onelogin", "xmlsec", "lxml")]
sys.exit(f"imported: {loaded}" if loaded else 0)
"""
WITHOUT = """
import sys
from importlib.abc import MetaPathFinder
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "onelogin" else found(name)
import django
django.setup()
"""


def run(code: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_it_the_program_starts_and_knows_nothing_of_it():
    said = run(OFF, SAML="false", DEBUG="false")
    assert said.returncode == 0, said.stderr[-500:]


def test_with_it_and_without_the_package_one_reads_what_to_install():
    said = run(WITHOUT, SAML="true")
    assert said.returncode == 1
    assert "SAML=true needs python3-saml" in said.stderr
    assert "requirements-saml.txt" in said.stderr


def test_where_it_was_switched_off_its_providers_are_gone(provider, teacher, client, settings):
    come_in(client)
    settings.SAML = False
    assert client.get("/signals/").status_code == 302
    assert Client().post(START, {"email": NOOR}).status_code == 422


def test_it_is_offered_only_where_it_is_set(provider, signed_in, administrator, settings):
    browser = signed_in(administrator)
    page = reverse("sso:providers")
    assert "Entree" in Page(browser.get(page)).text
    settings.SAML = False
    assert "Entree" not in browser.get(page).content.decode()
    assert browser.get(reverse("sso:change", args=[provider.public_id])).status_code == 404
