"""What was done, or came back, between the end of one role and the beginning of the next.

All failed once: a role that is over by the calendar and not wound up yet, the eve of a role that
begins, a colleague's name for a second address; and papers whose time is over.
"""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import Membership, User
from accounts.people import actions
from accounts.people.actions import end_role, give_role, invite
from accounts.people.winding_up import wind_up_expired
from accounts.roles import Role
from api.kinds import TOKEN_ALONE
from audit.models import LogEntry
from cases.dossier.year import request_year
from cases.files.kinds import LIMIT_OF_CASE
from cases.models import Case, Notification, ReceivedDossier
from cases.need_to_know.actions import end_shut_out, open_in_emergency, shut_out
from cases.notifications.kinds import EMERGENCY, SHUT_OUT, YEAR_ASKED
from cases.reminders.sweep import sweep
from cases.todo import registry
from tests.accounts.every_form import FORMS, Sheet
from tests.accounts.invitations import send
from tests.accounts.second_factors import give_app
from tests.factories import (
    ApiTokenFactory,
    AttachmentFactory,
    BoardFactory,
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    RoleInvitationFactory,
    SchoolFactory,
    SignalFactory,
    member,
)
from tests.world import World

pytestmark = pytest.mark.django_db


def days(number):
    return timezone.localdate() + timedelta(days=number)


def again(person):
    return User.objects.get(pk=person.pk)


# --- A role that is over by the calendar, until beat comes by
def test_what_hung_on_a_role_that_is_over_does_not_come_back_with_the_next(
    school, administrator, teacher, signed_in
):
    teacher.memberships.update(ends_on=days(-1))
    case = CaseFactory(pupil__school=school)
    assign_perm("cases.take_part", teacher, case)
    room = ConsultationFactory(case=case, author=administrator, kind="colleague")
    InvitationFactory(consultation=room, user=teacher, accepted_at=timezone.now())
    pages = [
        reverse("cases:detail", args=[case.reference]),
        reverse("consultations:detail", args=[room.reference]),
    ]
    # One that waited would have been withdrawn when the role ended; one that is sent since stands.
    waited = RoleInvitationFactory(school=school, email=teacher.email)
    with pytest.raises(PermissionDenied):
        actions.accept(waited, again(teacher))
    wind_up_expired(timezone.now())
    since = RoleInvitationFactory(school=school, email=teacher.email)
    actions.accept(since, again(teacher))
    browser = signed_in(again(teacher))
    assert [browser.get(url).status_code for url in pages] == [404, 404]


def test_nor_where_a_next_role_is_given(school, administrator, teacher, signed_in):
    teacher.memberships.update(ends_on=days(-1))
    teacher.memberships.create(school=school, role=Role.ADMINISTRATOR)
    case = CaseFactory(pupil__school=school)
    assign_perm("cases.take_part", teacher, case)
    give_role(school, administrator, again(teacher), role=Role.TEACHER)
    wind_up_expired(timezone.now())
    page = reverse("cases:detail", args=[case.reference])
    assert signed_in(again(teacher)).get(page).status_code == 404


# --- On the eve of a role
def test_on_the_eve_of_a_role_nothing_is_done_in_silence(school, administrator):
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    leader, second = member(Role.SCHOOL_LEADER, school), member(Role.SCHOOL_LEADER, school)
    coordinator, officer = (member(r, school) for r in (Role.COORDINATOR, Role.ATTENTION_OFFICER))
    case = CaseFactory(pupil=PupilFactory(school=school))
    give_role(school, administrator, leader, role=Role.TEACHER)
    end_role(leader.memberships.get(role=Role.SCHOOL_LEADER), administrator, school)
    give_role(school, administrator, leader, role=Role.SCHOOL_LEADER, starts_on=days(1))
    Notification.objects.all().delete()
    open_in_emergency(school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30)
    standing = shut_out(case, second, officer, ground="family", explanation="")
    told = Notification.objects.filter(recipient=leader)
    assert sorted(told.values_list("kind", flat=True)) == sorted([EMERGENCY, SHUT_OUT])
    end_shut_out(standing, case, coordinator, why="Vergissing.")
    assert told.filter(kind=SHUT_OUT).count() == 2


def test_who_will_run_cases_is_kept_out_with_the_others_told(school, administrator, coordinator):
    leader, to_come = member(Role.SCHOOL_LEADER, school), member(Role.TEACHER, school)
    give_role(school, administrator, to_come, role=Role.COORDINATOR, starts_on=days(1))
    case = CaseFactory(pupil=PupilFactory(school=school))
    Notification.objects.all().delete()
    shut_out(case, coordinator, to_come, ground="family", explanation="")
    told = Notification.objects.filter(kind=SHUT_OUT).values_list("recipient", flat=True)
    assert set(told) == {leader.pk}


def test_who_is_let_in_again_is_told_what_was_done_meanwhile(school, coordinator):
    """A colleague who is in the way was kept out for a minute."""
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    other, officer = (member(r, school) for r in (Role.COORDINATOR, Role.ATTENTION_OFFICER))
    case = CaseFactory(pupil=PupilFactory(school=school))
    standing = shut_out(case, coordinator, other, ground="family", explanation="")
    open_in_emergency(school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30)
    shut_out(case, coordinator, officer, ground="family", explanation="")
    told = Notification.objects.filter(recipient=other)
    assert not told.exists()
    end_shut_out(standing, case, coordinator, why="Vergissing.")
    assert sorted(told.values_list("kind", flat=True)) == sorted([EMERGENCY, SHUT_OUT])


def test_also_what_came_after_the_first_of_two_conflicts(school, coordinator):
    """The later one began in the middle of it, and counted alone."""
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    leader, other = member(Role.SCHOOL_LEADER, school), member(Role.COORDINATOR, school)
    pupil = PupilFactory(school=school)
    case, of_board = CaseFactory(pupil=pupil), CaseFactory(pupil=pupil, restricted=True)
    first = shut_out(case, coordinator, other, ground="family", explanation="")
    open_in_emergency(school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30)
    second = shut_out(of_board, leader, other, ground="family", explanation="")
    told = Notification.objects.filter(recipient=other)
    end_shut_out(first, case, coordinator, why="Vergissing.")
    assert not told.exists()
    end_shut_out(second, of_board, leader, why="Vergissing.")
    assert [one.kind for one in told] == [EMERGENCY]


def test_kept_out_for_a_minute_while_the_role_is_over_one_is_told_all_the_same(school):
    """The role looked at no pupil from whom one is kept, and the end of that at what came after."""
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    busy, other = member(Role.ADMINISTRATOR, school), member(Role.COORDINATOR, school)
    busy.memberships.create(school=school, role=Role.COORDINATOR)
    other.memberships.create(school=school, role=Role.TEACHER)
    officer = member(Role.ATTENTION_OFFICER, school)
    case = CaseFactory(pupil=PupilFactory(school=school))
    end_role(other.memberships.get(role=Role.COORDINATOR), busy, school)
    open_in_emergency(school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30)
    shut_out(case, busy, officer, ground="family", explanation="")
    standing = shut_out(case, busy, again(other), ground="family", explanation="")
    give_role(school, busy, again(other), role=Role.COORDINATOR)
    told = Notification.objects.filter(recipient=other, kind__in=(EMERGENCY, SHUT_OUT))
    assert not told.exists()
    end_shut_out(standing, case, busy, why="Vergissing.")
    assert sorted(one.kind for one in told) == sorted([EMERGENCY, SHUT_OUT])


def test_of_who_came_to_lead_while_ones_role_was_over(
    school, administrator, coordinator, time_machine
):
    """Of a conflict of before these weeks nothing was told: that they lead is new."""
    officer, to_lead = member(Role.ATTENTION_OFFICER, school), member(Role.TEACHER, school)
    officer.memberships.create(school=school, role=Role.TEACHER)
    case = CaseFactory(pupil=PupilFactory(school=school))
    shut_out(case, coordinator, to_lead, ground="family", explanation="")
    time_machine.move_to(timezone.now() + timedelta(days=40))
    end_role(officer.memberships.get(role=Role.ATTENTION_OFFICER), administrator, school)
    give_role(school, administrator, again(to_lead), role=Role.SCHOOL_LEADER)
    told = Notification.objects.filter(kind=SHUT_OUT, recipient=officer)
    assert not told.exists()
    give_role(school, administrator, again(officer), role=Role.ATTENTION_OFFICER)
    assert len(told) == 1


def test_who_comes_to_look_after_a_school_is_told_of_the_years(school, administrator, teacher):
    """Where nobody else was there, nobody heard of it."""
    CaseFactory(pupil=PupilFactory(school=school))
    year = timezone.localdate().year - (timezone.localdate().month < 8)
    request_year(school, administrator, uuid.uuid4(), year, "Verzoek van de inspectie.")
    give_role(school, administrator, teacher, role=Role.ADMINISTRATOR)
    assert Notification.objects.filter(recipient=teacher, kind=YEAR_ASKED).exists()


# --- Of whom it is told that a second factor was reset
def told_to_a_next_leader(school, administrator, mailoutbox, commits):
    next_one = member(Role.TEACHER, school)
    mailoutbox.clear()
    with commits(execute=True):
        give_role(school, administrator, next_one, role=Role.SCHOOL_LEADER)
    return "".join(sent.body for sent in mailoutbox if sent.to == [next_one.email])


def test_also_who_does_from_tomorrow(school, administrator, teacher):
    """Given the day before, the role looked back on what was not done yet."""
    give_role(school, administrator, teacher, role=Role.ADMINISTRATOR, starts_on=days(1))
    CaseFactory(pupil=PupilFactory(school=school))
    year = timezone.localdate().year - (timezone.localdate().month < 8)
    request_year(school, administrator, uuid.uuid4(), year, "Verzoek van de inspectie.")
    assert Notification.objects.filter(kind=YEAR_ASKED, recipient=teacher).exists()


def test_also_of_whose_role_ended_since(
    school, administrator, coordinator, mailoutbox, django_capture_on_commit_callbacks
):
    give_app(coordinator)
    Membership.objects.update(given_at=timezone.now() - timedelta(days=90))
    actions.reset_second_factor(school, administrator, coordinator)
    end_role(coordinator.memberships.get(), administrator, school)
    told = told_to_a_next_leader(
        school, administrator, mailoutbox, django_capture_on_commit_callbacks
    )
    assert f"- {coordinator.name} ({coordinator.email})\n" in told


def test_not_of_who_came_after_it(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    """It was reset where they worked then: that school was told."""
    there = SchoolFactory()
    person = member(Role.TEACHER, there)
    give_app(person)
    actions.reset_second_factor(there, member(Role.ADMINISTRATOR, there), person)
    person.memberships.create(school=school, role=Role.TEACHER)
    told = told_to_a_next_leader(
        school, administrator, mailoutbox, django_capture_on_commit_callbacks
    )
    assert "gewist" not in told


# --- A colleague's name
def test_who_looked_and_who_works_here_stands_there_with_their_address(
    coordinator, administrator, signed_in, school
):
    page = signed_in(administrator).get(reverse("people:people")).content.decode()
    assert coordinator.email in page
    case = CaseFactory(pupil=PupilFactory(school=school))
    browser = signed_in(coordinator)
    browser.get(reverse("cases:detail", args=[case.reference]))
    page = browser.get(reverse("cases:readers", args=[case.reference])).content.decode()
    assert coordinator.email in page.partition("<tbody>")[2]


def test_a_name_holds_no_letter_that_is_blank(school, administrator, client):
    """Fillers are letters to a program, and nothing to who reads."""
    invitation = RoleInvitationFactory(
        school=school, invited_by=administrator, role=Role.TEACHER, secret="een-link"
    )
    client.get(reverse("people:open_invitation", args=["een-link"]))
    sent = {"name": "\u3164\uffa0", "password": "vier losse woorden 83"}
    assert send(client, sent).status_code == 422
    send(client, {**sent, "name": "Bea\u115f Brand\u1160"})
    assert User.objects.get(email=invitation.email).name == "Bea Brand"


def test_of_a_role_the_address_is_told(
    school, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    leader = member(Role.SCHOOL_LEADER, school)
    invitation = invite(
        school, administrator, uuid.uuid4(),
        email="bea@elders.example", name="Bea Brand", role=Role.COORDINATOR,
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        actions.accept_as_new(invitation, name="Bea Brand", password="vier losse woorden 83")
    told = next(sent.body for sent in mailoutbox if sent.to == [leader.email])
    assert "Bea Brand (bea@elders.example), Zorgcoördinator" in told


@pytest.mark.parametrize("by_provider", [False, True])
def test_a_name_that_a_colleague_bears_is_no_reason_to_be_refused(
    school, administrator, coordinator, by_provider
):
    """Refused, it told whoever held a link who works here, name by name; what is added to a name
    stands in papers, and is taken out of them like a name."""
    invitation = RoleInvitationFactory(school=school, invited_by=administrator)
    if by_provider:
        made = actions.join(email=invitation.email, name=coordinator.name, school=school)
    else:
        made = actions.accept_as_new(
            invitation, name=coordinator.name, password="vier losse woorden 83"
        )
    assert made.name == coordinator.name


# --- What ends with a last role
def test_a_role_to_come_that_ends_with_it_stands_in_the_trail(school, administrator, teacher):
    give_role(school, administrator, teacher, role=Role.BUURTTEAM_WORKER, starts_on=days(5))
    of_team = teacher.memberships.get(role=Role.BUURTTEAM_WORKER)
    before = (
        LogEntry.objects.of_school(school, administrator).filter(object_pk=str(of_team.pk)).count()
    )
    end_role(teacher.memberships.get(school=school), administrator, school)
    after = (
        LogEntry.objects.of_school(school, administrator).filter(object_pk=str(of_team.pk)).count()
    )
    assert after == before + 1


# --- A system whose maker is gone, with nobody there to hear it
def test_also_where_it_ends_by_the_calendar(school, administrator, teacher):
    give_role(school, administrator, teacher, role=Role.BUURTTEAM_WORKER, starts_on=days(5))
    teacher.memberships.filter(role=Role.TEACHER).update(ends_on=days(-1))
    wind_up_expired(timezone.now())
    to_come = teacher.memberships.get(role=Role.BUURTTEAM_WORKER)
    assert to_come.ended_at is not None
    rows = LogEntry.objects.of_school(school, administrator).filter(object_pk=str(to_come.pk))
    assert sorted(rows.values_list("kind", flat=True)) == ["changed", "made"]


def test_who_comes_to_look_after_systems_is_told_of_those_of_nobody(school, administrator):
    token = ApiTokenFactory(school=school, made_by=administrator)
    token.made_at = timezone.now() - timedelta(days=60)
    token.save()
    administrator.memberships.update(ends_on=days(-1))
    wind_up_expired(timezone.now())
    next_one = member(Role.TEACHER, school)
    invitation = RoleInvitationFactory(school=school, email=next_one.email, role=Role.ADMINISTRATOR)
    actions.accept(invitation, next_one)
    assert Notification.objects.filter(recipient=next_one, kind=TOKEN_ALONE).exists()


# --- Papers whose time is over
@pytest.mark.parametrize(
    ("paper", "who", "url"),
    [
        ("export", "administrator", "cases:export_download"),
        ("year", "administrator", "cases:year_download"),
        ("year_paper", "administrator", "cases:year_paper_download"),
        ("report_copy", "coordinator", "referrals:copy_download"),
    ],
)
def test_no_paper_is_handed_out_once_its_time_is_over(signed_in, paper, who, url):
    """Also where beat did not come by to remove it."""
    world = World()
    found, browser = getattr(world, paper), signed_in(world.people[who])
    found.file.save("a.pdf", ContentFile(b"%PDF-1.7"), save=False)
    address = reverse(url, args=[found.public_id])
    answers = []
    for ago in (timedelta(hours=1), found.kept_for + timedelta(hours=1)):
        found.state, found.finished_at = "ready", timezone.now() - ago
        found.save()
        answers.append(browser.get(address).status_code)
    assert answers == [200, 404]


# --- A dossier that is taken in for a pupil of whose case one must not know
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("closed", [False, True])
def test_who_is_kept_out_does_not_hear_how_full_the_case_is(signed_in, own, closed):
    """Nor, by files of their own, whether it runs still."""
    world = World()
    row = next(row for row in FORMS if row.name == "signals:receive")
    sheet, kept_out = Sheet(row, signed_in, world), world.people["conflicted"]
    assert not Case.objects.visible_to(kept_out).filter(pk=world.case.pk).exists()
    AttachmentFactory(
        case=world.case, size=LIMIT_OF_CASE - 40, number=20_001,
        author=kept_out if own else world.people["coordinator"],
    )  # fmt: skip
    if closed:
        ended = {"closed_at": timezone.now(), "outcome": "other", "closing_grounds": "Klaar."}
        Case.objects.filter(pk=world.case.pk).update(**ended)
    assert sheet.send(signed_in(kept_out)).status_code == (422 if own else 302)
    assert ReceivedDossier.objects.filter(author=kept_out).count() == (0 if own else 1)


# --- A closed case that was handed over
def test_who_was_handed_a_case_looks_back_on_it_whatever_came_since(
    school, coordinator, teacher, time_machine
):
    pupil, then = PupilFactory(school=school), timezone.now() - timedelta(days=5)
    case = CaseFactory(
        pupil=pupil, opened_at=then - timedelta(days=30), closed_at=then, outcome="help_works",
        closing_grounds="Goed.", closed_by=coordinator, next_due=timezone.now(),
    )  # fmt: skip
    assign_perm("cases.handed_over", teacher, case)

    def asked(person):
        return {task.kind for task in registry.tasks_of(again(person), timezone.now())}

    SignalFactory(case=CaseFactory(pupil=pupil), author=coordinator)
    time_machine.move_to(timezone.now() + timedelta(days=120))
    Case.objects.filter(pk=case.pk).update(next_due=timezone.now())
    sweep(timezone.now())
    assert "look_back" in asked(teacher)
