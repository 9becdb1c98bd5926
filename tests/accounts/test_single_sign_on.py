"""Signing in by one's school: who comes in and who does not, through a real provider."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, RoleInvitation, User
from accounts.people.actions import accept, reset_second_factor
from accounts.roles import Role
from accounts.sessions import LED_IN, LED_OUT
from accounts.sso.actions import admit
from tests.accounts.oidc import (
    DOMAIN,
    REFUSED,
    START,
    at_provider,
    back,
    come_in,
    give_second_factor,
    person,
    provider_of,
    way,
)
from tests.accounts.page import Page
from tests.accounts.second_factors import give_app
from tests.attacks.proof import shows
from tests.factories import RoleInvitationFactory, SchoolFactory, UserFactory, member

pytestmark = pytest.mark.django_db

NOOR = f"noor@{DOMAIN}"
PROVIDER_MAY_NOT = (
    "Je bent ingelogd bij je school, maar niemand heeft je uitgenodigd voor Meldcode."
)


@pytest.fixture
def provider(school):
    return provider_of(school)


@pytest.fixture
def teacher(school):
    user = member(Role.TEACHER, school, email=NOOR)
    give_app(user)
    return user


def is_in(browser: Client) -> bool:
    """Tell whether somebody is signed in, with or without a second factor."""
    return "_auth_user_id" in browser.session


def assert_refused(browser: Client, answer) -> None:
    """See that the one page is shown, without a session and with nothing in the address."""
    assert (answer.status_code, answer["Location"]) == (302, REFUSED)
    assert not is_in(browser)
    assert PROVIDER_MAY_NOT in Page(browser.get(REFUSED)).text


def test_the_first_time_an_invitation_makes_the_account(provider, school, client):
    RoleInvitationFactory(school=school, email=NOOR, role=Role.COORDINATOR)
    answer = come_in(client, NOOR, person("s1", email=NOOR, name="Noor de Wit"))
    assert answer.status_code == 302
    user = User.objects.get(email=NOOR)
    assert (user.name, user.has_usable_password()) == ("Noor de Wit", False)
    assert [(m.role, m.school) for m in user.current_memberships] == [(Role.COORDINATOR, school)]
    assert not RoleInvitation.objects.standing().exists()
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Noor\n\nMeldcode: klik op de\r\nlink\x85de\u2028\tWit",
         "Noor Meldcode: klik op de link de Wit"),
        ("Noor klik op https://kwaad.example", "Noor de Genodigde"),
        ("No\x00or \ud800\u202eB", "No or B"),
        ([], "Noor de Genodigde"),
        (" \n ", "Noor de Genodigde"),
    ],
)  # fmt: skip
@shows("mail-1")
def test_what_a_provider_calls_somebody_is_a_name_on_one_line(
    provider, school, client, said, kept, django_capture_on_commit_callbacks
):
    """It stands in the mail about their role, where more lines could pass for ours."""
    member(Role.SCHOOL_LEADER, school, email="leiding@school.example")
    RoleInvitationFactory(school=school, email=NOOR, name="Noor de Genodigde")
    with django_capture_on_commit_callbacks(execute=True):
        admit(provider, "s1", {"email": NOOR, "email_verified": True, "name": said})
    assert User.objects.get(email=NOOR).name == kept
    told = next(one for one in mail.outbox if one.to == ["leiding@school.example"])
    assert kept in told.body


def test_the_second_factor_is_set_up_before_anything_else(provider, school, client):
    RoleInvitationFactory(school=school, email=NOOR)
    come_in(client, NOOR, person("s1", email=NOOR))
    assert client.get("/signals/").url == reverse("mfa_index")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_second_factor_is_asked_of_whoever_has_one(provider, teacher, client):
    answer = back(client, at_provider(way(client, NOOR), person("s1", email=NOOR)))
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get("/signals/").status_code == 302
    give_second_factor(client, answer, "s1")
    assert client.get("/signals/").status_code == 200


def test_whom_a_provider_leads_back_by_itself_is_led_on_without_a_press(provider, teacher, client):
    """A browser takes each step from there for one of a page of others."""
    unpressed = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}
    asks = "Deze pagina openen?"
    leads = way(client, NOOR)
    assert client.cookies[settings.LED_COOKIE_NAME].value == LED_OUT
    answer = back(client, at_provider(leads, person("s1", email=NOOR)), headers=unpressed)
    assert answer.cookies[settings.LED_COOKIE_NAME].value == LED_IN
    page = client.get(answer["Location"], headers=unpressed)
    assert page.request["PATH_INFO"] == reverse("mfa_authenticate")
    assert asks not in page.content.decode()
    # So is whom their school knows, and not we; and nobody else.
    stranger = Client()
    answer = back(stranger, at_provider(way(stranger, NOOR), person("s2", email="x@y.example")))
    assert answer["Location"] == REFUSED
    assert PROVIDER_MAY_NOT in Page(stranger.get(REFUSED, headers=unpressed)).text
    assert asks in Client().get(REFUSED, headers=unpressed).content.decode()


@shows("sso-3")
def test_an_account_without_a_second_factor_is_not_opened_by_its_address(provider, school, client):
    """Else whoever sets the provider and resets second factors could come in as anybody."""
    member(Role.COORDINATOR, school, email=NOOR)
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))


@shows("sso-3")
def test_whose_second_factor_was_reset_needs_their_password(
    provider, teacher, school, administrator, client
):
    come_in(Client(), NOOR, person("s1", email=NOOR))
    reset_second_factor(school, administrator, teacher)
    assert_refused(client, come_in(client, NOOR, "s1"))
    give_app(teacher)
    come_in(client, NOOR, "s1")
    assert is_in(client)


def test_whoever_went_away_before_setting_one_up_comes_back(provider, school, client):
    RoleInvitationFactory(school=school, email=NOOR)
    come_in(Client(), NOOR, person("s1", email=NOOR))
    come_in(client, NOOR, "s1")
    assert client.get("/signals/").url == reverse("mfa_index")


def test_a_provider_that_is_switched_off_before_the_code(provider, teacher, client):
    answer = back(client, at_provider(way(client, NOOR), person("s1", email=NOOR)))
    provider.is_active = False
    provider.save()
    give_second_factor(client, answer, "s1")
    assert not is_in(client)


def test_somebody_who_is_here_already_is_linked_once(provider, teacher, client):
    come_in(client, NOOR, person("s1", email=NOOR))
    come_in(Client(), NOOR, person("s1", email=NOOR))
    link = SocialAccount.objects.get()
    assert (link.user, link.uid, link.extra_data) == (teacher, "s1", {})
    assert not SocialToken.objects.exists()


def test_a_link_is_told_to_its_owner(provider, teacher, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        come_in(client, NOOR, person("s1", email=NOOR))
    assert [message.to for message in mail.outbox] == [[NOOR]]


def test_afterwards_one_is_known_by_the_providers_id_and_not_by_address(provider, teacher, school):
    come_in(Client(), NOOR, person("s1", email=NOOR))
    other = member(Role.COORDINATOR, school, email=f"directeur@{DOMAIN}")
    browser = Client()
    come_in(browser, NOOR, person("s1", email=other.email))
    assert browser.session["_auth_user_id"] == str(teacher.pk)
    assert not SocialAccount.objects.filter(user=other).exists()


def test_an_address_that_was_given_to_somebody_else_opens_no_account(provider, teacher, client):
    come_in(Client(), NOOR, person("s1", email=NOOR))
    assert_refused(client, come_in(client, NOOR, person("s2", email=NOOR)))
    assert SocialAccount.objects.get().uid == "s1"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": NOOR, "email_verified": False},
        {"email": NOOR, "email_verified": "yes"},
        {"email": NOOR, "email_verified": None},
        {"email": "noor@elders.example"},
        {"email": f"noor@elders.example,{NOOR}"},
        {"email": f"{NOOR}.elders.example"},
        {"email": [NOOR]},
        {"email": {"a": NOOR}},
        {"email": ""},
        {},
    ],
    ids=str,
)
def test_an_address_that_the_provider_may_not_vouch_for(provider, teacher, client, claims):
    assert_refused(client, come_in(client, NOOR, person("s1", **claims)))
    assert not SocialAccount.objects.exists()


def test_nobody_signs_up(provider, client):
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))
    assert not User.objects.exists()


@pytest.mark.parametrize("state", ["withdrawn_at", "expires_at", "accepted_at"])
def test_an_invitation_that_is_over_lets_nobody_in(provider, school, client, state):
    moment = timezone.now() - timedelta(seconds=1)
    RoleInvitationFactory(school=school, email=NOOR, **{state: moment})
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))
    assert not User.objects.exists()


def test_an_invitation_of_another_school_is_none_of_this_provider(provider, client):
    invitation = RoleInvitationFactory(email=NOOR)
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))
    assert not User.objects.exists()
    assert RoleInvitation.objects.standing().get() == invitation


def test_an_invitation_to_the_buurtteam_is_accepted_by_its_link_only(provider, school, client):
    RoleInvitationFactory(
        school=school, email=NOOR, role=Role.BUURTTEAM_WORKER, buurtteam=school.buurtteam
    )
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))
    assert not User.objects.exists()
    assert RoleInvitation.objects.standing().exists()


def leave(user, school):
    user.memberships.update(ended_at=timezone.now())


def deactivate(user, school):
    user.is_active = False
    user.save()


def work_elsewhere(user, school):
    Membership.objects.create(user=user, role=Role.TEACHER, school=SchoolFactory())


def work_for_the_buurtteam(user, school):
    Membership.objects.create(user=user, role=Role.BUURTTEAM_WORKER, buurtteam=school.buurtteam)


def lose_the_domain(user, school):
    school.identity_providers.get().domains.update(domain="andere.example")


def move_their_address(user, school):
    User.objects.filter(pk=user.pk).update(email="noor@elders.example")


WAYS_OUT = [leave, deactivate, work_elsewhere, work_for_the_buurtteam]


@pytest.mark.parametrize("change", WAYS_OUT)
@pytest.mark.parametrize("linked", [False, True], ids=["first time", "linked"])
@shows("sso-3")
def test_who_is_refused_like_somebody_unknown(provider, teacher, school, client, change, linked):
    sub = person("s1", email=NOOR)
    if linked:
        come_in(Client(), NOOR, sub)
    change(teacher, school)
    assert_refused(client, come_in(client, NOOR, sub))
    assert SocialAccount.objects.exists() == linked


def test_an_invitation_does_not_open_what_reaches_another_school(provider, school, client):
    user = member(Role.COORDINATOR, SchoolFactory(), email=NOOR)
    give_app(user)
    RoleInvitationFactory(school=school, email=NOOR)
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))
    assert user.memberships.count() == 1
    assert RoleInvitation.objects.standing().exists()


def test_an_invitation_does_not_open_a_closed_account(provider, school, client):
    give_app(UserFactory(email=NOOR, is_active=False))
    RoleInvitationFactory(school=school, email=NOOR)
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))


def test_schools_that_trust_the_same_provider_share_their_people(provider, school, client):
    sister = SchoolFactory()
    provider_of(sister)
    user = member(Role.TEACHER, school, email=NOOR)
    give_app(user)
    invitation = RoleInvitationFactory(school=sister, email=NOOR)
    come_in(client, NOOR, person("s1", email=NOOR))
    assert client.session["_auth_user_id"] == str(user.pk)
    # Whoever works somewhere says yes to another school themselves, and stays in then.
    assert {m.school for m in user.current_memberships} == {school}
    accept(invitation, user)
    user.forget_memberships()
    assert {m.school for m in user.current_memberships} == {school, sister}
    assert is_in(client)


def test_who_begins_tomorrow_is_given_no_role_elsewhere_by_signing_in(provider, school, client):
    provider_of(sister := SchoolFactory())
    user = UserFactory(email=NOOR)
    give_app(user)
    tomorrow = timezone.localdate() + timedelta(days=1)
    user.memberships.create(role=Role.TEACHER, school=school, starts_on=tomorrow)
    RoleInvitationFactory(school=sister, email=NOOR)
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))
    assert not user.memberships.filter(school=sister).exists()


def test_who_comes_back_says_yes_by_the_link(provider, school, client):
    """By a provider alone they would be somebody's again who never said so."""
    user = member(Role.TEACHER, school, email=NOOR)
    give_app(user)
    user.memberships.update(ends_on=timezone.localdate(), ended_at=timezone.now())
    invitation = RoleInvitationFactory(school=school, email=NOOR)
    sub = person("s1", email=NOOR)
    assert_refused(client, come_in(client, NOOR, sub))
    assert not user.memberships.filter(ended_at=None).exists()
    accept(invitation, user)
    come_in(client, NOOR, sub)
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    "differs",
    [{"client_id": "another"}, {"issuer": "https://elders.example"}, {"is_active": False},
     {"kind": "google"}],
    ids=str,
)  # fmt: skip
def test_another_client_is_another_provider(provider, teacher, client, differs):
    elsewhere = SchoolFactory()
    provider_of(elsewhere, **differs)
    Membership.objects.create(user=teacher, role=Role.TEACHER, school=elsewhere)
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))


def test_an_address_of_a_sister_schools_domain_comes_in_there_only(provider, client):
    sister = SchoolFactory()
    provider_of(sister, "elders.example")
    give_app(member(Role.TEACHER, sister, email="anna@elders.example"))
    sub = person("s1", email="anna@elders.example")
    assert_refused(client, come_in(client, NOOR, sub))
    come_in(client, "anna@elders.example", sub)
    assert is_in(client)


def test_an_invitation_of_a_school_with_another_client_stays_as_it_is(provider, school, client):
    elsewhere = SchoolFactory()
    provider_of(elsewhere, client_id="another")
    for each in (school, elsewhere):
        RoleInvitationFactory(school=each, email=NOOR)
    come_in(client, NOOR, person("s1", email=NOOR))
    assert [m.school for m in User.objects.get(email=NOOR).current_memberships] == [school]
    assert RoleInvitation.objects.standing().get().school == elsewhere


def test_the_way_of_a_school_that_is_off_leads_nowhere_though_a_sister_is_on(provider, client):
    sister = SchoolFactory()
    link = way(client, NOOR)
    provider_of(sister)
    give_app(member(Role.TEACHER, sister, email=NOOR))
    provider.is_active = False
    provider.save()
    assert_refused(client, back(client, at_provider(link, person("s1", email=NOOR))))
    assert not SocialAccount.objects.exists()


def test_a_sister_school_that_does_not_believe_it_of_this_domain(provider, teacher, client):
    elsewhere = SchoolFactory()
    provider_of(elsewhere, "elders.example")
    Membership.objects.create(user=teacher, role=Role.TEACHER, school=elsewhere)
    assert_refused(client, come_in(client, NOOR, person("s1", email=NOOR)))


@pytest.mark.parametrize("change", [*WAYS_OUT, lose_the_domain, move_their_address])
def test_whoever_is_in_is_out_once_the_word_counts_no_more(
    provider, teacher, school, client, change
):
    come_in(client, NOOR, person("s1", email=NOOR))
    assert client.get(reverse("mfa_index")).status_code == 200
    change(teacher, school)
    assert "/account/login/" in client.get(reverse("mfa_index"))["Location"]


def test_whoever_came_by_password_stays_in_what_the_provider_may_not_open(
    provider, teacher, school, signed_in
):
    browser = signed_in(teacher)
    work_elsewhere(teacher, school)
    assert browser.get("/signals/").status_code == 200


@shows("sso-1")
def test_the_page_is_the_same_with_and_without_an_account(provider, school):
    pages = []
    for number, make in enumerate(
        (lambda: None, lambda: work_elsewhere(UserFactory(email=NOOR), school))
    ):
        make()
        browser = Client()
        answer = come_in(browser, NOOR, person(f"s{number}", email=NOOR))
        assert answer["Location"] == REFUSED
        pages.append(Page(browser.get(REFUSED)).text)
    assert pages[0] == pages[1]


def test_the_address_page_does_not_tell_who_has_an_account(provider, teacher):
    known, unknown = (
        Page(Client().post(START, {"email": email})).text for email in (NOOR, f"niemand@{DOMAIN}")
    )
    assert known == unknown


def test_an_unknown_domain_is_said_at_the_field(provider, client):
    answer = client.post(START, {"email": "noor@elders.example"})
    assert answer.status_code == 422
    assert "Bij dit soort adres hoort geen school" in Page(answer).text


def test_a_provider_that_is_off_is_found_no_more(provider, teacher, client):
    link = way(client, NOOR)
    provider.is_active = False
    provider.save()
    assert client.post(START, {"email": NOOR}).status_code == 422
    assert_refused(client, back(client, at_provider(link, person("s1", email=NOOR))))


def test_one_may_try_as_often_as_to_sign_in_and_no_more(provider, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "single_sign_on": "2/m/ip"}
    answers = [client.post(START, {"email": NOOR}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_one_comes_back_to_the_page_that_was_asked_for(provider, teacher, client):
    first = client.get("/signals/")["Location"]
    page = Page(client.get(first))
    start = next(a.get("href") for a in page.root.iter("a") if START in a.get("href", ""))
    form = Page(client.get(start))
    fields = next(form.root.iter("main")).iter("input")
    wanted = next(field.get("value") for field in fields if field.get("name") == "next")
    answer = come_in(client, NOOR, person("s1", email=NOOR), next=wanted)
    assert answer["Location"] == "/signals/"


@pytest.mark.parametrize(
    "wanted",
    ["https://elders.example/", "//elders.example", "javascript:alert(1)", "\\\\elders.example"],
)
def test_one_is_sent_nowhere_else(provider, teacher, client, wanted):
    answer = come_in(client, NOOR, person("s1", email=NOOR), next=wanted)
    assert answer["Location"] == "/"


def test_the_session_is_another_one_after_signing_in(provider, teacher, client):
    way(client, NOOR)
    before = client.session.session_key
    come_in(client, NOOR, person("s1", email=NOOR))
    assert is_in(client)
    assert client.session.session_key != before


def test_whoever_has_no_password_is_told_how_to_get_one(provider, school, client):
    RoleInvitationFactory(school=school, email=NOOR)
    come_in(client, NOOR, person("s1", email=NOOR))
    give_app(User.objects.get(email=NOOR))
    come_in(client, NOOR, "s1")
    answer = client.get(reverse("account_change_password"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_reset_password")
    assert "geen wachtwoord" in Page(answer).text
