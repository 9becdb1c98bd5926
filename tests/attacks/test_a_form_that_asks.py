"""A form that is refused for something else told what its sender may not know, in silence.

Each of these failed on its day: what hangs on a secret was asked before all that does not.
"""

import uuid
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.errors import KEY_USED, ActionError
from accounts.roles import Role
from cases.models import Case, ShutOut
from signals.actions import correct_signal, file_signal, find_unfounded
from signals.body import AT_MOST
from signals.models import Signal
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db

MANY = [SimpleNamespace(is_known=True)] * (AT_MOST + 1)


def log(pupil, by, key=None, **more):
    return file_signal(
        pupil, by, key or uuid.uuid4(), **{
            "categories": ["tired"], "facts": "Moe.", "severe": False, "acute": False,
            "observed_at": timezone.now(), **more,
        },
    )  # fmt: skip


def refusal(do, *args, **kwargs):
    with pytest.raises(ActionError) as refused:
        do(*args, **kwargs)
    return str(refused.value.message)


@pytest.fixture
def hidden(school, coordinator):
    """A pupil from whom the only leader is kept."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    leader = member(Role.SCHOOL_LEADER, school)
    ShutOut.objects.create(
        pupil=case.pupil, case=case, user=leader, ground="family", set_by=coordinator,
        set_at=timezone.now(), kept_out_since=timezone.now(),
    )  # fmt: skip
    return case.pupil


def test_nobody_asks_whether_the_leader_is_kept_out_by_what_is_refused(hidden, school, teacher):
    plain = PupilFactory(school=school)
    before = log(PupilFactory(school=school), teacher)
    tries = ({"marks": MANY}, {"key": before.idempotency_key})
    for tried in tries:
        assert refusal(log, hidden, teacher, about_staff=True, **tried) == refusal(
            log, plain, teacher, about_staff=True, **tried
        )
    cases = set(Case.objects.values_list("pk", flat=True))
    assert "0900-111" in refusal(log, hidden, teacher, about_staff=True)
    # Refused, nothing of it stands.
    assert set(Case.objects.values_list("pk", flat=True)) == cases
    assert not Signal.objects.filter(about_staff=True).exists()


@pytest.mark.parametrize("over", ["closed", "unfounded"])
def test_nobody_asks_so_whether_their_signal_can_be_corrected(school, coordinator, teacher, over):
    other = log(PupilFactory(school=school), teacher)
    signal = log(PupilFactory(school=school), teacher)

    def told():
        fields = {
            "reason": "Anders.", "categories": ["tired"], "facts": "Beter.", "severe": False,
            "acute": False, "observed_at": timezone.now(),
        }  # fmt: skip
        many = refusal(correct_signal, signal, teacher, uuid.uuid4(), marks=MANY, **fields)
        return many, refusal(correct_signal, signal, teacher, other.idempotency_key, **fields)

    before = told()
    assert before[1] == KEY_USED
    if over == "closed":
        Case.objects.filter(pk=signal.case_id).update(
            closed_at=timezone.now(), outcome=Case.Outcome.NOTHING_MORE, closing_grounds="Over."
        )
    else:
        find_unfounded(signal, coordinator, uuid.uuid4(), grounds="Vergissing.")
    signal = Signal.objects.get(pk=signal.pk)
    assert told() == before


@pytest.mark.parametrize("over", ["closed", "unfounded"])
def test_an_old_correction_sent_once_more_tells_nothing_of_what_came_since(
    school, coordinator, teacher, over
):
    first, key = log(PupilFactory(school=school), teacher), uuid.uuid4()
    fields = {
        "reason": "Anders.", "categories": ["tired"], "facts": "Beter.", "severe": False,
        "acute": False, "observed_at": timezone.now(),
    }  # fmt: skip
    second = correct_signal(first, teacher, key, **fields)
    if over == "closed":
        Case.objects.filter(pk=first.case_id).update(
            closed_at=timezone.now(), outcome=Case.Outcome.NOTHING_MORE, closing_grounds="Over."
        )
    else:
        find_unfounded(second, coordinator, uuid.uuid4(), grounds="Vergissing.")
    assert correct_signal(Signal.objects.get(pk=first.pk), teacher, key, **fields) == second
    # Another one of the old version hears that, and nothing else.
    assert "nieuwste versie" in refusal(correct_signal, first, teacher, uuid.uuid4(), **fields)
