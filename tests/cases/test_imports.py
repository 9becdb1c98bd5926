"""A list of pupils at a school: what it would change, that nothing else is done, and by whom."""

import uuid
from datetime import date, timedelta
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases import jobs
from cases.imports import actions, tasks
from cases.imports.fields import FIELDS
from cases.imports.plan import MOST_AMONG, NEW, Known, plan
from cases.imports.read import Read
from cases.imports.rows import Row
from cases.models import Notification, Pupil, PupilImport
from cases.notifications.kinds import known as may_know
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db
State = PupilImport.State
BORN, LATER = date(2015, 3, 4), date(2016, 5, 6)
HEAD = "Stamnr;Roepnaam;Tussenv;Achternaam;Geboortedatum;Klas;BSN;Moeder"


def known(pk, key="", given="Zoë", family="van der Berg", born=BORN, class_name="5A", left_on=None):
    return Known(pk, key, given, family, born, class_name, left_on)


def row(line, key="", given="Zoë", family="van der Berg", born=BORN, class_name="5A"):
    return Row(line, key, given, family, born, class_name)


def planned(rows, pupils, decided=None, *, full_list=False):
    left_on = date(2026, 7, 31) if full_list else None
    return plan(Read(tuple(rows), ()), pupils, decided or {}, full_list=full_list, left_on=left_on)


def problems(made):
    return [(one.line, one.code, one.among) for one in made.problems]


class Looked(date):
    """A birth date that counts how often it was looked at."""

    times = 0

    def __bool__(self):
        Looked.times += 1
        return True

    def __eq__(self, other):
        Looked.times += 1
        return date.__eq__(self, other)

    __hash__ = date.__hash__


@shows("busy-7")
@pytest.mark.parametrize("born", [None, Looked(2015, 3, 4)])
def test_however_many_bear_one_name_they_are_looked_through_once(born):
    """Each row was compared with each pupil: five thousand with twenty thousand took 22 seconds."""
    monthly = [Looked(2015, 1 + n % 12, 1 + n % 28) for n in range(1000)]
    pupils = [known(n + 1, f"k{n}", born=day) for n, day in enumerate(monthly)]
    Looked.times = 0
    made = planned([row(n, f"r{n}", born=born) for n in range(1000)], pupils)
    assert Looked.times < 50_000  # of a million pairs
    assert all(len(problem.among) <= MOST_AMONG for problem in made.problems)
    assert born or len(made.problems) == 1000


def test_a_pupil_is_known_by_number_or_else_by_name_and_birth_date_and_never_guessed():
    # By number, whatever the name became; and what a file does not say stays.
    made = planned([row(2, "7", "Zoë-Lynn", "Bos", None, "")], [known(1, "7")])
    renamed = [("given", "Zoë", "Zoë-Lynn"), ("family", "van der Berg", "Bos")]
    assert made.changes[0].renamed == renamed
    assert "born" not in made.changes[0].values
    # By name, written otherwise, and birth date: from now on by number too.
    made = planned([row(2, "7", "ZOE", "van  der-Berg")], [known(1), known(2, given="Noor")])
    assert made.counts() | {"renamed": 1, "linked": 1} == made.counts()
    assert made.changes[0].pupil.pk == 1
    # Whoever cannot be told from somebody else is decided on by a person.
    two = [known(1), known(2, class_name="6B")]
    made = planned([row(2, "7")], two)
    assert problems(made) == [(2, "several", (1, 2))]
    assert not made.changes
    assert planned([row(2, "7")], two, {2: 2}).changes[0].pupil.pk == 2
    assert planned([row(2, "7")], two, {2: NEW}).changes[0].pupil is None
    assert problems(planned([row(2, "7")], two, {2: 99})) == problems(made)
    assert problems(planned([row(2, "7")], [known(1, born=None)])) == [(2, "unsure", (1,))]
    assert problems(planned([row(2, "7", born=None)], [known(1)])) == [(2, "unsure", (1,))]
    assert problems(planned([row(2, "7")], [known(1, "6")])) == [(2, "renumbered", (1,))]
    # The administration has them both: two pupils.
    both = planned([row(2, "7"), row(3, "6")], [known(1, "6")])
    assert both.counts() | {"new": 1, "unchanged": 1, "problems": 0} == both.counts()
    # Twice in the file: the same is once, otherwise is a question.
    assert planned([row(2, "7"), row(3, "7")], []).counts()["new"] == 1
    assert problems(planned([row(2, "7"), row(3, "7", class_name="6B")], [])) == [(3, "twice", ())]
    assert problems(planned([row(2, "7"), row(3)], [known(1, "7")])) == [(3, "same", ())]


def test_who_is_missing_left_when_the_list_is_full_and_all_of_it_was_read():
    pupils = [known(1, "7"), known(2, "8", "Sem"), known(3, "9", "Oud", left_on=BORN)]
    assert planned([row(2, "7")], pupils).left == []
    made = planned([row(2, "7")], pupils, full_list=True)
    assert [one.pk for one in made.left] == [2]
    assert made.many_leave
    unsure = planned([row(2, "7"), row(3, "5", "Sem", born=None)], pupils, full_list=True)
    assert unsure.left == []
    assert unsure.leaving_unknown
    back = planned([row(2, "9", "Oud", class_name="6A")], pupils)
    assert back.counts() | {"returned": 1, "moved": 1} == back.counts()
    assert made.digest() != planned([row(2, "7")], pupils).digest()


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def administrator(school):
    return member(Role.ADMINISTRATOR, school)


@pytest.fixture
def admin(administrator, signed_in):
    return signed_in(administrator)


@pytest.fixture
def queued(monkeypatch):
    sent = []
    monkeypatch.setattr("cases.jobs.wake", lambda *args: sent.append(args))
    return sent


def send(admin, lines, full="no", left_on=""):
    file = SimpleUploadedFile("lijst.csv", "\n".join([HEAD, *lines]).encode(), "text/csv")
    page = admin.post(
        reverse("cases:new_import"),
        {"file": file, "full_list": full, "left_on": left_on, "idempotency_key": uuid.uuid4()},
    )
    assert page.status_code == 302, page.context["form"].errors
    return PupilImport.objects.latest("requested_at")


def test_a_file_is_chosen_once_more_when_something_else_is_wrong(admin):
    file = SimpleUploadedFile("lijst.csv", HEAD.encode(), "text/csv")
    page = admin.post(reverse("cases:new_import"), {"file": file})
    assert page.status_code == 422
    assert "Kies het opnieuw" in page.content.decode()


def at(name, job):
    return reverse(f"cases:{name}", args=[job.public_id])


def preview_of(admin, job):
    job.refresh_from_db()
    if job.state == State.COLUMNS:
        form = admin.get(at("import_columns", job)).context["form"]
        chosen = {code: form[code].value() for code in FIELDS}
        assert admin.post(at("import_columns", job), chosen).status_code == 302
    page = admin.get(at("pupil_import", job))
    assert page.status_code == 200
    return page


def agree(admin, job, page, **more):
    digest = page.context["form"]["digest"].value()
    return admin.post(at("agree_import", job), {"digest": digest, **more})


def applied(admin, job, capture, **more):
    with capture(execute=True):
        assert agree(admin, job, preview_of(admin, job), **more).status_code == 302
        tasks.apply_import(str(job.public_id))
    job.refresh_from_db()
    return job


def test_a_school_year_from_file_to_file(
    admin, school, administrator, queued, django_capture_on_commit_callbacks
):
    capture = django_capture_on_commit_callbacks
    stays, leaves = (PupilFactory(school=school, given_name=n) for n in ("Zoë", "Sem"))
    Pupil.objects.filter(pk=stays.pk).update(family_name="van der Berg", birth_date=BORN)
    case = CaseFactory(pupil=leaves)
    type(case).objects.filter(pk=case.pk).update(
        retention_years=20, closed_at=timezone.now(), outcome="cleared", closing_grounds="Gronden."
    )
    other = PupilFactory(given_name="Zoë", family_name="van der Berg", birth_date=BORN)
    lines = [
        "1;Zoë;van der;Berg;4-3-2015;5A;123456782;Ans Berg",
        "2;Noor;;Bos;6-5-2016;4A;111222333;Eva Bos",
        "3;Mo;;;6-5-2016;4A;;",
    ]
    job = send(admin, lines)
    assert "Ans" not in job.sealed
    assert "123456782" not in str(actions.sealed.open_table(job))
    page = preview_of(admin, job)
    job.refresh_from_db()
    assert "Ans" not in str(actions.sealed.open_read(job))  # what no column was named for
    text = page.content.decode()
    assert all(word in text for word in ("Noor Bos", "De achternaam ontbreekt", "BSN"))
    assert page.context["shown"].counts | {
        "new": 1, "linked": 1, "moved": 1, "problems": 1, "left": 0
    } == page.context["shown"].counts  # fmt: skip
    assert Pupil.objects.filter(school=school).count() == 2  # nothing changed yet
    applied(admin, job, capture)
    assert queued == [(PupilImport.task, str(job.public_id))]
    assert (job.state, job.sealed, job.counts["new"]) == (State.READY, "", 1)
    stays.refresh_from_db()
    assert (stays.administration_key, stays.class_name) == ("1", "5A")
    other.refresh_from_db()
    assert other.administration_key == ""  # of another school
    rows = LogEntry.objects.filter(school=school, actor=administrator)
    made = rows.filter(object_repr__startswith="pupil ")
    assert sorted(made.values_list("kind", flat=True)) == [Kind.CHANGED, Kind.MADE]
    assert made.get(kind=Kind.CHANGED).changes == {"class_name": ["2B", "5A"]}
    assert rows.filter(object_repr=f"pupilimport {job.public_id}").count() >= 3
    assert not any("Noor" in str(vars(entry)) for entry in LogEntry.objects.all())
    told = Notification.objects.get(kind="import_done", recipient=administrator)
    assert may_know(administrator, [told]) == [told]

    # Once more, in another order of columns and rows: nothing.
    again = send(admin, reversed(lines))
    shown = preview_of(admin, again).context["shown"]
    assert not shown.plan.does_something
    assert shown.counts["unchanged"] == 2

    # A year later, all pupils: a class up, a name corrected, one left, and a case that is kept.
    full = [
        "1;Zoë;van der;Berg;4-3-2015;6A;;",
        "2;Noor;de;Bos;6-5-2016;5A;;",
    ]
    left_on = timezone.localdate() - timedelta(days=30)
    year = send(admin, full, "yes", left_on.isoformat())
    assert not PupilImport.objects.filter(pk=again.pk).exclude(sealed="").exists()
    page = preview_of(admin, year)
    assert page.context["shown"].renamed[0].values[0][1:] == ("Bos", "de Bos")
    assert agree(admin, year, page).status_code == 422  # a third leaves: is that right?
    applied(admin, year, capture, many="on")
    leaves.refresh_from_db()
    case.refresh_from_db()
    assert leaves.left_on == left_on
    assert case.kept_until.year == left_on.year + 20
    assert year.counts | {"moved": 2, "renamed": 1, "left": 1} == year.counts
    assert LogEntry.objects.filter(object_id=leaves.pk, kind=Kind.CHANGED, actor=administrator)

    # And back again.
    lines = [f"9;Sem;;{leaves.family_name};{leaves.birth_date:%d-%m-%Y};6A;;"]
    applied(admin, send(admin, lines), capture)
    leaves.refresh_from_db()
    case.refresh_from_db()
    assert (leaves.left_on, case.kept_until, leaves.class_name) == (None, None, "6A")


def test_what_was_not_shown_is_not_done(
    admin, school, administrator, queued, django_capture_on_commit_callbacks, monkeypatch
):
    job = send(admin, ["1;Zoë;;Berg;4-3-2015;5A;;"])
    page = preview_of(admin, job)
    found = PupilFactory(school=school, given_name="Zoë", family_name="Berg", birth_date=BORN)
    assert agree(admin, job, page).status_code == 422  # the school changed before one agreed
    with django_capture_on_commit_callbacks(execute=True):
        agree(admin, job, preview_of(admin, job))
    Pupil.objects.filter(pk=found.pk).update(class_name="6B")  # and before the worker came
    tasks.apply_import(str(job.public_id))
    job.refresh_from_db()
    assert (job.state, job.overtaken) == (State.PREVIEW, True)
    assert Notification.objects.filter(kind="import_overtaken", recipient=administrator).exists()
    assert "6B" in preview_of(admin, job).content.decode()
    polled = admin.get(at("pupil_import", job), headers={"HX-Request": "true"})
    assert polled.headers["HX-Redirect"] == at("pupil_import", job)

    # Something breaks half way: nothing of it stands, and what was read is gone.
    with django_capture_on_commit_callbacks(execute=True):
        agree(admin, job, preview_of(admin, job))
    monkeypatch.setattr("cases.imports.applying.record_many", lambda *args: 1 / 0)
    tasks.apply_import(str(job.public_id))
    job.refresh_from_db()
    found.refresh_from_db()
    assert (job.state, job.sealed, found.administration_key) == (State.FAILED, "", "")
    assert Notification.objects.filter(kind="import_failed", recipient=administrator).exists()


def test_what_the_database_broke_off_is_applied_when_it_is_back(
    admin, school, queued, django_capture_on_commit_callbacks, monkeypatch
):
    job = send(admin, ["1;Zoë;;Berg;4-3-2015;5A;;"])
    with django_capture_on_commit_callbacks(execute=True):
        agree(admin, job, preview_of(admin, job))
    with monkeypatch.context() as away:
        away.setattr("cases.imports.applying.record_many", Mock(side_effect=OperationalError))
        tasks.apply_import(str(job.public_id))
    job.refresh_from_db()
    assert job.state == State.WAITING
    assert not Pupil.objects.filter(school=school).exists()
    actions.look_after(timezone.now())
    __, public_id = queued.pop()
    tasks.apply_import(public_id)
    job.refresh_from_db()
    assert (job.state, Pupil.objects.get(school=school).class_name) == (State.READY, "5A")


def test_who_is_meant_is_decided_by_a_person(
    admin, school, django_capture_on_commit_callbacks, queued
):
    twins = [
        PupilFactory(school=school, given_name="Zoë", family_name="Berg", birth_date=BORN)
        for _ in range(2)
    ]
    elsewhere = PupilFactory(given_name="Zoë", family_name="Berg", birth_date=BORN)
    job = send(admin, ["1;Zoë;;Berg;4-3-2015;5A;;"])
    page = preview_of(admin, job)
    assert page.context["shown"].counts["problems"] == 1
    refused = admin.post(at("decide_import", job), {"line_2": str(elsewhere.public_id)})
    assert refused.status_code == 422
    admin.post(at("decide_import", job), {"line_2": str(twins[1].public_id)})
    applied(admin, job, django_capture_on_commit_callbacks)
    keys = [Pupil.objects.get(pk=pupil.pk).administration_key for pupil in twins]
    assert keys == ["", "1"]


def test_only_an_administrator_of_the_school_and_only_who_sent_it(
    admin, signed_in, school, administrator, queued, django_capture_on_commit_callbacks
):
    job = send(admin, ["1;Zoë;;Berg;4-3-2015;5A;;"])
    page = preview_of(admin, job)
    with django_capture_on_commit_callbacks(execute=True):
        agree(admin, job, page)
    colleague = member(Role.ADMINISTRATOR, school)
    client = signed_in(colleague)
    for name in ("pupil_import", "import_columns"):
        assert client.get(at(name, job)).status_code == 404
    for name in ("agree_import", "discard_import", "decide_import", "import_columns"):
        assert client.post(at(name, job)).status_code == 404
    # Whose role ended between agreeing and applying changes nothing any more.
    administrator.memberships.update(ended_at=timezone.now(), ends_on=timezone.localdate())
    administrator.memberships.update(starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
    tasks.apply_import(str(job.public_id))
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert not Pupil.objects.filter(school=school).exists()


def test_what_nobody_agreed_on_is_forgotten_and_what_hangs_is_taken_up(admin, queued):
    job = send(admin, ["1;Zoë;;Berg;4-3-2015;5A;;"])
    actions.look_after(timezone.now() + timedelta(hours=35))
    job.refresh_from_db()
    assert job.sealed
    actions.look_after(timezone.now() + timedelta(hours=37))
    job.refresh_from_db()
    assert (job.state, job.sealed) == (State.EXPIRED, "")
    PupilImport.objects.update(state=State.RUNNING, started_at=timezone.now(), attempts=1)
    actions.look_after(timezone.now() + timedelta(hours=1))
    job.refresh_from_db()
    assert job.state == State.WAITING
    assert queued[-1] == (PupilImport.task, str(job.public_id))
    text = admin.get(at("pupil_import", job)).content.decode()
    assert "hx-get" in text


def test_the_last_list_of_a_day_can_be_agreed_on(
    admin, school, monkeypatch, queued, django_capture_on_commit_callbacks
):
    """It was counted when it came: counted once more, it was shown and could not be applied."""
    monkeypatch.setattr(jobs, "A_DAY", 1)
    job = send(admin, ["1;Zoë;van der;Berg;4-3-2015;5A;123456782;Ans Berg"])
    assert applied(admin, job, django_capture_on_commit_callbacks).state == State.READY
