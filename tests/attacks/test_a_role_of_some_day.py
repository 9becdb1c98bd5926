"""What a school, or an administrator, got by roles that nobody said yes to. All failed once.

A role that begins some day kept a hand on who left; a buurtteam's people were given roles at a
school they never came to; whose role of leader was over for a minute was not told what was done in
it.
"""

import uuid
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from accounts.access import Permission
from accounts.drafts.actions import keep
from accounts.errors import ActionError
from accounts.models import Draft, IdentityProvider, Membership, Telling
from accounts.people import actions, letters
from accounts.people.actions import (
    ROLES_A_DAY,
    TEAM_ROLES_A_DAY,
    end_role,
    give_role,
    invite,
    reset_second_factor,
)
from accounts.people.forms import NameField
from accounts.people.tasks import tell_again
from accounts.people.winding_up import wind_up_expired
from accounts.roles import Role
from accounts.sso import actions as sso_actions
from api.actions import make_token
from api.kinds import TOKEN_MADE
from audit.models import LogEntry
from cases.dossier.year import request_year
from cases.models import Notification
from cases.need_to_know.actions import open_in_emergency, shut_out
from cases.notifications.kinds import EMERGENCY, PEOPLE_CHANGED, SHUT_OUT, YEAR_ASKED
from tests.accounts.page import Page
from tests.accounts.second_factors import give_app
from tests.factories import (
    BoardFactory,
    BuurtteamFactory,
    CaseFactory,
    IdentityProviderFactory,
    PupilFactory,
    SchoolFactory,
    member,
)

pytestmark = pytest.mark.django_db


def days(number):
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def left(school, administrator):
    """Somebody who left, was given roles of some day before that, and works elsewhere now."""
    person = member(Role.TEACHER, school)
    for day in (1, 3):
        person.memberships.create(
            school=school, role=Role.COORDINATOR, starts_on=days(day), ends_on=days(day)
        )
    end_role(person.memberships.get(role=Role.TEACHER), administrator, school)
    member_elsewhere(person)
    return person


def member_elsewhere(person):
    return person.memberships.create(school=SchoolFactory(), role=Role.TEACHER)


def test_whose_last_role_ends_begins_none_some_day(left, school):
    assert not left.memberships.filter(school=school, ended_at=None).exists()
    left.refresh_from_db()
    epoch = left.session_epoch
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        wind_up_expired(timezone.now())
    left.refresh_from_db()
    assert left.session_epoch == epoch


def test_the_same_by_the_calendar(school):
    person = member(Role.TEACHER, school)
    person.memberships.update(ends_on=days(1))
    person.memberships.create(school=school, role=Role.COORDINATOR, starts_on=days(2))
    person.memberships.create(school=school, role=Role.ATTENTION_OFFICER, starts_on=days(3))
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        wind_up_expired(timezone.now())
        standing = person.memberships.filter(ended_at=None)
        assert standing.count() == 2  # what goes on from one day to the next goes on
    person.memberships.filter(role=Role.COORDINATOR).update(ends_on=days(2))
    person.memberships.filter(role=Role.ATTENTION_OFFICER).update(starts_on=days(9))
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        wind_up_expired(timezone.now())
        assert not person.memberships.filter(ended_at=None).exists()


def test_what_would_begin_elsewhere_is_no_business_of_a_school(school, administrator, teacher):
    later = {"role": Role.TEACHER, "starts_on": days(9)}
    there = teacher.memberships.create(school=SchoolFactory(), **later)
    of_team = teacher.memberships.create(
        role=Role.BUURTTEAM_WORKER, buurtteam=BuurtteamFactory(), starts_on=days(9)
    )
    end_role(teacher.memberships.get(school=school), administrator, school)
    assert set(teacher.memberships.filter(ended_at=None)) == {there, of_team}


def test_what_ends_too_is_shown_before(school, administrator, teacher, signed_in):
    here = teacher.memberships.get()
    teacher.memberships.create(school=school, role=Role.COORDINATOR, starts_on=days(9))
    other = teacher.memberships.create(school=school, role=Role.ATTENTION_OFFICER)
    url = reverse("people:end_role", args=[here.public_id])
    assert "eindigt ook" not in Page(signed_in(administrator).get(url)).text
    end_role(other, administrator, school)
    text = Page(signed_in(administrator).get(url)).text
    assert "eindigt ook wat nog zou beginnen: Zorgcoördinator" in text
    assert signed_in(administrator).post(url).status_code == 302
    assert not teacher.memberships.filter(ended_at=None).exists()


def test_who_is_told_of_it(school, administrator, mailoutbox, django_capture_on_commit_callbacks):
    person = member(Role.TEACHER, school)
    person.memberships.create(school=school, role=Role.COORDINATOR, starts_on=days(9))
    with django_capture_on_commit_callbacks(execute=True):
        end_role(person.memberships.get(role=Role.TEACHER), administrator, school)
    told = [sent.body for sent in mailoutbox if sent.to == [person.email]]
    assert [("Docent" in body, "Zorgcoördinator" in body) for body in told] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )


@pytest.mark.parametrize("to_come", [True, False])
def test_a_school_that_somebody_left_gives_them_no_role_of_today(
    left, school, administrator, to_come
):
    if to_come:
        left.memberships.create(school=school, role=Role.COORDINATOR, starts_on=days(700))
    give_app(left)
    for role in Role:
        with pytest.raises(ActionError):
            give_role(school, administrator, left, role=role)
    assert Authenticator.objects.filter(user=left).exists()


def test_ending_a_role_that_never_began_takes_nothing(school, administrator):
    person = member(Role.TEACHER, SchoolFactory())
    to_come = person.memberships.create(school=school, role=Role.TEACHER, starts_on=days(9))
    keep(person, "signal", uuid.uuid4(), b"facts=Moe.", whom=Permission.LOG_SIGNAL)
    epoch = person.session_epoch
    end_role(to_come, administrator, school)
    person.refresh_from_db()
    assert person.session_epoch == epoch
    assert Draft.objects.exists()
    to_come.refresh_from_db()
    assert to_come.ended_at is not None


def test_a_role_follows_another_without_a_gap(school, administrator, teacher):
    teacher.memberships.update(ends_on=days(5))
    with pytest.raises(ActionError) as refused:
        give_role(school, administrator, teacher, role=Role.COORDINATOR, starts_on=days(7))
    assert refused.value.field == "starts_on"
    give_role(school, administrator, teacher, role=Role.COORDINATOR, starts_on=days(6))


# --- A buurtteam's people
def test_a_school_gives_no_role_to_who_works_for_its_buurtteam_alone(
    school, administrator, family_worker, signed_in
):
    trail = LogEntry.objects.of_school(school, administrator).filter(actor=family_worker)
    url = reverse("people:give_role", args=[family_worker.public_id])
    answer = signed_in(administrator).post(url, {"role": Role.TEACHER, "starts_on": days(0)})
    assert answer.status_code == 422
    assert "zegt die zelf ja" in answer.content.decode()
    before = trail.count()
    signed_in(family_worker)
    assert trail.count() == before


@pytest.mark.parametrize("team", ["the same", "another"])
def test_nor_to_who_left_and_works_at_another_school_of_it(school, administrator, team, signed_in):
    person = member(Role.TEACHER, school)
    later = {"role": Role.BUURTTEAM_WORKER, "buurtteam": school.buurtteam, "starts_on": days(3)}
    to_come = person.memberships.create(**later)
    there = SchoolFactory(buurtteam=school.buurtteam if team == "the same" else BuurtteamFactory())
    person.memberships.create(school=there, role=Role.TEACHER)
    give_app(person)
    end_role(person.memberships.get(school=school), administrator, school)
    to_come.refresh_from_db()
    assert to_come.ended_at is not None
    url = reverse("people:give_role", args=[person.public_id])
    today = {"role": Role.BUURTTEAM_WORKER, "starts_on": days(0)}
    assert signed_in(administrator).post(url, today).status_code == 422
    assert not person.memberships.filter(buurtteam=school.buurtteam, ended_at=None).exists()
    with pytest.raises(PermissionDenied):
        actions.reset_second_factor(school, administrator, person)


def test_their_own_role_can_be_given_for_longer(school, administrator, family_worker):
    family_worker.memberships.update(ends_on=days(5))
    give_role(school, administrator, family_worker, role=Role.BUURTTEAM_WORKER, starts_on=days(6))
    assert family_worker.memberships.count() == 2


def given_until_refused(school, administrator, somebody):
    """Give and end roles until that is refused, and return how many were given."""
    for given in range(100):
        try:
            one = give_role(school, administrator, somebody(), role=Role.BUURTTEAM_WORKER)
        except ActionError:
            return given
        end_role(one, administrator, school)
    return None


def test_no_mailbox_is_filled_by_roles(school, administrator, teacher, coordinator):
    Membership.objects.update(given_at=timezone.now() - timedelta(days=2))
    assert given_until_refused(school, administrator, lambda: teacher) == ROLES_A_DAY
    others = given_until_refused(school, administrator, lambda: member(Role.TEACHER, school))
    assert others == TEAM_ROLES_A_DAY - ROLES_A_DAY
    give_role(school, administrator, coordinator, role=Role.TEACHER)


# --- What an old school was told
def test_of_a_reset_hears_no_school_where_they_do_not_work(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    there = SchoolFactory()
    person, other = member(Role.TEACHER, there), member(Role.ADMINISTRATOR, there)
    person.memberships.create(school=school, role=Role.TEACHER, starts_on=days(700))
    give_app(person)
    with django_capture_on_commit_callbacks(execute=True):
        actions.reset_second_factor(there, other, person)
    told = {address for sent in mailoutbox for address in sent.to}
    assert told == {person.email, other.email}


def test_nor_says_its_list_that_they_set_one_up(school, administrator, signed_in):
    person = member(Role.TEACHER, SchoolFactory(), name="Wendel Oosterling")
    person.memberships.create(school=school, role=Role.TEACHER, starts_on=days(700))
    url = reverse("people:people")
    before = Page(signed_in(administrator).get(url)).text
    assert "Wendel Oosterling" in before
    give_app(person)
    assert Page(signed_in(administrator).get(url)).text == before


def test_who_looks_after_two_schools_resets_it_where_somebody_works(school, signed_in):
    second = SchoolFactory()
    both = member(Role.ADMINISTRATOR, school)
    both.memberships.create(school=second, role=Role.ADMINISTRATOR)
    person = member(Role.TEACHER, school)
    person.memberships.update(ended_at=timezone.now(), ends_on=days(0))
    person.memberships.create(school=second, role=Role.TEACHER)
    give_app(person)
    url = reverse("people:reset_second_factor", args=[person.public_id])
    assert signed_in(both).post(url).status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()


# --- What is done while nobody leads
def test_who_leads_again_is_told_what_was_done_meanwhile(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    leader, gone = member(Role.SCHOOL_LEADER, school), member(Role.TEACHER, school)
    Membership.objects.update(given_at=timezone.now() - timedelta(days=90))
    give_role(school, administrator, leader, role=Role.TEACHER)
    CaseFactory(pupil=PupilFactory(school=school))
    with django_capture_on_commit_callbacks(execute=True):
        end_role(leader.memberships.get(role=Role.SCHOOL_LEADER), administrator, school)
        end_role(gone.memberships.get(), administrator, school)
        ghost = invite(
            school, administrator, uuid.uuid4(),
            email="sam@elders.example", name="Sam Schim", role=Role.COORDINATOR,
        )  # fmt: skip
        actions.accept_as_new(ghost, name="Sam Schim", password="vier losse woorden 83")
        make_token(
            school, administrator, uuid.uuid4(),
            name="Lijsten", scopes=["pupils"], expires_on=days(9),
        )  # fmt: skip
        year = timezone.localdate().year - (timezone.localdate().month < 8)
        request_year(school, administrator, uuid.uuid4(), year, "Verzoek van de inspectie.")
    assert not any("Sam Schim" in sent.body for sent in mailoutbox if sent.to == [leader.email])
    with django_capture_on_commit_callbacks(execute=True):
        give_role(school, administrator, leader, role=Role.SCHOOL_LEADER)
    told = [sent.body for sent in mailoutbox if sent.to == [leader.email]]
    assert any("Sam Schim (sam@elders.example), Zorgcoördinator" in body for body in told)
    assert any(f"{gone.email}), Docent" in body and "(beëindigd)" in body for body in told)
    kinds = set(Notification.objects.filter(recipient=leader).values_list("kind", flat=True))
    assert {TOKEN_MADE, YEAR_ASKED} <= kinds


def test_and_whose_second_factor_was_reset_and_how_people_could_sign_in(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    leader, colleague = member(Role.SCHOOL_LEADER, school), member(Role.COORDINATOR, school)
    give_role(school, administrator, leader, role=Role.TEACHER)
    Membership.objects.update(given_at=timezone.now() - timedelta(days=90))
    give_app(colleague)
    provider = IdentityProviderFactory(school=school, name="Schoolportaal", is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        end_role(leader.memberships.get(role=Role.SCHOOL_LEADER), administrator, school)
        actions.reset_second_factor(school, administrator, colleague)
        for on in (True, False):
            sso_actions.switch(provider, administrator, on=on)
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        give_role(school, administrator, leader, role=Role.SCHOOL_LEADER)
    told = "".join(sent.body for sent in mailoutbox if sent.to == [leader.email])
    assert f"- {colleague.name} ({colleague.email})\n" in told
    with translation.override("nl"):
        day = date_format(timezone.localdate(), "j F Y")
    assert f"Schoolportaal (staat uit), gewijzigd op {day}" in told


def test_that_a_provider_was_changed_and_changed_back_is_told(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    leader = member(Role.TEACHER, school)
    provider = IdentityProviderFactory(school=school, name="Schoolportaal")
    quiet = IdentityProviderFactory(school=school, name="Ander portaal")
    IdentityProvider.objects.filter(pk=quiet.pk).update(
        changed_at=timezone.now() - timedelta(days=90)
    )
    for on in (False, True):
        sso_actions.switch(provider, administrator, on=on)
    with django_capture_on_commit_callbacks(execute=True):
        give_role(school, administrator, leader, role=Role.SCHOOL_LEADER)
    told = "".join(sent.body for sent in mailoutbox if "30 dagen" in sent.body)
    assert "- Schoolportaal, gewijzigd op " in told
    assert "- Ander portaal\n" in told


def test_who_led_for_a_minute_is_not_the_one_cut_from_a_long_list(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks, monkeypatch
):
    """Each role given later came before it, and a mail names a hundred."""
    monkeypatch.setattr(letters, "MOST_TOLD", 3)
    leader, friend = member(Role.TEACHER, school), member(Role.TEACHER, school)
    Membership.objects.update(given_at=timezone.now() - timedelta(days=90))
    end_role(
        give_role(school, administrator, friend, role=Role.SCHOOL_LEADER), administrator, school
    )
    for __ in range(4):
        member(Role.COORDINATOR, school)
    with django_capture_on_commit_callbacks(execute=True):
        give_role(school, administrator, leader, role=Role.SCHOOL_LEADER)
    told = next(sent.body for sent in mailoutbox if "en nog 2" in sent.body)
    assert friend.email in told


def test_who_has_no_second_factor_is_reset_without_a_mail(
    school, administrator, teacher, mailoutbox, django_capture_on_commit_callbacks
):
    """Asked on and on it would fill the mailboxes of all who are told."""
    give_app(teacher)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            actions.reset_second_factor(school, administrator, teacher)
        with pytest.raises(ActionError, match="zojuist"):
            actions.reset_second_factor(school, administrator, teacher)
    assert [sent.to for sent in mailoutbox].count([teacher.email]) == 1


def test_nor_in_silence(school, administrator, teacher):
    """On and on it kept somebody from setting up their first."""
    leader = member(Role.SCHOOL_LEADER, school)
    actions.reset_second_factor(school, administrator, teacher)
    told = Notification.objects.filter(kind=PEOPLE_CHANGED)
    assert [one.recipient for one in told] == [leader]


def test_who_runs_cases_again_is_told_who_came_in_and_who_is_kept_out(school, administrator):
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    coordinator, author = (member(role, school) for role in (Role.COORDINATOR, Role.TEACHER))
    leader, other = (member(Role.SCHOOL_LEADER, school) for __ in range(2))
    case = CaseFactory(pupil=PupilFactory(school=school))
    give_role(school, administrator, coordinator, role=Role.TEACHER)
    end_role(coordinator.memberships.get(role=Role.COORDINATOR), administrator, school)
    open_in_emergency(school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30)
    shut_out(case, other, leader, ground="family", explanation="")
    told = Notification.objects.filter(case=case).values_list("recipient", "kind")
    assert not told.filter(recipient=coordinator).exists()
    give_role(school, administrator, coordinator, role=Role.COORDINATOR)
    give_role(school, administrator, author, role=Role.COORDINATOR, starts_on=days(1))
    assert set(told.filter(recipient__in=[coordinator, author, leader])) >= {
        (one.pk, kind) for one in (coordinator, author) for kind in (EMERGENCY, SHUT_OUT)
    }
    # Who is kept out is told nothing of it, whatever role they take.
    Notification.objects.all().delete()
    give_role(school, administrator, leader, role=Role.ATTENTION_OFFICER)
    assert not told.filter(recipient=leader).exists()


def test_who_leads_from_some_day_on_is_told_from_now_on(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    leader = member(Role.TEACHER, school)
    leader.memberships.create(school=school, role=Role.SCHOOL_LEADER, starts_on=days(1))
    with django_capture_on_commit_callbacks(execute=True):
        give_role(school, administrator, member(Role.TEACHER, school), role=Role.COORDINATOR)
    assert any("Zorgcoördinator" in sent.body for sent in mailoutbox if sent.to == [leader.email])


# --- Names
@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u2063", "\u2028", "\t"])
def test_a_name_holds_no_sign_that_cannot_be_seen(sign):
    assert NameField(max_length=120).clean(f"Anneke{sign} de{sign}Groot").replace(" ", "") == (
        "AnnekedeGroot"
    )


def test_what_was_changed_before_somebody_came_is_told_when_they_come(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    """It went out at once, also for a role of two years from now: names, addresses and resets."""
    teacher, newcomer = member(Role.TEACHER, school), member(Role.TEACHER, school)
    give_app(newcomer)
    reset_second_factor(school, administrator, newcomer)
    first_day = timezone.localdate() + timedelta(days=100)
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        give_role(school, administrator, teacher, role=Role.SCHOOL_LEADER, starts_on=first_day)
    assert not of_newcomer(mailoutbox, newcomer)
    with time_machine.travel(timezone.now() + timedelta(days=98)):
        tell_again()
    assert not of_newcomer(mailoutbox, newcomer)
    with time_machine.travel(timezone.now() + timedelta(days=100, minutes=10)):
        tell_again()
    (letter,) = of_newcomer(mailoutbox, newcomer)
    assert letter.to == [teacher.email]
    assert not Telling.objects.filter(what=Telling.What.LATELY).exists()


def test_nor_where_the_role_ended_before_it_began(school, administrator, mailoutbox):
    teacher, newcomer = member(Role.TEACHER, school), member(Role.TEACHER, school)
    give_app(newcomer)
    reset_second_factor(school, administrator, newcomer)
    first_day = timezone.localdate() + timedelta(days=100)
    to_come = give_role(
        school, administrator, teacher, role=Role.SCHOOL_LEADER, starts_on=first_day
    )
    end_role(to_come, administrator, school)
    mailoutbox.clear()
    with time_machine.travel(timezone.now() + timedelta(days=101)):
        tell_again()
    assert not of_newcomer(mailoutbox, newcomer)
    assert not Telling.objects.exists()


def of_newcomer(letters, person):
    """Return the letters about what was before their reader came, in which somebody stands."""
    return [one for one in letters if "voor je kwam" in one.subject and person.email in one.body]
