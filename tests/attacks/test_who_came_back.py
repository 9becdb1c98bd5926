"""The list of what is destroyed, beside lists of pupils and requests. Each failed on its day."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.models import LogEntry
from cases.destruction.approving import to_approve
from cases.destruction.erasing import erase_case
from cases.destruction.listing import look_again
from cases.destruction.work import give_up
from cases.models import Destruction, DueItem, Pupil, ShutOut
from cases.need_to_know.actions import shut_out
from tests.cases.records import pupil_left
from tests.cases.test_destruction import approve, destroy, over
from tests.cases.test_rights_requests import answer, ask
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db
PAGES = ("destruction", "approve_destruction")


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path):
    settings.TOMBSTONES = tmp_path / "apart" / "tombstones.jsonl"


@pytest.fixture
def administrator(school):
    return member(Role.ADMINISTRATOR, school)


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


@pytest.mark.parametrize("name", PAGES)
def test_a_former_pupil_who_comes_back_stops_no_page(
    school, leader, administrator, coordinator, signed_in, name
):
    """Their row asked in which year they had left: nobody of the school could approve anything."""
    pupil = PupilFactory(school=school, left_on=date(2015, 7, 1))
    look_again(school, leader)
    assert DueItem.objects.filter(pupil=pupil).exists()
    before = LogEntry.objects.count()
    pupil_left(pupil, None)
    assert not DueItem.objects.filter(pupil=pupil).exists()
    assert LogEntry.objects.count() == before + 1  # of the pupil, and none that they had no case
    for who in (leader, administrator, coordinator):
        assert signed_in(who).get(reverse(f"cases:{name}")).status_code == 200


def test_a_row_of_a_pupil_who_comes_back_while_it_is_being_destroyed_goes_too(
    school, leader, administrator
):
    """The run put it back: nobody could approve it, and the page offered it for good."""
    pupil = PupilFactory(school=school, left_on=date(2005, 7, 1))
    look_again(school, leader)
    approve(school, administrator, leader)
    pupil_left(pupil, None)
    before = LogEntry.objects.count()
    destroy()
    assert Pupil.objects.filter(pk=pupil.pk).exists()
    assert not DueItem.objects.filter(pupil=pupil).exists()
    assert LogEntry.objects.count() == before
    assert to_approve(leader, school) == []


def test_a_row_of_a_pupil_who_came_back_goes_with_a_run_that_is_given_up(
    school, leader, administrator
):
    """It was put back on the list for good, though colleagues' rows beside it are approved anew."""
    back, gone = (PupilFactory(school=school, left_on=date(2005, 7, 1)) for __ in range(2))
    look_again(school, leader)
    approve(school, administrator, leader)
    pupil_left(back, None)
    item = DueItem.objects.get(pupil=back)
    trail = LogEntry.objects.filter(object_repr=f"dueitem {item.public_id}")
    before = trail.count()
    give_up(Destruction.objects.get())
    assert not DueItem.objects.filter(pupil=back).exists()
    assert [item.pupil for item in to_approve(leader, school)] == [gone]
    assert trail.count() == before > 0


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("left_on", [None, date(2024, 5, 1)])
def test_who_comes_back_or_leaves_does_not_tell_whose_case_is_on_the_list(
    school, administrator, leader, signed_in, name, left_on
):
    """An administrator sees cases by their reference, and sends lists of pupils by their names."""
    cases = [CaseFactory(pupil=PupilFactory(school=school)) for __ in range(3)]
    over(*cases)
    look_again(school, leader)

    def shown(to):
        page = signed_in(to).get(reverse(f"cases:{name}")).content.decode()
        page = re.sub(r'(value|nonce)="[^"]*"', "", page)
        return {
            case.reference: row.replace(case.reference, "")
            for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
            for case in cases
            if case.reference in row
        }

    before = shown(administrator)
    assert len(before) == len(cases)
    assert "vertrokken in" in str(shown(leader))
    pupil_left(cases[1].pupil, left_on)
    assert shown(administrator) == before


@pytest.mark.parametrize("left_on", [None, date(2024, 5, 1)])
def test_a_case_of_who_came_back_is_offered_once_more_and_not_for_good(
    school, administrator, leader, signed_in, left_on
):
    """The page offered it, took the approval of none, and offered it again."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    over(case)
    look_again(school, leader)
    pupil_left(case.pupil, left_on)
    browser, url = signed_in(administrator), reverse("cases:approve_destruction")
    seen = browser.get(url).context["form"]["seen"].value()
    before = LogEntry.objects.count()
    answer = browser.post(url, {"seen": seen, "sure": "on"}, follow=True)
    assert "Hiervan kan nu niets weg." in answer.content.decode()
    assert case.reference not in answer.content.decode()
    assert LogEntry.objects.count() == before
    assert to_approve(leader, school) == []
    # Once they are gone again, and long enough, the list names it anew.
    over(case)
    assert look_again(school, leader) == 1


@pytest.mark.parametrize("took_it", [True, False])
def test_on_which_ground_a_request_was_refused_is_gone_with_the_pupil(
    school, administrator, leader, coordinator, signed_in, took_it
):
    """Who was kept out of the pupil is kept out of nobody then, and read why colleagues refused."""
    kept = member(Role.COORDINATOR, school)
    born = timezone.localdate() - timedelta(days=365 * 17.5)
    case = CaseFactory(pupil=PupilFactory(school=school, birth_date=born))
    shut_out(case, leader, kept, ground="family", explanation="")
    asked = ask(case.pupil, kept if took_it else coordinator)
    refused = {"grounds": ["informant", "harm"], "words": "Oma vertelde het."}
    answer(asked, coordinator, "refused", **refused)
    over(case)
    look_again(school, leader)
    approve(school, administrator, leader)
    destroy()
    assert not Pupil.objects.filter(pk=case.pupil_id).exists()
    for name in ("request", "letter"):
        url = reverse(f"cases:{name}", args=[asked.public_id])
        page = signed_in(kept).get(url).content.decode()
        assert "kind schaden" not in page
        assert "ongenoemd" not in page
        assert "bescherming van het kind" not in page


@pytest.fixture
def kept(school):
    """A colleague who takes in requests too, and is kept out of a pupil."""
    return member(Role.COORDINATOR, school)


def reads(browser, asked) -> list[int | str]:
    """Return what somebody gets of a request: its page, its letter, and what the register says."""
    pages = [browser.get(reverse(f"cases:{name}", args=[asked.public_id])) for name in REQUEST]
    register = browser.get(reverse("cases:requests")).content.decode()
    said = [one.content.decode() for one in pages if one.status_code == 200]
    assert not any("zijn collega meldde" in page for page in said)
    return [*(one.status_code for one in pages), str(asked.public_id) in register]


def test_a_pupil_who_left_later_than_was_said_is_not_offered_for_good(
    school, leader, administrator
):
    pupil = PupilFactory(school=school, left_on=date(2005, 7, 1))
    look_again(school, leader)
    pupil_left(pupil, timezone.localdate() - timedelta(days=30))
    assert len(to_approve(administrator, school)) == 1
    approve(school, administrator)
    assert to_approve(administrator, school) == []
    assert Pupil.objects.filter(pk=pupil.pk).exists()


REQUEST = ("request", "letter")
WORDS = {"grounds": ["informant"], "words": "Over hem: zijn collega meldde het."}


def test_what_is_answered_after_a_pupil_is_gone_is_not_kept_and_not_for_who_was_kept_out(
    school, leader, administrator, coordinator, kept, signed_in
):
    """With the pupil went what kept them out; the form of the answer took words still."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    shut_out(case, leader, kept, ground="family", explanation="")
    asked = ask(case.pupil, coordinator)
    taken = ask(case.pupil, kept)
    over(case)
    look_again(school, leader)
    approve(school, administrator, leader)
    destroy()
    assert not Pupil.objects.filter(pk=case.pupil_id).exists()
    assert reads(signed_in(kept), asked) == [404, 404, False]
    url = reverse("cases:answer_request", args=[asked.public_id])
    page = signed_in(coordinator).get(url)
    assert "zijn vernietigd" in page.content.decode()
    said = {"outcome": "refused", "answered_on": timezone.localdate().isoformat(), **WORDS}
    assert signed_in(coordinator).post(url, said).status_code == 302
    asked.refresh_from_db()
    assert (asked.outcome, asked.grounds, asked.words) == ("refused", [], "")
    assert reads(signed_in(kept), asked) == [404, 404, False]
    assert reads(signed_in(kept), taken) == [200, 200, True]  # their own


def test_nor_where_what_kept_them_out_goes_with_a_case_for_the_board(
    school, leader, kept, signed_in
):
    """Whom it was about read word for word who had told it; the pupil is at school still."""
    born = timezone.localdate() - timedelta(days=365 * 17.5)
    case = CaseFactory(pupil=PupilFactory(school=school, birth_date=born), restricted=True)
    shut_out(case, leader, kept, ground="concerned", explanation="Over hem.")
    asked, taken = ask(case.pupil, leader), ask(case.pupil, kept)
    for one in (asked, taken):
        answer(one, leader, "partly", **WORDS)
    over(case)
    Pupil.objects.update(left_on=None)
    erase_case(case, "V-1", leader)
    assert not ShutOut.objects.exists()
    assert Pupil.objects.filter(pk=case.pupil_id).exists()
    assert reads(signed_in(kept), asked) == [404, 404, False]
    assert reads(signed_in(kept), taken) == [200, 200, True]
