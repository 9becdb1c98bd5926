"""A dossier in the zip of a year that was closed to whoever asked meanwhile. Failed on its day."""

import io
import uuid
import zipfile
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.people.actions import end_role
from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases import jobs
from cases.destruction.erasing import erase_case
from cases.destruction.tombstones import remove_files
from cases.dossier import year, year_making
from cases.dossier.tasks import look_after_exports, make_year
from cases.models import Case, DossierExport, ShutOut, YearExport
from cases.need_to_know.actions import shut_out
from tests.factories import CaseFactory, member

pytestmark = pytest.mark.django_db
MOMENT = datetime(2025, 10, 1, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def cases(school, monkeypatch):
    monkeypatch.setattr(year_making, "make_pdf", lambda contents, progress: b"%PDF")
    return CaseFactory.create_batch(2, pupil__school=school, opened_at=MOMENT)


def keep_out(administrator, case):
    leader = member(Role.SCHOOL_LEADER, case.school)
    shut_out(case, leader, administrator, ground=ShutOut.Ground.FAMILY, explanation="")


def test_who_is_kept_out_while_it_is_made_gets_a_zip_without(
    school, administrator, cases, signed_in, monkeypatch
):
    export = year.request_year(school, administrator, uuid.uuid4(), 2025, "Voor het archief.")
    made = []

    def kept_out_meanwhile(contents, progress):
        if made:
            keep_out(administrator, made[0])
        made.append(contents.case)
        return b"%PDF"

    monkeypatch.setattr(year_making, "make_pdf", kept_out_meanwhile)
    make_year(str(export.public_id))
    answer = signed_in(administrator).get(reverse("cases:year_download", args=[export.public_id]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.namelist() == [f"{made[1].reference}.pdf"]
    assert not made[0].exports.get().file


def test_who_is_kept_out_when_it_is_ready_does_not_fetch_it(
    school, administrator, cases, signed_in
):
    export = year.request_year(school, administrator, uuid.uuid4(), 2025, "Voor het archief.")
    make_year(str(export.public_id))
    keep_out(administrator, cases[0])
    page = reverse("cases:year", args=[export.public_id])
    answer = signed_in(administrator).get(reverse("cases:year_download", args=[export.public_id]))
    assert (answer.status_code, answer.url) == (302, page)
    export.refresh_from_db()
    assert (export.state, bool(export.file)) == (YearExport.State.EXPIRED, False)
    assert signed_in(administrator).get(page).status_code == 200


def test_cancelled_with_the_last_one_in_hand_it_leaves_nothing(
    school, administrator, cases, signed_in, monkeypatch
):
    export = year.request_year(school, administrator, uuid.uuid4(), 2025, "Voor het archief.")
    made = []

    def cancelled_at_last(contents, progress):
        made.append(contents.case)
        if len(made) == len(cases):
            signed_in(administrator).post(reverse("cases:cancel_year", args=[export.public_id]))
        return b"%PDF"

    monkeypatch.setattr(year_making, "make_pdf", cancelled_at_last)
    make_year(str(export.public_id))
    export.refresh_from_db()
    assert export.cancelled_at
    assert (export.state, bool(export.file)) == (YearExport.State.EXPIRED, False)


@pytest.mark.parametrize("made_before", [0, 1, 2])
def test_who_may_export_no_year_any_more_gets_none_made(
    school, administrator, cases, monkeypatch, made_before
):
    """They still run cases, and may export each of them; all at once they may not."""
    Membership.objects.create(
        user=administrator, role=Role.COORDINATOR, school=school, starts_on=MOMENT.date()
    )
    export = year.request_year(school, administrator, uuid.uuid4(), 2025, "Voor het archief.")
    made = []

    def role_ends():
        role = administrator.memberships.get(role=Role.ADMINISTRATOR)
        end_role(role, member(Role.ADMINISTRATOR, school), school)

    def ended_meanwhile(contents, progress):
        made.append(contents.case)
        if len(made) == made_before:
            role_ends()
        return b"%PDF"

    monkeypatch.setattr(year_making, "make_pdf", ended_meanwhile)
    if not made_before:
        role_ends()
    make_year(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, bool(export.file), len(made)) == ("failed", False, made_before)
    assert [one for one in export.dossiers.all() if one.file] == []
    jobs.retry(export)  # as another administrator can
    make_year(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, len(made)) == ("failed", made_before)


def test_a_case_for_the_board_of_who_leads_the_school_as_well(school, administrator, cases):
    restricted = CaseFactory(pupil__school=school, opened_at=MOMENT, restricted=True)
    Membership.objects.create(
        user=administrator, role=Role.SCHOOL_LEADER, school=school, starts_on=MOMENT.date()
    )
    export = year.request_year(school, administrator, uuid.uuid4(), 2025, "Voor het archief.")
    assert restricted not in year.cases_of(export)
    assert set(cases) == set(year.cases_of(export))


@pytest.mark.parametrize("how", [OSError, SystemExit])
def test_what_is_made_again_stands_in_the_trail_of_each_case_again(
    school, administrator, cases, monkeypatch, how
):
    """Asked for in one month, given up, and tried again in another: it was taken along then."""
    export = year.request_year(school, administrator, uuid.uuid4(), 2025, "Voor het archief.")

    made = []

    def breaks(contents, progress):
        if made:
            raise how  # as a bug does, or a worker that is killed
        made.append(contents.case)
        return b"%PDF"

    with monkeypatch.context() as patch:
        patch.setattr(year_making, "make_pdf", breaks)
        with suppress(SystemExit):
            make_year(str(export.public_id))
    late = timezone.now() - jobs.STALE_AFTER - timedelta(minutes=1)
    running = YearExport.objects.filter(state=YearExport.State.RUNNING)
    running.update(started_at=late, attempts=jobs.ATTEMPTS)
    look_after_exports()
    export.refresh_from_db()
    assert export.state == "failed"
    taken = LogEntry.objects.filter(kind=Kind.EXPORTED)
    before = [taken.filter(case_reference=case.reference).count() for case in cases]
    jobs.retry(export)
    make_year(str(export.public_id))
    export.refresh_from_db()
    assert export.state == "ready"
    after = [taken.filter(case_reference=case.reference).count() for case in cases]
    assert (before, after) == ([1, 1], [2, 2])


@pytest.mark.parametrize("days", [1, 8])
def test_what_was_given_up_long_ago_is_asked_for_anew(
    school, administrator, cases, signed_in, days
):
    """With a reason, a second factor and somebody told, all of today; as it is of all papers."""
    asked = {"requested_by": administrator, "reason": "Archief.", "state": YearExport.State.FAILED}
    asked["requested_at"] = timezone.now() - timedelta(days=days)
    papers = {
        "years": YearExport.objects.create(school=school, year=2025, **asked),
        "dossiers": DossierExport.objects.create(case=cases[0], **asked),
    }
    other = member(Role.ADMINISTRATOR, school)
    browser = signed_in(other)
    for section, paper in papers.items():
        url = reverse("background:item_again", args=[section, paper.public_id])
        again = days == 1
        assert browser.post(url).status_code == (302 if again else 404)
        paper.refresh_from_db()
        assert paper.state == ("waiting" if again else "failed")
        rows = LogEntry.objects.get_for_object(paper).filter(kind=Kind.CHANGED, actor=other)
        assert rows.count() == again


def test_a_case_that_is_destroyed_while_its_paper_is_made_leaves_no_file(
    school, administrator, cases, monkeypatch, settings
):
    export = year.request_year(school, administrator, uuid.uuid4(), 2025, "Voor het archief.")
    gone, stays = cases

    def destroyed_meanwhile(contents, progress):
        if contents.case == gone:
            remove_files(erase_case(Case.objects.get(pk=gone.pk), "ABCDEFGH", administrator).files)
        return b"%PDF"

    monkeypatch.setattr(year_making, "make_pdf", destroyed_meanwhile)
    make_year(str(export.public_id))
    named = set(DossierExport.objects.exclude(file="").values_list("file", flat=True))
    left = {
        str(path.relative_to(settings.MEDIA_ROOT))
        for path in settings.MEDIA_ROOT.rglob("*.pdf")
        if path.is_file()
    }
    assert left == named
    assert not DossierExport.objects.filter(case=gone.pk).exists()
    assert Case.objects.filter(pk=stays.pk).exists()
