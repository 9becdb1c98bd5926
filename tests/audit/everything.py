"""A world in which there is one of each that a case can have, a word of its own in each text."""

import uuid
from datetime import timedelta

from django.utils import timezone

from audit.models import Flag
from cases.models import Snooze
from consultations.models import AgendaItem
from referrals.report.models import ReportText
from tests.audit.marked import mark_all
from tests.canary import Markers
from tests.cases.records import earlier
from tests.factories import CaseFactory, ConsultationFactory, PupilFactory, SignalFactory
from tests.test_query_counts import busy, records_of
from tests.world import World


def everything(markers: Markers) -> World:
    """Return the world of the role matrix with a record of each kind, beside another case of the
    pupil and one of another pupil; and a word of its own in each text.
    """
    made = World()
    records_of(made.case, 1)
    busy(made.consultation)
    ReportText.objects.create(report=made.report, field="expected", text="Rust.")
    ReportText.objects.create(report=made.filed_report, field="expected", text="Rust.")
    made.closed = earlier(made.case)
    made.closed_signal = SignalFactory(case=made.closed, author=made.people["author"])
    made.restricted = CaseFactory(pupil=made.pupil, restricted=True)
    made.staff_signal = SignalFactory(case=made.restricted, author=made.people["author"])
    other = CaseFactory(pupil=PupilFactory(school=made.school), step=1)
    SignalFactory(case=other, author=made.people["author"])
    asked = {"asked_by": made.people["coordinator"]}
    AgendaItem.objects.create(case=other, **asked)
    said = ConsultationFactory(case=made.case, kind="care_team")
    AgendaItem.objects.create(
        case=made.case, meeting=made.meeting, consultation=said, minutes="Besproken.", **asked
    )
    Snooze.objects.create(
        case=made.case, author=made.people["coordinator"], idempotency_key=uuid.uuid4(),
        reason="Gezinswerker komt.", until=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    # No run of the worker stands between a page and what it hands out.
    made.export.state, made.export.finished_at = "ready", timezone.now()
    made.export.save()
    Flag.objects.create(
        rule="at_night", user=made.people["coordinator"], school=made.school, count=1,
        day=timezone.localdate(), settled_at=timezone.now(), settled_why="Een spoedgeval.",
        settled_by=made.people["administrator"],
    )  # fmt: skip
    mark_all(markers)
    for person in filter(None, made.people.values()):
        person.refresh_from_db()
    for one in ("pupil", "case", "signal", "consultation", "export", "report_copy", "referral"):
        getattr(made, one).refresh_from_db()
    return made
