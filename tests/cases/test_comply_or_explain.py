"""Comply or explain: what is done otherwise is possible, asks for grounds, and stays visible."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.dossier.contents import dossier
from cases.errors import ActionError
from cases.facts import facts_for
from cases.models import Case, Deviation, DossierExport
from cases.protocol import guide
from cases.protocol.rules import BY_CODE
from cases.timeline import timeline
from referrals.actions import decide
from tests.cases.records import NOW, ago, assessment, consultation, signal
from tests.factories import CaseFactory, ConversationFactory, PupilFactory

pytestmark = pytest.mark.django_db

GROUNDS = "De gezinswerker is op vakantie; wij zijn met zijn drieën."


@pytest.fixture
def case(school):
    """A case with concern about which nobody was consulted."""
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=ago(days=10))
    signal(case, "tired", recorded_at=ago(days=9))
    signal(case, "marks", recorded_at=ago(days=8))
    actions.refresh(case, None)
    return case


def explain(case, by, rule, grounds=GROUNDS):
    return actions.explain(case, by, uuid.uuid4(), rule=BY_CODE[rule], grounds=grounds)


def talk(case, by, **fields):
    return actions.record_conversation(
        case, by, uuid.uuid4(), kind="parents", held_at=timezone.now(), **fields
    )


def weighed(case, **answers):
    """Let a case be ready for step 5, with these answers to the questions."""
    consultation(case, closed_at=ago(days=5), recorded_at=ago(days=6), next_talk="De mentor.")
    ConversationFactory(case=case, recorded_at=ago(days=4))
    assessment(case, ago(days=3), danger="no", upbringing="no", risks="no", **answers)
    actions.refresh(case, None)


def take_decision(case, by, **changes):
    fields = {
        "decided_at": timezone.now(), "report": False, "report_grounds": "Gronden.",
        "help": "none", "help_grounds": "Gronden.", "report_fields": {"family_told": True},
        **changes,
    }  # fmt: skip
    return decide(case, by, uuid.uuid4(), **fields)


def asked(case):
    return [task.rule.code for task in guide(facts_for(case, timezone.now())).tasks]


UNSAFE = {"suspicion": "yes", "unsafety": "doubt"}
SAFE = {
    "suspicion": "yes", "unsafety": "no", "possible": "yes", "accepted": "yes", "works": "later",
}  # fmt: skip


# A step before another


def test_a_step_before_another_asks_why_and_is_not_filed_without(case, coordinator):
    with pytest.raises(ActionError) as refused:
        talk(case, coordinator)
    assert refused.value.field == "motivation"
    assert not case.conversations.exists()


def test_with_the_reason_it_is_filed_beside_the_step(case, coordinator):
    talk(case, coordinator, motivation=GROUNDS)
    deviation = Deviation.objects.get()
    assert (deviation.kind, deviation.step, deviation.rule) == ("order", 3, "")
    assert (deviation.grounds, deviation.author) == (GROUNDS, coordinator)


def test_who_explained_the_order_once_is_not_asked_again(case, coordinator):
    talk(case, coordinator, motivation=GROUNDS)
    talk(case, coordinator)
    assert Deviation.objects.count() == 1


def test_in_its_turn_a_step_asks_for_no_reason(case, coordinator):
    consultation(case, closed_at=ago(days=5), recorded_at=ago(days=6))
    talk(case, coordinator)
    assert not Deviation.objects.exists()


def test_a_talk_left_out_for_safety_has_its_reason_already(case, coordinator):
    actions.record_conversation(
        case, coordinator, uuid.uuid4(), kind="skipped", held_at=timezone.now(),
        skip_reason="Vader dreigt.", weighed_with="Veilig Thuis",
    )  # fmt: skip
    assert not Deviation.objects.exists()


def test_sent_twice_it_is_explained_once(case, coordinator):
    key = uuid.uuid4()
    for __ in range(2):
        actions.record_conversation(
            case, coordinator, key, kind="pupil", held_at=NOW, motivation=GROUNDS
        )
    assert Deviation.objects.count() == 1


def test_a_talk_that_may_harm_says_so_and_asks_why(case, coordinator, signed_in):
    signal(case, "fear_home", severe=True, recorded_at=timezone.now())
    consultation(case, kind="care_team", recorded_at=ago(days=6), closed_at=ago(days=5))
    page = signed_in(coordinator).get(reverse("cases:conversation", args=[case.reference]))
    assert [rule.code for rule in page.context["blocked"]] == ["R19"]
    with pytest.raises(ActionError):
        talk(case, coordinator)
    talk(case, coordinator, motivation=GROUNDS)
    assert Deviation.objects.get().rule == "R19"
    # A reason to talk now is no reason never to ask for advice.
    assert "R3" in asked(case)


# Something that is asked and not done


def test_what_is_explained_is_asked_no_more_and_shown_as_explained(case, coordinator):
    assert "R12" in asked(case)
    explain(case, coordinator, "R12")
    guidance = guide(facts_for(case, timezone.now()))
    assert "R12" not in [task.rule.code for task in guidance.tasks]
    assert [task.rule.code for task in guidance.explained] == ["R12"]
    assert Deviation.objects.get().kind == "not_done"


@pytest.mark.parametrize(("rule", "step"), [("R2", 2), ("R16", 3), ("R23", 4)])
def test_to_explain_what_a_step_is_for_is_to_leave_the_step_out(case, coordinator, rule, step):
    if step > 2:
        consultation(case, closed_at=ago(days=5), recorded_at=ago(days=6), next_talk="De mentor.")
    if step > 3:
        ConversationFactory(case=case, recorded_at=ago(days=4))
    explain(case, coordinator, rule)
    deviation = Deviation.objects.get()
    assert (deviation.kind, deviation.step) == ("skipped", step)
    case = Case.objects.get(pk=case.pk)
    assert case.step == step + 1
    states = [state.state for state in guide(facts_for(case, timezone.now())).steps]
    assert states[step - 1] == "skipped"


def test_a_severe_signal_asks_for_it_anew(case, coordinator):
    explain(case, coordinator, "R12")
    signal(case, "injury", severe=True, recorded_at=timezone.now())
    assert "R12" in asked(case)


@pytest.mark.parametrize("rule", ["R23", "R31", "R1", "R28"])
def test_what_is_not_asked_or_is_firm_cannot_be_explained_away(case, coordinator, rule):
    with pytest.raises(ActionError):
        explain(case, coordinator, rule)
    assert not Deviation.objects.exists()


def test_who_does_not_move_the_case_explains_nothing(case, teacher):
    with pytest.raises(PermissionDenied):
        explain(case, teacher, "R12")


def test_a_rule_that_does_not_exist_or_is_firm_has_no_page(case, coordinator, signed_in):
    browser = signed_in(coordinator)
    for rule in ("R99", "R28", "nonsense"):
        url = reverse("cases:explain", args=[case.reference, rule])
        assert browser.get(url).status_code == 404
    not_asked = reverse("cases:explain", args=[case.reference, "R31"])
    assert browser.get(not_asked).status_code == 302


def test_the_page_says_what_is_asked_and_by_whom(case, coordinator, signed_in):
    page = signed_in(coordinator).get(reverse("cases:explain", args=[case.reference, "R12"]))
    assert str(BY_CODE["R12"].asks) in page.content.decode()


# Decided otherwise than the weighing says


@pytest.mark.parametrize(
    ("answers", "decision", "rule"),
    [
        (UNSAFE, {"report": False}, "R26"),
        (SAFE | {"possible": "no"}, {"report": False}, "R29"),
        (SAFE | {"accepted": "no"}, {"report": False, "help": "buurtteam"}, "R30"),
        (SAFE | {"works": "no"}, {"report": False}, "R31"),
        (SAFE, {"report": True, "help": "buurtteam"}, "R28"),
        (SAFE, {"report": False, "help": "none"}, "R28"),
    ],
)
def test_deciding_otherwise_asks_for_grounds(case, coordinator, answers, decision, rule):
    weighed(case, **answers)
    with pytest.raises(ActionError) as refused:
        take_decision(case, coordinator, **decision)
    assert refused.value.field == "override_grounds"
    assert not case.decisions.exists()
    take_decision(case, coordinator, **decision, override_grounds=GROUNDS)
    deviation = Deviation.objects.get()
    assert (deviation.kind, deviation.rule, deviation.step) == ("overridden", rule, 5)


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        (UNSAFE, {"report": True}),
        (UNSAFE, {"report": True, "help": "buurtteam"}),
        (SAFE, {"report": False, "help": "own"}),
        ({"suspicion": "no"}, {"report": False, "help": "none"}),
    ],
)
def test_deciding_as_follows_asks_for_nothing_more(case, coordinator, answers, decision):
    weighed(case, **answers)
    take_decision(case, coordinator, **decision)
    assert not Deviation.objects.exists()


def test_a_second_decision_asks_for_the_same_grounds_and_undoes_no_report(case, coordinator):
    weighed(case, **UNSAFE)
    take_decision(case, coordinator, report=True)
    with pytest.raises(ActionError) as refused:
        take_decision(case, coordinator, report=False)
    assert refused.value.field == "override_grounds"
    take_decision(case, coordinator, report=False, override_grounds=GROUNDS)
    assert "R37" in asked(case)
    assert "R43" not in asked(case)


def test_deciding_before_weighing_asks_why_and_overrides_nothing(case, coordinator):
    with pytest.raises(ActionError) as refused:
        take_decision(case, coordinator)
    assert refused.value.field == "motivation"
    take_decision(case, coordinator, motivation=GROUNDS)
    assert Deviation.objects.get().kind == "order"


# Where it is seen


def test_it_stands_on_the_page_in_the_timeline_and_in_the_dossier(case, coordinator, signed_in):
    explain(case, coordinator, "R12")
    page = signed_in(coordinator).get(reverse("cases:whole", args=[case.reference]))
    assert GROUNDS in page.content.decode()
    assert GROUNDS in [entry.text for entry in timeline(case)]
    export = DossierExport.objects.create(
        case=case, requested_by=coordinator, reason="Verzoek om inzage."
    )
    shown = dossier(export, timezone.now())
    assert [d.grounds for d in shown.case.deviations.all()] == [GROUNDS]


def test_the_statistics_count_it_for_the_school_alone(case, coordinator, school, signed_in):
    explain(case, coordinator, "R12")
    elsewhere = CaseFactory()
    Deviation.objects.create(
        case=elsewhere, author=coordinator, kind="order", step=3, grounds="Elders."
    )
    old = {"recorded_at": timezone.now().replace(year=2020), "grounds": "Lang geleden."}
    Deviation.objects.create(case=case, author=coordinator, kind="order", step=4, **old)
    page = signed_in(coordinator).get(reverse("cases:statistics"))
    assert "1 uitgelegde keuze;" in page.content.decode()
    table = next(table for table in page.context["tables"] if table.code == "otherwise")
    assert [(line.rule, line.cells[0].value) for line in table.lines if line.within] == [("R12", 1)]
    assert GROUNDS not in page.content.decode()
