"""Who looks after the program and teaches too: what the trail of the school told them of their own.

A trail by references tells nobody about whom a case is. But whoever logs a signal knows about whom
that was, and by their own row they knew the case: that there is one, and from then on each step
that colleagues take in it. Failed on its day.
"""

import uuid
from datetime import date, timedelta

import pytest
from auditlog.context import set_actor
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from guardian.shortcuts import assign_perm

from accounts.models import Membership
from accounts.roles import Role
from audit.models import LogEntry
from cases.destruction.approving import hold_back
from cases.dossier.actions import request_export
from signals.actions import file_signal
from tests.attacks.proof import shows
from tests.factories import CaseFactory, ConsultationFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(school):
    """An administrator who is a teacher too."""
    person = member(Role.ADMINISTRATOR, school)
    Membership.objects.create(
        user=person, role=Role.TEACHER, school=school, starts_on=date(2020, 1, 1)
    )
    return person


def log(pupil, by):
    with set_actor(by):
        return file_signal(
            pupil, by, uuid.uuid4(), categories=["hygiene"], severe=False, acute=False,
            facts="Zat alleen.", about_staff=False, observed_at=timezone.now(),
        )  # fmt: skip


def copy_of(client, school):
    days = {name: timezone.localdate().isoformat() for name in ("first", "last")}
    form = {**days, "school": school.pk, "reason": "Voor de functionaris, elk jaar."}
    return b"".join(client.post(reverse("audit:export"), form).streaming_content).decode()


@shows("role-6")
def test_one_s_own_signal_does_not_say_in_which_case_it_came(school, both, signed_in):
    there_already, new = (
        log(pupil, both)
        for pupil in (CaseFactory(pupil__school=school).pupil, PupilFactory(school=school))
    )
    client = signed_in(both)
    for one in (there_already, new):
        assert client.get(reverse("signals:detail", args=[one.reference])).status_code == 200
    own = LogEntry.objects.of_school(school, both).filter(actor=both)
    assert own.filter(case_reference=there_already.case.reference, kind="made").exists()
    assert set(own.values_list("shown_reference", flat=True)) == {""}
    other = signed_in(member(Role.ADMINISTRATOR, school))
    for browser, knows in ((client, False), (other, True)):
        page = browser.get(reverse("audit:school")).content.decode()
        for said in (page, copy_of(browser, school)):
            assert (new.case.reference in said) is knows
            assert "ignaal" in said  # that it was logged stands there for both


def test_what_one_does_by_a_reference_and_in_a_case_that_one_sees_stands_there_with_it(
    school, both, signed_in
):
    by_reference, taken_part = CaseFactory(pupil__school=school), CaseFactory(pupil__school=school)
    exported = CaseFactory(pupil__school=school)
    with set_actor(both):
        hold_back(by_reference, both, reason="Er loopt een klacht.", until=None)
        request_export(exported, both, uuid.uuid4(), "Voor de rechter, met een brief.")
    assign_perm("cases.take_part", both, taken_part)
    log(taken_part.pupil, both)
    rows = LogEntry.objects.of_school(school, both).filter(actor=both)
    shown = set(rows.values_list("shown_reference", flat=True))
    assert {one.reference for one in (by_reference, exported, taken_part)} <= shown


@shows("role-7")
def test_nor_do_the_records_that_can_be_handed_over(school, both, coordinator, signed_in):
    """A signal about a day of one's own choice was found among them, and its case with it."""
    pupil = CaseFactory(pupil__school=school).pupil
    seen = timezone.now() - timedelta(days=77)
    with set_actor(both):
        signal = file_signal(
            pupil, both, uuid.uuid4(), categories=["hygiene"], severe=False, acute=False,
            facts="Zat alleen.", about_staff=False, observed_at=seen,
        )  # fmt: skip
    asked = ConsultationFactory(case=signal.case, author=coordinator)
    page = f"{reverse('cases:dossier', args=[signal.case.reference])}?kind=buurtteam"
    day = date_format(timezone.localtime(seen), "j F Y")
    for browser, knows in ((signed_in(both), False), (signed_in(coordinator), True)):
        shown = browser.get(page).content.decode()
        assert "ignaal" in shown
        for tells in (signal.reference, asked.reference, day):
            assert (tells in shown) is knows, tells
