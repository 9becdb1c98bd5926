"""Coming in: by invitation, with an app or a passkey; staying; and being asked once more."""

import re
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts.models import Membership, User
from accounts.roles import Role
from accounts.session_store import SessionStore
from tests.accounts.second_factors import code
from tests.browser.conftest import Visitor, dutch
from tests.factories import PupilFactory, RoleInvitationFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def passkeys(page):
    """A security key that is plugged in, and knows its owner by finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_who_has_an_account_takes_a_second_role_by_a_tick_and_a_button(visitor, school):
    person = member(Role.TEACHER, school)
    asked = RoleInvitationFactory(email=person.email, secret="een-geheim", role=Role.COORDINATOR)
    guest = visitor(person)
    guest.open("/invitation/een-geheim/")
    guest.press("Accept")
    assert guest.reads("Tick the box if you want this role.")
    guest.complaints.clear()  # that it is refused is what the browser complains of
    guest.check("agreed")
    guest.press("Accept")
    assert person.memberships.filter(role=Role.COORDINATOR, school=asked.school).exists()


def test_an_invited_teacher_comes_in_and_sets_up_an_app(page, live_server, size):
    RoleInvitationFactory(name="Mila Terpstra", email="mila@school.example", secret="een-geheim")
    guest = Visitor(page, live_server.url, f"invited-{size}")
    guest.open("/invitation/een-geheim/")
    assert "een-geheim" not in page.url
    guest.fill(password="kort")
    page.locator("main button[type=submit]").first.click()
    guest.look()
    assert page.locator("[name=name]").input_value() == "Mila Terpstra"

    guest.fill(password="vier ganzen zwemmen langs Zwolle")
    page.locator("main button[type=submit]").first.click()
    guest.look()
    assert guest.reads("Your second factor")
    guest.open("/cases/")
    assert page.url.endswith("/account/second-factor/")

    guest.press("Set up an app")
    key = page.locator("code.key").inner_text()
    guest.fill(code="12345")
    guest.press("Save")
    assert page.locator("code.key").inner_text() == key
    guest.fill(code=code(key))
    guest.press("Save")
    assert len(re.findall(r"\b\d{8}\b", guest.text)) == 10
    guest.press("I have kept them")
    guest.open("/")
    assert page.url.endswith("/tasks/")
    assert Membership.objects.get().user == User.objects.get(email="mila@school.example")


def test_a_passkey_is_added_and_then_signs_in_alone(newcomer, passkeys):
    person = member(Role.TEACHER)
    guest = newcomer().sign_in(person)
    page = guest.page
    guest.open("/account/second-factor/webauthn/add/")
    guest.fill(name="Sleutel van de toets")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/account/second-factor/recovery-codes/")
    guest.look()
    assert Authenticator.objects.filter(user=person, type="webauthn").count() == 1

    page.context.clear_cookies()
    guest.open("/account/login/")
    page.get_by_role("button", name=dutch("Sign in with a passkey")).click()
    page.wait_for_url("**/tasks/")
    guest.look()

    # One that a phone keeps all the same, though its owner did not tick it.
    key = Authenticator.objects.get(user=person, type="webauthn")
    key.data["credential"]["clientExtensionResults"] = {"credProps": {"rk": False}}
    key.save()
    page.context.clear_cookies()
    guest.open("/account/login/")
    page.get_by_role("button", name=dutch("Sign in with a passkey")).click()
    page.get_by_text("Met deze passkey alleen log je niet in.").wait_for()
    guest.look()


def test_a_passkey_that_is_not_used_says_so_on_the_page(newcomer, page, passkeys):
    guest = newcomer()
    guest.open("/account/login/")
    failed = page.get_by_text("De passkey werkte niet.")
    button = page.get_by_role("button", name=dutch("Sign in with a passkey"))
    assert not failed.is_visible()
    button.click()  # this browser knows none
    failed.wait_for()
    guest.look()
    page.locator("h1").click()
    assert not failed.is_visible()
    page.route("**/login/webauthn/", lambda route: route.abort())  # no line
    button.click()
    failed.wait_for()
    guest.complaints = [one for one in guest.complaints if "ERR_FAILED" not in one]
    guest.look()


def test_somebody_who_rests_is_warned_and_stays_with_what_they_typed(newcomer, page):
    school = SchoolFactory()
    PupilFactory(school=school)
    page.clock.install()
    guest = newcomer().sign_in(member(Role.TEACHER, school))
    guest.open("/signals/new/")
    guest.fill(facts="Halverwege een zin")
    dialog = page.get_by_role("dialog")
    assert not dialog.is_visible()
    page.clock.fast_forward(timedelta(minutes=27, seconds=30).seconds * 1000)
    dialog.wait_for()
    guest.look()
    with page.expect_response("**/account/stay/") as answer:
        dialog.get_by_role("button", name=dutch("Go on"), exact=True).click()
    assert answer.value.status == 204
    assert not dialog.is_visible()
    assert page.locator("[name=facts]").input_value() == "Halverwege een zin"


def test_what_was_typed_waits_until_the_second_factor_is_given_again(newcomer, page):
    administrator = member(Role.ADMINISTRATOR, SchoolFactory())
    guest = newcomer().sign_in(administrator)
    guest.open("/people/invite/")
    guest.fill(name="Bo Hoekstra", email="bo@school.example")
    guest.choose(role="teacher")
    age_second_factor(administrator, timedelta(minutes=16))
    guest.press("Send the invitation")
    assert guest.reads("Show once more that it is you")

    guest.fill(code=code(guest.secret, guest.signed_in))
    guest.press("Go on")
    assert page.locator("[name=email]").input_value() == "bo@school.example"
    guest.press("Send the invitation")
    assert guest.reads("The invitation is sent.")
    assert "bo@school.example" in guest.text


def age_second_factor(user, by):
    """Let the user's second factor have been given that much earlier."""
    for key in UserSession.objects.filter(user=user).values_list("session_key", flat=True):
        session = SessionStore(key)
        records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
        for record in records:
            record["at"] -= by.total_seconds()
        session[AUTHENTICATION_METHODS_SESSION_KEY] = records
        session.save()
