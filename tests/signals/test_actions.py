"""Filing and correcting signals."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.roles import Role
from cases.errors import ActionError, Immutable
from cases.facts import facts_for
from cases.models import Case, StepChange
from cases.need_to_know.actions import shut_out
from cases.protocol import guide
from signals.actions import NO_MORE, correct_signal, file_signal, find_unfounded
from signals.models import Signal
from tests.cases.records import consultation
from tests.factories import CaseFactory, ConversationFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


def log(pupil, by, key=None, **changes):
    fields = {
        "facts": "Kwam zonder jas, het vroor.",
        "observed_at": timezone.now(),
        "severe": False,
        "acute": False,
        "categories": ["hygiene"],
        **changes,
    }
    return file_signal(pupil, by, key or uuid.uuid4(), **fields)


def signal_fields():
    return {
        "facts": "Kwam zonder jas, het vroor.", "observed_at": timezone.now(), "severe": False,
        "acute": False,
    }  # fmt: skip


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school)


def test_first_signal_opens_a_watchful_case_in_step_1(pupil, teacher):
    signal = log(pupil, teacher)
    case = signal.case
    case.refresh_from_db()
    assert (case.step, case.attention_code, case.pupil) == (1, "watchful", pupil)
    assert case.next_due < case.deadline
    assert [c.to_step for c in StepChange.objects.filter(case=case)] == [1]


def test_second_signal_of_another_teacher_makes_it_a_concern(pupil, teacher, school):
    log(pupil, teacher)
    signal = log(pupil, member(Role.TEACHER, school))
    case = Case.objects.get()
    assert signal.case == case
    assert (case.step, case.attention_code, case.period) == (2, "concern", "ask")


@pytest.mark.parametrize(
    "changes",
    [{"severe": True}, {"acute": True}, {"categories": ["injury"]}, {"categories": ["coercion"]}],
)
def test_a_severe_signal_takes_the_accelerated_path(pupil, teacher, changes):
    signal = log(pupil, teacher, **changes)
    case = Case.objects.get()
    assert signal.severe
    assert case.attention_code == "severe"
    assert case.deadline - case.period_since == timedelta(hours=2)


def test_a_severe_signal_after_the_decision_is_urgent_again(pupil, teacher):
    case = log(pupil, teacher).case
    Case.objects.filter(pk=case.pk).update(step=5)
    log(pupil, teacher, severe=True)
    case.refresh_from_db()
    assert case.deadline - case.period_since == timedelta(hours=2)


def test_sent_twice_it_is_filed_once(pupil, teacher):
    key = uuid.uuid4()
    assert log(pupil, teacher, key) == log(pupil, teacher, key)
    assert Signal.objects.count() == 1


def test_somebody_elses_key_files_nothing_of_theirs(pupil, teacher, coordinator):
    key = uuid.uuid4()
    log(pupil, teacher, key)
    with pytest.raises(ActionError):
        log(pupil, coordinator, key)


def test_a_closed_case_is_not_reopened_a_new_one_opens(pupil, teacher):
    CaseFactory(
        pupil=pupil, closed_at=timezone.now(), outcome="cleared", closing_grounds="Opgehelderd."
    )
    assert log(pupil, teacher).case.is_open
    assert Case.objects.count() == 2


def test_signals_of_the_year_before_count_from_an_earlier_case(pupil, teacher):
    earlier = log(pupil, teacher).case
    Case.objects.filter(pk=earlier.pk).update(
        closed_at=timezone.now(), outcome="cleared", closing_grounds="Opgehelderd."
    )
    case = log(pupil, teacher).case
    case.refresh_from_db()
    assert case.attention_code == "concern"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BUURTTEAM_WORKER])
def test_some_roles_log_no_signals(pupil, role):
    with pytest.raises(PermissionDenied):
        log(pupil, member(role))


def test_nobody_logs_about_a_pupil_of_another_school(pupil):
    with pytest.raises(PermissionDenied):
        log(pupil, member(Role.TEACHER))


def test_a_correction_stands_beside_the_first_version(pupil, teacher):
    first = log(pupil, teacher)
    newer = correct_signal(
        first, teacher, uuid.uuid4(), reason="Het was dinsdag.", facts="Kwam dinsdag zonder jas.",
        observed_at=timezone.now(), severe=False, acute=False, categories=[],
    )  # fmt: skip
    first.refresh_from_db()
    assert first.facts == "Kwam zonder jas, het vroor."
    assert list(Signal.objects.current()) == [newer]
    assert Case.objects.get().attention_code == "watchful"


def test_a_correction_buys_no_time_and_takes_no_severity_away(pupil, teacher):
    first = log(pupil, teacher, severe=True, acute=True)
    case = first.case
    Signal.objects.filter(pk=first.pk).update(recorded_at=timezone.now() - timedelta(hours=18))
    first.refresh_from_db()
    newer = correct_signal(
        first, teacher, uuid.uuid4(), reason="Een tikfout.", categories=[], **signal_fields(),
    )  # fmt: skip
    assert (newer.severe, newer.acute) == (True, True)
    assert newer.counts_from == first.recorded_at
    case.refresh_from_db()
    assert case.is_overdue


def test_a_correction_that_makes_it_more_severe_counts_from_now(pupil, teacher):
    first = log(pupil, teacher)
    newer = correct_signal(
        first, teacher, uuid.uuid4(), reason="Nu wel.", categories=["injury"], **signal_fields()
    )
    assert newer.severe
    # It counts since the first version, and is severe since the correction.
    assert newer.counts_from == first.recorded_at
    assert newer.severe_from == newer.newest_at > first.recorded_at


def test_a_talk_of_before_does_not_clear_what_a_correction_made_severe(pupil, teacher):
    first = log(pupil, teacher)
    ConversationFactory(case=first.case, concern="gone")
    assert facts_for(first.case, timezone.now()).concern_cleared
    correct_signal(
        first, teacher, uuid.uuid4(), reason="Nu wel.", categories=["injury"], **signal_fields()
    )
    assert not facts_for(first.case, timezone.now()).concern_cleared


def test_a_category_of_danger_that_is_added_asks_for_advice_anew(pupil, teacher):
    first = log(pupil, teacher, categories=["injury", "tired"])
    consultation(
        first.case, kind="veilig_thuis", recorded_at=timezone.now(), closed_at=timezone.now()
    )
    newer = correct_signal(
        first, teacher, uuid.uuid4(), reason="Meer gehoord.", categories=["coercion"],
        **signal_fields(),
    )  # fmt: skip
    asked = {task.rule.code for task in guide(facts_for(first.case, timezone.now())).tasks}
    assert {"R3", "R8"} <= asked
    # What was danger stays: the care team says when it is not.
    assert {c.code for c in newer.categories.all()} == {"injury", "coercion"}


def test_what_was_found_unfounded_is_not_corrected_back(pupil, teacher, coordinator):
    first = log(pupil, teacher)
    find_unfounded(first, coordinator, uuid.uuid4(), grounds="Een val.")
    with pytest.raises(ActionError):
        correct_signal(
            first, teacher, uuid.uuid4(), reason="Toch.", categories=[], **signal_fields()
        )


def _closed(signal, coordinator):
    Case.objects.filter(pk=signal.case_id).update(
        closed_at=timezone.now(), outcome="unfounded", closing_grounds="Niets."
    )


def _unfounded(signal, coordinator):
    find_unfounded(signal, coordinator, uuid.uuid4(), grounds="Een val.")


@pytest.mark.parametrize("ending", [_closed, _unfounded])
def test_why_it_is_too_late_to_correct_learns_only_who_sees_the_case(
    pupil, teacher, coordinator, ending
):
    said = {}
    for author in (teacher, coordinator):
        signal = log(pupil, author)
        ending(signal, coordinator)
        with pytest.raises(ActionError) as refused:
            correct_signal(
                signal, author, uuid.uuid4(), reason="Toch.", categories=[], **signal_fields()
            )
        said[author.pk] = str(refused.value.message)
    assert said[teacher.pk] == str(NO_MORE)
    assert said[coordinator.pk] != str(NO_MORE)


@pytest.mark.parametrize("ending", [None, _closed, _unfounded])
def test_that_one_is_kept_out_changes_nothing_when_one_corrects_one_s_own(
    pupil, teacher, coordinator, ending
):
    """That it is too late is said in the same words to every author who does not see the case."""
    said = []
    for kept_out in (False, True):
        signal = log(pupil, teacher)
        if kept_out:
            shut_out(signal.case, coordinator, teacher, ground="other", explanation="")
        if ending:
            ending(signal, coordinator)
        try:
            correct_signal(
                signal, teacher, uuid.uuid4(), reason="Toch.", categories=[], **signal_fields()
            )
            said.append("")
        except ActionError as refused:
            said.append(str(refused.message))
    assert said == [str(NO_MORE) if ending else ""] * 2


def test_a_version_is_corrected_once(pupil, teacher):
    first = log(pupil, teacher)
    fields = {
        "reason": "Dag.", "facts": "Anders.", "observed_at": timezone.now(),
        "severe": False, "acute": False, "categories": [],
    }  # fmt: skip
    correct_signal(first, teacher, uuid.uuid4(), **fields)
    with pytest.raises(ActionError):
        correct_signal(first, teacher, uuid.uuid4(), **fields)


def test_only_the_author_corrects(pupil, teacher, coordinator):
    with pytest.raises(PermissionDenied):
        correct_signal(
            log(pupil, teacher), coordinator, uuid.uuid4(), reason="Nee.", facts="Nee.",
            observed_at=timezone.now(), severe=False, acute=False, categories=[],
        )  # fmt: skip


def test_what_was_filed_cannot_be_changed(pupil, teacher):
    signal = log(pupil, teacher)
    signal.facts = "Iets anders."
    with pytest.raises(Immutable):
        signal.save()


def test_a_reference_that_is_taken_is_drawn_anew(school, teacher, monkeypatch):
    drawn = iter("AAABAB")  # case, signal; case twice, signal twice
    monkeypatch.setattr("cases.references.new_reference", lambda kind: f"{kind}-{next(drawn) * 6}")
    first, second = (log(PupilFactory(school=school), teacher) for __ in range(2))
    assert (first.reference, second.reference) == ("S-AAAAAA", "S-BBBBBB")
    assert (first.case.reference, second.case.reference) == ("M-AAAAAA", "M-BBBBBB")
    assert next(drawn, None) is None
