"""What one person used up, and all others had none left of. Each failed on its day.

Numbers of the papers of a case ran out for good.
"""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cases.models import (
    DossierExport,
)
from tests.factories import AttachmentFactory, CaseFactory, PupilFactory, SignalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school, birth_date=timezone.localdate() - timedelta(days=365 * 18))


@pytest.fixture
def case(pupil):
    return SignalFactory(case=CaseFactory(pupil=pupil)).case


# --- Numbers of papers ----------------------------------------------------------------------------
def used(case, by, numbers):
    DossierExport.objects.bulk_create(
        DossierExport(case=case, requested_by=by, reason="x", number=number, state="failed")
        for number in numbers
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


def test_nor_do_those_of_its_files(case, coordinator, signed_in):
    """Small ones take no room to speak of, and each that is withdrawn keeps its number."""
    AttachmentFactory(case=case, number=32_767, author=coordinator)
    assert letter(signed_in(coordinator), case).status_code == 302
    assert case.attachments.filter(number=32_768).exists()


def letter(browser, case):
    return browser.post(
        reverse("cases:attach", args=[case.reference]),
        {
            "title": "Brief", "idempotency_key": str(uuid.uuid4()),
            "file": SimpleUploadedFile("a.txt", b"Brief " * 20, "text/plain"),
        },
    )  # fmt: skip
