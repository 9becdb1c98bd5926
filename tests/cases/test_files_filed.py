"""Files of a case: filed once, never changed, no file without a row, and withdrawn with why."""

import tempfile
import uuid
from datetime import timedelta
from typing import BinaryIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases.errors import ActionError, Immutable
from cases.files import actions, forms
from cases.files.kinds import Refused
from cases.models import Attachment, Case
from tests.accounts.page import Page
from tests.cases.made_up_files import TEXT, TITLE, attach, send, stored, url_of
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


# --- Once, and never changed ----------------------------------------------------------------------
def test_sent_twice_it_is_filed_once_even_when_the_case_is_full_by_then(
    case, coordinator, monkeypatch
):
    key = uuid.uuid4()
    first = attach(case, coordinator, key=key)
    monkeypatch.setattr(actions, "LIMIT_OF_CASE", len(TEXT))
    assert attach(case, coordinator, key=key) == first
    assert len(stored()) == 1


def test_another_file_in_a_form_that_was_sent_is_filed_too(case, coordinator, signed_in):
    browser, key = signed_in(coordinator), str(uuid.uuid4())
    for content in (TEXT, b"Een heel andere tekst.", TEXT):
        send(browser, case, content, idempotency_key=key)
    assert [file.size for file in Attachment.objects.all()] == [len(TEXT), 22]
    assert [file.number for file in Attachment.objects.all()] == [1, 2]


def test_the_key_of_somebody_else_leaves_no_file(case, coordinator, leader):
    key = uuid.uuid4()
    attach(case, coordinator, key=key)
    with pytest.raises(ActionError):
        attach(case, leader, key=key)
    assert len(stored()) == 1


def test_a_file_that_was_filed_is_not_changed(case, coordinator):
    file = attach(case, coordinator)
    file.title = "Iets anders"
    for fields in (None, ["title"], ["file"], ["withdrawn_at", "sha256"]):
        with pytest.raises(Immutable):
            file.save(update_fields=fields)


def test_a_large_file_has_no_name_on_disk_while_it_is_looked_at(
    case, coordinator, signed_in, tmp_path, monkeypatch
):
    """Nor is it there any more when the process is killed. Django's own had the ending of the name
    that it came with, and failed on a long one."""
    seen = []

    def look(upload: BinaryIO) -> None:
        seen.append((len(upload.read()), list(tmp_path.iterdir())))
        raise Refused("Zo is het genoeg.")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(forms, "look_at", look)
    answer = send(
        signed_in(coordinator), case, b"x" * 3_000_000, name=f"brief.{'Emma Jansen' * 30}"
    )
    assert answer.status_code == 422
    assert "Zo is het genoeg." in answer.content.decode()
    assert seen == [(3_000_000, [])]


def test_when_the_row_is_not_filed_the_file_goes_again(case, coordinator, monkeypatch):
    def fails(*args, **kwargs):
        assert len(stored()) == 1
        raise IntegrityError

    monkeypatch.setattr(actions, "file_record", fails)
    with pytest.raises(IntegrityError):
        attach(case, coordinator)
    assert stored() == []
    assert not Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_when_the_commit_fails_the_file_goes_again(case, coordinator, monkeypatch):
    def fails():
        assert len(stored()) == 1
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_commit", fails)
        with pytest.raises(OperationalError):
            attach(case, coordinator)
    assert stored() == []
    assert not Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_filed_in_a_transaction_of_its_own(case, coordinator):
    """Within another one, a failure further on would leave a file that no row names."""
    with pytest.raises(RuntimeError), transaction.atomic():
        attach(case, coordinator)
    assert stored() == []


def test_a_file_whose_request_died_is_removed_after_a_week(case, coordinator):
    kept = attach(case, coordinator)
    default_storage.save("attachments/0123", ContentFile(TEXT))
    now = timezone.now()
    assert actions.remove_orphans(now + timedelta(days=6)) == 0
    assert actions.remove_orphans(now + timedelta(days=8)) == 1
    assert [f"attachments/{name}" for name in stored()] == [kept.file.name]


def test_without_any_file_there_is_no_orphan():
    assert actions.remove_orphans(timezone.now()) == 0


# --- Withdrawn ------------------------------------------------------------------------------------
def test_a_withdrawn_file_is_served_to_nobody_and_its_row_stays(case, coordinator, signed_in):
    file = attach(case, coordinator)
    browser = signed_in(coordinator)
    url = reverse("cases:withdraw_file", args=[case.reference, file.public_id])
    assert browser.post(url, {"why": ""}).status_code == 422
    assert browser.post(url, {"why": "Gaat over een ander kind."}).status_code == 302
    assert browser.get(url_of(file)).status_code == 404
    page = browser.get(reverse("cases:files", args=[case.reference]))
    assert url_of(file) not in page.content.decode()
    assert "Gaat over een ander kind." in Page(page).text
    file.refresh_from_db()
    assert (file.withdrawn_by, file.title) == (coordinator, TITLE)
    # A second reason does not take the place of the first.
    actions.withdraw(file, coordinator, why="Toch iets anders.")
    file.refresh_from_db()
    assert file.withdrawn_why == "Gaat over een ander kind."


def test_who_may_withdraw(case, coordinator, teacher, leader):
    assign_perm("cases.take_part", teacher, case)
    with pytest.raises(PermissionDenied):
        actions.withdraw(attach(case, coordinator), teacher, why="Weg.")
    for person in (teacher, coordinator, leader):
        assert actions.withdraw(attach(case, teacher), person, why="Weg.").withdrawn_at


def test_it_may_be_withdrawn_from_a_closed_case(case, coordinator):
    file = attach(case, coordinator)
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), outcome="cleared", closing_grounds="Klaar."
    )
    assert actions.withdraw(file, coordinator, why="Weg.").withdrawn_at


def test_without_a_reason_the_database_refuses_it(case, coordinator):
    file = attach(case, coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=file.pk).update(withdrawn_at=timezone.now())
