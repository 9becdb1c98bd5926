"""A hub that signs people in for all schools (SAML), in a test's hands, and coming in by it."""

import base64
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache as once
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names

from accounts.models import IdentityProvider, ProviderDomain, School
from accounts.sso.saml import keys
from tests.accounts.oidc import DOMAIN, START, asked, give_second_factor
from tests.accounts.page import Page

Transform = xmlsec.Transform
ISSUER = "https://hub.example/"
SIGN_IN = "https://hub.example/saml/sso/web"
BRIN = "00AB"
NOOR = f"noor@{DOMAIN}"
ATTRIBUTES = {
    "uid": ["qj7cks8qdz9ph54@delinde"],
    "mail": [NOOR],
    "givenName": ["Noor"],
    "nlEduPersonTussenvoegsels": ["de"],
    "sn": ["Wit"],
    "eduPersonAffiliation": ["employee"],
    "nlEduPersonHomeOrganizationId": ["00AB01"],
}
RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0"
 IssueInstant="{now}" Destination="{destination}"{response_in_response_to}
><saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="{status}"/>
</samlp:Status>{assertion}</samlp:Response>"""
ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}"
 Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject>
<saml:NameID>{name_id}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:{method}">
<saml:SubjectConfirmationData{in_response_to}{recipient}{confirmed_until}/>
</saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{valid_from}" NotOnOrAfter="{valid_until}">{audiences}
</saml:Conditions><saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password
</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"""


@dataclass(frozen=True)
class Asked:
    """What a request of ours asks."""

    id: str
    entity_id: str
    address: str


def at(seconds: float = 0) -> str:
    """Return a moment from now, as SAML writes it."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Hub:
    """The identity provider of all schools; what it says is true unless a test changes it."""

    def __init__(self, bits: int = 2048, good_for: timedelta = timedelta(days=9)) -> None:
        private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hub.example")])
        until = datetime.now(UTC) + good_for
        made = x509.CertificateBuilder(name, name, private.public_key(), 1)
        made = made.not_valid_before(until - timedelta(days=30)).not_valid_after(until)
        self.certificate = keys.as_pem(made.sign(private, hashes.SHA256()))
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        self.key = private.private_bytes(*pem, serialization.NoEncryption()).decode()

    def sign(
        self,
        xml: str,
        *,
        canonical: Any = Transform.EXCL_C14N,
        algorithm: Any = Transform.RSA_SHA256,
        digest: Any = Transform.SHA256,
        times: int = 1,
        prefixes: tuple[str, ...] = (),
    ) -> str:
        """Return a message or an assertion with its signature, over it as often as asked."""
        element = etree.fromstring(xml)
        signature = xmlsec.template.create(element, canonical, algorithm, ns="ds")
        element.insert(1, signature)
        xmlsec.tree.add_ids(element, ["ID"])
        for _ in range(times):
            reference = xmlsec.template.add_reference(
                signature, digest, uri=f"#{element.get('ID')}"
            )
            xmlsec.template.add_transform(reference, Transform.ENVELOPED)
            last = xmlsec.template.add_transform(reference, canonical)
            if prefixes:
                xmlsec.template.transform_add_c14n_inclusive_namespaces(last, list(prefixes))
        info = xmlsec.template.ensure_key_info(signature)
        xmlsec.template.add_x509_data(info)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(self.key, xmlsec.KeyFormat.PEM)
        context.key.load_cert_from_memory(self.certificate, xmlsec.KeyFormat.PEM)
        context.sign(signature)
        return etree.tostring(element).decode()

    def assertion(self, request: Asked, **changes: Any) -> str:
        """Return what it says of somebody, not signed yet."""
        said: dict[str, Any] = {
            "id": f"_{x509.random_serial_number():x}", "issuer": ISSUER, "name_id": "qj7cks",
            "now": at(), "method": "bearer", "in_response_to": request.id,
            "recipient": request.address, "confirmed_until": at(300), "valid_from": at(-60),
            "valid_until": at(300), "audience": [request.entity_id], "attributes": {}, **changes,
        }  # fmt: skip
        for name, attribute in (
            ("in_response_to", "InResponseTo"), ("recipient", "Recipient"),
            ("confirmed_until", "NotOnOrAfter"),
        ):  # fmt: skip
            said[name] = "" if said[name] is ... else f' {attribute}="{said[name]}"'
        audiences = "".join(f"<saml:Audience>{each}</saml:Audience>" for each in said["audience"])
        restricted = f"<saml:AudienceRestriction>{audiences}</saml:AudienceRestriction>"
        said["audiences"] = restricted if said["audience"] else ""
        said["attributes"] = _attributes({**ATTRIBUTES, **said["attributes"]})
        return ASSERTION.format(**said)

    def response(self, request: Asked, assertion: str, **changes: Any) -> str:
        """Return a message around an assertion."""
        said: dict[str, Any] = {
            "now": at(), "issuer": ISSUER, "status": Names.STATUS_SUCCESS,
            "destination": request.address, "response_in_response_to": request.id, **changes,
        }  # fmt: skip
        asked_by = said["response_in_response_to"]
        said["response_in_response_to"] = "" if asked_by is ... else f' InResponseTo="{asked_by}"'
        return RESPONSE.format(assertion=assertion, **said)

    def answer(self, request: Asked, **changes: Any) -> str:
        """Return what it sends: one signed assertion in a message."""
        around = ("status", "destination", "response_in_response_to")
        outside = {name: changes.pop(name) for name in around if name in changes}
        return self.response(request, self.sign(self.assertion(request, **changes)), **outside)


def _attributes(values: dict[str, Any]) -> str:
    return "".join(
        f'<saml:Attribute Name="{name}">'
        + "".join(
            f"<saml:AttributeValue>{each if each.startswith('<') else escape(each)}"
            "</saml:AttributeValue>"
            for each in said
        )
        + "</saml:Attribute>"
        for name, said in values.items()
        if said is not ...
    )


@once
def hub() -> Hub:
    """Return the hub of the tests; making a key takes a while."""
    return Hub()


@once
def stranger() -> Hub:
    """Return somebody who would like to be the hub."""
    return Hub()


@once
def _own_key() -> str:
    return keys.new_key("tests")


def saml_provider_of(school: School, *domains: str, **fields: object) -> IdentityProvider:
    """Let a school trust the hub for its own people."""
    known = {"issuer": ISSUER, "sign_in_url": SIGN_IN, "certificate": hub().certificate}
    fields = {**known, "home_organization": BRIN, **fields}
    provider = IdentityProvider(school=school, kind="entree", name="Entree", **fields)
    provider.trust = provider.own_trust
    provider.secret = _own_key()
    provider.save()
    for domain in domains or (DOMAIN,):
        ProviderDomain.objects.create(provider=provider, domain=domain)
    return provider


def way(browser: Client, email: str = NOOR, **fields: str) -> str:
    """Return the link to the hub that the sign-in page gives for an address."""
    page = Page(browser.post(START, {"email": email, **fields}))
    links = (a.get("href", "") for a in page.root.iter("a"))
    return next(link for link in links if link.startswith(SIGN_IN))


def request_in(link: str) -> Asked:
    """Return what the link asks."""
    packed = base64.b64decode(asked(link)["SAMLRequest"])
    root = etree.fromstring(zlib.decompress(packed, -zlib.MAX_WBITS))
    return Asked(root.get("ID"), root[0].text, root.get("AssertionConsumerServiceURL"))


def ask(browser: Client, email: str = NOOR, **fields: str) -> Asked:
    """Begin to sign in; return what is asked of the hub."""
    return request_in(way(browser, email, **fields))


def post(answer: str, address: str) -> HttpResponse:
    """Send an answer as the hub's page makes a browser do it: without the cookies of our site."""
    packed = base64.b64encode(answer.encode()).decode()
    browser = Client(enforce_csrf_checks=True)
    response = browser.post(urlsplit(address).path, {"SAMLResponse": packed})
    assert not browser.cookies.get("session")
    return response


def bring(browser: Client, answer: str, address: str) -> HttpResponse:
    """Bring an answer, and follow to where the session is seen."""
    return browser.get(post(answer, address)["Location"])


def come_in(browser: Client, email: str = NOOR, /, **changes: Any) -> HttpResponse:
    """Sign in by the hub, and give the second factor if it is asked."""
    request = ask(browser, email)
    answer = bring(browser, hub().answer(request, **changes), request.address)
    sub = {**ATTRIBUTES, **changes.get("attributes", {})}["uid"]
    return give_second_factor(browser, answer, sub[0] if sub is not ... else "")


def finish_of(provider: IdentityProvider) -> str:
    """Return where one comes back to."""
    return reverse("sso:saml_finish", args=[provider.public_id])
