"""All dossiers of a school year: what is in the zip, and what a worker that dies leaves."""

import hashlib
import io
import uuid
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases import jobs
from cases.dossier import year, year_making
from cases.dossier.tasks import look_after_exports, make_year
from cases.errors import ActionError
from cases.models import DossierExport, Notification, ShutOut, YearExport
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db
State = DossierExport.State
REASON = "Archief van het schooljaar."


@pytest.fixture
def cases(school, administrator, monkeypatch):
    """Two cases of the year that may be exported, and four that are none of these."""
    monkeypatch.setattr(
        year_making, "make_pdf", lambda contents, progress: contents.case.reference.encode()
    )
    during = {"opened_at": datetime(2025, 10, 1, tzinfo=ZoneInfo("Europe/Amsterdam"))}
    theirs = CaseFactory.create_batch(2, pupil__school=school, **during)
    CaseFactory(pupil__school=school, opened_at=during["opened_at"] - timedelta(days=90))
    CaseFactory(pupil__school=SchoolFactory(), **during)
    CaseFactory(pupil__school=school, restricted=True, **during)
    kept_out = PupilFactory(school=school)
    CaseFactory(pupil=kept_out, **during)
    ShutOut.objects.create(
        pupil=kept_out, user=administrator, ground="family", set_by=administrator
    )
    return theirs


def ask(school, by, of=2025):
    return year.request_year(school, by, uuid.uuid4(), of, REASON)


def test_the_zip_holds_what_may_be_exported_by_its_reference(
    cases, school, administrator, signed_in
):
    leader = member(Role.SCHOOL_LEADER, school)
    export = ask(school, administrator)
    assert Notification.objects.get(recipient=leader).kind == "year_asked"
    with pytest.raises(ActionError):
        ask(school, administrator)
    make_year(str(export.public_id))
    export.refresh_from_db()
    page = signed_in(administrator).get(reverse("cases:year_download", args=[export.public_id]))
    content = b"".join(page.streaming_content)
    assert hashlib.sha256(content).hexdigest() == export.sha256
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert sorted(archive.namelist()) == sorted(f"{case.reference}.pdf" for case in cases)
    for case in cases:
        assert archive.read(f"{case.reference}.pdf") == case.reference.encode()
        one = case.exports.get()
        # Its file is in the zip alone; by its SHA-256 it is known.
        assert (one.state, bool(one.file), one.number > 0) == (State.EXPIRED, False, True)
        assert one.sha256 == hashlib.sha256(case.reference.encode()).hexdigest()
        assert LogEntry.objects.get_for_object(case).filter(kind=Kind.EXPORTED, actor=administrator)
    assert Notification.objects.get(recipient=administrator).kind == "year_ready"
    look_after_exports()
    export.refresh_from_db()
    assert export.state == State.READY
    YearExport.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    look_after_exports()
    export.refresh_from_db()
    assert (export.state, bool(export.file)) == (State.EXPIRED, False)
    for other in (leader, member(Role.ADMINISTRATOR, school), member(Role.ADMINISTRATOR)):
        for name in ("cases:year", "cases:year_download"):
            assert signed_in(other).get(reverse(name, args=[export.public_id])).status_code == 404


def test_what_a_dead_worker_made_stays_and_a_long_year_takes_turns(
    cases, school, administrator, monkeypatch
):
    export = ask(school, administrator)
    made, tries = [], iter([True, False, False, False])

    def dies_after_one(contents, progress):
        if made and next(tries):
            raise SystemExit  # as a worker that is killed: nothing tidies up
        made.append(contents.case)
        return b"%PDF"

    monkeypatch.setattr(year_making, "make_pdf", dies_after_one)
    with pytest.raises(SystemExit):
        make_year(str(export.public_id))
    YearExport.objects.update(started_at=timezone.now() - jobs.STALE_AFTER - timedelta(minutes=1))
    look_after_exports()
    export = jobs.claim(YearExport, export.public_id)
    moments = iter([timezone.now(), timezone.now() + 2 * year_making.TURN])
    year_making.work(export, clock=lambda: next(moments))
    export.refresh_from_db()
    assert (export.state, export.attempts, len(made)) == (State.WAITING, 0, 1)
    make_year(str(export.public_id))
    export.refresh_from_db()
    assert export.state == State.READY
    assert sorted(case.pk for case in made) == sorted(case.pk for case in cases)
    # The one in hand when the worker died kept its number.
    assert DossierExport.objects.count() == 2


def test_what_the_database_broke_off_goes_on_where_it_was(
    cases, school, administrator, monkeypatch
):
    export = ask(school, administrator)
    made = []

    def away_with_the_second(contents, progress):
        made.append(contents.case)
        if len(made) == 2:
            raise OperationalError
        return b"%PDF"

    monkeypatch.setattr(year_making, "make_pdf", away_with_the_second)
    make_year(str(export.public_id))
    export.refresh_from_db()
    assert export.state == State.WAITING
    assert export.dossiers.get(case=made[0]).file
    make_year(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, made[2]) == (State.READY, made[1])
    assert len(made) == 3


def test_cancelled_it_leaves_no_file(cases, school, administrator, signed_in, monkeypatch):
    export = ask(school, administrator)

    def cancelled_meanwhile(contents, progress):
        signed_in(administrator).post(reverse("cases:cancel_year", args=[export.public_id]))
        return b"%PDF"

    monkeypatch.setattr(year_making, "make_pdf", cancelled_meanwhile)
    make_year(str(export.public_id))
    export.refresh_from_db()
    assert export.cancelled_at
    assert export.state == State.EXPIRED
    assert [bool(one.file) for one in export.dossiers.all()] == [False]
    url = reverse("cases:year", args=[export.public_id])
    shown = signed_in(administrator).get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Dit is geannuleerd" in shown
    assert 'class="btn' not in shown  # whoever cancelled it is not asked to want it
    waiting = ask(school, administrator)
    year.cancel_year(waiting, waiting.requested_by)
    make_year(str(waiting.public_id))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.dossiers.count()) == (State.EXPIRED, 0)
    with pytest.raises(ActionError):
        ask(school, administrator, of=2019)


@shows("busy-11")
def test_of_large_files_one_is_fetched_at_a_time(cases, school, administrator, signed_in):
    export = ask(school, administrator)
    make_year(str(export.public_id))
    browser = signed_in(administrator)
    url = reverse("cases:year_download", args=[export.public_id])
    first = browser.get(url)
    assert first.status_code == 200
    page = browser.get(url, follow=True)
    assert page.redirect_chain == [(reverse("cases:year", args=[export.public_id]), 302)]
    assert "Er wordt nu al een groot bestand opgehaald." in page.content.decode()
    assert b"".join(first.streaming_content)
    assert browser.get(url).status_code == 200
