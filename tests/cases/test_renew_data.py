"""Switching encryption on over rows and files that are there, another key, and off again."""

import io
import threading

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.at_rest import renewing
from accounts.at_rest.keys import DataKey
from audit.models import LogEntry
from cases.models import Attachment
from cases.models.received import ReceivedDossier
from signals.models import Signal
from tests.at_rest import FIRST, SECOND, files, stored
from tests.factories import AttachmentFactory, CaseFactory, SignalFactory, UserFactory

pytestmark = pytest.mark.django_db

SAID = "Blauwe plek."


def renew() -> str:
    said = io.StringIO()
    call_command("renew_data", stdout=said)
    return said.getvalue().splitlines()[-1]


def everything():
    """Return all rows as the program reads them."""
    return {model: list(model._base_manager.order_by("pk").values()) for model in renewing.places()}


@pytest.fixture
def a_bit_of_all(settings):
    """Signals, a package of another school, a file: of before there was a key."""
    case = CaseFactory()
    for number in range(5):
        SignalFactory(case=case, facts=f"{SAID} {number}")
    name = default_storage.save("attachments/0123", ContentFile(b"%PDF"))
    ReceivedDossier.objects.create(
        case=case, author=UserFactory(), file=AttachmentFactory(case=case, file=name),
        sender="De Linde", number="M-1/1", made_at=case.opened_at, reason=SAID,
        contents=[{"step": 1, "parts": [{"title": SAID}]}],
    )  # fmt: skip
    return case


def test_on_another_key_and_off_again(a_bit_of_all, settings, monkeypatch):
    monkeypatch.setattr(renewing, "BATCH", 2)
    before, audited = everything(), LogEntry.objects.count()
    assert SAID in stored()
    there = default_storage.get_modified_time("attachments/0123")

    settings.DATA_KEYS = [FIRST]
    assert everything() == before
    assert renew() == "Encrypted anew: 7 rows, 1 files."
    assert renew() == "Encrypted anew: 0 rows, 0 files."
    assert SAID not in stored()
    assert b"%PDF" not in files()[0].read_bytes()
    assert default_storage.get_modified_time("attachments/0123") == there
    assert everything() == before

    settings.DATA_KEYS = [SECOND, FIRST]
    assert renew() == "Encrypted anew: 7 rows, 1 files."
    settings.DATA_KEYS = [SECOND]
    assert everything() == before
    assert default_storage.open("attachments/0123").read() == b"%PDF"
    assert DataKey(FIRST).name not in stored()

    settings.DATA_KEYS = ["none", SECOND]
    typed = SignalFactory(case=a_bit_of_all, facts="meldcode-1: typed")
    assert renew() == "Decrypted: 7 rows, 1 files."
    settings.DATA_KEYS = []
    assert Signal.objects.get(pk=typed.pk).facts == "meldcode-1: typed"
    Signal.objects.filter(pk=typed.pk)._raw_delete("default")
    assert everything() == before
    assert default_storage.open("attachments/0123").read() == b"%PDF"
    assert SAID in stored()
    # None of it was a change that somebody made.
    assert LogEntry.objects.count() == audited + 1  # of the signal in between


def test_what_no_key_can_read_is_told_and_the_rest_is_done(a_bit_of_all, settings):
    settings.DATA_KEYS = [FIRST]
    lost = SignalFactory(facts="Verloren.")
    default_storage.save("attachments/4567", ContentFile(b"%PDF"))
    settings.DATA_KEYS = [SECOND]
    with pytest.raises(CommandError, match="something in 1 rows, and 1 files"):
        renew()
    settings.DATA_KEYS = [SECOND, FIRST]
    assert renew() == "Encrypted anew: 1 rows, 1 files."
    assert Signal.objects.get(pk=lost.pk).facts == "Verloren."
    assert Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_a_row_that_somebody_holds_keeps_nobody_waiting(settings):
    held, free = SignalFactory(facts=SAID), SignalFactory(facts=SAID)
    settings.DATA_KEYS = [FIRST]
    has_it, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Signal.objects.select_for_update().get(pk=held.pk)
            has_it.set()
            done.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert has_it.wait(30)
    try:
        with pytest.raises(CommandError, match="1 rows were held"):
            renew()
    finally:
        done.set()
        holder.join()
    assert SAID in stored()
    assert Signal.objects.get(pk=free.pk).facts == SAID
    assert renew() == "Encrypted anew: 1 rows, 0 files."
    assert SAID not in stored()
