"""Meetings of the care team: the agenda, the walk through it, and what then stands in the cases."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases.actions import refresh
from cases.dossier.contents import dossier
from cases.dossier.pdf import as_html
from cases.errors import ActionError
from cases.models import Case, DossierExport, ShutOut
from cases.timeline import timeline
from consultations.meetings import actions
from consultations.models import AgendaItem, Consultation, Meeting
from tests.factories import (
    CaseFactory,
    MeetingFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)
from tests.test_query_counts import assert_constant

pytestmark = pytest.mark.django_db

SAID = {
    "minutes": "Drie docenten zien hetzelfde.",
    "decided": "De mentor praat met de leerling.",
    "decided_by": "Zorgcoördinator en mentor",
    "talk": "pupil",
    "next_talk": "De mentor, deze week.",
}


def new_case(school, **fields):
    case = CaseFactory(pupil=PupilFactory(school=school), **fields)
    SignalFactory.create_batch(2, case=case)
    refresh(case, None)
    return case


def waiting(school, by, count=1):
    cases = [new_case(school) for __ in range(count)]
    for case in cases:
        actions.put_on_agenda(case, by)
    return cases


def on_agenda(meeting, user):
    items = AgendaItem.objects.visible_to(user).on_agenda_of(meeting)
    return [item.case for item in items]


def page(browser, name, *args):
    return browser.get(reverse(f"consultations:{name}", args=args)).content.decode()


# --- The agenda ----------------------------------------------------------------------------------


def test_one_click_puts_a_case_on_the_agenda_of_the_next_meeting(school, coordinator, signed_in):
    case, meeting = new_case(school), MeetingFactory(school=school)
    browser = signed_in(coordinator)
    put_on = reverse("consultations:put_on_agenda", args=[case.reference])
    assert f'"{put_on}"' in page_of(browser, case)
    assert browser.post(put_on).url == reverse("cases:detail", args=[case.reference])
    browser.post(put_on)
    assert on_agenda(meeting, coordinator) == [case]
    assert f'"{put_on}"' not in page_of(browser, case)
    assert case.pupil.name in page(browser, "meeting", meeting.public_id)


def page_of(browser, case):
    return browser.get(reverse("cases:detail", args=[case.reference])).content.decode()


def test_so_does_one_in_the_list_of_cases(school, coordinator, signed_in):
    case, browser = new_case(school), signed_in(coordinator)
    put_on = reverse("consultations:put_on_agenda", args=[case.reference])
    assert f'"{put_on}"' in browser.get(reverse("cases:dashboard")).content.decode()
    assert browser.post(put_on, {"from": "dashboard"}).url == reverse("cases:dashboard")
    assert f'"{put_on}"' not in browser.get(reverse("cases:dashboard")).content.decode()


def test_without_a_meeting_it_waits_for_the_next_that_is_planned(school, coordinator, signed_in):
    (case,) = waiting(school, coordinator)
    assert case.pupil.name in page(signed_in(coordinator), "meetings")
    assert on_agenda(MeetingFactory(school=school), coordinator) == [case]


def test_of_two_meetings_the_first_has_the_agenda_whichever_was_planned_first(school, coordinator):
    (case,) = waiting(school, coordinator)
    later = MeetingFactory(school=school, starts_at=timezone.now() + timedelta(days=9))
    assert on_agenda(later, coordinator) == [case]
    sooner = MeetingFactory(school=school)
    assert on_agenda(later, coordinator) == []
    assert on_agenda(sooner, coordinator) == [case]


def test_taken_off_by_who_asked_or_chairs_and_by_nobody_else(school, coordinator, signed_in):
    (case,) = waiting(school, coordinator)
    leader = member(Role.SCHOOL_LEADER, school)
    url = reverse("consultations:take_off_agenda", args=[case.reference])
    assert url not in page_of(signed_in(leader), case)
    assert signed_in(leader).post(url).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.take_off_agenda(case, leader)
    signed_in(coordinator).post(url)
    assert not AgendaItem.objects.waiting().exists()
    actions.put_on_agenda(case, leader)
    signed_in(leader).post(url)
    assert not AgendaItem.objects.waiting().exists()
    titles = [str(entry.title) for entry in timeline(Case.objects.with_records().get())]
    assert titles.count("Van de agenda van het zorgteam gehaald") == 2


def test_a_case_for_the_board_is_never_on_it(school, coordinator):
    case = new_case(school, restricted=True)
    with pytest.raises(ActionError):
        actions.put_on_agenda(case, member(Role.SCHOOL_LEADER, school))
    with pytest.raises(PermissionDenied):
        actions.put_on_agenda(case, coordinator)


def test_a_closed_case_falls_off(school, coordinator):
    (case,) = waiting(school, coordinator)
    meeting = MeetingFactory(school=school)
    Case.objects.update(
        closed_at=timezone.now(),
        closed_by=coordinator,
        outcome="cleared",
        closing_grounds="Een val.",
    )
    assert on_agenda(meeting, coordinator) == []
    with pytest.raises(ActionError):
        actions.put_on_agenda(case, coordinator)


def test_of_another_school_nothing_is_there(school, coordinator):
    meeting = MeetingFactory(school=school)
    (elsewhere,) = waiting(other := SchoolFactory(), member(Role.COORDINATOR, other))
    assert on_agenda(meeting, coordinator) == []
    assert not Meeting.objects.chaired_by(member(Role.COORDINATOR)).exists()
    with pytest.raises(PermissionDenied):
        actions.deal_with(meeting, elsewhere, coordinator, uuid.uuid4(), **SAID)
    both = member(Role.COORDINATOR, school)
    both.memberships.create(role=Role.COORDINATOR, school=other)
    with pytest.raises(PermissionDenied):
        actions.deal_with(meeting, elsewhere, both, uuid.uuid4(), **SAID)


# --- The walk ------------------------------------------------------------------------------------


def test_the_chair_walks_from_case_to_case_and_each_has_its_decision(
    school, coordinator, signed_in
):
    first, second = waiting(school, coordinator, 2)
    meeting, browser = MeetingFactory(school=school), signed_in(coordinator)
    urls = [
        reverse("consultations:discuss", args=[meeting.public_id, case.reference])
        for case in (first, second)
    ]
    assert urls[1] in browser.get(urls[0]).content.decode()
    assert urls[0] in browser.get(urls[1]).content.decode()
    assert browser.post(urls[0], SAID).url == urls[1]
    done = browser.post(urls[1], {**SAID, "decided": "We vragen het buurtteam."})
    assert done.url == reverse("consultations:meeting", args=[meeting.public_id])

    for case, decided in ((first, "De mentor praat"), (second, "We vragen het buurtteam")):
        consultation = case.consultations.get()
        assert consultation.kind == Consultation.Kind.CARE_TEAM
        assert (consultation.closed_by, consultation.talk) == (coordinator, "pupil")
        assert consultation.outcome.startswith(decided)
        assert consultation.agenda_item.minutes == SAID["minutes"]
        assert consultation.decided_by == SAID["decided_by"]
        assert consultation.next_talk == SAID["next_talk"]
        shown = browser.get(reverse("cases:step", args=[case.reference, 2])).content.decode()
        assert decided in shown
        assert SAID["minutes"] in shown
        assert SAID["decided_by"] in shown
        assert (
            SAID["minutes"]
            in browser.get(
                reverse("consultations:detail", args=[consultation.reference])
            ).content.decode()
        )
    # R11: the care team was heard, so the case goes on to the talk.
    assert Case.objects.get(pk=first.pk).step == 3
    assert SAID["minutes"] in browser.get(urls[0]).content.decode()


def test_it_stands_in_timeline_and_dossier(school, coordinator):
    (case,) = waiting(school, coordinator)
    actions.deal_with(MeetingFactory(school=school), case, coordinator, uuid.uuid4(), **SAID)
    case = Case.objects.with_records().get()
    titles = [str(entry.title) for entry in timeline(case)]
    assert titles.index("Op de agenda van het zorgteam") < titles.index("Uitkomst vastgelegd")
    export = DossierExport.objects.create(case=case, requested_by=coordinator, reason="Inzage.")
    written = as_html(dossier(export, timezone.now()))
    for word in (SAID["minutes"], SAID["decided"], SAID["decided_by"]):
        assert word in written


def test_sent_twice_it_is_one_consultation(school, coordinator):
    (case,), meeting, key = (
        waiting(school, coordinator), MeetingFactory(school=school), uuid.uuid4()
    )  # fmt: skip
    filed = actions.deal_with(meeting, case, coordinator, key, **SAID)
    assert actions.deal_with(meeting, case, coordinator, key, **SAID) == filed


def test_a_colleague_who_was_first_is_told_and_ones_words_are_kept(school, coordinator, signed_in):
    (case,), meeting = waiting(school, coordinator), MeetingFactory(school=school)
    colleague = member(Role.ATTENTION_OFFICER, school)
    actions.deal_with(meeting, case, colleague, uuid.uuid4(), **SAID)
    url = reverse("consultations:discuss", args=[meeting.public_id, case.reference])
    answer = signed_in(coordinator).post(url, {**SAID, "minutes": "Mijn eigen notitie."})
    assert answer.status_code == 422
    assert "Mijn eigen notitie." in answer.content.decode()
    assert case.consultations.count() == 1


def test_the_signals_can_be_read_beside_the_minutes(school, coordinator, signed_in):
    (case,), meeting = waiting(school, coordinator), MeetingFactory(school=school)
    SignalFactory(case=case, facts="Sliep in de les van dinsdag.")
    SignalFactory(case=waiting(school, coordinator)[0], facts="Van een ander.")
    shown = page(signed_in(coordinator), "discuss", meeting.public_id, case.reference)
    assert "Sliep in de les van dinsdag." in shown
    assert "Van een ander." not in shown


@pytest.mark.parametrize("change", ["closed", "taken off"])
def test_what_changed_while_one_typed_loses_no_word(school, coordinator, signed_in, change):
    (case,), meeting = waiting(school, coordinator), MeetingFactory(school=school)
    if change == "closed":
        actions.close_meeting(meeting, coordinator)
    else:
        actions.take_off_agenda(case, coordinator)
    url = reverse("consultations:discuss", args=[meeting.public_id, case.reference])
    browser = signed_in(coordinator)
    answer = browser.post(url, SAID)
    assert answer.status_code == 422
    assert SAID["minutes"] in answer.content.decode()
    assert not case.consultations.exists()
    assert browser.get(url).url == reverse("consultations:meeting", args=[meeting.public_id])


def test_what_a_meeting_did_not_come_to_is_on_the_next_by_itself(school, coordinator):
    first, second = waiting(school, coordinator, 2)
    meeting = MeetingFactory(school=school)
    following = MeetingFactory(school=school, starts_at=timezone.now() + timedelta(days=8))
    actions.deal_with(meeting, first, coordinator, uuid.uuid4(), **SAID)
    actions.close_meeting(meeting, coordinator)
    actions.close_meeting(meeting, coordinator)
    assert on_agenda(meeting, coordinator) == [first]
    assert on_agenda(following, coordinator) == [second]
    with pytest.raises(ActionError):
        actions.move_meeting(meeting, coordinator, starts_at=timezone.now(), place="")


def test_a_meeting_that_does_not_go_through_is_cancelled_not_held(school, coordinator, signed_in):
    (case,), browser = waiting(school, coordinator), signed_in(coordinator)
    later = MeetingFactory(school=school, starts_at=timezone.now() + timedelta(days=8))
    today = MeetingFactory(school=school, starts_at=timezone.now())
    assert "Overleg afzeggen" in (shown := page(browser, "meeting", later.public_id))
    assert "Overleg sluiten" not in shown
    assert "Overleg sluiten" in page(browser, "meeting", today.public_id)
    url = reverse("consultations:close_meeting", args=[later.public_id])
    assert "Het overleg is afgezegd" in browser.post(url, follow=True).content.decode()
    actions.close_meeting(today, coordinator)
    assert "afgezegd door" in page(browser, "meeting", later.public_id)
    assert "afgezegd door" not in page(browser, "meeting", today.public_id)
    assert page(browser, "meetings").count("afgezegd") == 1
    following = MeetingFactory(school=school, starts_at=timezone.now() + timedelta(days=9))
    assert on_agenda(following, coordinator) == [case]


def test_a_case_that_comes_back_in_the_same_meeting_is_discussed_again(
    school, coordinator, signed_in
):
    (case,), meeting = waiting(school, coordinator), MeetingFactory(school=school)
    actions.deal_with(meeting, case, coordinator, uuid.uuid4(), **SAID)
    actions.put_on_agenda(case, coordinator)
    url = reverse("consultations:discuss", args=[meeting.public_id, case.reference])
    signed_in(coordinator).post(url, {**SAID, "minutes": "Nog eens."})
    assert case.consultations.count() == 2


# --- Who is kept out -----------------------------------------------------------------------------


def test_a_chair_who_is_shut_out_sees_neither_the_case_nor_how_many_there_are(
    school, coordinator, signed_in
):
    hidden, other = waiting(school, coordinator, 2)
    meeting, colleague = MeetingFactory(school=school), member(Role.ATTENTION_OFFICER, school)
    ShutOut.objects.create(
        pupil=hidden.pupil, user=coordinator, ground=ShutOut.Ground.FAMILY, set_by=colleague
    )
    browser = signed_in(coordinator)
    for name, *of in (("meetings",), ("meeting", meeting.public_id)):
        shown = page(browser, name, *of)
        assert hidden.pupil.name not in shown
        assert hidden.reference not in shown
        assert other.pupil.name in shown
    url = reverse("consultations:discuss", args=[meeting.public_id, hidden.reference])
    assert browser.get(url).status_code == 404
    assert browser.post(url, SAID).status_code == 404
    assert "Casus 1 van 1" in page(browser, "discuss", meeting.public_id, other.reference)
    with pytest.raises(PermissionDenied):
        actions.deal_with(meeting, hidden, coordinator, uuid.uuid4(), **SAID)
    # Somebody else of the care team can, and that does not show either.
    actions.deal_with(meeting, hidden, colleague, uuid.uuid4(), **SAID)
    assert hidden.pupil.name not in page(browser, "meeting", meeting.public_id)
    assert "Casus 2 van 2" in page(
        signed_in(colleague), "discuss", meeting.public_id, other.reference
    )


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_LEADER, Role.ADMINISTRATOR])
def test_who_does_not_chair_plans_and_closes_nothing(school, role):
    user, meeting = member(role, school), MeetingFactory(school=school)
    with pytest.raises(PermissionDenied):
        actions.plan_meeting(school, user, uuid.uuid4(), starts_at=timezone.now(), place="")
    with pytest.raises(PermissionDenied):
        actions.close_meeting(meeting, user)
    with pytest.raises(PermissionDenied):
        actions.move_meeting(meeting, user, starts_at=timezone.now(), place="")


def test_its_pages_ask_as_often_with_many_cases(school, coordinator, signed_in):
    meeting, browser = MeetingFactory(school=school), signed_in(coordinator)
    (first,) = waiting(school, coordinator)

    def more(count):
        for case in waiting(school, member(Role.COORDINATOR, school), count):
            actions.deal_with(meeting, case, coordinator, uuid.uuid4(), **SAID)
        waiting(school, member(Role.COORDINATOR, school), count)

    for name, *of in (
        ("meeting", meeting.public_id),
        ("meetings",),
        ("discuss", meeting.public_id, first.reference),
    ):
        assert_constant(browser, reverse(f"consultations:{name}", args=of), more)
