"""Two people in one report at one moment: nothing twice, nothing lost, nothing after filing."""

import uuid

import pytest
from django.utils import timezone

from accounts.roles import Role
from cases.errors import ActionError
from referrals.actions import withdraw
from referrals.models import Referral
from referrals.report import actions
from referrals.report.fields import FIELDS
from referrals.report.models import Report, ReportCopy
from referrals.report.versions import read_seen, seen_of
from tests.cases.records import decision
from tests.factories import CaseFactory, PupilFactory, member
from tests.test_concurrency import AT_ONCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def referral(school):
    case = CaseFactory(pupil=PupilFactory(school=school))
    to = {"veilig_thuis": None}
    return decision(case, timezone.now(), to=to, report=True).referrals.get()


@pytest.fixture
def team(school):
    return [member(Role.COORDINATOR, school) for __ in range(AT_ONCE)]


def saving(report, by, before, **texts):
    """Return a call that saves what somebody typed on a page that showed ``before``."""
    page = {code: before.get(code, "") for code in FIELDS}
    seen = read_seen(seen_of(before))
    return lambda: actions.save_draft(report, by, {**page, **texts}, seen)


def test_begun_by_several_it_is_one_draft(referral, team):
    begun = at_once(*(lambda by=by: actions.start_report(referral, by) for by in team))
    assert {report.pk for report in begun} == {Report.objects.get().pk}


def test_each_writes_in_a_field_of_their_own_and_all_is_kept(referral, team):
    report = actions.start_report(referral, team[0])
    before = report.contents
    names = ("address", "parents", "strengths", "expected")
    at_once(
        *(
            saving(report, by, before, **{name: f"Van {name}."})
            for by, name in zip(team, names, strict=True)
        )
    )
    texts = Report.objects.get().contents
    assert {name: texts[name] for name in names} == {name: f"Van {name}." for name in names}
    assert Report.objects.get().revision == 1 + AT_ONCE


def test_all_write_in_one_field_and_one_is_kept_while_the_others_see_it(referral, team):
    report = actions.start_report(referral, team[0])
    before = report.contents
    calls = (
        saving(report, by, before, expected=f"Tekst {number}.") for number, by in enumerate(team)
    )
    answers = at_once(*calls)
    refused = [answer for answer in answers if isinstance(answer, actions.Conflict)]
    assert len(refused) == AT_ONCE - 1
    kept = Report.objects.get().contents["expected"]
    assert {conflict.now["expected"] for conflict in refused} == {kept}
    mine = {conflict.merged.texts["expected"] for conflict in refused}
    assert len(mine | {kept}) == AT_ONCE


def test_filed_while_somebody_writes_the_file_is_what_was_seen(referral, team):
    report = actions.start_report(referral, team[0])
    before, revision = report.contents, Report.objects.get().revision

    def file():
        return actions.file_report(
            report, team[0], revision=revision, why_incomplete="Haast.", looked_at=True
        )

    filed, saved = at_once(file, saving(report, team[1], before, expected="Nog dit."))
    stands = Report.objects.get()
    if isinstance(filed, ActionError):  # the writing came first: look once more
        assert (stands.is_draft, stands.contents["expected"]) == (True, "Nog dit.")
    else:
        assert isinstance(saved, ActionError)
        assert "expected" not in stands.contents


def test_filed_and_corrected_by_several_it_is_so_once(referral, team):
    report = actions.start_report(referral, team[0])

    def file(by):
        return actions.file_report(
            report, by, revision=None, why_incomplete="Haast.", looked_at=True
        )

    at_once(*(lambda by=by: file(by) for by in team))
    assert Report.objects.filed().count() == 1
    at_once(*(lambda by=by: actions.correct_report(report, by, reason="Mis.") for by in team))
    assert sorted(Report.objects.values_list("number", flat=True)) == [1, 2]
    key = uuid.uuid4()
    at_once(
        *[lambda: actions.request_copy(Report.objects.filed().get(), team[0], key, "Voor hen.")]
        * AT_ONCE
    )
    assert ReportCopy.objects.count() == 1


def test_withdrawn_while_it_is_filed_it_is_one_of_both_or_both_in_order(referral, team):
    report = actions.start_report(referral, team[0])

    def file():
        return actions.file_report(
            report, team[0], revision=None, why_incomplete="Haast.", looked_at=True
        )

    filed, __ = at_once(file, lambda: withdraw(referral, team[1], reason="Verhuisd."))
    assert Referral.objects.get().withdrawn_at
    stands = Report.objects.get()
    assert isinstance(filed, ActionError) == stands.is_draft
    assert stands.is_draft or stands.filed_at <= Referral.objects.get().withdrawn_at
