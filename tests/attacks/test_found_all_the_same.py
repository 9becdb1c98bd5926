"""Words of what was withdrawn, that a search found. Failed on its day."""

import pytest
from django.utils import timezone

from accounts.access import Permission
from cases.dashboard.filters import CaseFilter
from cases.models import Case
from referrals.models import Referral
from referrals.report.models import Report, ReportText
from tests.cases.records import decision
from tests.factories import CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db


def test_a_report_that_was_filed_and_then_not_sent(school, coordinator):
    case, now = CaseFactory(pupil=PupilFactory(school=school)), timezone.now()
    referral = decision(case, now, to={"veilig_thuis": None}, report=True).referrals.get()
    by = {"started_by": coordinator, "saved_by": coordinator}
    report = Report.objects.create(referral=referral, **by, filed_at=now, filed_by=coordinator)
    ReportText.objects.create(report=report, field="facts", text="geheimwoord")

    def found():
        cases = Case.objects.permitted(coordinator, Permission.SEE_DASHBOARD)
        return list(CaseFilter({"q": "geheimwoord"}, cases, coordinator).found)

    assert found() == [case]
    Referral.objects.update(withdrawn_at=now, withdrawn_by=coordinator, withdrawn_reason="Fout.")
    assert found() == []
