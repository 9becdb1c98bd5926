"""The administrator's screen: what runs, waits, failed and why; of other schools nothing."""

import uuid
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from background import queue
from background.limits import JOBS
from background.models import Beat, Run, Worker
from cases.dossier.tasks import make_dossier
from cases.models import DossierExport, ShutOut, YearExport
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db

State = Run.State
REGULAR = [job for job in JOBS if job.every]
SEAL = next(job for job in JOBS if job.task == "audit.tasks.seal")


@pytest.fixture
def sent(monkeypatch):
    """Return what was put into the queue."""
    messages = []

    def take(task, *args, **headers):
        messages.append((task, args, headers))
        return True

    monkeypatch.setattr(queue, "put", take)
    return messages


def run_of(task=SEAL.task, state=State.DONE, ago=10, **fields) -> Run:
    at = timezone.now() - timedelta(minutes=ago)
    moments = {"queued_at": at} if state == State.WAITING else {"started_at": at}
    if state not in (State.WAITING, State.RUNNING):
        moments["finished_at"] = at
    row = {"task_id": str(uuid.uuid4()), "task": task, "state": state, "regular": True}
    return Run.objects.create(**row | moments | fields)


def page(browser) -> str:
    return browser.get(
        reverse("background:work"), headers={"accept-language": "nl"}
    ).content.decode()


def card(text: str, does: str) -> str:
    """Return the card of a task."""
    (found,) = [part for part in text.split('<li class="link-card">') if does in part]
    return found


@pytest.fixture
def all_there():
    """A worker and a beat that were there just now."""
    now = timezone.now()
    Worker.objects.create(name="one", started_at=now, seen_at=now)
    Beat.objects.create(pk=1, ticked_at=now)


def test_each_regular_task_stands_there_in_words(administrator, signed_in):
    shown = page(signed_in(administrator))
    for job in REGULAR:
        assert "Nog niet gedaan" in card(shown, str(job.does))
    assert "Er is iets mis" in shown  # nobody started a worker
    assert "Er draait geen werkproces" in shown


def test_every_button_brings_its_token(administrator, school, signed_in):
    run_of(state=State.FAILED, error="MemoryError")
    export_of(school)
    shown = page(signed_in(administrator))
    forms = [part.partition("</form>")[0] for part in shown.split('action="/background/')[1:]]
    assert len(forms) == len(REGULAR) + 1
    assert all('name="csrfmiddlewaretoken"' in form for form in forms)


def test_what_failed_says_since_when_and_why_and_stands_first(administrator, signed_in):
    run_of(ago=50)
    first = run_of(state=State.FAILED, ago=40, error="SMTPServerDisconnected", place="audit.x:7")
    run_of(state=State.FAILED, ago=30, error="OperationalError", place="audit.chain:12")
    shown = page(signed_in(administrator))
    seal = card(shown, str(SEAL.does))
    assert "mislukt sinds" in seal
    assert timezone.localtime(first.finished_at).strftime("%H:%M") in seal
    assert "De database gaf geen antwoord." in seal
    assert "OperationalError audit.chain:12" in seal
    assert shown.index(str(SEAL.does)) == min(shown.index(str(job.does)) for job in REGULAR)
    assert 'id="failing"' in shown
    run_of(ago=1)
    assert "mislukt sinds" not in page(signed_in(administrator))


def test_what_failed_is_not_called_well(administrator, signed_in, all_there):
    assert "Alles gaat goed" in page(signed_in(administrator))
    run_of(state=State.FAILED, error="MemoryError")
    shown = page(signed_in(administrator))
    assert "Alles gaat goed" not in shown
    assert "Wat mislukte, staat hieronder." in shown


def test_a_paper_that_failed_is_not_called_well(administrator, school, signed_in, all_there):
    export_of(school)
    assert "Alles gaat goed" not in page(signed_in(administrator))


def test_what_runs_and_what_waits(administrator, signed_in):
    now = timezone.now()
    Worker.objects.create(name="one", started_at=now - timedelta(hours=1), seen_at=now)
    run_of(state=State.RUNNING, ago=2, worker="one")
    run_of(state=State.WAITING, ago=0)
    seal = card(page(signed_in(administrator)), str(SEAL.does))
    assert "Loopt nu" in seal
    assert "de volgende wacht sinds" in seal


def test_a_run_whose_worker_died_does_not_run_for_ever(administrator, signed_in):
    run_of(state=State.RUNNING, worker="killed")
    seal = card(page(signed_in(administrator)), str(SEAL.does))
    assert "Afgebroken" in seal
    assert "stopte halverwege" in seal
    assert Run.objects.get().state == State.RUNNING  # looking changes nothing


def test_regular_work_is_started_by_hand_once(administrator, signed_in, sent):
    browser = signed_in(administrator)
    url = reverse("background:again", args=[SEAL.task])
    browser.post(url)
    assert sent == [(SEAL.task, (), {"regular": True, "asked_by": administrator.pk})]
    run_of(state=State.WAITING, ago=0)
    browser.post(url)
    assert len(sent) == 1
    assert "Het wacht of loopt al." in page(browser)
    # What a dead worker held keeps nobody waiting.
    Run.objects.update(state=State.RUNNING, started_at=timezone.now(), worker="dead")
    browser.post(url)
    assert len(sent) == 2


def test_without_a_queue_the_page_says_so(administrator, signed_in, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", refuse)
    browser = signed_in(administrator)
    browser.post(reverse("background:again", args=[SEAL.task]))
    assert "De wachtrij neemt nu geen werk aan." in page(browser)


@pytest.mark.parametrize("task", ["cases.dossier.tasks.make_dossier", "os.system", "tests.nothing"])
def test_nothing_else_is_started_by_hand(administrator, signed_in, sent, task):
    browser = signed_in(administrator)
    assert browser.post(reverse("background:again", args=[task])).status_code == 404
    assert browser.get(reverse("background:again", args=[SEAL.task])).status_code == 405
    assert sent == []


def export_of(school, state=DossierExport.State.FAILED, **case) -> DossierExport:
    owner = member(Role.SCHOOL_LEADER, school, name="Sanne Vierhout")
    made = CaseFactory(pupil=PupilFactory(school=school), **case)
    return DossierExport.objects.create(
        case=made, requested_by=owner, reason="Verzoek van de ouders.", state=state
    )


def test_papers_show_kind_state_and_who_asked_and_not_whose_case(
    administrator, school, signed_in, monkeypatch
):
    export = export_of(school, DossierExport.State.WAITING)
    monkeypatch.setattr("cases.dossier.tasks.make_pdf", lambda *args: 1 / 0)
    make_dossier.apply(args=[str(export.public_id)])
    shown = page(signed_in(administrator))
    section = shown.partition("Dossiers als pdf")[2].partition("</section>")[0]
    assert "Mislukt" in section
    assert "gevraagd door Sanne Vierhout" in section
    assert "Er ging iets mis in het programma." in section
    assert Run.objects.get().error == "ZeroDivisionError"
    for secret in (
        export.case.reference, export.case.pupil.family_name, export.reason,
        reverse("cases:export", args=[export.public_id]),
    ):  # fmt: skip
        assert secret not in shown


def test_dossiers_of_a_school_year_stand_there_once(administrator, school, signed_in):
    one = export_of(school)
    asked = {"requested_by": one.requested_by, "reason": one.reason, "year": 2024}
    year = YearExport.objects.create(school=school, state=YearExport.State.FAILED, **asked)
    YearExport.objects.create(school=SchoolFactory(), **asked)
    DossierExport.objects.update(of_year=year)
    shown = page(signed_in(administrator))
    sections = [shown.partition(f"{title}</h2>")[2].partition("</section>")[0]
                for title in ("Dossiers als pdf", "Dossiers van een schooljaar")]  # fmt: skip
    assert ["Sanne Vierhout" in section for section in sections] == [False, True]
    assert sections[1].count("gevraagd door") == 1
    assert reverse("background:item_again", args=["years", year.public_id]) in sections[1]
    assert one.reason not in shown


def test_a_paper_is_tried_again_for_its_owner(
    administrator, school, signed_in, sent, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("cases.waking.queue.put", queue.put)
    export = export_of(school)
    browser = signed_in(administrator)
    url = reverse("background:item_again", args=["dossiers", export.public_id])
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url)
    export.refresh_from_db()
    assert (export.state, export.attempts) == (DossierExport.State.WAITING, 0)
    assert sent == [("cases.dossier.tasks.make_dossier", (str(export.public_id),), {})]
    browser.post(url)
    assert len(sent) == 1
    # It is the owner's: who tried it again does not get to see it.
    assert browser.get(reverse("cases:export", args=[export.public_id])).status_code == 404


def test_papers_that_an_administrator_may_not_know_of(administrator, school, signed_in, sent):
    """Of another school, of the board's line (R9), of a pupil that they are kept away from."""
    kept_away = export_of(school)
    ShutOut.objects.create(
        pupil=kept_away.case.pupil,
        user=administrator,
        ground=ShutOut.Ground.values[0],
        set_by=kept_away.requested_by,
    )
    hidden = [export_of(SchoolFactory()), export_of(school, restricted=True), kept_away]
    browser = signed_in(administrator)
    assert "Sanne Vierhout" not in page(browser)
    for export in hidden:
        url = reverse("background:item_again", args=["dossiers", export.public_id])
        assert browser.post(url).status_code == 404
    assert browser.post(
        reverse("background:item_again", args=["nothing", hidden[0].public_id])
    ).status_code == 404  # fmt: skip
    assert sent == []


def test_that_something_was_asked_for_in_a_case_shows_nowhere(administrator, signed_in):
    """Another school's dossier, or a mail about a signal on staff: not even that it ran."""
    for task in (
        "cases.dossier.tasks.make_dossier",
        "cases.notifications.tasks.deliver",
        SEAL.task,
    ):
        run_of(task, State.FAILED, regular=False, error="MemoryError")
    before = page(signed_in(administrator))
    assert "MemoryError" not in before
    assert "mislukt sinds" not in before


def test_the_page_asks_no_more_when_there_is_more(administrator, school, signed_in):
    browser = signed_in(administrator)
    counts = []
    for __ in range(2):
        for job in REGULAR:
            for state in State.values:
                run_of(job.task, state)
        export_of(school)
        browser.get(reverse("background:work"))
        with CaptureQueriesContext(connection) as asked:
            page(browser)
        counts.append(len(asked))
    assert counts[0] == counts[1]
