"""What a case for the board takes back in the pupil's other case, by whom. Failed on its day.

The leader keeps a colleague out there; what that colleague had elsewhere ends at that moment. That
the leader did it stood in the trail of the other case, which its people read (R9).
"""

import uuid
from datetime import timedelta

import pytest
from auditlog.context import set_actor
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.people.actions import invite
from accounts.roles import Role
from audit.kinds import Kind
from audit.log import record_read
from audit.models import LogEntry
from cases.actions import add_participant, remove_participant
from cases.destruction import tombstones
from cases.destruction.listing import look_again
from cases.models import Case, DestructionList, DueItem, Pupil, ShutOut, Tombstone
from cases.need_to_know.actions import end_shut_out, shut_out
from cases.waiting.actions import put_off
from consultations.actions import withdraw_invitation
from signals.actions import file_signal
from signals.models import Signal
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.cases.records import pupil_left
from tests.cases.test_destruction import approve, destroy, over
from tests.cases.test_rights_requests import answer, ask
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    InvitationFactory,
    PupilFactory,
    ReceivedDossierFactory,
    SchoolFactory,
    member,
)

pytestmark = pytest.mark.django_db


def test_what_a_case_for_the_board_takes_back_stands_in_its_own_trail(world, signed_in):
    people, other = world.people, world.case
    type(other).objects.update(responsible=people["handed_over"])
    board = file_signal(
        world.pupil, people["teacher"], uuid.uuid4(), categories=["hygiene"], severe=False,
        facts="Een collega riep.", acute=False, about_staff=True, observed_at=timezone.now(),
    ).case  # fmt: skip
    leader, coordinator = signed_in(people["leader"]), signed_in(people["coordinator"])
    readers, course = (
        reverse(name, args=[other.reference]) for name in ("cases:readers", "cases:timeline")
    )
    school = LogEntry.objects.of_school(world.school, people["administrator"])

    def told():
        name = people["leader"].name
        pages = [Page(coordinator.get(url)).text.count(name) for url in (readers, course)]
        return [*pages, school.filter(actor=people["leader"]).count()]

    before = told()
    url = reverse("cases:shut_out", args=[board.reference])
    for who in ("joined", "participant", "handed_over", "sister_leader"):
        out = {"person": str(people[who].public_id), "ground": "concerned"}
        assert leader.post(url, out).status_code == 302
    other.refresh_from_db()
    left = set(other.grants.values_list("user", flat=True))
    assert (other.responsible, left) == (None, {people["conflicted_teacher"].pk})
    assert not type(world.joined).objects.get(pk=world.joined.pk).stands
    assert not other.emergency_accesses.running().exists()
    assert told() == before
    taken = LogEntry.objects.of_case(board.reference).filter(actor=people["leader"])
    assert taken.filter(kind=Kind.REMOVED).count() == 3
    assert set(taken.values_list("for_board", flat=True)) == {True}


# --- An administrator who ends a family worker's role read in their own trail, line by line, in how
# many consultations of other schools that person took part
@pytest.mark.parametrize("elsewhere", [0, 3])
def test_ones_own_trail_does_not_count_the_consultations_of_other_schools(
    school, administrator, signed_in, elsewhere
):
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    other = SchoolFactory(buurtteam=school.buurtteam)
    for _ in range(elsewhere):
        asked = ConsultationFactory(case=CaseFactory(pupil=PupilFactory(school=other)))
        InvitationFactory(consultation=asked, user=worker, buurtteam=school.buurtteam)
    browser = signed_in(administrator)
    browser.post(reverse("people:end_role", args=[worker.memberships.get().public_id]))
    assert not worker.invitations.standing().exists()
    assert not worker.memberships.current().exists()
    told = Page(browser.get(reverse("audit:mine"))).text
    assert told.count("uitnodiging") == 0


@shows("count-2")
def test_nor_the_invitations_of_other_schools_and_these_hear_of_nobody(
    school, administrator, signed_in
):
    """Any school of a buurtteam invites to it; where one ends a role, all its links end."""
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    other = SchoolFactory(buurtteam=school.buurtteam)
    sent = invite(
        other, member(Role.ADMINISTRATOR, other), uuid.uuid4(),
        email=worker.email, name="Noor", role=Role.BUURTTEAM_WORKER,
    )  # fmt: skip
    browser = signed_in(administrator)
    browser.post(reverse("people:end_role", args=[worker.memberships.get().public_id]))
    sent.refresh_from_db()
    assert sent.withdrawn_at
    assert "uitnodiging" not in Page(browser.get(reverse("audit:mine"))).text
    there = LogEntry.objects.filter(school=other, content_type__model="roleinvitation")
    row = there.get(kind=Kind.CHANGED)
    assert (row.actor, row.remote_addr, row.actor_email) == (None, None, None)


@shows("count-2")
def test_ones_own_trail_does_not_tell_of_a_case_for_the_board(school, coordinator, signed_in):
    """A leader who approved that it goes, and leads no more, is kept out of the pupil's other case:
    beside that stood what went with it, of a case that has no reference.
    """
    led, pupil = member(Role.TEACHER, school), PupilFactory(school=school)
    case, secret = CaseFactory(pupil=pupil), CaseFactory(pupil=pupil, restricted=True)
    listed = DestructionList.objects.create(school=school, year=2026)
    now = timezone.now()
    item = DueItem.objects.create(of_list=listed, case=secret, first_by=led, first_at=now)
    browser = signed_in(coordinator)
    told = Page(browser.get(reverse("audit:mine"))).text.count("vernietigingslijst")
    out = {"person": str(led.public_id), "ground": "family", "explanation": "Zijn zus."}
    sent = browser.post(reverse("cases:shut_out", args=[case.reference]), out)
    assert sent.status_code == 302
    item.refresh_from_db()
    assert item.first_by is None
    assert Page(browser.get(reverse("audit:mine"))).text.count("vernietigingslijst") == told
    rows = LogEntry.objects.of_case(secret.reference).filter(content_type__model="dueitem")
    assert rows.get(kind=Kind.CHANGED).actor is None


# --- What followed a signal stood in the trail of its author


@pytest.fixture
def case(school, coordinator) -> Case:
    """A case of a signal that a colleague logged."""
    pupil, colleague = PupilFactory(school=school), member(Role.TEACHER, school)
    return file_signal(
        pupil, colleague, uuid.uuid4(), categories=["hygiene"], facts="Kwam te laat.",
        severe=False, acute=False, about_staff=False, observed_at=timezone.now(),
    ).case  # fmt: skip


def mine(user: User) -> list[tuple[str, str]]:
    """Return what somebody's own trail shows: what was done, and with what."""
    rows = LogEntry.objects.mine(user).exclude(case_reference="").order_by("pk")
    return list(rows.values_list("kind", "content_type__model"))


def severe(pupil: Pupil, by: User) -> Signal:
    """Log a severe signal."""
    return file_signal(
        pupil, by, uuid.uuid4(), categories=["hygiene"], facts="Kwam zonder jas.", severe=True,
        acute=False, about_staff=False, observed_at=timezone.now(),
    )  # fmt: skip


def test_that_a_signal_ended_waiting_does_not_stand_in_the_trail_of_its_author(
    case, coordinator, teacher
):
    """A pupil who has a case that colleagues put off: a teacher may not know that there is one."""
    until = timezone.now() + timedelta(days=2)
    put_off(case, coordinator, uuid.uuid4(), reason="Het buurtteam komt donderdag.", until=until)
    with set_actor(teacher):
        severe(case.pupil, teacher)
    assert mine(teacher) == [("made", "signal")]
    # Whoever sees the case reads there who ended it.
    rows = LogEntry.objects.of_case(case.reference).filter(content_type__model="snooze")
    assert rows.get(kind=Kind.CHANGED).actor == teacher


def test_who_is_kept_out_reads_in_their_trail_what_they_wrote_themselves(
    case, coordinator, teacher, signed_in
):
    """Their signal is theirs still: were it missing there, they knew that they are kept out."""
    with set_actor(teacher):
        signal = severe(case.pupil, teacher)
    address = reverse("signals:detail", args=[signal.reference])
    signed_in(teacher).get(address)
    shut_out(case, coordinator, teacher, ground="family", explanation="")
    assert signed_in(teacher).get(address).status_code == 200
    assert mine(teacher) == [("made", "signal"), ("read", "signal"), ("read", "signal")]


def test_who_is_kept_out_reads_in_their_trail_where_they_thought_along(
    case, coordinator, teacher, signed_in
):
    """As whose invitation was withdrawn does: that is all that they may take it for."""
    trails = []
    for person in (teacher, member(Role.TEACHER, case.school)):
        room = ConsultationFactory(case=case, author=coordinator)
        invitation = InvitationFactory(consultation=room, user=person, buurtteam=None)
        browser = signed_in(person)
        browser.post(reverse("consultations:accept", args=[invitation.public_id]))
        address = reverse("consultations:detail", args=[room.reference])
        browser.post(address, {"text": "Praat erover.", "idempotency_key": str(uuid.uuid4())})
        browser.get(address)
        if person == teacher:
            shut_out(case, coordinator, person, ground="family", explanation="")
        else:
            withdraw_invitation(invitation, coordinator)
        trails.append(mine(person))
    assert trails[0] == trails[1]
    assert ("made", "advice") in trails[0]


def test_who_took_part_and_is_kept_out_reads_what_who_was_removed_reads(
    case, coordinator, school, signed_in
):
    """They knew the case; that it is kept from them now they must not find by what is missing."""
    trails = []
    people = [member(Role.TEACHER, school) for __ in range(2)]
    for person in people:
        add_participant(case, coordinator, person, hand_over=True)
        browser = signed_in(person)
        browser.get(reverse("cases:detail", args=[case.reference]))
        with set_actor(person):
            ConversationFactory(case=case, author=person)
    shut_out(case, coordinator, people[0], ground="family", explanation="")
    remove_participant(case, coordinator, people[1])
    for person in people:
        rows = mine(person)
        assert ("read", "case") in rows
        trails.append(rows)
        page = Page(signed_in(person).get(reverse("audit:mine"))).text
        assert case.reference not in page
    assert trails[0] == trails[1]


def test_what_somebody_carries_along_in_a_case_after_it_was_kept_from_them_is_not_told(
    case, coordinator, teacher
):
    shut_out(case, coordinator, teacher, ground="family", explanation="")
    with set_actor(teacher):
        case.responsible = coordinator
        case.save()
    record_read(teacher, case)
    assert mine(teacher) == []


@pytest.mark.parametrize("first_ends", [False, True])
def test_a_second_conflict_in_a_case_for_the_board_changes_nothing_in_ones_own_trail(
    case, coordinator, school, first_ends
):
    officer = member(Role.ATTENTION_OFFICER, school)
    leader, __ = (member(Role.SCHOOL_LEADER, school) for __ in range(2))
    board = CaseFactory(pupil=case.pupil, restricted=True)
    first = shut_out(case, coordinator, officer, ground="family", explanation="")
    since = timezone.now() - timedelta(days=3)
    ShutOut.objects.update(set_at=since, kept_out_since=since)
    record_read(officer, case)  # a request of before that is answered in between
    with set_actor(officer):
        paper = AttachmentFactory(case=case, author=officer)
        ReceivedDossierFactory(case=case, author=officer, file=paper)  # which they may take in
        case.responsible = coordinator
        case.save()
    before = mine(officer)
    assert before == [("made", "attachment"), ("made", "receiveddossier")]
    shut_out(board, leader, officer, ground="family", explanation="")
    assert mine(officer) == before
    if first_ends:
        end_shut_out(first, case, coordinator, why="Zij zijn gescheiden.")
        assert mine(officer) == before


# --- What the trail of the school counts, and a timeline tells of another case
def test_the_trail_counts_no_approval_of_a_pupil_from_whom_somebody_is_kept(
    school, coordinator, administrator
):
    second = member(Role.ADMINISTRATOR, school)
    long_ago = timezone.localdate() - timedelta(days=366 * 8)
    pupils = [PupilFactory(school=school, left_on=long_ago) for __ in range(3)]
    pupils[0].shut_outs.create(user=administrator, ground="family", set_by=coordinator)
    look_again(school, coordinator)
    with set_actor(second):
        approve(school, second)
    rows = {
        person: LogEntry.objects.of_school(school, person)
        .filter(content_type__model="dueitem", kind=Kind.CHANGED)
        .count()
        for person in (administrator, second)
    }
    assert rows == {administrator: 2, second: 3}


@shows("destroy-3")
@pytest.mark.parametrize(
    "how", ["destroyed", "restored", "back", "back, approved", "on no list", "for the board"]
)
def test_nor_once_the_row_of_the_list_is_gone(school, coordinator, settings, tmp_path, how):
    settings.TOMBSTONES = tmp_path / "apart" / "tombstones.jsonl"
    kept_out, second = (member(Role.ADMINISTRATOR, school) for __ in range(2))
    leaders = [member(Role.SCHOOL_LEADER, school) for __ in range(2)]
    pupil = PupilFactory(school=school, left_on=timezone.localdate() - timedelta(days=366 * 8))
    look_again(school, coordinator)
    with set_actor(second):
        approve(school, second)
    if how == "for the board":  # and no other case, in which somebody would be kept out still
        board = CaseFactory(pupil=pupil, restricted=True)
        shut_out(board, leaders[0], kept_out, ground="family", explanation="")
    else:
        pupil.shut_outs.create(user=kept_out, ground="family", set_by=coordinator)
    with set_actor(coordinator):
        if how in ("destroyed", "restored", "back, approved"):
            approve(school, coordinator)
    of_items = LogEntry.objects.filter(content_type__model="dueitem", case_reference="")
    rows = of_items.filter(pk__lte=LogEntry.objects.latest("pk").pk)
    assert rows
    assert not rows & LogEntry.objects.of_school(school, kept_out)
    there = {
        model: list(model._base_manager.filter(**of).values())
        for model, of in (
            (Pupil, {"pk": pupil.pk}), (ShutOut, {"pupil": pupil}), (DueItem, {"pupil": pupil}),
        )
    }  # fmt: skip
    if how == "back":
        pupil_left(pupil, None)
    elif how == "back, approved":
        pupil_left(pupil, None)
        destroy()
    elif how == "on no list":
        CaseFactory(pupil=pupil)
        approve(school, coordinator)
    elif how == "for the board":
        over(board)
        look_again(school, leaders[0])
        approve(school, *leaders)
        destroy()
    else:
        destroy()
    tombstones.write_out()
    if how == "restored":
        Tombstone.objects.all().delete()
        for model, of in there.items():
            model._base_manager.bulk_create(model(**one) for one in of)
        assert tombstones.replay() == 1
        assert tombstones.replay() == 0
    assert not DueItem.objects.exists()
    assert Pupil.objects.filter(pk=pupil.pk).exists() is (how[:4] in ("back", "on n"))
    assert not rows & LogEntry.objects.of_school(school, kept_out)
    assert set(rows & LogEntry.objects.of_school(school, second)) == set(rows)
    # What stands apart is for what a backup brings back.
    tombstones.write_out()
    apart = {line["kind"] for line in tombstones.read(settings.TOMBSTONES)}
    assert apart <= {"case", "pupil", "certificate"}


def test_the_trail_tells_of_no_list_that_a_hidden_request_began(school, coordinator, administrator):
    case = CaseFactory(pupil__school=school)
    over(case)
    asked = ask(case.pupil, coordinator, kind="destroy")
    with set_actor(coordinator):
        answer(asked, coordinator, outcome="granted", explained="Zij vraagt het zelf.")
    assert DueItem.objects.filter(case=case).exists()
    rows = LogEntry.objects.of_school(school, administrator)
    assert not rows.filter(content_type__model="destructionlist").exists()


def test_a_timeline_tells_of_no_conflict_of_an_earlier_case(
    school, coordinator, teacher, signed_in
):
    """Who takes part in this case, and took none in that one, does not know that it was."""
    earlier = CaseFactory(pupil__school=school)
    colleague = member(Role.TEACHER, school)
    one = shut_out(earlier, coordinator, colleague, ground="other", explanation="Sloeg hem.")
    end_shut_out(one, earlier, coordinator, why="Het was zijn broer.")
    over(earlier)
    now = CaseFactory(pupil=earlier.pupil)
    add_participant(now, coordinator, teacher, hand_over=True)
    for name in ("timeline", "whole"):
        page = signed_in(teacher).get(reverse(f"cases:{name}", args=[now.reference]))
        text = page.content.decode()
        assert page.status_code == 200
        for told in ("Sloeg hem", "zijn broer", colleague.name):
            assert told not in text
        assert (
            "Sloeg hem"
            in signed_in(coordinator)
            .get(reverse(f"cases:{name}", args=[earlier.reference]))
            .content.decode()
        )


@pytest.mark.parametrize("restored", [False, True])
def test_that_a_pupil_went_with_a_case_for_the_board_stands_in_its_trail(
    school, settings, tmp_path, restored
):
    """A bare row of a pupil who went, on a day on which nothing else did, told of the case (R9)."""
    settings.TOMBSTONES = tmp_path / "apart" / "tombstones.jsonl"
    administrator = member(Role.ADMINISTRATOR, school)
    leaders = [member(Role.SCHOOL_LEADER, school) for __ in range(2)]
    board, other = (
        CaseFactory(pupil__school=school, restricted=restricted) for restricted in (True, False)
    )
    over(board, other)
    pks = {Pupil: [board.pupil_id, other.pupil_id], Case: [board.pk, other.pk]}
    backup = {
        model: list(model._base_manager.filter(pk__in=keys).values()) for model, keys in pks.items()
    }
    look_again(school, leaders[0])
    approve(school, administrator, *leaders)
    destroy()
    last = 0
    if restored:
        last = LogEntry.objects.latest("pk").pk
        for model, rows in backup.items():
            model._base_manager.bulk_create(model(**row) for row in rows)
        assert tombstones.replay() == 4
    assert not Pupil.objects.filter(pk__in=pks[Pupil]).exists()
    gone = LogEntry.objects.filter(pk__gt=last, kind=Kind.DESTROYED)
    gone = gone.filter(content_type__model__in=("case", "pupil"))
    seen = gone.of_school(school, administrator)
    assert sorted(row.object_repr.split()[0] for row in seen) == ["case", "pupil"]
    assert set(seen.values_list("case_reference", flat=True)) == {other.reference, ""}
    hidden = gone.exclude(pk__in=seen)
    assert set(hidden.values_list("case_reference", "for_board")) == {(board.reference, True)}
    assert sorted(row.object_repr.split()[0] for row in hidden) == ["case", "pupil"]
