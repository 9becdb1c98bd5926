"""The register of requests: what colleagues write there is not for who is kept out of the pupil."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission
from accounts.models import Membership
from accounts.roles import Role
from audit.models import LogEntry
from cases.errors import ActionError
from cases.figures.actions import names_in
from cases.models import Notification, Pupil, RightsRequest, ShutOut
from cases.need_to_know import actions as need_to_know
from cases.notifications.kinds import known
from cases.rights_requests import actions, reminders
from tests.attacks.proof import shows
from tests.cases.test_rights_requests import answer, ask
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(school):
    return CaseFactory(pupil__school=school).pupil


def keep_out(pupil, person, by):
    return pupil.shut_outs.create(user=person, ground="family", set_by=by)


@shows("request-1")
def test_whoever_took_the_letter_of_their_own_child_reads_no_answer_of_a_colleague(
    pupil, school, coordinator, signed_in
):
    parent = member(Role.COORDINATOR, school)
    keep_out(pupil, parent, coordinator)
    asked = ask(pupil, parent)
    actions.take_longer(asked, coordinator, why="Veilig Thuis wordt eerst gevraagd.")
    pages = [reverse(f"cases:{name}", args=[asked.public_id]) for name in ("request", "letter")]
    words = ["Veilig Thuis wordt"]
    for page in pages:
        assert not any(word in signed_in(parent).get(page).content.decode() for word in words)
        assert "Veilig Thuis wordt" in signed_in(coordinator).get(page).content.decode()
    answer(
        asked, coordinator, "partly", grounds=["harm"], words="Oma vertelde van de kelder.",
        handed_over="Het verslag zonder stap 3.", explained="Vader is verdacht.",
    )  # fmt: skip
    words += ["kind schaden", "kelder", "zonder stap 3", "Vader is"]
    for page in pages:
        shown = signed_in(parent).get(page).content.decode()
        assert not any(word in shown for word in words), page
        assert "deel toegekend" in shown.lower()  # that it was answered, and how
    assert "kelder" in signed_in(coordinator).get(pages[0]).content.decode()


def test_what_one_answered_oneself_one_reads_again(pupil, school, coordinator, signed_in):
    parent = member(Role.COORDINATOR, school)
    keep_out(pupil, parent, coordinator)
    asked = ask(pupil, parent)
    answer(asked, parent, "refused", grounds=["identity"], words="Dat ben ik zelf.")
    page = signed_in(parent).get(reverse("cases:request", args=[asked.public_id]))
    assert "Dat ben ik zelf." in page.content.decode()


@shows("request-1")
def test_a_register_without_names_and_the_trail_count_the_same(
    pupil, school, coordinator, administrator, signed_in
):
    keep_out(pupil, administrator, coordinator)
    asked = ask(pupil, coordinator)
    client = signed_in(administrator)
    assert (
        "erzoek van een ouder of leerling" in client.get(reverse("audit:school")).content.decode()
    )
    page = client.get(reverse("cases:requests"))
    assert list(page.context["open"]) == [asked]
    assert client.get(reverse("cases:request", args=[asked.public_id])).status_code == 404


@shows("request-1")
@pytest.mark.parametrize("restricted", [False, True], ids=["kept out", "for the board"])
def test_what_stood_there_before_somebody_is_kept_out_stays(school, signed_in, restricted):
    """Gone, it told the one about whom a signal is that there is one, and about which pupil."""
    leader = member(Role.SCHOOL_LEADER, school)
    accused, other = (member(Role.COORDINATOR, school) for __ in range(2))
    case = CaseFactory(pupil__school=school, restricted=restricted)
    asked = ask(case.pupil, other, received_on=timezone.localdate() - timedelta(days=27))
    reminders.remind(timezone.localdate())

    def sees():
        client, told = signed_in(accused), Notification.objects.filter(recipient=accused)
        page = client.get(reverse("cases:request", args=[asked.public_id]))
        listed = list(client.get(reverse("cases:requests")).context["open"])
        return page.status_code, listed, len(known(accused, told))

    before = sees()
    assert before == (200, [asked], 1)
    keep_out(case.pupil, accused, leader)
    assert sees() == before
    # What comes after is hidden from them, and of what was they read no word of a colleague.
    later = ask(case.pupil, other)
    assert sees() == before
    page = reverse("cases:request", args=[later.public_id])
    assert signed_in(accused).get(page).status_code == 404
    reminders.remind(asked.due_on)
    told = [Notification.objects.filter(recipient=one, about=str(asked.public_id)).count()
            for one in (accused, other)]  # fmt: skip
    assert told == [2, 2]
    longer(asked, other)
    page = reverse("cases:request", args=[asked.public_id])
    assert "Veilig Thuis wordt" not in signed_in(accused).get(page).content.decode()


@shows("request-1")
def test_whoever_is_kept_out_is_reminded_of_no_request(pupil, school, coordinator):
    other = member(Role.COORDINATOR, school)
    keep_out(pupil, other, coordinator)
    ask(pupil, coordinator, received_on=timezone.localdate() - timedelta(days=40))
    reminders.remind(timezone.localdate())
    assert known(other, Notification.objects.filter(recipient=other)) == []


@shows("request-1")
def test_a_conflict_that_ends_while_another_stands_shows_no_request_of_before(pupil, school):
    leader = member(Role.SCHOOL_LEADER, school)
    kept, other = (member(Role.COORDINATOR, school) for __ in range(2))
    case = pupil.cases.get()

    def keep_out_in(one, by):
        return need_to_know.shut_out(one, by, kept, ground="other", explanation="Buur.")

    def hears_of(asked):
        sees = RightsRequest.objects.visible_to(kept, Permission.KEEP_REQUESTS)
        reminded = reminders.keepers(asked, timezone.localdate())
        return sees.filter(pk=asked.pk).exists(), kept.pk in reminded

    first, board = keep_out_in(case, other), CaseFactory(pupil=pupil, restricted=True)
    hidden = ask(pupil, other)
    second = keep_out_in(board, leader)
    need_to_know.end_shut_out(first, case, other, why="Verhuisd.")
    assert hears_of(hidden) == (False, False)
    keep_out_in(case, other)
    need_to_know.end_shut_out(second, board, leader, why="Verhuisd.")
    assert hears_of(hidden) == (False, False)
    # What they had before it all stays; and what they saw in between, of one that did end.
    keep_out_in(case, other)
    for one in ShutOut.objects.standing().select_related("case"):
        need_to_know.end_shut_out(one, one.case, leader, why="Verhuisd.")
    assert hears_of(hidden) == (True, True)
    keep_out_in(case, other)
    assert hears_of(hidden) == (True, True)


def longer(asked, by, why="Veilig Thuis wordt eerst gevraagd."):
    actions.take_longer(asked, by, why=why)


PAGES = ("cases:request", "cases:letter")


@shows("request-2")
def test_whoever_answers_reads_by_it_no_reason_of_a_colleague(
    pupil, school, coordinator, signed_in
):
    parent = member(Role.COORDINATOR, school)
    keep_out(pupil, parent, coordinator)
    asked = ask(pupil, parent)
    longer(asked, coordinator)
    answer(asked, parent, "refused", grounds=["identity"], words="Dat ben ik zelf.")
    for name in PAGES:
        page = reverse(name, args=[asked.public_id])
        assert "Veilig Thuis wordt" not in signed_in(parent).get(page).content.decode()
    page = reverse("cases:request", args=[asked.public_id])
    assert "Veilig Thuis wordt" in signed_in(coordinator).get(page).content.decode()


@shows("request-2")
def test_a_letter_of_one_s_own_is_the_same_whether_one_is_kept_out_or_not(
    pupil, school, coordinator, signed_in
):
    """By a letter that somebody makes up they saw from whom they are kept: it read otherwise, and
    they alone heard nothing of its clock."""
    parent = member(Role.COORDINATOR, school)
    keep_out(pupil, parent, coordinator)
    received, read, told = timezone.localdate() - timedelta(days=27), [], []
    for about in (PupilFactory(school=school), pupil):
        asked = ask(about, parent, received_on=received)
        reminders.remind(timezone.localdate())
        heard = Notification.objects.filter(recipient=parent, about=str(asked.public_id))
        told.append(len(known(parent, heard)))
        longer(asked, parent, "Moeder is op reis.")
        client = signed_in(parent)
        pages = [client.get(reverse(name, args=[asked.public_id])) for name in PAGES]
        read.append(["Moeder is op reis." in page.content.decode() for page in pages])
    assert told == [1, 1]
    assert read == [[True, True], [True, True]]


@shows("request-2")
def test_an_administrator_of_the_care_team_counts_no_hidden_request_in_the_trail(
    pupil, school, coordinator, signed_in
):
    both = member(Role.ADMINISTRATOR, school)
    Membership.objects.create(
        user=both, role=Role.COORDINATOR, school=school, starts_on=date(2020, 1, 1)
    )
    others = ask(PupilFactory(school=school), coordinator)
    keep_out(pupil, both, coordinator)
    hidden, own = ask(pupil, coordinator), ask(pupil, both)
    client = signed_in(both)
    assert set(client.get(reverse("cases:requests")).context["open"]) == {others, own}
    rows = LogEntry.objects.of_school(school, both).filter(
        content_type__model="rightsrequest", kind="made"
    )
    assert set(rows.values_list("object_id", flat=True)) == {others.pk, own.pk}
    # Whoever looks after the program alone sees about nobody which it is, and counts all.
    alone = member(Role.ADMINISTRATOR, school)
    keep_out(pupil, alone, coordinator)
    rows = LogEntry.objects.of_school(school, alone).filter(
        content_type__model="rightsrequest", kind="made"
    )
    assert set(rows.values_list("object_id", flat=True)) == {others.pk, hidden.pk, own.pk}


@shows("request-3")
@pytest.mark.parametrize("how", ["kept out", "for the board"])
def test_no_name_is_found_that_only_a_hidden_case_keeps(school, coordinator, signed_in, how):
    """Two years after leaving a school knows those still who have a case, and nobody else."""
    leader = member(Role.SCHOOL_LEADER, school)
    long_ago = timezone.localdate() - timedelta(days=3 * 365)
    gone = PupilFactory(school=school, family_name="Vroeger", left_on=long_ago)
    CaseFactory(pupil=gone, restricted=how == "for the board")
    if how == "kept out":
        keep_out(gone, coordinator, leader)
    lately = timezone.localdate() - timedelta(days=300)
    seen, left = (PupilFactory(school=school, family_name="Vroeger", left_on=on)
                  for on in (long_ago, lately))  # fmt: skip
    CaseFactory(pupil=seen)
    PupilFactory(school=school, family_name="Vroeger", left_on=long_ago)  # not destroyed yet
    page = reverse("cases:whose_request")
    for person, found in ((coordinator, {seen, left}), (leader, {gone, seen, left})):
        answered = signed_in(person).post(page, {"pupil_query": "Vroeger"})
        assert set(answered.context["found"]) == found


@shows("request-3")
def test_the_year_report_looks_for_no_name_that_only_a_hidden_case_keeps(school, coordinator):
    leader, administrator = member(Role.SCHOOL_LEADER, school), member(Role.ADMINISTRATOR, school)
    long_ago = timezone.localdate() - timedelta(days=3 * 365)
    gone = PupilFactory(school=school, given_name="Wolmoed", family_name="Vroeger",
                        left_on=long_ago)  # fmt: skip
    CaseFactory(pupil=gone)
    PupilFactory(school=school, given_name="Jolijn", family_name="Heden")
    text = "Wij spraken met WolmoedVroeger en Jolijn, en met Fenna."
    assert names_in(school, text, leader) == ["WolmoedVroeger", "Jolijn"]
    # By references alone one sees no case of theirs.
    assert names_in(school, text, administrator) == ["Jolijn"]
    keep_out(gone, leader, coordinator)
    assert names_in(school, text, leader) == ["Jolijn"]


def test_a_pupil_whose_data_go_at_that_very_moment_is_no_fault(school, coordinator):
    pupil = PupilFactory(school=school)
    Pupil.objects.filter(pk=pupil.pk).delete()
    with transaction.atomic(), pytest.raises(ActionError):
        ask(pupil, coordinator)
