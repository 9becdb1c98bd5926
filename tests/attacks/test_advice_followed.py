"""What attackers advised and was not done yet. Each failed on the day it was written."""

import uuid
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from background import health
from background.checks import check_token
from cases.dossier.contents import CLOSED, dossier, offered
from cases.dossier.pdf import as_html
from cases.dossier.variants import Code
from cases.dossier.year import request_year
from cases.figures.school_year import SchoolYear
from cases.models import (
    Case,
    Contact,
    DossierExport,
    Envelope,
    Notification,
    OutboxMessage,
    PushSubscription,
)
from cases.notifications.kinds import SHUT_OUT, known
from cases.notifications.outbox import deliver
from cases.notifications.push.services import is_offered
from cases.notifications.telling import notify
from cases.notifications.watched import given_up
from tests.accounts.second_factors import give_app
from tests.cases.test_push import Browser
from tests.factories import (
    BoardFactory,
    CaseFactory,
    PupilFactory,
    SchoolFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school) -> Case:
    return CaseFactory(pupil=PupilFactory(school=school))


def test_adding_a_device_asks_for_a_fresh_second_factor(settings, coordinator, signed_in):
    settings.PUSH_SERVICES = ("https://push.example",)
    assert is_offered()
    give_app(coordinator)
    sent = {"endpoint": "https://push.example/one", **Browser().keys}
    late = signed_in(coordinator, second_factor_ago=timedelta(minutes=16))
    answer = late.post(reverse("notifications:add_device"), sent)
    again = reverse("mfa_reauthenticate")
    assert answer.url == f"{again}?next=%2Fnotifications%2Fsettings%2F"
    assert not PushSubscription.objects.exists()
    signed_in(coordinator).post(reverse("notifications:add_device"), sent)
    assert PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("token", "faults"), [("", 0), ("geheim", 1), ("a" * 64, 1), ("3f9c1e7ab24d60518e2fbc93", 0)]
)
def test_a_token_that_can_be_guessed_is_refused(settings, token, faults):
    settings.HEALTH_TOKEN = token
    said = check_token(None)
    assert len(said) == faults
    assert not [one for one in said if token in one.msg]


def unsent_letters(case, people, error):
    notify(SHUT_OUT, [person.pk for person in people], "1", case=case)
    long_ago = timezone.now() - timedelta(hours=3)
    for person in people:
        made = Envelope.objects.create(
            recipient=person, channel="mail", sealed_at=long_ago, last_error=error,
            next_attempt_at=timezone.now() + timedelta(hours=1),
        )  # fmt: skip
        OutboxMessage.objects.filter(recipient=person, channel="mail").update(envelope=made)


@pytest.mark.parametrize("error", ["SMTPRecipientsRefused", "PushFault"])
def test_one_full_mailbox_or_failing_device_wakes_nobody(case, school, error):
    unsent_letters(case, [member(Role.COORDINATOR, school)], error)
    assert health.messages(timezone.now()).well
    unsent_letters(case, [member(Role.COORDINATOR, school) for __ in range(2)], error)
    assert not health.messages(timezone.now()).well  # of three people: it is the line


def test_a_line_that_is_down_for_one_letter_does(case, coordinator):
    unsent_letters(case, [coordinator], "SMTPServerDisconnected")
    assert not health.messages(timezone.now()).well


def test_a_worker_that_is_stopped_gives_no_letter_up(case, coordinator, monkeypatch):
    notify(SHUT_OUT, [coordinator.pk], "1", case=case)

    def stopped(self, messages):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(EmailBackend, "send_messages", stopped)
    for __ in range(4):
        with pytest.raises(SoftTimeLimitExceeded):
            deliver()
        Envelope.objects.update(next_attempt_at=timezone.now())
    monkeypatch.undo()
    assert deliver() == 1


def test_what_is_written_goes_to_the_school_of_its_form_or_nowhere(signed_in, school):
    other, third = SchoolFactory(), SchoolFactory()
    person = member(Role.ADMINISTRATOR, other)
    for one in (school, third):
        person.memberships.create(role=Role.ADMINISTRATOR, school=one)
    browser = signed_in(person)
    url = reverse("cases:add_contact")
    sent = {
        "organisation": "save", "name": "SAVE", "telephone": "030 765 43 21", "hours": "",
        "idempotency_key": str(uuid.uuid4()),
    }  # fmt: skip
    # Of two schools, and of none, and of one that was lost meanwhile.
    person.memberships.filter(school=other).delete()
    assert (
        f'action="?school={school.pk}"' in browser.get(f"{url}?school={school.pk}").content.decode()
    )
    for asked in (f"?school={other.pk}", ""):
        assert browser.post(url + asked, sent).status_code == 404
    assert not Contact.objects.exists()
    assert browser.post(f"{url}?school={school.pk}", sent).status_code == 302
    assert Contact.objects.get().school == school


def test_a_letter_about_another_school_shows_not_to_this_ones_administrator(
    case, school, administrator
):
    elsewhere = CaseFactory()
    person = member(Role.COORDINATOR, school)
    person.memberships.create(role=Role.COORDINATOR, school=elsewhere.school)
    unsent_letters(elsewhere, [person], "SMTPRecipientsRefused")
    Envelope.objects.update(dead_at=timezone.now())
    assert not given_up(administrator).exists()
    assert given_up(member(Role.ADMINISTRATOR, elsewhere.school)).exists()
    unsent_letters(case, [member(Role.COORDINATOR, school)], "SMTPRecipientsRefused")
    Envelope.objects.update(dead_at=timezone.now())
    assert given_up(administrator).count() == 1


def test_how_a_case_ended_goes_along_when_it_was_chosen(case):
    case.closed_at, case.outcome, case.closed_by = timezone.now(), "other", UserFactory()
    case.closing_grounds = "Vader is opgenomen."
    case.save()
    whole = Case.objects.with_records().get(pk=case.pk)
    keys = [key for key, _name in offered(whole, sees_case=True)]
    assert keys == [CLOSED]

    def page(chosen):
        export = DossierExport.objects.create(
            case=case, requested_by=UserFactory(language="nl"), reason="Overdracht.", number=1,
            variant=Code.BUURTTEAM, chosen=chosen,
        )  # fmt: skip
        shown = as_html(dossier(export, timezone.localtime()))
        export.delete()
        return shown

    for said in ("Vader is opgenomen.", 'id="closing"'):
        assert said not in page([]), said
        assert said in page([CLOSED]), said


def test_somebody_else_hears_of_an_export_of_a_year(signed_in):
    board = BoardFactory()
    case = CaseFactory(pupil__school=SchoolFactory(board=board))
    school, year = case.school, SchoolYear.of(case.opened_at).first
    asker = member(Role.ADMINISTRATOR, school)
    asker.memberships.create(role=Role.SCHOOL_LEADER, school=school)
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=board))
    stranger = member(Role.SCHOOL_LEADER, SchoolFactory(board=BoardFactory()))

    def told_of_one():
        export = request_year(school, asker, uuid.uuid4(), year, "Archief van dit jaar.")
        type(export).objects.update(state="expired")
        told = Notification.objects.filter(key=str(export.public_id))
        for one in told:
            assert known(one.recipient, [one]) == [one]
            assert (
                "/" in signed_in(one.recipient).get(reverse("notifications:list")).content.decode()
            )
        return {one.recipient for one in told}

    assert told_of_one() == {sister}
    other = member(Role.ADMINISTRATOR, school)
    assert told_of_one() == {other}
    leader = member(Role.SCHOOL_LEADER, school)
    assert told_of_one() == {leader}
    assert not Notification.objects.filter(recipient=stranger).exists()
