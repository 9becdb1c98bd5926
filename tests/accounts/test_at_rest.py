"""What lies on disk, to somebody who has the disk and not the keys; and to us, who have both."""

import io
from pathlib import Path

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.exceptions import FieldError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection, models

from accounts.at_rest.fields import Placed
from accounts.at_rest.keys import Unreadable
from accounts.at_rest.streams import HEAD, PIECE, SEALED
from accounts.at_rest.texts import MARK, opened, shut
from cases.models import Deviation
from signals.models import Signal
from tests.at_rest import FIRST, SECOND, files, stored
from tests.factories import CaseFactory, SignalFactory, UserFactory

HERE, THERE = "signals_signal.facts", "signals_signal.child_words"
SAID = "Blauwe plekken, zei ze: “van de trap”."

# Texts that stand readable in the database all the same, and why.
READABLE = {
    "accounts.Draft.sealed": "encrypted with SECRET_KEY, and gone in 14 days",
    "accounts.IdentityProvider.certificate": "public",
    "accounts.IdentityProvider.encrypted_secret": "encrypted with SECRET_KEY",
    "audit.LogEntry.changes_text": "of the library; nothing is written into it",
    "audit.LogEntry.object_repr": "a reference; no name and no word of a record",
    "cases.HelpItem.text": "of the help page: for everybody",
    "cases.DossierExport.sealed_password": "encrypted with SECRET_KEY, and gone with the job",
    "cases.YearText.knowledge": "of a school, without persons, and published",
    "cases.YearText.agreements": "of a school, without persons, and published",
    "cases.PupilImport.sealed": "encrypted with SECRET_KEY, and gone in 36 hours",
    "cases.PupilImport.sealed_columns": "encrypted with SECRET_KEY, and gone in 36 hours",
}
OURS = {"accounts", "api", "audit", "background", "cases", "consultations", "referrals", "signals"}


@pytest.fixture
def keys(settings):
    settings.DATA_KEYS = [FIRST]
    return settings


def test_every_text_is_encrypted_or_somebody_said_why_not():
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS]
    readable = {
        f"{model._meta.label}.{field.name}"
        for model in ours
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.TextField) and not isinstance(field, Placed)
    }
    assert readable == set(READABLE)


def test_a_text_is_read_in_its_place_with_its_key_and_nowhere_else(keys):
    there = shut(SAID, HERE)
    assert "Blauw" not in there
    assert opened(there, HERE) == SAID
    assert shut(SAID, HERE) != there
    assert shut("", HERE) == opened("", HERE) == ""
    changed = there[:-6] + ("A" if there[-6] != "A" else "B") + there[-5:]
    cut_off = [(there[:-taken], HERE) for taken in range(1, 6)]
    for text, place in ((there, THERE), (changed, HERE), *cut_off):
        with pytest.raises(Unreadable):
            opened(text, place)
    # The next key encrypts, and both read; then the first one is gone.
    keys.DATA_KEYS = [SECOND, FIRST]
    assert opened(there, HERE) == opened(shut(SAID, HERE), HERE) == SAID
    keys.DATA_KEYS = [SECOND]
    with pytest.raises(Unreadable, match="No key of DATA_KEYS is called"):
        opened(there, HERE)


@pytest.mark.parametrize("first", [[], ["none", FIRST]])
def test_without_a_key_texts_stand_as_they_are(keys, first):
    before = shut(SAID, HERE)
    keys.DATA_KEYS = first
    assert shut(SAID, HERE) == opened(SAID, HERE) == SAID
    # What looks like ours and was typed, or stood there before there were keys.
    for typed in (MARK, f"{MARK}plain:x", before, f"{MARK}12345678:AAAA"):
        assert opened(shut(typed, HERE), HERE) == typed
    assert opened(f"{MARK}of before", HERE) == f"{MARK}of before"


@pytest.mark.django_db
def test_the_database_holds_no_word_and_the_program_reads_all(keys):
    case, who = CaseFactory(), UserFactory()
    signal = SignalFactory(case=case, facts=SAID, child_words="", interpretation=SAID)
    Signal.objects.filter(pk=signal.pk).update(interpretation="Zij is bang.")
    made = Deviation(case=case, author=who, kind="order", step=3, grounds="Haast thuis.")
    Deviation.objects.bulk_create([made])
    Deviation.objects.bulk_update([Deviation.objects.get()], ["grounds"])
    for word in ("Blauw", "bang", "Haast"):
        assert word not in stored()
    signal.refresh_from_db()
    assert (signal.facts, signal.child_words, signal.interpretation) == (SAID, "", "Zij is bang.")
    assert list(Deviation.objects.values_list("grounds", flat=True)) == ["Haast thuis."]
    # Whether there is a text, the database knows; what it says, it is not asked.
    assert Signal.objects.filter(child_words="").exclude(facts="").get() == signal
    signal.full_clean(exclude=["categories"])
    unanswered = [{"facts": SAID}, {"facts__startswith": "B"}, {"facts__in": [SAID]}]
    if connection.vendor == "postgresql":
        unanswered.append({"facts__icontains": "blauw"})
    for asked in unanswered:
        with pytest.raises(FieldError, match="does not compare"):
            Signal.objects.filter(**asked).exists()


SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_written_in_pieces_and_read_from_any_place(keys, size):
    content = bytes(number % 251 for number in range(size))
    name = default_storage.save("dossiers/one.pdf", ContentFile(content))
    (path,) = files()
    assert content[:64] not in path.read_bytes() or size < 4
    assert path.stat().st_mode & 0o777 == 0o600
    assert default_storage.size(name) == size
    with default_storage.open(name) as file:
        assert file.read() == content
        assert file.seek(0, io.SEEK_END) == file.size == size
        for start in (0, size // 2, max(size - 1, 0)):
            file.seek(start)
            assert file.read(70_000) == content[start : start + 70_000]
    # An upload that was long enough to stand on disk meanwhile.
    upload = TemporaryUploadedFile("x", "application/pdf", size, None)
    upload.write(content)
    again = default_storage.save("dossiers/two.pdf", upload)
    assert default_storage.open(again).read() == content
    assert default_storage.key_name(again) == default_storage.key_name(name) is not None


def test_a_file_that_is_not_as_it_was_written_is_refused(keys):
    content = b"0123456789abcdef" * (PIECE // 4)
    name = default_storage.save("dossiers/one.pdf", ContentFile(content))
    other = default_storage.save("dossiers/two.pdf", ContentFile(content))
    path, beside = (Path(default_storage.path(one)) for one in (name, other))
    there, of_other = path.read_bytes(), beside.read_bytes()
    head, pieces = there[:HEAD], [there[HEAD + n * SEALED :][:SEALED] for n in range(4)]
    spoiled = {
        "cut off between two pieces": head + b"".join(pieces[:3]),
        "cut off in one": there[:-1],
        "with something after it": there + b"x",
        "with a proof's length after it": there + bytes(16),
        "only the head": head,
        "in another order": head + pieces[1] + pieces[0] + pieces[2] + pieces[3],
        "with a piece twice": head + pieces[0] + pieces[0] + pieces[2] + pieces[3],
        "with a bit changed": head + bytes([pieces[0][0] ^ 1]) + there[HEAD + 1 :],
        "with a piece of another": head + of_other[HEAD:][:SEALED] + there[HEAD + SEALED :],
        "under another's name": of_other,
    }
    for content in spoiled.values():
        path.write_bytes(content)
        with pytest.raises(Unreadable, match="is not as it was written"):
            default_storage.open(name).read()
    keys.DATA_KEYS = [SECOND]
    with pytest.raises(Unreadable, match="No key"):
        default_storage.open(other)


def test_files_of_before_are_read_and_deleted(keys):
    keys.DATA_KEYS = []
    plain = default_storage.save("attachments/before", ContentFile(b"%PDF plain"))
    keys.DATA_KEYS = [FIRST]
    assert default_storage.key_name(plain) is None
    assert default_storage.open(plain).read() == b"%PDF plain"
    assert default_storage.size(plain) == 10
    assert default_storage.renew(plain)
    assert not default_storage.renew(plain)
    assert default_storage.open(plain).read() == b"%PDF plain"
    assert b"%PDF" not in files()[0].read_bytes()
    default_storage.delete(plain)
    assert not default_storage.renew(plain)
    default_storage.delete(plain)  # as often as one likes
    assert files() == []


def test_keys_that_can_be_guessed_or_stand_twice_are_refused(settings):
    def said():
        return [one.id for one in run_checks() if one.id.startswith("accounts.E")]

    for good in ([], [FIRST], [SECOND, FIRST], ["none", FIRST], ["none"]):
        settings.DATA_KEYS = good
        assert said() == [], good
    for bad, why in (
        (["kort"], ["accounts.E001"]),
        (["a" * 64], ["accounts.E001"]),
        ([FIRST, FIRST], ["accounts.E002"]),
        ([FIRST, "none"], ["accounts.E001", "accounts.E003"]),
        ([settings.SECRET_KEY], ["accounts.E004"]),
    ):
        settings.DATA_KEYS = bad
        assert said() == why, bad
