"""What we say to the provider: who we are (metadata), and whom we ask about (a signed request)."""

import base64
import secrets
import zlib
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.sso.flow import SchoolProvider
from accounts.sso.models import IdentityProvider
from accounts.sso.saml import keys

SAML2 = "urn:oasis:names:tc:SAML:2.0"
ASSERTION, PROTOCOL, METADATA = f"{SAML2}:assertion", f"{SAML2}:protocol", f"{SAML2}:metadata"
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
POST = f"{SAML2}:bindings:HTTP-POST"


def entity_id(provider: IdentityProvider) -> str:
    """Return by what name the provider knows us: the address of our metadata, each its own."""
    return settings.SITE_URL + reverse("sso:saml_metadata", args=[provider.public_id])


def answer_address(provider: IdentityProvider) -> str:
    """Return where the provider sends its answer: on our own site, whatever Host a client sent."""
    return settings.SITE_URL + reverse("sso:saml_callback", args=[provider.public_id])


def start(request: HttpRequest, provider: IdentityProvider, next_url: str | None) -> str:
    """Return where the browser goes to sign in; the id of the request stays in the session."""
    request_id = f"_{secrets.token_hex(20)}"
    SchoolProvider(request, provider).stash_redirect_state(
        request, AuthProcess.LOGIN, next_url, state_id=request_id
    )
    query = urlencode({"SAMLRequest": _request(provider, request_id), "SigAlg": RSA_SHA256})
    signature = base64.b64encode(keys.sign(provider.secret, query.encode()))
    joint = "&" if "?" in provider.sign_in_url else "?"
    return f"{provider.sign_in_url}{joint}{query}&{urlencode({'Signature': signature})}"


def _request(provider: IdentityProvider, request_id: str) -> str:
    """Return the request as it stands in an address: deflated, in base64."""
    root = Element(
        f"{{{PROTOCOL}}}AuthnRequest",
        {
            "ID": request_id,
            "Version": "2.0",
            "IssueInstant": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": provider.sign_in_url,
            "ProtocolBinding": POST,
            "AssertionConsumerServiceURL": answer_address(provider),
        },
    )
    SubElement(root, f"{{{ASSERTION}}}Issuer").text = entity_id(provider)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return base64.b64encode(packer.compress(tostring(root)) + packer.flush()).decode()


def metadata(provider: IdentityProvider) -> bytes:
    """Return what the provider must know of us: name, address for answers, certificate."""
    root = Element(f"{{{METADATA}}}EntityDescriptor", {"entityID": entity_id(provider)})
    ours = SubElement(
        root,
        f"{{{METADATA}}}SPSSODescriptor",
        {
            "AuthnRequestsSigned": "true",
            "WantAssertionsSigned": "true",
            "protocolSupportEnumeration": PROTOCOL,
        },
    )
    key = SubElement(ours, f"{{{METADATA}}}KeyDescriptor", {"use": "signing"})
    data = SubElement(SubElement(key, f"{{{XMLDSIG}}}KeyInfo"), f"{{{XMLDSIG}}}X509Data")
    certificate = keys.certificate_in(provider.secret)
    SubElement(data, f"{{{XMLDSIG}}}X509Certificate").text = certificate
    form = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
    SubElement(ours, f"{{{METADATA}}}NameIDFormat").text = form
    where = {"Binding": POST, "Location": answer_address(provider), "index": "0"}
    SubElement(ours, f"{{{METADATA}}}AssertionConsumerService", where)
    return tostring(root, encoding="utf-8", xml_declaration=True)
