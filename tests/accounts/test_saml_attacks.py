"""What is tried against SAML: forged answers, stolen answers, and XML that bites."""

import base64
import re
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names

from accounts.roles import Role
from accounts.sso.saml import answers, asking, handing_over
from accounts.sso.saml.asking import answer_address as address_of
from tests.accounts import saml
from tests.accounts.oidc import REFUSED, START
from tests.accounts.page import Page
from tests.accounts.saml import (
    NOOR,
    Asked,
    Transform,
    ask,
    at,
    bring,
    hub,
    saml_provider_of,
    stranger,
)
from tests.accounts.second_factors import give_app
from tests.attacks.proof import shows
from tests.factories import SchoolFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LEADER = "directeur@school.example"
THEIRS = "https://elders.example/"


@pytest.fixture
def provider(school):
    return saml_provider_of(school)


@pytest.fixture(autouse=True)
def _people(provider, school):
    """Whom all of them try to become: a teacher, or even the leader."""
    for role, address in ((Role.TEACHER, NOOR), (Role.SCHOOL_LEADER, LEADER)):
        give_app(member(role, school, email=address))


def assert_failed(browser: Client, answer) -> None:
    assert (answer.status_code, answer["Location"]) == (302, START)
    assert "_auth_user_id" not in browser.session
    assert "lukte niet" in Page(browser.get(START)).text
    assert not SocialAccount.objects.exists()


def is_known(answer) -> bool:
    """Tell whether somebody was let in as far as their second factor."""
    return answer["Location"] == reverse("mfa_authenticate")


def test_the_hub_is_believed_while_it_is_honest(client):
    request = ask(client)
    assert is_known(bring(client, hub().answer(request), request.address))


# --- What an assertion says ---------------------------------------------------------------------

FALSE = {
    "another audience": {"audience": ["https://elders.example/"]},
    "no audience": {"audience": []},
    "an audience beside us": {"audience": ["https://meldcode.example", "https://elders.example/"]},
    "another recipient": {"recipient": "https://elders.example/saml/"},
    "our address within another": {"recipient": "https://elders.example/?{address}"},
    "our address and more": {"recipient": "{address}x"},
    "no recipient": {"recipient": ...},
    "another destination": {"destination": "https://elders.example/saml/"},
    "a destination that begins alike": {"destination": "{address}x"},
    "no destination": {"destination": ""},
    "expired": {"valid_until": at(-3600), "valid_from": at(-7200)},
    "confirmed until before now": {"confirmed_until": at(-1)},
    "confirmed for ever": {"confirmed_until": ...},
    "not yet": {"valid_from": at(3600), "valid_until": at(7200)},
    "another request": {"in_response_to": "_another"},
    "another request, and its message too": {"in_response_to": "_another",
                                             "response_in_response_to": "_another"},
    "another request around it": {"response_in_response_to": "_another"},
    "no request": {"in_response_to": ...},
    "nobody asked": {"in_response_to": ..., "response_in_response_to": ...},
    "no request around it": {"response_in_response_to": ...},
    "another issuer": {"issuer": "https://elders.example/"},
    "of whoever holds a key": {"method": "holder-of-key"},
    "not a success": {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"},
    "nobody": {"attributes": {"uid": ...}},
    "an empty id": {"attributes": {"uid": [""]}},
    "two ids": {"attributes": {"uid": ["a@delinde", "b@delinde"]}},
    "a long id": {"attributes": {"uid": ["x" * 192]}},
}  # fmt: skip


@pytest.mark.parametrize("changes", FALSE.values(), ids=FALSE)
def test_an_assertion_that_does_not_hold(client, changes):
    request = ask(client)
    told = {
        name: value.format(address=request.address) if isinstance(value, str) else value
        for name, value in changes.items()
    }
    assert_failed(client, bring(client, hub().answer(request, **told), request.address))


def test_an_assertion_that_is_confirmed_twice(client):
    """One for us and one for somebody else: which of them counts is not for us to choose."""
    request = ask(client)
    assertion = hub().assertion(request)
    end = "</saml:SubjectConfirmation>"
    whole = assertion[assertion.index("<saml:SubjectConfirmation ") : assertion.index(end)] + end
    other = whole.replace(request.id, "_another")
    for both in (whole + other, other + whole, whole * 2):
        answer = hub().response(request, hub().sign(assertion.replace(whole, both)))
        assert_failed(client, bring(client, answer, request.address))
        assertion = assertion.replace('ID="_', 'ID="_x', 1)


# --- Signatures ---------------------------------------------------------------------------------


def unsigned(request: Asked) -> str:
    return hub().response(request, hub().assertion(request))


def by_a_stranger(request: Asked) -> str:
    """Signed, with the stranger's certificate beside the signature."""
    return stranger().answer(request)


def sha1(request: Asked) -> str:
    assertion = hub().sign(hub().assertion(request), algorithm=Transform.RSA_SHA1)
    return hub().response(request, assertion)


def sha1_digest(request: Asked) -> str:
    return hub().response(request, hub().sign(hub().assertion(request), digest=Transform.SHA1))


def shared_key(request: Asked) -> str:
    """An HMAC: the certificate, that everybody knows, would be its key."""
    return (
        hub()
        .answer(request)
        .replace(
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        )
    )


def message_only(request: Asked) -> str:
    """The message is signed, the assertion in it is not."""
    return hub().sign(unsigned(request))


def another_address(request: Asked) -> str:
    return hub().answer(request).replace(NOOR, LEADER)


def another_request_id(request: Asked) -> str:
    """An old answer, its request replaced by today's: that is signed too."""
    old = Asked("_old", request.entity_id, request.address)
    return hub().answer(old).replace("_old", request.id)


def _empty_signature(request: Asked) -> str:
    return re.sub(
        r"<ds:SignatureValue>.*?</ds:SignatureValue>", "<ds:SignatureValue/>",
        hub().answer(request), flags=re.DOTALL,
    )  # fmt: skip


def _without_reference(request: Asked) -> str:
    return re.sub(
        r"<ds:Reference .*?</ds:Reference>", "", another_address(request), flags=re.DOTALL
    )


def _of_everything(request: Asked) -> str:
    return re.sub(r'Reference URI="#[^"]+"', 'Reference URI=""', another_address(request))


XPATH = (
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">'
    "<ds:XPath>false()</ds:XPath></ds:Transform></ds:Transforms>"
)


def _another_transform(request: Asked) -> str:
    return hub().answer(request).replace("</ds:Transforms>", XPATH)


SIGNATURES = {
    "none": unsigned, "another key": by_a_stranger, "SHA-1": sha1, "SHA-1 digest": sha1_digest,
    "a shared key": shared_key, "of the message only": message_only,
    "of another address": another_address, "of an old request": another_request_id,
    "an empty one": _empty_signature, "of nothing": _without_reference,
    "of all": _of_everything, "with another transform": _another_transform,
}  # fmt: skip


@pytest.mark.parametrize("forge", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_that_does_not_hold(client, forge):
    request = ask(client)
    assert_failed(client, bring(client, forge(request), request.address))


NOT_PLAIN = [
    {"algorithm": Transform.RSA_SHA224}, {"algorithm": Transform.RSA_RIPEMD160},
    {"digest": Transform.SHA224}, {"digest": Transform.RIPEMD160},
    {"canonical": Transform.C14N}, {"canonical": Transform.C14N11}, {"times": 2},
]  # fmt: skip


@pytest.mark.parametrize("how", NOT_PLAIN, ids=str)
def test_a_true_signature_that_is_no_plain_one(client, how):
    """Made by the hub itself, and not of the few kinds that we take."""
    request = ask(client)
    answer = hub().response(request, hub().sign(hub().assertion(request), **how))
    assert_failed(client, bring(client, answer, request.address))


@pytest.mark.parametrize("algorithm", ["RSA_SHA256", "RSA_SHA384", "RSA_SHA512"])
def test_a_signature_of_today(client, algorithm):
    request = ask(client)
    signed = hub().sign(hub().assertion(request), algorithm=getattr(Transform, algorithm))
    assert is_known(bring(client, hub().response(request, signed), request.address))


def test_a_message_that_is_signed_as_well(client):
    request = ask(client)
    assert is_known(bring(client, hub().sign(hub().answer(request)), request.address))


# --- Signature wrapping: a true assertion, hidden where it proves a false one ---------------------

ASSERTION = f"{{{Names.NS_SAML}}}Assertion"
SIGNATURE = f"{{{Names.NS_DS}}}Signature"


def parts(request: Asked) -> tuple[etree._Element, etree._Element, etree._Element]:
    """Return a message, its true assertion, and a false one of the leader without a signature."""
    root = etree.fromstring(hub().answer(request, attributes={"uid": ["s9@delinde"]}))
    true = root.find(ASSERTION)
    false = etree.fromstring(etree.tostring(true).replace(NOOR.encode(), LEADER.encode()))
    false.remove(false.find(SIGNATURE))
    return root, true, false


def _copy(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element))


def beside(request: Asked) -> etree._Element:
    root, true, false = parts(request)
    false.set("ID", "_evil")
    true.addprevious(false)
    return root


def behind(request: Asked) -> etree._Element:
    root, true, false = parts(request)
    false.set("ID", "_evil")
    true.addnext(false)
    return root


def same_id(request: Asked) -> etree._Element:
    root, true, false = parts(request)
    true.addprevious(false)
    return root


def around(request: Asked) -> etree._Element:
    """The false one holds the signature, and in it the true one."""
    root, true, false = parts(request)
    signature = true.find(SIGNATURE)
    false.set("ID", "_evil")
    root.replace(true, false)
    false.insert(1, signature)
    etree.SubElement(signature, f"{{{Names.NS_DS}}}Object").append(true)
    return root


def around_same_id(request: Asked) -> etree._Element:
    root = around(request)
    false = root.find(ASSERTION)
    false.set("ID", false.find(f".//{ASSERTION}").get("ID"))
    return root


def in_extensions(request: Asked) -> etree._Element:
    root, true, false = parts(request)
    root.replace(true, false)
    held = etree.Element(f"{{{Names.NS_SAMLP}}}Extensions")
    held.append(true)
    root.insert(1, held)
    return root


def in_a_message_of_the_message(request: Asked) -> etree._Element:
    root, true, false = parts(request)
    whole = _copy(root)
    root.replace(root.find(ASSERTION), false)
    false.insert(1, _copy(true.find(SIGNATURE)))
    etree.SubElement(false.find(SIGNATURE), f"{{{Names.NS_DS}}}Object").append(whole)
    return root


def signature_moved(request: Asked) -> etree._Element:
    """The false one with the true one's signature."""
    root, true, false = parts(request)
    root.replace(true, false)
    false.insert(1, true.find(SIGNATURE))
    return root


WRAPS = [
    beside, behind, same_id, around, around_same_id, in_extensions, in_a_message_of_the_message,
    signature_moved,
]  # fmt: skip


@pytest.mark.parametrize("wrap", WRAPS, ids=lambda wrap: wrap.__name__)
def test_a_true_assertion_does_not_prove_a_false_one(client, wrap):
    request = ask(client)
    answer = etree.tostring(wrap(request)).decode()
    assert LEADER in answer
    assert_failed(client, bring(client, answer, request.address))


# --- XML that bites -----------------------------------------------------------------------------


@pytest.mark.parametrize("inside", ["<!---->", "<!-- x -->", "<?x y?>"])
def test_what_is_slipped_into_an_address_does_not_cut_it_short(client, inside):
    """The hub signed ``directeur@school.example.elders.example`` for whoever has that address."""
    request = ask(client)
    elsewhere = f"{LEADER}.elders.example"
    answer = hub().answer(request, attributes={"mail": [elsewhere], "uid": ["s9@delinde"]},
                          name_id=elsewhere)  # fmt: skip
    answer = answer.replace(elsewhere, f"{LEADER}{inside}.elders.example")
    came = bring(client, answer, request.address)
    assert came["Location"] in (REFUSED, START)
    assert not SocialAccount.objects.exists()


def test_a_comment_in_what_the_school_itself_said_is_no_other_person(client):
    """``victim<!---->@...`` in the id: all of it counts, or none."""
    request = ask(client)
    answer = hub().answer(request, attributes={"uid": ["s1@delinde.elders"]})
    answer = answer.replace("s1@delinde.elders", "s1@delinde<!---->.elders")
    bring(client, answer, request.address)
    assert not SocialAccount.objects.filter(uid="s1@delinde").exists()


BOMB = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
DOCTYPES = {
    "an entity": f'<!DOCTYPE r [<!ENTITY e "{NOOR}">]>',
    "a file": '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE r [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>',
    "a parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>',
    "a document type elsewhere": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd">',
    "a thousand million laughs": f'<!DOCTYPE r [<!ENTITY e0 "ha">{BOMB}<!ENTITY e "&e12;">]>',
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES)
@pytest.mark.parametrize("used", [True, False])
def test_xml_with_a_document_type_is_not_read(client, doctype, used, monkeypatch):
    def nothing_is_fetched(*args, **kwargs):
        raise AssertionError("fetched")

    request = ask(client)
    answer = hub().answer(request)
    monkeypatch.setattr("socket.getaddrinfo", nothing_is_fetched)
    if used:
        answer = answer.replace(NOOR, "&e;")
    assert_failed(client, bring(client, doctype + answer, request.address))


EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = f'><c:InclusiveNamespaces xmlns:c="{EXCLUSIVE}" PrefixList="{{}}"/></ds:'


def _with_prefixes(answer: str, place: str, prefixes: str) -> str:
    """Name prefixes that stand nowhere: each is looked for from each element, all the way up."""
    plain = f'<ds:{place} Algorithm="{EXCLUSIVE}"/>'
    assert plain in answer
    named = plain.replace("/>", INCLUSIVE.format(prefixes) + f"{place}>")
    return answer.replace(plain, named)


def _with(part: str, answer: str) -> str:
    """Set something into a value, in which anything may stand."""
    told = "</saml:AttributeValue>"
    assert told in answer
    return answer.replace(told, f"{part}{told}", 1)


def _forged(request: Asked) -> dict[str, str]:
    answer = by_a_stranger(request)
    unknown = " ".join(f"z{number}" for number in range(20_000))
    many = _with_prefixes(_with("<a/>" * 20_000, answer), "Transform", "a b c")
    said = " ".join(f'a{number:05}=""' for number in range(15_000))
    again = f'<ds:Transform Algorithm="{EXCLUSIVE}"/>'
    assert again in answer
    signature = re.search("<ds:Signature .*</ds:Signature>", answer, re.DOTALL).group()
    declared = " ".join(f'xmlns:a{number:04}="urn:a"' for number in range(5_000))
    return {
        "prefixes": _with_prefixes(answer, "Transform", unknown),
        "prefixes of the signature": _with_prefixes(answer, "CanonicalizationMethod", unknown),
        "parts": many,
        "said of one part": _with(f"<a {said}/>", answer),
        "declared": _with(f"<a {declared}/>", answer),
        "long ones": _with(f'<a xmlns:a="urn:{"a" * 9000}">{"<a:b/>" * 500}</a>', answer),
        "signatures": answer.replace(signature, signature * 3),
        "put in order again": answer.replace(again, again * 20),
    }


@shows("sso-6")
@pytest.mark.parametrize(
    "how",
    [
        "prefixes",
        "prefixes of the signature",
        "parts",
        "said of one part",
        "declared",
        "long ones",
        "signatures",
        "put in order again",
    ],
)
def test_what_a_stranger_sends_is_not_worked_on_for_minutes(client, monkeypatch, how):
    """Putting in order what was signed comes before its signature: anybody may send it.

    Names × parts × what each part declares: 190 KB kept a thread busy for ten minutes.
    """
    worked_on = []

    def work(self, *args, **kwargs):
        worked_on.append(self)
        raise answers.NotTrue

    monkeypatch.setattr(answers.Response, "is_valid", work)
    request = ask(client)
    assert_failed(client, bring(client, _forged(request)[how], request.address))
    assert not worked_on


def test_a_hub_may_name_the_prefixes_of_its_types(client):
    """As some do (``xs``), so that a value's type is signed with it."""
    request = ask(client)
    signed = hub().sign(hub().assertion(request), prefixes=("xs", "xsi"))
    assert "InclusiveNamespaces" in signed
    assert is_known(bring(client, hub().response(request, signed), request.address))


def test_somebody_in_three_hundred_groups_comes_in(client):
    """Some hubs give each its own attribute, and declare the types at each value anew."""
    request = ask(client)
    groups = {f"urn:group:{number}": ["lid"] for number in range(300)}
    schema = "http://www.w3.org/2001/XMLSchema"
    types = f"xmlns:xs='{schema}' xmlns:xsi='{schema}-instance'"
    said = hub().assertion(request, attributes=groups)
    typed = said.replace("Value>lid", f"Value {types} xsi:type='xs:string'>lid")
    assert typed.count("xsi:type") == 300
    signed = hub().sign(typed, prefixes=("xs",))
    assert is_known(bring(client, hub().response(request, signed), request.address))


GARBAGE = [
    "", " ", "x", "<", "<a/>", "<Response/>", "\x00", "é", "<?xml version='1.0'?>",
    f"<samlp:Response xmlns:samlp='{Names.NS_SAMLP}'/>",
    f"<samlp:Response xmlns:samlp='{Names.NS_SAMLP}' ID='a' Version='2.0'/>",
    "<a>" * 5000 + "</a>" * 5000,
    "x" * 300_000,
]  # fmt: skip


@pytest.mark.parametrize("answer", GARBAGE, ids=range(len(GARBAGE)))
def test_what_is_no_answer_at_all(client, answer):
    request = ask(client)
    assert_failed(client, bring(client, answer, request.address))


@pytest.mark.parametrize("posted", [{}, {"SAMLResponse": "%%%"}, {"SAMLResponse": "é"},
                                    {"SAMLResponse": ""}, {"SAMLart": "x"}])  # fmt: skip
def test_a_form_that_is_no_answer(client, posted):
    request = ask(client)
    came = Client().post(urlsplit(request.address).path, posted)
    assert_failed(client, client.get(came["Location"]))


# --- The way there and back ---------------------------------------------------------------------


def test_an_answer_is_good_once(client):
    request = ask(client)
    answer = hub().answer(request)
    assert is_known(bring(client, answer, request.address))
    assert_not_again(client, bring(client, answer, request.address))


def assert_not_again(browser: Client, answer) -> None:
    assert answer["Location"] == START
    assert "_auth_user_id" not in browser.session


def test_an_assertion_is_good_once_even_before_its_request_was_answered(client):
    """Whoever copies it on its way has nothing, though the session still waits for it."""
    request = ask(client)
    answer = hub().answer(request)
    saml.post(answer, request.address)
    assert_failed(client, bring(client, answer, request.address))


def test_a_used_assertion_in_another_message_is_used_all_the_same(client):
    request = ask(client)
    assertion = hub().sign(hub().assertion(request))
    saml.post(hub().response(request, assertion), request.address)
    again = hub().response(request, assertion).replace("_response", "_another")
    assert_failed(client, bring(client, again, request.address))


def test_a_request_is_answered_once(client):
    """Two true assertions to one request: the first counts."""
    request = ask(client)
    assert is_known(bring(client, hub().answer(request), request.address))
    assert_not_again(client, bring(client, hub().answer(request), request.address))


def test_nobody_is_signed_in_with_the_answer_to_somebody_else(client):
    """The attacker's own true answer, brought into a victim's browser, in each way there is."""
    attacker = Client()
    theirs = ask(attacker)
    came = saml.post(hub().answer(theirs), theirs.address)
    assert_failed(client, client.get(came["Location"]))
    ask(client)
    theirs = ask(attacker)
    assert_failed(client, bring(client, hub().answer(theirs), theirs.address))
    # And the victim's session cookie with the POST, as a browser without SameSite would.
    theirs = ask(attacker)
    packed = base64.b64encode(hub().answer(theirs).encode()).decode()
    came = client.post(urlsplit(theirs.address).path, {"SAMLResponse": packed})
    assert_failed(client, client.get(came["Location"]))


def test_the_word_of_the_redirect_is_worth_nothing_without_the_session(client):
    request = ask(client)
    came = saml.post(hub().answer(request), request.address)
    thief = Client()
    assert_failed(thief, thief.get(came["Location"]))
    assert_failed(client, client.get(came["Location"]))  # and it was good once


def test_the_answer_of_one_school_is_not_taken_at_anothers(provider, client):
    other = saml_provider_of(SchoolFactory(), "elders.example")
    request = ask(client)
    theirs = ask(client, "x@elders.example")
    assert str(other.public_id) in theirs.address
    assert_failed(client, bring(client, hub().answer(request), theirs.address))
    word = saml.post(hub().answer(request), request.address)["Location"].partition("?")[2]
    assert_failed(client, client.get(f"{saml.finish_of(other)}?{word}"))


def test_a_request_grows_old(client, monkeypatch):
    request = ask(client)
    monkeypatch.setattr(statekit, "STATE_TTL", -1)
    assert_failed(client, bring(client, hub().answer(request), request.address))


def test_the_post_alone_makes_no_session_and_says_nothing(client):
    request = ask(client)
    answers = [saml.post(text, request.address) for text in (hub().answer(request), "x")]
    for answer in answers:
        assert answer.status_code == 302
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]
        assert urlsplit(answer["Location"]).path == urlsplit(request.address).path + "finish/"
        assert NOOR not in answer["Location"]


def test_what_waits_for_the_redirect_cannot_be_read(client, monkeypatch):
    kept = []
    monkeypatch.setattr(handing_over, "cache", SimpleNamespace(set=lambda *told: kept.append(told)))
    request = ask(client)
    saml.post(hub().answer(request), request.address)
    assert kept
    assert not any(NOOR in str(value) or "delinde" in str(value) for value in kept)


@shows("sso-8")
@pytest.mark.parametrize("moved", [True, False])
def test_what_the_hub_of_another_school_said_counts_nowhere_else(provider, client, moved):
    """Whoever writes to Redis and has a hub of their own was anybody of any school with SAML.

    All that makes the key is known to them but the word, and that they got with their own answer.
    """
    certificate = stranger().certificate
    theirs = saml_provider_of(
        SchoolFactory(), "elders.example", certificate=certificate, home_organization="99ZZ",
        issuer=THEIRS, sign_in_url=THEIRS,
    )  # fmt: skip
    request = ask(client)  # of the school itself: the number stands in the address
    to_them = replace(request, entity_id=asking.entity_id(theirs), address=address_of(theirs))
    assertion = stranger().assertion(to_them, issuer=THEIRS)
    said = stranger().response(to_them, stranger().sign(assertion), issuer=THEIRS)
    (word,) = parse_qs(urlsplit(saml.post(said, to_them.address)["Location"]).query)["answer"]
    left = cache.get(handing_over._key(theirs, word))
    assert left
    if moved:
        cache.set(handing_over._key(provider, word), left, 60)
    assert_failed(client, client.get(f"{saml.finish_of(provider)}?answer={word}"))


@pytest.mark.parametrize("put", ["x", 7, None])
def test_nor_does_what_is_none(provider, client, put):
    ask(client)
    cache.set(handing_over._key(provider, "w"), put, 60)
    assert_failed(client, client.get(f"{saml.finish_of(provider)}?answer=w"))


def test_the_log_tells_what_failed_and_of_nobody(client, caplog):
    request = ask(client)
    bring(client, another_address(request), request.address)
    said = [record.getMessage() for record in caplog.records if "accounts" in record.name]
    assert any("ValidationError" in line for line in said)
    assert not any("@" in line for line in said)


def test_one_may_try_as_often_as_to_sign_in_and_no_more(client, settings):
    limits = settings.ACCOUNT_RATE_LIMITS
    settings.ACCOUNT_RATE_LIMITS = {**limits, "saml_answer": "2/m/ip"}
    request = ask(client)
    statuses = [saml.post("x", request.address).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]


def test_the_way_begins_with_a_form_of_this_site():
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(START, {"email": NOOR}).status_code == 403
    assert saml.SIGN_IN not in browser.get(START, {"email": NOOR}).content.decode()
