"""What the audit showed too much of, and what it missed. Each failed on the day it was written."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from auditlog.context import set_actor
from django.urls import reverse
from django.utils import timezone

from accounts.people.actions import end_role, give_role
from accounts.roles import Role
from audit import trail
from audit.kinds import Kind
from audit.models import Flag, LogEntry, Look
from audit.unusual import look
from cases.models import DossierExport, EmergencyAccess, LookBack
from referrals.report.models import Report, ReportCopy
from tests.cases.records import decision
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db

SCHOOL = reverse("audit:school")
NIGHT = datetime(2026, 11, 25, 1, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


def happened(user, at, case):
    LogEntry.objects.log_create(
        case, force_log=True, action=3, kind=Kind.READ, actor=user, timestamp=at
    )


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school)


def test_the_link_to_older_rows_does_not_count_those_left_out(
    administrator, coordinator, pupil, signed_in, monkeypatch
):
    monkeypatch.setattr(trail, "PER_PAGE", 2)
    case = CaseFactory(pupil=pupil)
    for ago in range(5):
        happened(coordinator, timezone.now() - timedelta(hours=ago), case)
    page = signed_in(administrator).get(SCHOOL).content.decode()
    numbers = set(LogEntry.objects.values_list("pk", flat=True))
    older = re.search(r"before=([^\"&]+)", page).group(1)
    assert older not in {str(number) for number in numbers}


def test_nobody_asks_by_a_number_when_a_row_was_written(
    administrator, coordinator, pupil, signed_in
):
    happened(coordinator, NIGHT, CaseFactory(pupil=pupil))
    browser = signed_in(administrator)
    written = LogEntry.objects.order_by("timestamp").first()
    everything = browser.get(SCHOOL).content.decode().count("<tr ")
    asked = browser.get(f"{SCHOOL}?before={written.pk}").content.decode().count("<tr ")
    assert asked > everything  # as without a number, with the row of looking at it


def test_a_flag_does_not_tell_that_there_is_a_case_for_the_board(
    school, administrator, pupil, signed_in
):
    """Reading one at night is flagged to the administrator, whose trail shows no such case (R9)."""
    leader = member(Role.SCHOOL_LEADER, school)
    Look.objects.create(pk=1, at=NIGHT - timedelta(days=1))
    happened(leader, NIGHT, CaseFactory(pupil=pupil, restricted=True))
    look(NIGHT + timedelta(hours=2))
    assert LogEntry.objects.of_school(school, administrator).filter(actor=leader).count() == 0
    assert not Flag.objects.visible_to(administrator).exists()


def read_at_night_and(school, coordinator, pupil, made):
    """Open a case at night, make something beside it, and let beat look."""
    Look.objects.create(pk=1, at=NIGHT - timedelta(days=1))
    happened(coordinator, NIGHT, pupil)
    LogEntry.objects.log_create(
        made, force_log=True, action=0, kind=Kind.MADE, actor=coordinator, timestamp=NIGHT
    )
    look(NIGHT + timedelta(hours=2))
    return Flag.objects.filter(rule="at_night", user=coordinator).exists()


def test_a_copy_of_the_dossier_does_not_excuse_reading_at_night(school, coordinator, pupil):
    case = CaseFactory(pupil=pupil)
    copy = DossierExport.objects.create(case=case, requested_by=coordinator, reason="Inzage.")
    assert read_at_night_and(school, coordinator, case, copy)


def test_nor_does_emergency_access(school, coordinator, pupil):
    case = CaseFactory(pupil=pupil)
    given = EmergencyAccess.objects.create(
        case=case, user=coordinator, reason="Nood.", ends_at=timezone.now()
    )
    assert read_at_night_and(school, coordinator, case, given)


def test_nor_does_a_copy_of_a_report(school, coordinator, pupil):
    case = CaseFactory(pupil=pupil)
    made = decision(case, timezone.now(), to={"veilig_thuis": None})
    report = Report.objects.create(
        referral=made.referrals.get(), started_by=coordinator, saved_by=coordinator
    )
    copy = ReportCopy.objects.create(report=report, requested_by=coordinator, reason="Versturen.")
    assert read_at_night_and(school, coordinator, case, copy)


def test_a_record_does(school, coordinator, pupil):
    case = CaseFactory(pupil=pupil)
    seen = LookBack.objects.create(case=case, author=coordinator, seen="Stil.", result="quiet")
    assert not read_at_night_and(school, coordinator, case, seen)


def test_the_end_of_a_family_workers_role_stands_in_the_trail_of_who_ended_it(
    school, administrator, family_worker
):
    with set_actor(administrator):
        end_role(family_worker.memberships.get(), administrator, school)
    other = member(Role.ADMINISTRATOR, school)
    assert LogEntry.objects.of_school(school, other).filter(actor=administrator).exists()


def test_so_does_its_beginning(school, administrator, family_worker):
    teacher = member(Role.TEACHER, school)
    with set_actor(administrator):
        given = give_role(school, administrator, teacher, role=Role.BUURTTEAM_WORKER)
    other = member(Role.ADMINISTRATOR, school)
    rows = LogEntry.objects.of_school(school, other).filter(actor=administrator, kind=Kind.MADE)
    assert [row.object_pk for row in rows] == [str(given.pk)]
