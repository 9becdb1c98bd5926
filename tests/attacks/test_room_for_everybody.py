"""What one person used up, and all others had none left of. Each failed on its day.

Numbers of the papers of a case ran out for good; and who is kept out of a pupil filled the room
for the files of the pupil's case, by one package that they took in again and again.
"""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases.files import actions as files
from cases.jobs import A_DAY
from cases.models import (
    Attachment,
    Case,
    DossierExport,
    ReceivedDossier,
    ShutOut,
)
from signals.models import Signal
from tests.cases.made_up_packages import package_about
from tests.cases.test_transfer import sent
from tests.factories import AttachmentFactory, CaseFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school, birth_date=timezone.localdate() - timedelta(days=365 * 18))


@pytest.fixture
def case(pupil):
    return SignalFactory(case=CaseFactory(pupil=pupil)).case


@pytest.fixture
def kept_out(pupil, coordinator):
    """Return a coordinator who is kept out of the pupil."""
    person = member(Role.COORDINATOR, pupil.school)
    ShutOut.objects.create(pupil=pupil, user=person, ground="family", set_by=coordinator)
    return person


# --- Numbers of papers ----------------------------------------------------------------------------
def used(case, by, numbers, ago=timedelta(days=30)):
    asked = {"requested_by": by, "requested_at": timezone.now() - ago, "state": "failed"}
    DossierExport.objects.bulk_create(
        DossierExport(case=case, reason="x", number=number, **asked) for number in numbers
    )


def test_the_numbers_of_a_case_do_not_run_out(case, coordinator, signed_in):
    used(case, coordinator, range(1000, 10_000))
    data = {
        "reason": "Overdracht aan de nieuwe school.", "variant": "whole",
        "idempotency_key": str(uuid.uuid4()),
    }  # fmt: skip
    url = reverse("cases:dossier", args=[case.reference])
    assert signed_in(coordinator).post(url, data).status_code == 302
    numbers = set(case.exports.exclude(state="failed").values_list("number", flat=True))
    assert {len(str(number)) for number in numbers} == {5}


def test_a_number_is_drawn_among_many_however_many_there_were(case, coordinator):
    """Of few that are left one knows which comes next; and they hold beyond a small number."""
    free = DossierExport.objects.free_number
    used(case, coordinator, range(1000, 5499))
    assert free(case) in range(5499, 10_000)
    used(case, coordinator, [5499])
    drawn = {free(case) for __ in range(40)}
    assert drawn <= set(range(10_000, 100_000))
    assert len(drawn) > 30
    used(case, coordinator, [99_999])
    assert case.exports.get(number=99_999).name == f"{case.reference}/99999"


def test_one_person_asks_for_so_many_papers_in_a_day_and_others_for_theirs(
    case, coordinator, signed_in
):
    """Each takes a number and lies there for days: by a script one case had none left by noon."""
    used(case, coordinator, range(1000, 1000 + A_DAY), ago=timedelta(hours=23))
    url = reverse("cases:dossier", args=[case.reference])
    own, other = signed_in(coordinator), signed_in(member(Role.COORDINATOR, case.pupil.school))

    def asked(browser):
        data = {
            "reason": "Overdracht aan de nieuwe school.", "variant": "whole",
            "idempotency_key": str(uuid.uuid4()),
        }  # fmt: skip
        return browser.post(url, data)

    refused = asked(own)
    assert refused.status_code == 422
    assert "Overdracht aan de nieuwe school." in refused.content.decode()
    assert case.exports.count() == A_DAY
    assert asked(other).status_code == 302
    case.exports.update(requested_at=timezone.now() - timedelta(days=1, minutes=1))
    assert asked(own).status_code == 302


def test_nor_do_those_of_its_files(case, coordinator, signed_in):
    """Small ones take no room to speak of, and each that is withdrawn keeps its number."""
    AttachmentFactory(case=case, number=32_767, author=coordinator)
    assert letter(signed_in(coordinator), case).status_code == 302
    assert case.attachments.filter(number=32_768).exists()


# --- Room for files -------------------------------------------------------------------------------
def letter(browser, case):
    return browser.post(
        reverse("cases:attach", args=[case.reference]),
        {
            "title": "Brief", "idempotency_key": str(uuid.uuid4()),
            "file": SimpleUploadedFile("a.txt", b"Brief " * 20, "text/plain"),
        },
    )  # fmt: skip


def own_signals(browser):
    """Return what somebody reads of their signals, once they were told that all is taken in."""
    pages = [browser.get(reverse("signals:mine")).content.decode() for __ in range(2)]
    return re.sub(r'(value|nonce)="[^"]*"', "", pages[1])


def test_who_is_kept_out_takes_a_package_in_once(case, kept_out, coordinator, signed_in):
    package, browser = package_about(case.pupil), signed_in(kept_out)
    for __ in range(3):
        answer = sent(browser, package)
        own = Signal.objects.get(author=kept_out)
        here = reverse("signals:detail", args=[own.reference])
        assert (answer.status_code, answer.url) == (302, here)
    assert case.attachments.count() == ReceivedDossier.objects.count() == 1
    # What became of it meanwhile they do not hear: withdrawn, or in a case that is closed.
    before = own_signals(browser)
    files.withdraw(Attachment.objects.get(), coordinator, why="Hoort hier niet.")
    assert sent(browser, package).url == here
    ended = {"closed_at": timezone.now(), "outcome": "other", "closing_grounds": "Klaar."}
    Case.objects.filter(pk=case.pk).update(**ended)
    assert sent(browser, package).url == here
    assert own_signals(browser) == before
    assert Attachment.objects.count() == 1
    # By who sees the case it is taken in once more, where it was withdrawn.
    assert sent(signed_in(coordinator), package).status_code == 302
    assert Attachment.objects.count() == 2


def test_that_it_is_more_urgent_now_is_heard_all_the_same(case, kept_out, signed_in):
    package, browser = package_about(case.pupil), signed_in(kept_out)
    for urgency in ("normal", "acute", "acute", "severe", "normal"):
        assert sent(browser, package, urgency=urgency).status_code == 302
    own = Signal.objects.filter(author=kept_out).order_by("pk")
    assert list(own.values_list("severe", "acute")) == [(False, False), (True, True)]


def test_the_same_package_of_another_pupil_or_person_is_taken_in(
    case, kept_out, school, coordinator, signed_in
):
    package, other = package_about(case.pupil), PupilFactory(school=school)
    sent(signed_in(kept_out), package)
    third = member(Role.COORDINATOR, school)
    ShutOut.objects.create(pupil=case.pupil, user=third, ground="family", set_by=coordinator)
    sent(signed_in(third), package)
    sent(signed_in(kept_out), package, pupil=other.public_id, same="on")
    assert case.attachments.count() == 2
    assert other.cases.get().attachments.count() == 1


def test_what_was_withdrawn_takes_no_room_of_others(case, kept_out, coordinator, monkeypatch,
                                                    signed_in):  # fmt: skip
    browser = signed_in(coordinator)
    sent(signed_in(kept_out), package_about(case.pupil))
    theirs = Attachment.objects.get()
    monkeypatch.setattr(files, "LIMIT_OF_CASE", theirs.size)
    assert letter(browser, case).status_code == 422
    files.withdraw(theirs, coordinator, why="Hoort hier niet.")
    assert letter(browser, case).status_code == 302


def test_but_stays_on_disk_and_takes_that_of_whoever_filed_it(
    case, coordinator, monkeypatch, signed_in
):
    """Else one fills the disk with one case."""
    monkeypatch.setattr(files, "LIMIT_OF_CASE", 150)
    browser = signed_in(coordinator)
    assert letter(browser, case).status_code == 302
    files.withdraw(Attachment.objects.get(), coordinator, why="Hoort hier niet.")
    assert letter(browser, case).status_code == 422
    assert letter(signed_in(member(Role.COORDINATOR, case.school)), case).status_code == 302


def test_who_is_kept_out_does_not_hear_that_theirs_was_withdrawn(
    case, kept_out, coordinator, monkeypatch, signed_in
):
    package, browser = package_about(case.pupil), signed_in(kept_out)
    sent(browser, package)
    monkeypatch.setattr(files, "LIMIT_OF_CASE", Attachment.objects.get().size)
    another = package_about(case.pupil)
    assert another != package
    assert sent(browser, another).status_code == 422
    files.withdraw(Attachment.objects.get(), coordinator, why="Hoort hier niet.")
    assert sent(browser, another).status_code == 422
