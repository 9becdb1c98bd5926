"""What was filed, and what could be made of it after. Each failed on the day it was written."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import LogEntry
from cases.contact_book.organisations import Organisation
from cases.help_page.actions import change_item
from cases.models import Contact, SchoolVacation
from cases.need_to_know.actions import shut_out
from cases.vacations.actions import remove_vacation
from consultations.actions import record_outcome
from consultations.answering.actions import decline_invitation
from consultations.models import Consultation
from referrals.actions import prepare
from tests.cases.records import decision
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ContactFactory,
    HelpItemFactory,
    InvitationFactory,
    PupilFactory,
    VacationFactory,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


# --- Who looks after the contact book, and may see no case, says whom a case consulted
@pytest.fixture
def doctor(school):
    return ContactFactory(school=school, name="Jeugdarts Anna Smit")


def made_somebody_else(doctor, browser):
    """Make the youth doctor of the book a police officer, twice (an impatient finger)."""
    fields = {
        "organisation": Organisation.POLICE,
        "name": "Agent Bob Jager",
        "telephone": "0900-8844",
        "idempotency_key": str(uuid.uuid4()),
    }
    url = reverse("cases:change_contact", args=[doctor.public_id])
    assert [browser.post(url, fields).status_code for __ in range(2)] == [302, 302]


def test_whom_somebody_consulted_is_not_changed_in_the_contact_book(
    case, doctor, administrator, signed_in
):
    asked = ConsultationFactory(case=case, kind="other", contact=doctor)
    made_somebody_else(doctor, signed_in(administrator))
    assert "Anna Smit" in Consultation.objects.get(pk=asked.pk).whom


def test_nor_is_to_whom_something_was_referred(case, doctor, administrator, signed_in):
    referral = decision(case, NOW, to={"other": NOW}, help="other").referrals.get()
    type(referral).objects.filter(pk=referral.pk).update(contact=doctor)
    made_somebody_else(doctor, signed_in(administrator))
    referral.refresh_from_db()
    assert "Anna Smit" in referral.receiver


def test_the_book_has_the_new_one_alone(school, doctor, administrator, signed_in):
    made_somebody_else(doctor, signed_in(administrator))
    assert [c.name for c in Contact.objects.standing()] == ["Agent Bob Jager"]


def test_another_number_is_still_the_same_person(doctor, administrator, signed_in):
    fields = {
        "organisation": doctor.organisation,
        "name": doctor.name,
        "telephone": "030 111 22 33",
    }
    url = reverse("cases:change_contact", args=[doctor.public_id])
    signed_in(administrator).post(url, fields)
    assert Contact.objects.get().telephone == "030 111 22 33"


# --- Who chairs withdrew an invitation when all was over: as if somebody had been sent away
@pytest.mark.parametrize("over", ["consultation", "case"])
def test_what_is_closed_withdraws_nobody_any_more(
    case, school, coordinator, family_worker, signed_in, over
):
    asked = ConsultationFactory(case=case, author=coordinator)
    joined = InvitationFactory(
        consultation=asked, user=family_worker, buurtteam=school.buurtteam, accepted_at=NOW
    )
    if over == "consultation":
        record_outcome(asked, coordinator, held_at=NOW, outcome="Eerst praten.", next_talk="Wij.")
    else:
        type(case).objects.filter(pk=case.pk).update(
            closed_at=NOW, outcome="other", closing_grounds="x", closed_by=coordinator
        )
    url = reverse("consultations:withdraw", args=[joined.public_id])
    answer = signed_in(coordinator).post(url)
    assert answer.status_code == 302
    joined.refresh_from_db()
    assert joined.withdrawn_at is None


# --- Changed without a row in the audit: only its words were others
def rows():
    return LogEntry.objects.count()


def test_what_is_prepared_anew_leaves_a_row(case, coordinator):
    referral = decision(case, NOW, to={"buurtteam": None}).referrals.get()
    words = {"consent": "given", "consent_of": "moeder", "consent_ground": ""}
    prepare(referral, coordinator, handed_over="Zij slaapt in de auto.", **words)
    before = rows()
    prepare(referral, coordinator, handed_over="Er is niets aan de hand.", **words)
    assert rows() == before + 1


def test_so_does_where_the_help_page_leads(school, administrator):
    item = HelpItemFactory(school=school)
    before = rows()
    change_item(item, administrator, title=item.title, text="x", url="https://elders.example/")
    assert rows() == before + 1


# --- Two who took the same vacation away at once: the trail said that each of them did
def test_what_a_colleague_took_away_is_not_taken_away_once_more(school, coordinator):
    vacation = VacationFactory(school=school)
    seen_by_a_colleague = SchoolVacation.objects.get(pk=vacation.pk)
    for one in (vacation, seen_by_a_colleague):
        remove_vacation(one, coordinator)
    deleted = LogEntry.objects.filter(action=LogEntry.Action.DELETE, school=school.pk)
    assert deleted.count() == 1


# --- Whom a conflict of interest keeps out: what they had declined before was read as withdrawn
def test_what_somebody_declined_stays_declined(case, coordinator, family_worker):
    asked = ConsultationFactory(case=case)
    team = family_worker.memberships.get().buurtteam
    mine = InvitationFactory(consultation=asked, user=family_worker, buurtteam=team)
    decline_invitation(mine, family_worker, why="Ik ken de familie.")
    shut_out(case, coordinator, family_worker, ground="family", explanation="")
    mine.refresh_from_db()
    assert (bool(mine.declined_at), mine.withdrawn_at) == (True, None)
