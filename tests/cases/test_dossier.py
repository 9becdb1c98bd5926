"""Exporting a dossier: asked with a reason, made once by a worker, taken along by who asked."""

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from celery import current_app
from django.db import OperationalError as DatabaseAway
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Membership
from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from background import record
from background.models import Worker
from cases import jobs
from cases.dossier import actions, tasks
from cases.dossier.tasks import look_after_exports, make_dossier
from cases.errors import ActionError
from cases.models import DossierExport, YearExport, YearPaper
from tests.factories import CaseFactory, PupilFactory, SignalFactory, member
from tests.searches import search

pytestmark = pytest.mark.django_db

REASON = "Ouders vragen om inzage."
State = DossierExport.State


@pytest.fixture
def case(school):
    pupil = PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    case = CaseFactory(pupil=pupil)
    SignalFactory(case=case)
    return case


@pytest.fixture
def queued(monkeypatch):
    """What was put in the queue."""
    sent = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, **more: sent.append((name, args))
    )
    return sent


def ask(case, by, key=None):
    return actions.request_export(case, by, key or uuid.uuid4(), REASON)


def made(case, by):
    export = ask(case, by)
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    return export


def page(export, name="cases:export"):
    return reverse(name, args=[export.public_id])


def test_asking_makes_an_export_and_leads_to_its_page(
    case, administrator, signed_in, queued, django_capture_on_commit_callbacks
):
    browser = signed_in(administrator)
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("cases:dossier", args=[case.reference]), {"reason": REASON})
    export = DossierExport.objects.get()
    assert answer.url == page(export)
    assert (export.reason, export.requested_by, export.state) == (
        REASON, administrator, State.WAITING,
    )  # fmt: skip
    # The queue holds an id and no word of the case.
    assert queued == [(DossierExport.task, [str(export.public_id)])]
    assert queued[0][0] in current_app.tasks
    entry = LogEntry.objects.filter(kind=Kind.EXPORTED).get()
    assert (entry.actor, entry.reason) == (administrator, REASON)


@pytest.mark.parametrize("reason", ["", "kort", "a" * 1001])
def test_without_a_good_reason_nothing_is_made(case, administrator, signed_in, reason):
    url = reverse("cases:dossier", args=[case.reference])
    answer = signed_in(administrator).post(url, {"reason": reason})
    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert answer.context["form"]["reason"].value() == reason
    assert not DossierExport.objects.exists()


def test_a_form_sent_twice_is_one_export(case, administrator, coordinator):
    key = uuid.uuid4()
    assert ask(case, administrator, key) == ask(case, administrator, key)
    with pytest.raises(ActionError):
        ask(case, coordinator, key)
    assert DossierExport.objects.count() == 1


def test_without_a_queue_it_waits_until_it_is_looked_after(
    case, administrator, monkeypatch, queued, django_capture_on_commit_callbacks
):
    def broken(name, args, **more):
        raise OperationalError("redis.school.example refused")

    with monkeypatch.context() as patch:
        patch.setattr(current_app, "send_task", broken)
        with django_capture_on_commit_callbacks(execute=True):
            export = ask(case, administrator)
    assert queued == []
    look_after_exports()
    assert queued == [(DossierExport.task, [str(export.public_id)])]


def test_the_file_says_nothing_by_its_name_and_can_be_proved(case, administrator):
    export = made(case, administrator)
    assert (export.state, export.progress) == (State.READY, 100)
    path = Path(export.file.path)
    with export.file.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == export.sha256
    assert case.reference not in path.name
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_task_twice_makes_one_file(case, administrator):
    export = made(case, administrator)
    make_dossier(str(export.public_id))
    make_dossier(str(uuid.uuid4()))
    again = DossierExport.objects.get()
    assert (again.file.name, again.attempts) == (export.file.name, 1)


def test_a_failure_is_said_without_a_word_of_the_case(
    case, administrator, signed_in, monkeypatch, caplog
):
    def broken(*args):
        raise ValueError("Tess van der Zwaan")

    monkeypatch.setattr(tasks, "make_pdf", broken)
    export = made(case, administrator)
    assert export.state == State.FAILED
    assert "ValueError" in caplog.text
    assert "Zwaan" not in caplog.text
    again = reverse("cases:dossier", args=[case.reference])
    assert again in signed_in(administrator).get(page(export)).content.decode()


def test_what_the_database_broke_off_is_made_when_it_is_back(
    case, administrator, queued, monkeypatch
):
    """Found by a soak: the database was away for five seconds, and somebody had to ask again."""
    makes = tasks.make_pdf
    monkeypatch.setattr(tasks, "make_pdf", mock.Mock(side_effect=DatabaseAway))
    export = ask(case, administrator)
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, export.progress) == (State.WAITING, 0)
    monkeypatch.setattr(tasks, "make_pdf", makes)
    queued.clear()
    actions.look_after(timezone.now())
    assert len(queued) == 1
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert export.state == State.READY


def test_what_the_database_breaks_off_each_time_is_given_up(
    case, administrator, queued, monkeypatch
):
    monkeypatch.setattr(tasks, "make_pdf", mock.Mock(side_effect=DatabaseAway))
    export = ask(case, administrator)
    for __ in range(jobs.ATTEMPTS):
        make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, export.attempts) == (State.FAILED, jobs.ATTEMPTS)


def test_what_a_dead_worker_held_is_taken_back_and_given_up_in_the_end(case, administrator, queued):
    export = ask(case, administrator)
    for attempt in range(1, jobs.ATTEMPTS + 1):
        assert actions.claim(export.public_id).attempts == attempt
        actions.look_after(timezone.now())  # at work: left alone
        export.refresh_from_db()
        assert export.state == State.RUNNING
        actions.look_after(timezone.now() + jobs.STALE_AFTER + timedelta(seconds=1))
        export.refresh_from_db()
    assert export.state == State.FAILED


def test_what_a_dead_worker_held_waits_again_as_soon_as_its_end_is_noted(
    case, administrator, queued, monkeypatch
):
    """Found by a soak: a worker was killed, and somebody waited for twenty minutes."""
    export = ask(case, administrator)
    now = timezone.now()
    Worker.objects.create(name="celery@one", started_at=now - timedelta(hours=1), seen_at=now)
    make_dossier.push_request(id="one", hostname="celery@one")
    monkeypatch.setattr(record, "current_task", make_dossier)
    try:
        record.begins("one", make_dossier)
        actions.claim(export.public_id)
    finally:
        make_dossier.pop_request()
    record.lose(now)
    actions.look_after(now + timedelta(minutes=2))  # at work: left alone
    export.refresh_from_db()
    assert export.state == State.RUNNING
    Worker.objects.update(started_at=now + timedelta(minutes=1))  # killed, and started anew
    record.lose(now + timedelta(minutes=1))
    queued.clear()
    actions.look_after(now + timedelta(minutes=3))
    export.refresh_from_db()
    assert export.state == State.WAITING
    assert len(queued) == 1
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, export.attempts) == (State.READY, 2)


def test_a_file_does_not_linger(case, administrator, signed_in):
    export = made(case, administrator)
    path = Path(export.file.path)
    actions.look_after(timezone.now() + jobs.KEPT_FOR - timedelta(minutes=1))
    assert path.exists()
    actions.look_after(timezone.now() + jobs.KEPT_FOR + timedelta(minutes=1))
    assert not path.exists()
    browser = signed_in(administrator)
    assert browser.get(page(export, "cases:export_download")).status_code == 404
    assert browser.get(page(export)).status_code == 200


def test_the_file_is_handed_over_with_care(case, administrator, signed_in):
    export = made(case, administrator)
    answer = signed_in(administrator).get(page(export, "cases:export_download"))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="dossier-{case.reference}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert LogEntry.objects.get_for_object(export).filter(kind=Kind.EXPORTED, actor=administrator)


def test_nobody_else_gets_the_file(case, administrator, coordinator, school, signed_in):
    export = made(case, administrator)
    for other in (coordinator, member(Role.ADMINISTRATOR, school), member(Role.ADMINISTRATOR)):
        for name in ("cases:export", "cases:export_download"):
            assert signed_in(other).get(page(export, name)).status_code == 404
    Membership.objects.filter(user=administrator).delete()
    # Somebody who has left, in a session that still stands.
    assert signed_in(administrator).get(page(export, "cases:export_download")).status_code == 404


def test_the_page_asks_again_only_while_there_is_something_to_come(case, administrator, signed_in):
    browser = signed_in(administrator)
    export = ask(case, administrator)
    part = browser.get(page(export), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-get" in part
    make_dossier(str(export.public_id))
    assert "hx-get" not in browser.get(page(export)).content.decode()


def test_the_list_shows_references_and_nobody(case, administrator, signed_in):
    elsewhere = CaseFactory()
    browser = signed_in(administrator)
    shown = browser.get(reverse("cases:exportable")).content.decode()
    assert case.reference in shown
    for secret in ("Tess", "Zwaan", elsewhere.reference):
        assert secret not in shown
    found = search(browser, "cases:exportable", q=case.reference[2:].lower())
    assert case.reference in found.content.decode()
    missed = search(browser, "cases:exportable", q="M-000000\x00")
    assert case.reference not in missed.content.decode()


def test_the_list_takes_as_many_queries_for_many_cases(school, administrator, signed_in):
    browser = signed_in(administrator)

    def queries(cases):
        CaseFactory.create_batch(cases, pupil__school=school)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse("cases:exportable")).status_code == 200
        return len(captured)

    assert queries(2) == queries(20)


def test_of_one_person_one_paper_is_made_at_a_time(case, school, monkeypatch):
    """With two at once one person kept both processes, and the mails of all schools waited."""
    woken: list[str] = []
    monkeypatch.setattr(jobs, "wake", lambda task, public_id: woken.append(public_id))
    leader, other = (member(Role.SCHOOL_LEADER, school) for _ in range(2))
    first, second, of_another = (
        DossierExport.objects.create(case=case, requested_by=by, reason="Jeugdbescherming vraagt.")
        for by in (leader, leader, other)
    )
    year = YearPaper.objects.create(school=school, year=2025, requested_by=leader)
    one = jobs.claim(DossierExport, first.public_id)
    assert jobs.claim(DossierExport, second.public_id) is None
    assert jobs.claim(YearPaper, year.public_id) is None
    assert jobs.claim(DossierExport, of_another.public_id) is not None
    # What waits is asked for when the first is out of hand: finished, given up, or put back.
    with TestCase.captureOnCommitCallbacks(execute=True):
        jobs.fail(one)
    assert woken == [str(second.public_id)]
    two = jobs.claim(DossierExport, second.public_id)
    jobs.put_back(two)
    assert woken[1:] == [str(year.public_id), str(second.public_id)]
    three = jobs.claim(YearPaper, year.public_id)
    with TestCase.captureOnCommitCallbacks(execute=True):
        jobs.finish(three, b"%PDF")
    assert woken[3:] == [str(second.public_id)]


def test_what_a_year_makes_keeps_nothing_of_its_asker_waiting(case, school):
    asked = {"requested_by": member(Role.SCHOOL_LEADER, school), "reason": "Toezicht."}
    year = YearExport.objects.create(school=school, year=2025, **asked)
    DossierExport.objects.create(case=case, of_year=year, state=jobs.State.RUNNING, **asked)
    single = DossierExport.objects.create(case=case, **asked)
    assert jobs.claim(DossierExport, single.public_id) is not None
