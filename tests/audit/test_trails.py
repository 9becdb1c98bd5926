"""The screens: who sees which rows, and that nothing shows itself to whoever may not know of it."""

import uuid
from datetime import timedelta

import pytest
from auditlog.context import set_actor
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import Membership
from accounts.people.actions import end_role, give_role
from accounts.roles import Role
from audit import trail
from audit.kinds import Kind
from audit.log import record_read
from audit.models import LogEntry
from cases.destruction.erasing import erase_case
from cases.models import Case, Pupil, ShutOut
from cases.need_to_know.actions import open_in_emergency
from cases.need_to_know.actions import shut_out as keep_out
from consultations.actions import ask_consultation
from signals.actions import file_signal
from signals.models import Signal
from tests.accounts.every_form import FORMS, Sheet
from tests.accounts.page import Page
from tests.cases.test_rights_requests import answer, ask
from tests.conftest import sign_in
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    ReceivedDossierFactory,
    SchoolFactory,
    UserFactory,
    member,
)
from tests.test_query_counts import assert_constant
from tests.world import World

pytestmark = pytest.mark.django_db

MINE, SCHOOL = reverse("audit:mine"), reverse("audit:school")


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school, given_name="Ties", family_name="Rozendal"))


def readers(case):
    return reverse("cases:readers", args=[case.reference])


def main(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200
    return Page(answer).text


def lines(browser, url):
    """Return what stands in the table of a page, a text for each row."""
    return [row.split("</tr>")[0] for row in browser.get(url).content.decode().split("<tr ")[1:]]


def shut_out(user, pupil, by):
    return ShutOut.objects.create(pupil=pupil, user=user, ground="family", set_by=by)


# --- Who looked at this case ----------------------------------------------------------------------


def test_the_care_team_sees_who_looked(case, coordinator, school, signed_in):
    colleague, elsewhere = member(Role.SCHOOL_LEADER, school), UserFactory()
    record_read(colleague, case)
    record_read(elsewhere, CaseFactory())
    record_read(member(Role.ADMINISTRATOR, school), case, "Inzage.", kind=Kind.EXPORTED)
    text = main(signed_in(coordinator), readers(case))
    assert colleague.name in text
    assert "Inzage." in text
    assert elsewhere.name not in text
    assert "127.0.0.1" not in text  # from where is for whoever looks after the whole trail
    page = signed_in(coordinator).get(reverse("cases:detail", args=[case.reference]))
    assert readers(case) in page.content.decode()


def test_copies_and_emergencies_stand_out_with_their_reason(signed_in):
    world = World()
    reason = "De politie belt over een vermissing."
    world.emergency.delete()
    open_in_emergency(
        world.school,
        world.people["sister_leader"],
        uuid.uuid4(),
        reference=world.case.reference,
        reason=reason,
    )
    shown = [
        row
        for row in lines(signed_in(world.people["coordinator"]), readers(world.case))
        if "stands-out" in row
    ]
    assert len(shown) == 1
    assert reason in shown[0]


def test_by_person_and_kind_and_day(case, coordinator, school, signed_in):
    colleague = member(Role.SCHOOL_LEADER, school)
    record_read(colleague, case)
    record_read(coordinator, case, kind=Kind.EXPORTED)
    browser = signed_in(coordinator)

    def found(query):
        page = browser.get(f"{readers(case)}?{query}").context["page"]
        return {(row.actor_id, row.kind) for row in page.rows}

    assert found(f"person={colleague.public_id}") == {(colleague.pk, "read")}
    assert found("kind=special") == {(coordinator.pk, "exported")}
    assert found(f"person={colleague.public_id}&kind=special") == set()
    today = timezone.localdate()
    assert (colleague.pk, "read") in found(f"first={today}&last={today}")
    assert found(f"last={today - timedelta(days=1)}") == set()
    everything = found("")
    for nonsense in ("person=x&kind=x&first=x&last=9999-12-31&before=x", "before=" + "9" * 40):
        assert found(nonsense) == everything


def test_page_after_page_every_row_once(case, coordinator, signed_in, monkeypatch):
    monkeypatch.setattr(trail, "PER_PAGE", 4)
    at = timezone.now() - timedelta(hours=1)
    for __ in range(10):
        record_read(coordinator, case)
    same = list(LogEntry.objects.filter(kind=Kind.READ))
    for row in same:  # of the same moment: their numbers decide
        row.pk, row.timestamp, row.kind = None, at, Kind.SEARCHED
    LogEntry.objects.bulk_create(same)
    browser, seen, before = signed_in(coordinator), [], ""
    for __ in range(20):
        page = browser.get(f"{readers(case)}?kind=read{before}").context["page"]
        seen += [row.pk for row in page.rows if row.kind != Kind.TRAIL_READ]
        if not page.older:
            break
        before = f"&before={page.older}"
    everything = LogEntry.objects.filter(kind__in=(Kind.READ, Kind.SEARCHED)).newest_first()
    assert seen == list(everything.values_list("pk", flat=True))
    assert len(seen) == 20


def test_the_queries_do_not_grow(case, coordinator, administrator, school, signed_in):
    def more(count):
        for __ in range(count):
            record_read(member(Role.TEACHER, school), case)
            record_read(coordinator, CaseFactory(pupil=PupilFactory(school=school)))

    assert_constant(signed_in(coordinator), readers(case), more)
    assert_constant(signed_in(coordinator), MINE, more)
    assert_constant(signed_in(administrator), SCHOOL, more)


# --- My trail -------------------------------------------------------------------------------------


def test_everybody_sees_their_own(case, coordinator, teacher, signed_in):
    record_read(coordinator, case)
    text = main(signed_in(coordinator), MINE)
    assert case.reference in text
    assert case.reference not in main(signed_in(teacher), MINE)


def test_it_does_not_tell_a_teacher_what_colleagues_saw(school, teacher, signed_in):
    """Scenario 2: whether there was a case already, and what became of it, does not show."""
    first, later = PupilFactory(school=school), PupilFactory(school=school)
    file = {"categories": ["tired"], "facts": "Moe.", "severe": False, "acute": False}
    moment = {"observed_at": timezone.now() - timedelta(hours=1)}
    file_signal(later, member(Role.TEACHER, school), uuid.uuid4(), **file, **moment)
    shown = []
    for pupil in (first, later):
        before = LogEntry.objects.latest("pk").pk
        file_signal(pupil, teacher, uuid.uuid4(), **file, **moment)
        # In a request the middleware says who; here the rows are given to the teacher by hand.
        mine = LogEntry.objects.filter(pk__gt=before)
        for row in mine:
            row.pk, row.actor = None, teacher
        LogEntry.objects.bulk_create(mine)
        own = LogEntry.objects.mine(teacher).filter(pk__gt=before)
        shown.append([(row.kind, row.object_repr.split()[0]) for row in own])
    assert shown == [[("made", "signal")]] * 2
    text = main(signed_in(teacher), MINE)
    references = Case.objects.values_list("reference", flat=True)
    assert not any(reference in text for reference in references)


@pytest.mark.parametrize("earlier", [True, False])
@pytest.mark.parametrize("severe", [True, False])
def test_the_first_signal_of_a_case_does_not_tell_whether_there_was_one_before(
    school, teacher, coordinator, administrator, earlier, severe
):
    """Or how severe it is: the case has to be looked at at once, and a row said that it changed."""
    pupil = PupilFactory(school=school)
    if earlier:
        CaseFactory(
            pupil=pupil, opened_at=timezone.now() - timedelta(days=99), outcome="cleared",
            closed_at=timezone.now() - timedelta(days=90), closed_by=coordinator,
            closing_grounds="Val.",
        )  # fmt: skip
    before = LogEntry.objects.latest("pk").pk
    with set_actor(teacher):
        signal = file_signal(
            pupil, teacher, uuid.uuid4(), categories=["tired"], facts="Moe.", severe=severe,
            acute=False, observed_at=timezone.now() - timedelta(hours=1),
        )  # fmt: skip
    rows = LogEntry.objects.of_school(school, administrator).filter(pk__gt=before)
    told = [(row.kind, row.content_type.model) for row in rows.order_by("pk")]
    assert told == [("made", "case"), ("made", "signal")]
    # Nor does the first thing that the care team does: of a mild one the step follows then.
    before = LogEntry.objects.latest("pk").pk
    with set_actor(coordinator):
        ask_consultation(
            signal.case, coordinator, uuid.uuid4(), kind="family_worker", question="Hoe nu?",
            shared="Moe.", invitees=(),
        )  # fmt: skip
    asked = LogEntry.objects.of_school(school, administrator).filter(pk__gt=before)
    assert [(one.kind, one.content_type.model) for one in asked] == [("made", "consultation")]
    assert {row.case_reference for row in rows} == {signal.case.reference}


def test_a_family_worker_sees_their_rooms_without_the_case(signed_in):
    world = World()
    browser = signed_in(world.people["joined"])
    browser.get(reverse("consultations:detail", args=[world.consultation.reference]))
    assert world.case.reference not in main(browser, MINE)
    rows = browser.get(MINE).context["page"].rows
    assert f"consultation {world.consultation.reference}" in {row.object_repr for row in rows}


# --- The trail of the school ----------------------------------------------------------------------


def test_an_administrator_sees_who_when_where_and_in_which_case(
    case, coordinator, administrator, signed_in
):
    signed_in(coordinator).get(reverse("cases:detail", args=[case.reference]))
    record_read(coordinator, case, "Vader van Ties vraagt erom.", kind=Kind.EXPORTED)
    text = main(signed_in(administrator), SCHOOL)
    for shown in (coordinator.name, case.reference, "127.0.0.1"):
        assert shown in text
    # Neither the pupil nor a reason, that can name one.
    assert "Ties" not in text
    assert "Rozendal" not in text


def test_a_role_is_told_with_whose_it_is_and_a_conflict_of_interest_is_not(
    case, school, teacher, administrator, coordinator, signed_in
):
    other = member(Role.TEACHER, school, name="Bo Hoekstra")
    kept_out = member(Role.TEACHER, school, name="Kim Verweij")
    browser = signed_in(administrator)
    with set_actor(administrator):
        give_role(school, administrator, other, role=Role.ATTENTION_OFFICER)
    keep_out(case, coordinator, kept_out, ground=ShutOut.Ground.FAMILY, explanation="")
    browser.get(reverse("people:person", args=[teacher.public_id]))
    said = main(browser, reverse("audit:school"))
    assert "Bo Hoekstra, Aandachtsfunctionaris" in said
    assert teacher.name in said
    # The page offers everybody of the school as a filter; a row names them where it is about them.
    rows = [line for line in lines(browser, reverse("audit:school")) if "Kim Verweij" in line]
    assert not [row for row in rows if case.reference in row]


def test_of_their_own_school_alone(case, coordinator, signed_in):
    record_read(coordinator, case)
    other = member(Role.ADMINISTRATOR)
    browser = signed_in(other)
    for url in (SCHOOL, f"{SCHOOL}?school={case.school_id}"):
        assert case.reference not in main(browser, url)


def test_of_one_school_at_a_time(case, administrator, coordinator, signed_in):
    second = CaseFactory()
    Membership.objects.create(user=administrator, role=Role.ADMINISTRATOR, school=second.school)
    for one in (case, second):
        record_read(coordinator, one)
    browser = signed_in(administrator)
    for shown, hidden in ((case, second), (second, case)):
        text = main(browser, f"{SCHOOL}?school={shown.school_id}")
        assert shown.reference in text
        assert hidden.reference not in text


def board_case(school, teacher):
    pupil = PupilFactory(school=school)
    signal = file_signal(
        pupil, teacher, uuid.uuid4(), categories=["online"], facts="Berichten.", severe=False,
        acute=False, observed_at=timezone.now(), about_staff=True,
    )  # fmt: skip
    return signal.case


def test_a_case_for_the_board_does_not_show_itself(school, teacher, administrator, signed_in):
    leader = member(Role.SCHOOL_LEADER, school)
    case = board_case(school, teacher)
    browser = signed_in(leader)
    browser.get(reverse("cases:detail", args=[case.reference]))
    browser.get(reverse("signals:detail", args=[Signal.objects.get().reference]))
    assert LogEntry.objects.of_case(case.reference).filter(for_board=True).count() >= 4
    assert not LogEntry.objects.of_case(case.reference).filter(for_board=False).exists()
    assert case.reference not in main(signed_in(administrator), SCHOOL)
    assert not any(row.for_board for row in LogEntry.objects.of_school(school, administrator))
    # The leader, who runs it, sees who looked at it; the care team finds no such page.
    assert leader.name in main(browser, readers(case))
    officer = member(Role.COORDINATOR, school)
    assert signed_in(officer).get(readers(case)).status_code == 404


def test_a_conflict_of_interest_does_not_show_itself(
    school, case, coordinator, administrator, signed_in
):
    """Not in the trail of the school; one's own shows what it did before, and no reference."""
    earlier = CaseFactory(pupil=case.pupil, closed_at=timezone.now(), outcome="other",
                          closing_grounds="Klaar.")  # fmt: skip
    other = CaseFactory(pupil=PupilFactory(school=school))
    for seen in (case, earlier, other):
        record_read(administrator, seen)
    shut_out(administrator, case.pupil, coordinator)
    browser = signed_in(administrator)
    for url in (SCHOOL, MINE):
        text = main(browser, url)
        assert case.reference not in text
        assert earlier.reference not in text
        assert "belangen" not in text.lower()
    assert other.reference in main(browser, SCHOOL)
    hidden = {case.reference, earlier.reference}
    of_before = LogEntry.objects.mine(administrator).filter(case_reference__in=hidden)
    assert list(of_before.values_list("kind", flat=True)) == [Kind.READ] * 2
    record_read(administrator, case)
    assert of_before.count() == 2
    rows = LogEntry.objects.of_school(school, administrator)
    assert not rows.filter(object_repr__startswith="shutout").exists()
    assert set(rows.exclude(case_reference="").values_list("case_reference", flat=True)) == {
        other.reference
    }


def test_who_looks_after_no_school_gets_no_rows(school, coordinator, case):
    record_read(coordinator, case)
    assert not LogEntry.objects.of_school(school, coordinator).exists()
    assert not LogEntry.objects.of_school(SchoolFactory(), coordinator).exists()


def test_the_page_of_a_pupil_does_not_say_in_the_trail_of_the_school_which_cases_are_theirs(
    case, coordinator, school, administrator, signed_in
):
    """It is written down in each, with from where; a school's trail shows the references of all."""
    earlier = closed(case, coordinator)
    url = reverse("cases:pupil", args=[case.pupil.public_id])
    assert signed_in(coordinator).get(url, REMOTE_ADDR="203.0.113.7").status_code == 200
    rows = LogEntry.objects.filter(actor=coordinator, kind=Kind.READ)
    assert set(rows.values_list("case_reference", "remote_addr")) == {
        (reference, "203.0.113.7") for reference in ("", case.reference, earlier.reference)
    }
    shown = rows & LogEntry.objects.of_school(school, administrator)
    assert list(shown.values_list("case_reference", flat=True)) == [""]
    assert coordinator.name in main(signed_in(coordinator), readers(earlier))


def test_which_case_holds_a_dossier_of_another_school_its_own_trail_says_alone(
    case, coordinator, school, administrator, signed_in
):
    """Which child came from there whoever sends lists of pupils knows."""
    received = ReceivedDossierFactory(case=case)
    for one in (received, received.file):
        record_read(coordinator, one)
    for what in ("Geopend · ontvangen dossier", "Geopend · bestand"):
        assert what in main(signed_in(coordinator), MINE)
        assert what not in main(signed_in(administrator), SCHOOL)
    # Nor by what is made with it: a signal, as any.
    row = next(one for one in FORMS if one.name == "signals:receive")
    world = World()
    before = LogEntry.objects.latest("pk").pk
    sheet = Sheet(row, sign_in, world)
    answer = sheet.send()
    assert sheet.client.get(answer.url).status_code == 200
    made = LogEntry.objects.filter(pk__gt=before, kind=Kind.MADE)
    assert {one.thing for one in made} >= {"ontvangen dossier", "bestand", "signaal"}
    of_school = LogEntry.objects.of_school(world.school, world.people["administrator"])
    seen = made & of_school
    # As who writes one by hand reads it on its page.
    assert [one.thing for one in of_school.filter(pk__gt=before, kind=Kind.READ)] == ["signaal"]
    assert "signaal" in {one.thing for one in seen}
    assert not {"ontvangen dossier", "bestand"} & {one.thing for one in seen}
    # And once the case is destroyed, of which the rows stay.
    own = made.filter(content_type__model="receiveddossier").get().case_reference
    erase_case(Case.objects.get(reference=own), "V-1", None)
    assert not {"ontvangen dossier", "bestand"} & {one.thing for one in seen.all()}
    assert seen.get(changes__has_key="observed_at").changes["observed_at"][1].endswith(":00")


def closed(case, by):
    """An earlier case of the same pupil."""
    return CaseFactory(
        pupil=case.pupil, closed_at=timezone.now(), closed_by=by, outcome="cleared",
        closing_grounds="Een val.",
    )  # fmt: skip


def test_who_is_kept_out_does_not_say_in_the_trail_of_the_school_which_cases_are_one_pupil_s(
    case, coordinator, teacher, school, administrator
):
    """What they had in each ends at that moment."""
    leader = member(Role.SCHOOL_LEADER, school)
    earlier = closed(case, coordinator)
    for one in (case, earlier):
        assign_perm("cases.take_part", teacher, one)
    Case.objects.filter(pk=case.pk).update(responsible=teacher)
    before = LogEntry.objects.latest("pk").pk
    with set_actor(leader):
        keep_out(case, leader, teacher, ground="family", explanation="")
    rows = LogEntry.objects.filter(pk__gt=before)
    assert earlier.reference in set(rows.values_list("case_reference", flat=True))
    seen = rows & LogEntry.objects.of_school(school, administrator)
    # Nor, by what ended with it, whom it is about.
    assert [(one.kind, one.content_type.model) for one in seen] == [("made", "shutout")]
    assert {one.case_reference for one in seen} == {case.reference}


def test_nor_does_the_end_of_a_role_say_in_which_case_it_ended_nothing(
    case, coordinator, teacher, school, administrator
):
    """That is the one from which they are kept, also by a case for the board alone."""
    others = [CaseFactory(pupil=PupilFactory(school=school)) for __ in range(2)]
    for one in others:
        assign_perm("cases.take_part", teacher, one)
        ConsultationFactory(case=one, author=coordinator)
        InvitationFactory(consultation=one.consultations.get(), user=teacher)
    Case.objects.filter(pk=others[0].pk).update(responsible=teacher)
    before = LogEntry.objects.latest("pk").pk
    with set_actor(administrator):
        end_role(teacher.memberships.get(), administrator, school)
    rows = LogEntry.objects.filter(pk__gt=before)
    assert {one.reference for one in others} <= set(rows.values_list("case_reference", flat=True))
    seen = rows & LogEntry.objects.of_school(school, administrator)
    assert {one.case_reference for one in seen} == {""}


def test_nor_does_a_request_to_destroy_that_was_granted(case, coordinator, school, administrator):
    leader = member(Role.SCHOOL_LEADER, school)
    Pupil.objects.update(birth_date=timezone.localdate() - timedelta(days=365 * 17.5))
    case.pupil.refresh_from_db()
    earlier = closed(case, coordinator)
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), closed_by=coordinator, outcome="cleared", closing_grounds="Val."
    )
    asked = ask(case.pupil, leader, kind="destroy")
    before = LogEntry.objects.latest("pk").pk
    with set_actor(leader):
        assert answer(asked, leader, "granted", explained="Ja.") == 2
    rows = LogEntry.objects.filter(pk__gt=before)
    assert {case.reference, earlier.reference} <= set(rows.values_list("case_reference", flat=True))
    seen = rows & LogEntry.objects.of_school(school, administrator)
    assert set(seen.values_list("case_reference", flat=True)) == {""}
