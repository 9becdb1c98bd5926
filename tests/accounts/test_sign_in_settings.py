"""How an administrator lets a school's people sign in through their provider."""

import runpy
from contextlib import suppress
from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.test import Client
from django.urls import reverse
from werkzeug.wrappers import Response

from accounts.errors import ActionError
from accounts.models import IdentityProvider, Membership
from accounts.people.actions import end_role
from accounts.roles import Role
from accounts.sso import actions
from tests.accounts.oidc import DOMAIN, SECRET, address, come_in, person, provider_of
from tests.accounts.page import Page
from tests.accounts.second_factors import give_app
from tests.attacks.proof import shows
from tests.factories import BoardFactory, RoleInvitationFactory, SchoolFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADD = reverse("sso:add")
NOOR = f"noor@{DOMAIN}"


def filled(**changes: str) -> dict[str, str]:
    return {
        "kind": "other", "name": "Schoolaccount", "location": address(), "client_id": "meldcode",
        "client_secret": SECRET, "domains": DOMAIN, **changes,
    }  # fmt: skip


def change_url(provider: IdentityProvider) -> str:
    return reverse("sso:change", args=[provider.public_id])


@pytest.fixture
def browser(signed_in, administrator):
    return signed_in(administrator)


def test_a_provider_is_added_and_the_address_to_enter_is_shown(browser, school):
    answer = browser.post(ADD, filled(domains=" Delinde.Example,\n@school.example "))
    provider = IdentityProvider.objects.get()
    assert answer["Location"] == change_url(provider)
    assert (provider.school, provider.issuer) == (school, address())
    assert provider.domain_names == ["delinde.example", DOMAIN]
    callback = reverse("sso:callback", args=[provider.public_id])
    assert f"http://testserver{callback}" in Page(browser.get(answer["Location"])).text


def test_one_signs_in_through_what_was_added(browser, school):
    browser.post(ADD, filled())
    give_app(member(Role.TEACHER, school, email=NOOR))
    visitor = Client()
    come_in(visitor, NOOR, person("s1", email=NOOR))
    assert "_auth_user_id" in visitor.session


@pytest.mark.parametrize(
    "typed",
    [
        "{}/.well-known/openid-configuration", "{}/", " {} ",
    ],
)  # fmt: skip
def test_the_address_may_be_typed_in_several_ways(browser, typed):
    browser.post(ADD, filled(location=typed.format(address())))
    assert IdentityProvider.objects.get().issuer == address()


def test_a_provider_is_tried_some_times_an_hour_and_nothing_typed_is_lost(browser, settings):
    """Each time the web waits for whatever somebody entered."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "try_provider": "2/h/user"}
    for __ in range(2):
        assert "heel vaak" not in Page(browser.post(ADD, filled(location="https://localhost"))).text
    answer = browser.post(ADD, filled())
    assert answer.status_code == 422
    assert "heel vaak" in Page(answer).text
    assert address() in answer.content.decode()
    assert not IdentityProvider.objects.exists()


REFUSED_LOCATIONS = [
    "http://127.0.0.1:9", "https://127.0.0.1:9", "https://localhost", "https://169.254.169.254",
    "https://[::1]", "https://10.0.0.1", "http://school.example", "file:///etc/passwd", "school",
    "https://user:pass@school.example", "https://", "{}/elders",
]  # fmt: skip


@pytest.mark.parametrize("location", REFUSED_LOCATIONS)
def test_what_does_not_answer_as_a_provider_is_said_at_the_field(browser, location):
    answer = browser.post(ADD, filled(location=location.format(address())))
    assert answer.status_code == 422
    assert "antwoordt niet als OpenID Connect-aanbieder" in Page(answer).at("location")
    assert not IdentityProvider.objects.exists()


@pytest.mark.parametrize("status", [200, 301, 404, 500])
def test_an_address_that_answers_something_else(browser, liar, status):
    liar.answer = lambda path: Response(
        "{}", status, {"Location": address()}, content_type="text/html"
    )
    assert browser.post(ADD, filled(location=liar.address)).status_code == 422


def test_an_entra_tenant_is_asked_for(browser):
    answer = browser.post(ADD, filled(kind="entra", location="common"))
    assert "tenant-ID" in Page(answer).at("location")


def test_the_secret_is_nowhere_to_be_read(browser, school):
    browser.post(ADD, filled())
    provider = IdentityProvider.objects.get()
    assert provider.secret == SECRET
    assert SECRET not in str(IdentityProvider.objects.values().get())
    for page in (change_url(provider), reverse("sso:providers"), ADD):
        assert SECRET not in browser.get(page).content.decode()


def test_an_empty_secret_keeps_the_one_there_is(browser, school):
    provider = provider_of(school)
    browser.post(change_url(provider), filled(name="Anders", client_secret=""))
    changed = IdentityProvider.objects.get()
    assert (changed.name, changed.secret) == ("Anders", SECRET)
    browser.post(change_url(provider), filled(client_secret="een nieuw geheim"))
    assert IdentityProvider.objects.get().secret == "een nieuw geheim"


def test_what_is_there_stands_in_the_form_without_the_secret(browser, school):
    provider = provider_of(school, DOMAIN, "delinde.example")
    typed = Page(browser.get(change_url(provider))).typed
    assert typed == {
        "kind": ["other"], "name": ["Schoolaccount"], "location": [address()],
        "client_id": ["meldcode"], "client_secret": [""],
        "domains": [f"delinde.example\n{DOMAIN}"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes", [{"client_id": "another"}, {"kind": "google"}, {"location": "liar"}], ids=str
)
def test_another_client_or_issuer_drops_the_links(
    browser, school, liar, changes, monkeypatch, settings
):
    IdentityProvider.objects.all().delete()
    monkeypatch.setattr("accounts.sso.discovery.read", lambda issuer: {"issuer": issuer})
    provider = provider_of(school)
    user = member(Role.TEACHER, school, email=NOOR)
    link = SocialAccount.objects.create(user=user, provider=provider.trust, uid="s1")
    browser.post(change_url(provider), filled(name="Anders", client_secret=""))
    assert SocialAccount.objects.get() == link
    if "location" in changes:
        changes = {"location": liar.address}
    # Another issuer takes a secret of its own (test_single_sign_on_attacks).
    browser.post(change_url(provider), filled(**changes))
    assert not SocialAccount.objects.exists()


def test_the_links_of_a_sister_school_stay(browser, school):
    provider, sister = provider_of(school), SchoolFactory()
    provider_of(sister)
    user = member(Role.TEACHER, sister, email=NOOR)
    SocialAccount.objects.create(user=user, provider=provider.trust, uid="s1")
    browser.post(change_url(provider), filled(client_id="another", client_secret=""))
    assert SocialAccount.objects.get().user == user


def test_a_changed_provider_signs_out_whoever_came_through_it(browser, school):
    provider = provider_of(school)
    give_app(member(Role.TEACHER, school, email=NOOR))
    visitor = Client()
    come_in(visitor, NOOR, person("s1", email=NOOR))
    browser.post(change_url(provider), filled(client_id="another", client_secret=""))
    assert "/account/login/" in visitor.get(reverse("mfa_index"))["Location"]


def test_off_and_on(browser, school):
    provider = provider_of(school)
    url = reverse("sso:switch", args=[provider.public_id])
    assert "uitzetten" in Page(browser.get(url)).text
    browser.post(url, {"on": "no"})
    assert not IdentityProvider.objects.get().is_active
    browser.post(url, {"on": "yes"})
    assert IdentityProvider.objects.get().is_active


def test_a_domain_leads_to_one_provider_only(browser, school):
    elsewhere = provider_of(SchoolFactory(), DOMAIN, client_id="elders")
    answer = browser.post(ADD, filled())
    assert "Een andere aanbieder" in Page(answer).at("domains")
    elsewhere.is_active = False
    elsewhere.save()
    assert browser.post(ADD, filled()).status_code == 302
    with pytest.raises(ActionError):
        actions.switch(elsewhere, member(Role.ADMINISTRATOR, elsewhere.school), on=True)


def test_the_same_provider_at_a_sister_school(browser, school):
    school.board = BoardFactory()
    school.save()
    provider_of(SchoolFactory(board=school.board))
    assert browser.post(ADD, filled()).status_code == 302


@shows("sso-7")
@pytest.mark.parametrize("boards", [0, 1, 2])
def test_the_same_provider_of_a_school_of_another_board(browser, school, boards):
    """All by which it is known is public: who named it first would lead these people anywhere."""
    school.board = BoardFactory() if boards else None
    school.save()
    elsewhere = provider_of(SchoolFactory(board=BoardFactory() if boards == 2 else None))
    assert "Een andere aanbieder" in Page(browser.post(ADD, filled())).at("domains")
    elsewhere.is_active = False
    elsewhere.save()
    assert browser.post(ADD, filled()).status_code == 302
    with pytest.raises(ActionError):
        actions.switch(elsewhere, member(Role.ADMINISTRATOR, elsewhere.school), on=True)


@shows("sso-7")
def test_one_that_is_off_is_not_switched_on_for_people_of_another_board(school):
    """Its domain was named before anybody used it; naming it anew is refused by then."""
    elsewhere = provider_of(SchoolFactory(), DOMAIN, is_active=False)
    by = member(Role.ADMINISTRATOR, elsewhere.school)
    administrator = member(Role.ADMINISTRATOR, school, email="ict@bestuur.example")
    colleague = member(Role.TEACHER, school, email=NOOR)
    with pytest.raises(ActionError, match=DOMAIN):
        actions.switch(elsewhere, by, on=True)
    assert not IdentityProvider.objects.get().is_active
    end_role(colleague.memberships.get(), administrator, school)
    actions.switch(elsewhere, by, on=True)


@shows("sso-7")
def test_the_mail_about_a_link_has_the_name_that_their_own_school_gave_it(
    school, django_capture_on_commit_callbacks
):
    """Others may trust the same one, and call it a sentence with a link."""
    provider_of(SchoolFactory(), "elders.example")
    IdentityProvider.objects.update(name="je oude school")
    provider_of(school)
    noor = member(Role.COORDINATOR, school, email=NOOR)
    give_app(noor)
    with django_capture_on_commit_callbacks(execute=True):
        claims = {"email": NOOR, "email_verified": True}
        actions.admit(IdentityProvider.objects.get(school=school), "s1", claims)
    told = next(one for one in mail.outbox if one.to == [NOOR])
    assert "via Schoolaccount" in told.body
    assert "oude school" not in told.body


def test_the_name_of_a_provider_leads_nowhere(browser):
    answer = browser.post(ADD, filled(name="school. Bevestig op evil.example"))
    assert "Dit is meer dan een naam" in Page(answer).at("name")
    assert not IdentityProvider.objects.exists()


@shows("sso-7")
@pytest.mark.parametrize("of_one_board", [True, False])
def test_who_comes_in_for_the_first_time_takes_roles_at_schools_of_the_board_alone(
    school, of_one_board
):
    """Of a school that names the same provider they said yes to nothing."""
    school.board = BoardFactory()
    school.save()
    other = SchoolFactory(board=school.board if of_one_board else None)
    for each in (school, other):
        provider = provider_of(each)
        RoleInvitationFactory(
            school=each, email=f"noor@{DOMAIN}", invited_by=member(Role.ADMINISTRATOR, each)
        )
    provider = IdentityProvider.objects.get(school=school)
    claims = {"sub": "1", "email": f"noor@{DOMAIN}", "email_verified": True, "name": "Noor"}
    with suppress(actions.Refused):
        actions.admit(provider, "1", claims)
    roles = Membership.objects.filter(user__email=f"noor@{DOMAIN}")
    assert {role.school for role in roles} == ({school, other} if of_one_board else {school})


def test_the_same_provider_twice_at_one_school(browser, school):
    provider_of(school)
    assert "is er al" in Page(browser.post(ADD, filled())).at("client_id")


def test_leader_and_administrators_are_told_of_each_change(
    browser, school, administrator, django_capture_on_commit_callbacks
):
    leader = member(Role.SCHOOL_LEADER, school)
    told = [administrator.email, leader.email]

    def mails(url, data):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(url, data)
        assert not any(SECRET in message.body for message in mail.outbox)
        return sorted(to for message in mail.outbox for to in message.to)

    assert mails(ADD, filled()) == sorted(told)
    url = change_url(IdentityProvider.objects.get())
    assert mails(url, filled(client_secret="")) == []  # nothing changed
    for changed in ({"domains": "delinde.example"}, {"client_secret": "nieuw"}, {"name": "Nieuw"}):
        assert mails(url, filled(**changed)) == sorted(told)
    switch = reverse("sso:switch", args=[IdentityProvider.objects.get().public_id])
    assert mails(switch, {"on": "no"}) == sorted(told)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_changes_it(role, school):
    place = school.buurtteam if role == Role.BUURTTEAM_WORKER else school
    for somebody in (member(role, place), member(Role.ADMINISTRATOR)):
        provider = IdentityProvider.objects.first() or provider_of(school)
        with pytest.raises(PermissionDenied):
            actions.switch(provider, somebody, on=False)
        with pytest.raises(PermissionDenied):
            actions.change(provider, somebody, **filled())
        with pytest.raises(PermissionDenied):
            actions.add(school, somebody, provider.idempotency_key, **filled())


def test_the_second_factor_is_asked_again(signed_in, administrator, school):
    provider = provider_of(school)
    browser = signed_in(administrator, second_factor_ago=timedelta(minutes=16))
    for url in (ADD, change_url(provider), reverse("sso:switch", args=[provider.public_id])):
        for answer in (browser.get(url), browser.post(url, filled())):
            assert "/account/second-factor/" in answer["Location"]
    assert IdentityProvider.objects.get().is_active


def test_production_does_not_start_with_a_provider_beside_it(monkeypatch):
    monkeypatch.setenv("SSO_LOCAL", "true")
    with pytest.raises(ImproperlyConfigured, match="SSO_LOCAL"):
        runpy.run_path("meldcode/settings.py")
