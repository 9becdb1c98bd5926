"""A copy of a whole dossier that stayed on the disk for ever. Each failed on its day."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from cases import jobs
from cases.dossier.actions import Wish, claim, look_after, request_export
from cases.dossier.variants import Code
from cases.files.actions import withdraw
from cases.models import Attachment, DossierExport
from tests.factories import AttachmentFactory, CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db
FOLDER = "dossiers"


@pytest.fixture
def export(school, coordinator) -> DossierExport:
    case = CaseFactory(pupil=PupilFactory(school=school))
    return claim(request_export(case, coordinator, uuid.uuid4(), "Voor de ouders.").public_id)


def left() -> list[str]:
    return default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []


def test_a_file_is_gone_whose_row_could_not_be_written(export, monkeypatch):
    def away(*args):
        raise DatabaseError

    monkeypatch.setattr(jobs, "_tell", away)
    with pytest.raises(DatabaseError):
        jobs.finish(export, b"%PDF")
    assert left() == []


def test_one_of_a_worker_that_was_killed_is_gone_when_the_others_are(export):
    jobs.finish(export, b"%PDF")
    default_storage.save(f"{FOLDER}/of_a_killed_one.pdf", ContentFile(b"%PDF"))
    look_after(timezone.now() + timedelta(days=6))
    assert len(left()) == 2
    DossierExport.objects.update(finished_at=timezone.now() + timedelta(days=2))
    look_after(
        timezone.now() + timedelta(days=8)
    )  # that of a row stays for as long as its row says
    export.refresh_from_db()
    assert left() == [export.file.name.removeprefix(f"{FOLDER}/")]


def test_names_that_somebody_wrote_for_a_paper_that_was_never_made(school, coordinator):
    case = CaseFactory(pupil=PupilFactory(school=school))
    wish = Wish(variant=Code.PARENTS, hidden_words="tante Jo")
    asked = request_export(case, coordinator, uuid.uuid4(), "Voor de ouders.", wish)
    jobs.fail(claim(asked.public_id))
    asked.refresh_from_db()
    assert asked.hidden_words == ""
    # It would be made with these names in it.
    assert jobs.retry(asked) is False


# --- A file that was withdrawn, in a paper that was made before
@pytest.mark.parametrize("with_files", [True, False])
def test_a_paper_that_holds_what_was_withdrawn_is_asked_for_anew(
    school, coordinator, administrator, with_files, django_capture_on_commit_callbacks
):
    file = AttachmentFactory(case=CaseFactory(pupil=PupilFactory(school=school)))
    export = request_export(
        file.case, administrator, uuid.uuid4(), "Verzoek om inzage.", Wish(with_files=with_files)
    )
    jobs.finish(claim(export.public_id), b"%PDF-1.7")
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(file, coordinator, why="Ging over een ander kind.")
    export.refresh_from_db()
    assert bool(export.file) == (not with_files)
    assert export.state == (jobs.State.EXPIRED if with_files else jobs.State.READY)


@pytest.mark.parametrize("named", [True, False])
def test_a_paper_to_hand_over_that_names_what_was_withdrawn(
    school, coordinator, administrator, named, django_capture_on_commit_callbacks
):
    case = CaseFactory(pupil=PupilFactory(school=school))
    chosen = tuple(f"attachments-{AttachmentFactory(case=case).pk}" for __ in range(2))
    wish = Wish(variant=Code.BUURTTEAM, chosen=chosen[: 1 + named])
    export = request_export(case, administrator, uuid.uuid4(), "Overdracht aan Noor.", wish)
    jobs.finish(claim(export.public_id), b"%PDF-1.7")
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(Attachment.objects.latest("pk"), coordinator, why="Ging over een ander kind.")
    export.refresh_from_db()
    assert export.state == (jobs.State.EXPIRED if named else jobs.State.READY)


def test_nor_is_one_fetched_that_was_in_hand_then(
    school, coordinator, administrator, signed_in, django_capture_on_commit_callbacks
):
    file = AttachmentFactory(case=CaseFactory(pupil=PupilFactory(school=school)))
    wish = Wish(with_files=True)
    export = request_export(file.case, administrator, uuid.uuid4(), "Verzoek om inzage.", wish)
    making = claim(export.public_id)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(file, coordinator, why="Ging over een ander kind.")
    jobs.finish(making, b"%PDF-1.7")
    url = reverse("cases:export_download", args=[export.public_id])
    answer = signed_in(administrator).get(url)
    assert answer.url == reverse("cases:export", args=[export.public_id])
    assert left() == []
    assert signed_in(administrator).get(url).status_code == 404


def test_who_withdraws_what_was_filed_later_takes_no_paper_away(
    school, coordinator, administrator, django_capture_on_commit_callbacks
):
    case = CaseFactory(pupil=PupilFactory(school=school))
    wish = Wish(with_files=True)
    export = request_export(case, administrator, uuid.uuid4(), "Verzoek om inzage.", wish)
    jobs.finish(claim(export.public_id), b"%PDF-1.7")
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(AttachmentFactory(case=case), coordinator, why="Vergissing.")
    export.refresh_from_db()
    assert export.state == jobs.State.READY
