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


@shows("package-2")
def test_a_zip_that_no_reader_was_made_for_is_no_package():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as file:
        for name in sealing.LIMITS:
            file.writestr(name, b"x" * 99)
    # How it was packed, by a sign that means nothing.
    data = made.getvalue().replace(b"\x05\x00]", b"\x05\x00\xff")
    with pytest.raises(Broken):
        opened(io.BytesIO(data), PASSWORD)


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
