"""Reading the answer in which a provider says who somebody is.

``python3-saml`` checks the XML (no document type, no entities), that there is one assertion, its
signature and place, issuer, audience, times and status. What it leaves to chance is asked for here:
a plain signature without SHA-1, and an assertion that says itself for which request and address it
was made. The assertion's own word counts, since what stands around it is not signed.
"""

import hashlib
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from lxml.etree import _Element as Node
from lxml.etree import iterwalk
from onelogin.saml2.response import OneLogin_Saml2_Response as Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings as Settings

from accounts.sso.models import IdentityProvider
from accounts.sso.saml import asking
from accounts.sso.tokens import LONGEST_SUB, NotTrue

LONGEST = 256 * 1024
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
# What was signed is put in order before its signature is looked at, so for anybody: each prefix
# that is named is looked for from each part, among all that it and the parts above declare, and
# what is said of one part is sorted by the square of its number. A real answer has a hundred parts
# (of somebody in three hundred groups six hundred more), says five things of one and declares two
# prefixes there at most, a dozen with those above, and names those of its types.
MOST_PARTS, MOST_PREFIXES, MOST_SAID, MOST_DECLARED = 1000, 10, 20, 500
# Of the answer, and of the assertion.
MOST_SIGNATURES = 2
# Signs, if each part were written with all that it and the parts above declare: of three hundred
# groups some 300,000.
MOST_WRITTEN = 4_000_000
NAMES = {"a": asking.ASSERTION, "p": asking.PROTOCOL, "d": asking.XMLDSIG, "c": EXCLUSIVE}
BEARER = f"{asking.SAML2}:cm:bearer"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
# Of each part of a signature, all that it may say. No SHA-1, no shared key, and no transform that
# makes something else of what was signed.
SIGNATURE = {
    "d:SignedInfo/d:CanonicalizationMethod": {EXCLUSIVE},
    "d:SignedInfo/d:SignatureMethod": {
        f"{MORE}{kind}-sha{size}" for kind in ("rsa", "ecdsa") for size in (256, 384, 512)
    },
    "d:SignedInfo/d:Reference/d:DigestMethod": {
        "http://www.w3.org/2001/04/xmlenc#sha256", f"{MORE}sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    },
    "d:SignedInfo/d:Reference/d:Transforms/d:Transform": {
        f"{asking.XMLDSIG}enveloped-signature", EXCLUSIVE,
    },
}  # fmt: skip
# How attributes are called: by their plain name (Entree Federatie), or by the name of the standard.
PREFIX = "urn:mace:dir:attribute-def:"
# Seconds beyond an assertion's last moment for which it is remembered.
SLACK = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """Who somebody is, by the word of their school, and which request it answers."""

    request_id: str
    claims: dict[str, Any]


def read(provider: IdentityProvider, posted: str) -> Answer:
    """Return what a signed answer says: from this provider, for us, now, for the first time.

    Whether it answers this very browser's request is for who called. Raises ``NotTrue``.
    """
    if not 0 < len(posted) <= LONGEST:
        raise NotTrue("empty, or too long")
    address = asking.answer_address(provider)
    try:
        response = Response(_settings(provider), posted)
        _check_work(response.document)
        _check_signatures(response.document)
        response.is_valid(_asked_at(address), raise_exceptions=True)
        attributes = response.get_attributes()
    except NotTrue:
        raise
    except Exception as error:  # the library says of no class that it is the only one
        raise NotTrue(f"{type(error).__name__} {getattr(error, 'code', '')}") from error
    request_id = _check_assertion(response.document, address, asking.entity_id(provider))
    claims = _claims(attributes)
    _use_once(provider, response)
    return Answer(request_id, claims)


def _settings(provider: IdentityProvider) -> Settings:
    """Return what holds for this provider. No key of ours: nothing is decrypted."""
    ours = {
        "entityId": asking.entity_id(provider),
        "assertionConsumerService": {"url": asking.answer_address(provider)},
    }
    theirs = {
        "entityId": provider.issuer,
        "singleSignOnService": {"url": provider.sign_in_url},
        "x509cert": provider.certificate,
    }
    security = {
        "wantAssertionsSigned": True,
        "rejectDeprecatedAlgorithm": True,
        "wantNameId": False,
        "allowSingleLabelDomains": True,
    }
    return Settings({"strict": True, "sp": ours, "idp": theirs, "security": security})


def _asked_at(address: str) -> dict[str, str]:
    """Return our own address as the library takes it."""
    parts = urlsplit(address)
    secure = "on" if parts.scheme == "https" else "off"
    return {"https": secure, "http_host": parts.netloc, "script_name": parts.path}


def _check_work(document: Node) -> None:
    """Raise ``NotTrue`` for what would take long to put in order."""
    named = document.iterfind(".//c:InclusiveNamespaces", NAMES)
    prefixes = sum(len(each.get("PrefixList", "").split()) for each in named)
    said = [len(part.keys()) for part in document.iter()]
    much = (
        prefixes > MOST_PREFIXES
        or len(said) > MOST_PARTS
        or max(said) > MOST_SAID
        or _declares_much(document)
    )
    if much:
        raise NotTrue("more than an answer holds")


def _declares_much(document: Node) -> bool:
    """Return whether more prefixes hold at its parts than at those of an answer."""
    holding: list[int] = []  # the signs of what is declared at a part and at those above it
    written = signs = 0
    for event, found in iterwalk(document, events=("start-ns", "end-ns", "start")):
        if event == "start-ns":
            holding.append(len(found[1]))
            signs += holding[-1]
        elif event == "end-ns":
            signs -= holding.pop()
        else:
            written += signs
        if len(holding) > MOST_DECLARED or written > MOST_WRITTEN:
            return True
    return False


def _check_signatures(document: Node) -> None:
    """Raise ``NotTrue`` unless each signature is a plain one, over one thing, put in order once."""
    signatures = document.findall(".//d:Signature", NAMES)
    if len(signatures) > MOST_SIGNATURES:
        raise NotTrue("more signatures than an answer has")
    for signature in signatures:
        references = signature.findall("d:SignedInfo/d:Reference", NAMES)
        if len(references) != 1 or signature.find("d:Object", NAMES) is not None:
            raise NotTrue("a signature over several things")
        for path, allowed in SIGNATURE.items():
            said = [part.get("Algorithm") for part in signature.iterfind(path, NAMES)]
            if not said or not allowed.issuperset(said) or len(said) > len(set(said)):
                raise NotTrue("an algorithm that we do not take")


def _check_assertion(document: Node, address: str, audience: str) -> str:
    """Return which request the assertion answers.

    Raises ``NotTrue`` unless it says by itself that it is for us, at this address, until when.
    """
    assertion = document.find("a:Assertion", NAMES)
    confirmations = assertion.findall("a:Subject/a:SubjectConfirmation", NAMES)
    data = assertion.findall(
        f"a:Subject/a:SubjectConfirmation[@Method='{BEARER}']/a:SubjectConfirmationData", NAMES
    )
    if len(confirmations) != 1 or len(data) != 1:
        raise NotTrue("not confirmed, or more than once")
    audiences = assertion.findall("a:Conditions/a:AudienceRestriction/a:Audience", NAMES)
    if [(each.text or "").strip() for each in audiences] != [audience]:
        raise NotTrue("not for us alone")
    request_id = data[0].get("InResponseTo")
    if not request_id or document.get("InResponseTo") != request_id:
        raise NotTrue("nobody asked for it")
    if {data[0].get("Recipient"), document.get("Destination")} != {address}:
        raise NotTrue("sent elsewhere")
    if not data[0].get("NotOnOrAfter"):
        raise NotTrue("without an end")
    return request_id


def _claims(attributes: dict[str, list[Any]]) -> dict[str, Any]:
    """Return what ``actions.admit`` asks for. Raises ``NotTrue`` for nobody in particular."""
    said: dict[str, list[Any]] = {}
    for name, values in attributes.items():
        said.setdefault(name.removeprefix(PREFIX), []).extend(values)
    single = {name: values[0] for name, values in said.items() if len(values) == 1}
    sub = single.get("uid")
    if not isinstance(sub, str) or len(sub) > LONGEST_SUB:
        raise NotTrue("of nobody")
    parts = (single.get(name) for name in ("givenName", "nlEduPersonTussenvoegsels", "sn"))
    return {
        "sub": sub,
        "email": single.get("mail"),
        "name": " ".join(part for part in parts if isinstance(part, str)),
        "home_organization": single.get("nlEduPersonHomeOrganizationId"),
        "affiliation": said.get("eduPersonAffiliation", []),
    }


def _use_once(provider: IdentityProvider, response: Response) -> None:
    """Raise ``NotTrue`` for an assertion that was brought before, while it is valid."""
    known_by = f"{provider.trust}\n{response.get_assertion_id()}"
    key = f"sso.saml.used.{hashlib.sha256(known_by.encode()).hexdigest()}"
    left = response.get_assertion_not_on_or_after() - time.time()
    if not cache.add(key, True, left + SLACK):
        raise NotTrue("for the second time")
