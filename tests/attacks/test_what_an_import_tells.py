"""Importing pupils: whoever sends a list learns of nobody on it whether there is a case."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases.imports import tasks
from cases.imports.applying import known_at, write
from cases.imports.plan import Change, Plan
from cases.models import Case, PupilImport
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def admin(school, signed_in):
    return signed_in(member(Role.ADMINISTRATOR, school))


@pytest.fixture
def closed(school):
    """A closed case, in a school of nine."""
    for number in range(8):
        PupilFactory(
            school=school, given_name="Zoë", family_name="Berg", administration_key=str(number)
        )
    case = CaseFactory(pupil__school=school)
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), outcome="cleared", closing_grounds="Gronden.", retention_years=20
    )
    return case


def leave_out(admin, left_on):
    """Send a list of all pupils but the one of the case."""
    lines = ["Leerlingnummer;Roepnaam;Achternaam", *(f"{number};Zoë;Berg" for number in range(8))]
    return admin.post(
        reverse("cases:new_import"),
        {
            "file": SimpleUploadedFile("lijst.csv", "\n".join(lines).encode(), "text/csv"),
            "full_list": "yes", "left_on": left_on.isoformat(), "idempotency_key": uuid4(),
        },
    )  # fmt: skip


@shows("import-1")
def test_nobody_who_is_left_out_of_a_list_left_long_ago(admin, closed):
    today = timezone.localdate()
    for days, status in ((365 * 30, 422), (301, 422), (300, 302)):
        answer = leave_out(admin, today - timedelta(days=days))
        assert answer.status_code == status, days
    assert PupilImport.objects.count() == 1


@shows("import-1")
def test_leaving_a_pupil_out_writes_no_row_of_their_case(admin, closed, monkeypatch):
    monkeypatch.setattr("cases.jobs.wake", lambda *args: None)
    trail = reverse("audit:school")
    before = admin.get(trail).content.decode().count(closed.reference)
    leave_out(admin, timezone.localdate())
    job = PupilImport.objects.get()
    columns = reverse("cases:import_columns", args=[job.public_id])
    form = admin.get(columns).context["form"]
    chosen = {field.name: field.value() for field in form if field.value()}
    admin.post(columns, chosen)
    preview = admin.get(reverse("cases:pupil_import", args=[job.public_id]))
    digest = preview.context["form"]["digest"].value()
    admin.post(reverse("cases:agree_import", args=[job.public_id]), {"digest": digest})
    tasks.apply_import(str(job.public_id))
    closed.refresh_from_db()
    assert closed.kept_until is not None
    assert admin.get(trail).content.decode().count(closed.reference) == before


@shows("import-2")
@pytest.mark.parametrize("returns", [True, False])
def test_no_case_is_held_while_a_list_is_written_down(closed, returns):
    """By which case a form waits one would know whose it is, for as long as that takes."""
    whose = next(one for one in known_at(closed.school_id) if one.pk == closed.pupil_id)
    made = Plan(
        changes=[Change(whose, {}, returns=True)] if returns else [],
        left=[] if returns else [whose],
        left_on=timezone.localdate(),
    )
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        write(made, closed.school, None)
    asked = [query["sql"] for query in captured]
    cases = [at for at, sql in enumerate(asked) if '"cases_case"' in sql]
    trail = [at for at, sql in enumerate(asked) if sql.startswith('INSERT INTO "audit_')]
    assert cases
    assert trail
    assert min(cases) > max(trail)
    closed.refresh_from_db()
    assert (closed.kept_until is None) is returns
