"""Conflict of interest: kept out, and nothing shows it. Emergency access: one case, a day, told."""

import re
import uuid
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from celery import current_app
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import Membership, School, User
from accounts.roles import Role
from cases import actions as case_actions
from cases.dossier.actions import request_export
from cases.errors import ActionError
from cases.models import (
    Case,
    CaseUserObjectPermission,
    DossierExport,
    EmergencyAccess,
    Notification,
    ShutOut,
)
from cases.need_to_know import actions
from cases.need_to_know.actions import shut_out
from cases.notifications import tasks
from cases.notifications.outbox import deliver
from cases.references import typed_reference
from cases.reminders.sweep import sweep
from consultations.models import Consultation
from signals.models import Signal
from tests.accounts.page import Page
from tests.factories import (
    BoardFactory,
    BuurtteamFactory,
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)
from tests.searches import address
from tests.test_role_matrix import MATRIX, PUBLIC, arguments
from tests.world import World

pytestmark = pytest.mark.django_db

FAMILY = {"ground": ShutOut.Ground.FAMILY, "explanation": ""}


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


@pytest.fixture
def officer(school):
    """The attention officer, who remains when the coordinator is kept out."""
    return member(Role.ATTENTION_OFFICER, school)


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school, given_name="Ties", family_name="Rozendal"))


# --- Conflict of interest -------------------------------------------------------------------------
def test_whoever_is_kept_out_has_no_permission_left(case, coordinator, officer):
    shut_out(case, officer, coordinator, **FAMILY)
    for permission in case_actions.Permission:
        assert not Case.objects.permitted(coordinator, permission).filter(pk=case.pk).exists()
        if Case.objects.permitted(officer, permission).exists():
            assert case in Case.objects.permitted(officer, permission)


def test_conflicts_of_before_know_since_when_somebody_is_kept_out(case, officer, coordinator):
    """Three that take over from one another; and one after a day on which nobody was kept out."""
    day = timezone.now() - timedelta(days=9)
    spans = ((0, 2), (1, 4), (3, 6), (7, None))
    for begun, ended in spans:
        ShutOut.objects.create(
            pupil=case.pupil,
            user=officer,
            ground=ShutOut.Ground.FAMILY,
            set_by=coordinator,
            set_at=day + timedelta(days=begun),
            ended_at=None if ended is None else day + timedelta(days=ended),
        )
    import_module("cases.migrations.0034_kept_out_since").fill(apps, connection.schema_editor())
    since = ShutOut.objects.values_list("kept_out_since", flat=True)
    assert [(moment - day).days for moment in since] == [0, 0, 0, 7]


def test_it_holds_for_all_cases_of_the_pupil_and_for_no_other(case, coordinator, officer, school):
    later = CaseFactory(pupil=case.pupil, restricted=True)
    other = CaseFactory(pupil__school=school)
    leader = member(Role.SCHOOL_LEADER, school)
    shut_out(case, member(Role.SCHOOL_LEADER, school), leader, **FAMILY)
    assert set(Case.objects.visible_to(leader)) == {other}
    assert later not in Case.objects.visible_to(leader)
    assert case in Case.objects.visible_to(coordinator)


def test_grants_and_tasks_go_and_cannot_be_given_again(case, coordinator, teacher, signed_in):
    assign_perm("cases.take_part", teacher, case)
    case_actions.add_participant(case, coordinator, teacher, hand_over=True)
    shut_out(case, coordinator, teacher, **FAMILY)
    case.refresh_from_db()
    assert case.responsible is None
    assert not CaseUserObjectPermission.objects.filter(user=teacher).exists()
    with pytest.raises(ActionError):
        case_actions.add_participant(case, coordinator, teacher, hand_over=False)
    url = reverse("cases:participants", args=[case.reference])
    assert teacher.name not in Page(signed_in(coordinator).get(url)).text
    # A row that somebody put there by hand gives nothing either.
    assign_perm("cases.take_part", teacher, case)
    assert not Case.objects.visible_to(teacher).exists()


def test_consultations_close_for_them_too(case, coordinator, officer, family_worker, signed_in):
    consultation = ConsultationFactory(case=case, author=officer)
    for person, team in ((coordinator, None), (family_worker, case.school.buurtteam)):
        InvitationFactory(
            consultation=consultation,
            user=person,
            buurtteam=team,
            accepted_at=timezone.now(),
        )
        assert Consultation.objects.visible_to(person).exists()
        shut_out(case, officer, person, **FAMILY)
        assert not Consultation.objects.visible_to(person).exists()
        inbox = signed_in(person).get(reverse("consultations:inbox")).content.decode()
        assert consultation.reference not in inbox
    url = reverse("consultations:new", args=[case.reference])
    assert coordinator.name not in Page(signed_in(officer).get(url)).text


def test_who_was_invited_is_kept_out_also_once_the_school_left_their_team(
    case, officer, family_worker, coordinator, signed_in
):
    invited = InvitationFactory(
        consultation=ConsultationFactory(case=case, author=officer), user=family_worker,
        buurtteam=case.school.buurtteam, accepted_at=timezone.now(),
    )  # fmt: skip
    School.objects.filter(pk=case.school_id).update(buurtteam=BuurtteamFactory())
    assert Consultation.objects.visible_to(family_worker).exists()
    form = reverse("cases:shut_out", args=[case.reference])
    assert family_worker.name in Page(signed_in(officer).get(form)).text
    # Of one for the board, the other case shows nobody.
    board = CaseFactory(pupil=case.pupil, restricted=True)
    Consultation.objects.filter(pk=invited.consultation_id).update(case=board)
    assert family_worker.name not in Page(signed_in(officer).get(form)).text
    Consultation.objects.filter(pk=invited.consultation_id).update(case=case)
    shut_out(case, officer, family_worker, **FAMILY)
    assert not Consultation.objects.visible_to(family_worker).exists()


def test_a_dossier_that_was_asked_for_before_is_not_handed_over(case, coordinator, officer):
    request_export(case, coordinator, uuid.uuid4(), "Voor de overdracht.")
    shut_out(case, officer, coordinator, **FAMILY)
    assert not DossierExport.objects.visible_to(coordinator).exists()


def test_they_get_no_mail_and_the_others_do(case, coordinator, officer):
    shut_out(case, officer, coordinator, **FAMILY)
    case.responsible = None
    case_actions.refresh(case, officer)
    Case.objects.update(next_due=timezone.now() - timedelta(days=1))
    late = timezone.now() + timedelta(days=60)
    sweep(late)
    told = set(Notification.objects.filter(kind="reminder").values_list("recipient", flat=True))
    assert coordinator.pk not in told
    assert officer.pk in told
    with time_machine.travel(late):
        deliver()
    assert all(coordinator.email not in message.to for message in mail.outbox)


def test_ones_own_signal_stays_ones_own_words(case, teacher, coordinator, signed_in):
    signal = SignalFactory(case=case, author=teacher)
    url = reverse("signals:detail", args=[signal.reference])
    before = plain(signed_in(teacher).get(url))
    shut_out(case, coordinator, teacher, **FAMILY)
    assert plain(signed_in(teacher).get(url)) == before
    assert signal in Signal.objects.visible_to(teacher)
    SignalFactory(case=case, facts="Van een ander.")
    assert Signal.objects.visible_to(teacher).count() == 1


def test_the_pupil_stays_in_the_list_for_a_signal(case, teacher, coordinator, signed_in):
    shut_out(case, coordinator, teacher, **FAMILY)
    found = signed_in(teacher).post(reverse("signals:pupils"), {"pupil_query": "Rozendal"})
    assert "Rozendal" in found.content.decode()


def plain(response) -> str:
    """Return a page without what differs each time."""
    html = response.content.decode()
    html = re.sub(r'value="[^"]{60,}"', "", html)  # tokens
    html = re.sub(r"\bq=[\w%-]{60,}", "", html)  # words, sealed anew for each page
    html = re.sub(r'name="typed_by" value="[^"]+"', "", html)  # signed with the moment
    html = re.sub(r"data-ends=\"\d+\"", "", html)
    html = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d", "", html)  # now, in a field
    html = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", html)
    return f"{response.status_code} {response.get('Location', '')} {html}"


PAGES = (
    "home", "cases:dashboard", "cases:statistics", "cases:year_report", "cases:periods",
    "signals:mine", "signals:new",
    "consultations:inbox", "help", "protocol", "cases:emergency", "cases:exportable",
)  # fmt: skip
QUERIES = (
    "",
    "?view=closed",
    "?view=severe",
    "?step=1",
)


@pytest.mark.production
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SCHOOL_LEADER, Role.ADMINISTRATOR])
def test_no_page_differs_from_one_where_there_is_no_such_case(role, school, officer, signed_in):
    """Beside one another: the person who is kept out, and one at a school without the case."""
    pupil = PupilFactory(school=school, given_name="Ties", family_name="Rozendal")
    person = member(role, school)
    other = member(Role.SCHOOL_LEADER, school)  # somebody of the board's line is left
    without_case = {}
    urls = [reverse(name) + query for name in PAGES for query in QUERIES]
    for name in ("cases:dashboard", "cases:exportable"):
        urls += [address(name, words, person) for words in ("Ties", "Rozendal", "M-ABCDEF")]
    for url in urls:
        without_case[url] = plain(signed_in(person).get(url))
    case = CaseFactory(pupil=pupil, reference="M-ABCDEF", attention=3)
    SignalFactory(case=case, severe=True)
    ConsultationFactory(case=case)
    shut_out(case, other if role == Role.SCHOOL_LEADER else officer, person, **FAMILY)
    with_case = {url: plain(signed_in(person).get(url)) for url in urls}
    assert [url for url in urls if with_case[url] != without_case[url]] == []
    known = signed_in(person).get("/cases/M-ABCDEF/")
    unknown = signed_in(person).get("/cases/M-ZZZZZZ/")
    assert plain(known) == plain(unknown).replace("M-ZZZZZZ", "M-ABCDEF")


def test_somebody_must_remain_who_runs_the_case(case, coordinator):
    with pytest.raises(ActionError) as refused:
        shut_out(case, coordinator, coordinator, **FAMILY)
    assert refused.value.field == "person"
    assert not ShutOut.objects.exists()


def test_one_keeps_oneself_out(case, coordinator, officer, signed_in):
    url = reverse("cases:shut_out", args=[case.reference])
    data = {"person": str(coordinator.public_id), "ground": "family"}
    assert signed_in(coordinator).post(url, data).url == reverse("home")
    assert signed_in(coordinator).get(url).status_code == 404


def test_the_others_who_lead_hear_when_one_of_them_is_kept_out(
    case, coordinator, officer, leader, teacher
):
    shut_out(case, coordinator, teacher, **FAMILY)
    assert not Notification.objects.exists()
    other = member(Role.SCHOOL_LEADER, case.school)
    shut_out(case, other, leader, **FAMILY)
    told = set(Notification.objects.values_list("recipient", flat=True))
    assert told == {coordinator.pk, officer.pk}
    deliver()
    assert case.reference in mail.outbox[0].body
    for word in ("Ties", "Rozendal", leader.name):
        assert word not in mail.outbox[0].body + mail.outbox[0].subject


def test_it_stands_in_the_case_who_did_it_and_why(case, coordinator, teacher, signed_in):
    shut_out(case, coordinator, teacher, ground="other", explanation="Buurvrouw van het gezin.")
    text = Page(signed_in(coordinator).get(reverse("cases:whole", args=[case.reference]))).text
    assert "Belangenconflict" in text
    assert "Buurvrouw van het gezin." in text


def test_it_ends_with_a_reason_and_nothing_comes_back(case, coordinator, teacher, officer):
    assign_perm("cases.take_part", teacher, case)
    standing = shut_out(case, coordinator, teacher, **FAMILY)
    actions.end_shut_out(standing, case, coordinator, why="Vergissing.")
    assert not Case.objects.visible_to(teacher).exists()
    case_actions.add_participant(case, coordinator, teacher, hand_over=False)
    assert case in Case.objects.visible_to(teacher)
    own = shut_out(case, officer, coordinator, **FAMILY)
    with pytest.raises(PermissionDenied):
        actions.end_shut_out(own, case, coordinator, why="Ik wil erin.")


# --- Emergency access -----------------------------------------------------------------------------
@pytest.fixture
def sister(school):
    """The leader of a sister school: another school of the same board."""
    school.board = BoardFactory()
    school.save()
    return member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))


REASON = "De school is dicht en de politie belt over deze leerling."
EMERGENCY = reverse("cases:emergency")


def filled_in(case, **changes):
    return {
        "school": str(case.school_id),
        "reference": case.reference,
        "reason": REASON,
        "idempotency_key": str(uuid.uuid4()),
        **changes,
    }


def test_one_case_opens_for_a_day_and_all_who_take_part_are_told(
    case, sister, coordinator, leader, teacher, signed_in
):
    other = CaseFactory(pupil__school=case.school)
    assign_perm("cases.take_part", teacher, case)
    browser = signed_in(sister)
    page = reverse("cases:detail", args=[case.reference])
    assert browser.get(page).status_code == 404
    answer = browser.post(EMERGENCY, filled_in(case, reference=f" {case.reference.lower()} "))
    assert answer.url == page
    text = Page(browser.get(page)).text
    assert "Ties Rozendal" in text
    assert REASON in text
    assert set(Case.objects.visible_to(sister)) == {case}
    assert other not in Case.objects.visible_to(sister)
    deliver()
    assert {message.to[0] for message in mail.outbox} == {
        coordinator.email, leader.email, teacher.email,
    }  # fmt: skip
    for message in mail.outbox:
        assert case.reference in message.body
        assert "noodtoegang" in message.body
        assert "Ties" not in message.body + message.subject
        assert REASON not in message.body
    assert REASON in Page(signed_in(coordinator).get(page)).text
    EmergencyAccess.objects.update(ends_at=timezone.now())
    assert browser.get(page).status_code == 404
    whole = reverse("cases:whole", args=[case.reference])
    assert "Noodtoegang" in Page(signed_in(coordinator).get(whole)).text


def test_the_mail_does_not_wait_for_the_next_sweep(
    case, sister, coordinator, signed_in, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **more: queued.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(sister).post(EMERGENCY, filled_in(case))
    assert queued == [tasks.deliver.name]
    tasks.deliver()
    assert coordinator.email in {message.to[0] for message in mail.outbox}


def test_without_a_queue_the_case_opens_all_the_same(
    case, sister, coordinator, signed_in, monkeypatch, django_capture_on_commit_callbacks
):
    def away(name, args, **more):
        raise OSError

    monkeypatch.setattr(current_app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(sister).post(EMERGENCY, filled_in(case)).status_code == 302
    assert deliver()


@pytest.mark.parametrize("typed", ["{} ", "m {}", "m-{}", "M{}", "M–{}", "{} {}"])
def test_a_reference_typed_in_haste_is_understood(typed):
    code = "mk3qx2"
    halves = (code[:3], code[3:]) if typed.count("{") == 2 else (code,)
    assert typed_reference(typed.format(*halves)) == "M-MK3QX2"


def test_the_reference_of_a_signal_is_none_of_a_case():
    assert typed_reference("S-7K3QX2") == "S-7K3QX2"


def test_it_is_for_seeing_and_for_nothing_else(case, sister, signed_in):
    signed_in(sister).post(EMERGENCY, filled_in(case))
    given = {
        permission
        for permission in case_actions.Permission
        if Case.objects.permitted(sister, permission).filter(pk=case.pk).exists()
    }
    assert given == {case_actions.Permission.SEE_CASE}


@pytest.mark.parametrize(
    "wrong", ["unknown", "restricted", "kept out", "other school", "other board"]
)
def test_a_wrong_reference_sounds_the_same_whatever_it_is(
    case, sister, coordinator, signed_in, wrong
):
    stranger = CaseFactory(pupil__school=SchoolFactory(board=BoardFactory()))
    neighbour = CaseFactory(pupil__school=SchoolFactory(board=case.school.board))
    if wrong == "restricted":
        Case.objects.filter(pk=case.pk).update(restricted=True)
    if wrong == "kept out":
        ShutOut.objects.create(pupil=case.pupil, user=sister, ground="family", set_by=coordinator)
    reference = {
        "unknown": "M-ZZZZZZ",
        "other school": neighbour.reference,
        "other board": stranger.reference,
    }.get(wrong, case.reference)
    answer = signed_in(sister).post(EMERGENCY, filled_in(case, reference=reference))
    assert answer.status_code == 422
    assert "Bij deze school en dit kenmerk is er geen casus" in Page(answer).at("reference")
    assert not EmergencyAccess.objects.exists()


def test_references_cannot_be_tried_one_after_another(case, sister, signed_in):
    browser = signed_in(sister)
    for _try in range(5):
        assert browser.post(EMERGENCY, filled_in(case, reference="M-ZZZZZZ")).status_code == 422
    assert browser.post(EMERGENCY, filled_in(case)).status_code == 429
    assert not EmergencyAccess.objects.exists()
    cache.clear()  # an hour later
    assert browser.post(EMERGENCY, filled_in(case)).status_code == 302


def test_a_school_of_another_board_is_no_choice(case, sister, signed_in):
    elsewhere = CaseFactory(pupil__school=SchoolFactory(board=BoardFactory()))
    answer = signed_in(sister).post(EMERGENCY, filled_in(elsewhere))
    assert "Kies een school van je eigen bestuur." in Page(answer).at("school")
    with pytest.raises(PermissionDenied):
        actions.open_in_emergency(
            elsewhere.school, sister, uuid.uuid4(), reference=elsewhere.reference, reason=REASON
        )


def test_schools_without_a_board_are_no_sisters(case, leader, signed_in):
    lonely = member(Role.SCHOOL_LEADER)
    assert not actions.sister_schools(lonely).exists()
    assert "geen andere scholen" in Page(signed_in(lonely).get(EMERGENCY)).text


def test_it_ends_when_the_school_says_so_and_when_the_role_or_board_does(
    case, sister, coordinator, signed_in
):
    browser = signed_in(sister)
    page = reverse("cases:detail", args=[case.reference])
    browser.post(EMERGENCY, filled_in(case))
    given = EmergencyAccess.objects.get()
    signed_in(coordinator).post(reverse("cases:end_emergency", args=[given.public_id]))
    assert browser.get(page).status_code == 404
    browser.post(EMERGENCY, filled_in(case))
    assert browser.get(page).status_code == 200
    Membership.objects.filter(user=sister).update(ended_at=timezone.now())
    assert browser.get(page).status_code == 404
    Membership.objects.filter(user=sister).update(ended_at=None)
    assert browser.get(page).status_code == 200
    case.school.board = BoardFactory()
    case.school.save()
    assert browser.get(page).status_code == 404


def test_what_it_opens_no_more_is_not_listed(case, sister, signed_in):
    """Whose role ended leads at another board, before the access is taken back."""
    browser = signed_in(sister)
    browser.post(EMERGENCY, filled_in(case))
    assert case.reference in Page(browser.get(EMERGENCY)).text
    Membership.objects.filter(user=sister).update(ended_at=timezone.now())
    elsewhere = SchoolFactory(board=BoardFactory())
    sister.memberships.create(
        role=Role.SCHOOL_LEADER, school=elsewhere, given_at=timezone.now() - timedelta(days=9)
    )
    assert case.reference not in Page(browser.get(EMERGENCY)).text


@pytest.mark.production
def test_no_url_of_the_case_opens_to_who_is_kept_out(signed_in):
    """The whole URLconf, for both of the world's people who are kept out."""
    world = World()
    for who in ("conflicted", "conflicted_teacher"):
        browser = signed_in(User.objects.get(pk=world.people[who].pk))
        for name in MATRIX:
            args = arguments(name, world)
            if MATRIX[name] is PUBLIC or not args or who in MATRIX[name]:
                continue
            assert browser.get(reverse(name, args=args)).status_code in (404, 405), (who, name)
            assert browser.post(reverse(name, args=args)).status_code == 404, (who, name)
