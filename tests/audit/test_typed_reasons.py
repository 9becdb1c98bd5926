"""A reason that people type can name a child: it stands beside the log, and goes with its case."""

import pytest
from django.core.management import call_command
from django.db.models import TextField, Value
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit import chain
from audit.kinds import Kind
from audit.log import forget_reasons, record_read
from audit.models import Flag, LogEntry, TypedReason
from cases.destruction.erasing import erase_case
from cases.dossier.checking import CHECKED
from tests.append_only import unprotected
from tests.at_rest import FIRST, SECOND, stored, whole_database
from tests.audit.test_chain import verify
from tests.factories import CaseFactory, UserFactory, member

pytestmark = pytest.mark.django_db

REASON = "De vader van Ties vroeg erom."
GONE = "De reden is met de casus vernietigd."


@pytest.fixture
def case():
    return CaseFactory()


@pytest.fixture
def row(case):
    """A sealed row about the case, with a reason."""
    record_read(UserFactory(), case, REASON, kind=Kind.EXPORTED)
    chain.seal_waiting()
    return LogEntry.objects.get(kind=Kind.EXPORTED)


def test_the_row_itself_holds_no_word_of_it(row):
    assert row.reason == REASON
    assert row.has_reason
    assert "Ties" not in str([row.additional_data, row.changes, row.object_repr])


def test_the_same_reason_twice_cannot_be_told_by_its_checksum(case):
    for __ in range(2):
        record_read(UserFactory(), case, REASON)
    first, second = LogEntry.objects.filter(kind=Kind.READ)
    assert first.additional_data != second.additional_data


def test_it_goes_with_its_case_and_no_other(case, row, signed_in):
    beside, by = CaseFactory(), member(Role.ADMINISTRATOR, case.school)
    for one in (case, beside):
        record_read(by, one, f"Voor Ties, {one.reference}.", kind=Kind.EXPORTED)
    record_read(by, case.school, "Voor het bestuur.", kind=Kind.EXPORTED)
    chain.seal_waiting()
    erase_case(case, "V-202601", None)
    assert REASON not in whole_database()
    assert sorted(TypedReason.objects.values_list("text", flat=True)) == [
        f"Voor Ties, {beside.reference}.", "Voor het bestuur.",
    ]  # fmt: skip
    # Their own trail says that there was one, and the log is as whole as before.
    text = signed_in(by).get(reverse("audit:mine")).content.decode()
    assert GONE in text
    assert f"Voor Ties, {case.reference}." not in text
    assert "Voor het bestuur." in text
    chain.seal_waiting()
    assert verify() == "whole"
    gone = LogEntry.objects.get(pk=row.pk)
    assert (gone.has_reason, gone.reason) == (True, GONE)


def test_what_the_program_notes_stays_and_is_read_in_dutch(case, signed_in):
    record_read(None, case, kind=Kind.DESTROYED, note="V-202601")
    by = member(Role.ADMINISTRATOR, case.school)
    record_read(by, case, note=CHECKED)
    made = LogEntry.objects.get(kind=Kind.DESTROYED)
    assert (made.note, made.reason, made.has_reason) == ("V-202601", "", False)
    text = signed_in(by).get(reverse("audit:mine")).content.decode()
    assert "een papier gecontroleerd" in text


def test_another_text_is_told(row):
    TypedReason.objects.update(text="De directeur vroeg erom.")
    assert f"row {row.pk}: changed: the reason" in verify()


def test_another_checksum_is_told_by_the_seal(row):
    made = TypedReason.objects.get()
    made.text = "De directeur vroeg erom."
    made.save()
    with unprotected():
        LogEntry.objects.filter(pk=row.pk).update(additional_data={"typed": made.checksum})
    assert f"row {row.pk}: changed: the row" in verify()


def test_one_that_no_key_opens_is_told(row, signed_in):
    """And stops nobody from taking a copy, which does not hold it."""
    write_unread(row)
    assert f"row {row.pk}: changed: the reason" in verify()
    by, today = member(Role.ADMINISTRATOR, row.school), timezone.localdate()
    fields = {"school": row.school_id, "first": today, "last": today, "reason": "De FG vraagt."}
    copy = signed_in(by).post(reverse("audit:export"), fields)
    assert row.case_reference in b"".join(copy.streaming_content).decode()


def write_unread(row):
    """Write over a reason what no key of ours made, as who has the database can."""
    unread = Value("meldcode-1:0a1b2c3d:AAAA", output_field=TextField())
    TypedReason.objects.filter(entry=row).update(text=unread)


def test_one_that_went_without_its_case_is_told(case, row):
    assert forget_reasons(case.reference) == 1
    assert f"row {row.pk}: missing: the reason" in verify()
    record_read(None, CaseFactory(), kind=Kind.DESTROYED)
    chain.seal_waiting()
    assert f"row {row.pk}: missing: the reason" in verify()


def test_one_about_a_school_never_goes(case):
    record_read(UserFactory(), case.school, REASON, kind=Kind.EXPORTED)
    record_read(UserFactory(), case.school, kind=Kind.DESTROYED)
    chain.seal_waiting()
    forget_reasons("")
    assert verify() == "whole"


def test_it_is_encrypted_and_stays_proved_with_the_next_key(row, settings):
    settings.DATA_KEYS = ["none", FIRST]
    assert REASON in stored()
    for keys in ([FIRST], [SECOND, FIRST]):
        settings.DATA_KEYS = keys
        call_command("renew_data")
        assert REASON not in stored()
        # Nor what one would try reasons with.
        assert TypedReason.objects.get().salt not in stored()
        assert LogEntry.objects.get(pk=row.pk).reason == REASON
        assert verify() == "whole"


def test_a_reason_of_before_stands_in_its_row(case):
    LogEntry.objects.log_create(
        case, force_log=True, action=3, kind=Kind.EXPORTED, additional_data={"reason": REASON}
    )
    chain.seal_waiting()
    before = LogEntry.objects.get(kind=Kind.EXPORTED)
    assert (before.reason, before.has_reason, verify()) == (REASON, True, "whole")


def test_what_was_found_about_reading_in_a_case_goes_with_it(case, signed_in):
    by = member(Role.ADMINISTRATOR, case.school)
    flags = [
        Flag.objects.create(
            rule="at_night", user=UserFactory(), school=case.school, day=timezone.localdate(),
            count=1, settled_at=timezone.now(), settled_by=by, settled_why=REASON,
        )
        for _ in range(2)
    ]  # fmt: skip
    for flag, one in zip(flags, (case, CaseFactory(pupil__school=case.school)), strict=True):
        flag.cases.create(reference=one.reference)
    erase_case(case, "V-202601", None)
    assert list(Flag.objects.order_by("pk").values_list("settled_why", flat=True)) == ["", REASON]
    page = signed_in(by).get(reverse("audit:flags")).content.decode()
    assert "Wat er gevonden is, is met de casus vernietigd." in page
