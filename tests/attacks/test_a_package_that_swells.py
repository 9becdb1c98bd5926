"""A package of a stranger: what is in it keeps no processor at work, and stops nobody else."""

import io
import zipfile

import pytest

from accounts.roles import Role
from cases.models import ReceivedDossier
from cases.transfer import sealing, unlocking
from cases.transfer.contents import as_json
from cases.transfer.sealing import Broken, opened, sealed
from tests.attacks.proof import shows
from tests.cases.made_up_packages import (
    PASSWORD,
    handed,
    locked_paper,
    package_about,
    paper_of_no_known_kind,
    swollen_paper,
)
from tests.cases.test_transfer import sent
from tests.factories import PupilFactory, member

pytestmark = pytest.mark.django_db


def packed(paper):
    return sealed(as_json(handed()), paper, PASSWORD)


@pytest.mark.production
@shows("package-1")
@pytest.mark.parametrize(("bound", "least"), [("SECONDS", 1), ("MEMORY", 150 * 1024 * 1024)])
def test_a_paper_that_takes_more_than_any_of_ours_is_refused(monkeypatch, bound, least):
    monkeypatch.setattr(unlocking, bound, least)
    package = packed(swollen_paper(2))
    assert len(package) < 20_000
    with pytest.raises(Broken):
        opened(io.BytesIO(package), PASSWORD)
    assert opened(io.BytesIO(packed(locked_paper())), PASSWORD).pdf.startswith(b"%PDF")


@shows("package-1")
def test_one_that_is_large_without_its_password_is_refused(monkeypatch):
    monkeypatch.setattr(unlocking, "LARGEST", 400)
    with pytest.raises(Broken):
        opened(io.BytesIO(packed(locked_paper())), PASSWORD)


@shows("package-2")
def test_a_paper_that_no_reader_was_made_for_is_no_package():
    with pytest.raises(Broken):
        opened(io.BytesIO(packed(paper_of_no_known_kind())), PASSWORD)


def packed_anew(method, package):
    """Return a package as somebody who unpacked it would pack it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(made, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return made.getvalue()


@shows("package-1")
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_one_that_is_unpacked_without_a_bound_is_not_unpacked(method):
    package = packed(locked_paper())
    # Of these Python unpacks all that it read: two kilobytes are gigabytes.
    with pytest.raises(Broken):
        opened(io.BytesIO(packed_anew(method, package)), PASSWORD)
    assert opened(io.BytesIO(packed_anew(zipfile.ZIP_DEFLATED, package)), PASSWORD)


@shows("package-1")
def test_a_directory_that_is_long_is_not_read(monkeypatch):
    read, made = [], io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for number in range(2000):
            file.writestr(str(number), b"")
    honest = zipfile.ZipFile
    monkeypatch.setattr(sealing.zipfile, "ZipFile", lambda *how: read.append(how) or honest(*how))
    with pytest.raises(Broken):
        opened(made, PASSWORD)
    assert not read
    assert opened(io.BytesIO(packed(locked_paper())), PASSWORD)
    assert read


@shows("package-2")
def test_a_zip_that_no_reader_was_made_for_is_no_package():
    data = bytearray(packed_anew(zipfile.ZIP_DEFLATED, packed(locked_paper())))
    # What comes after the name of the first: not how anything is packed.
    at = data.index(sealing.READ_ME.encode()) + len(sealing.READ_ME)
    data[at : at + 8] = b"\xff" * 8
    with pytest.raises(Broken):
        opened(io.BytesIO(bytes(data)), PASSWORD)


@shows("package-1")
def test_while_one_is_looked_at_another_waits_in_no_thread(school, signed_in):
    pupil, coordinator = PupilFactory(school=school), member(Role.COORDINATOR, school)
    with unlocking._free:
        answer = sent(signed_in(coordinator), package_about(pupil))
    assert answer.status_code == 422
    assert "over een minuut" in answer.content.decode()
    assert sent(signed_in(coordinator), package_about(pupil)).status_code == 302
    assert ReceivedDossier.objects.get().case.pupil == pupil


def test_what_reads_it_knows_no_secret_of_the_program(monkeypatch):
    asked = {}
    monkeypatch.setattr(
        unlocking.subprocess, "run", lambda command, **how: asked.update(how, command=command)
    )
    with pytest.raises(AttributeError):
        unlocking.unlocked(b"", PASSWORD)
    assert asked["env"] == {}
    assert PASSWORD not in " ".join(asked["command"])
