"""Own help: goals, how far each is, and the case that stays open until the effect is recorded."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases.facts import facts_for
from cases.models import Case
from cases.protocol import guide
from referrals.actions import add_goal, decide, record_feedback
from referrals.models import GoalEffect, HelpPlan
from tests.factories import AttachmentFactory, CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


def day(ahead):
    return timezone.localdate() + timedelta(days=ahead)


@pytest.fixture
def plan(case, coordinator):
    decide(
        case, coordinator, uuid.uuid4(), decided_at=timezone.now(), report=False,
        report_grounds="Veilig.", help="own", help_grounds="Zelf.", report_fields={},
        motivation="Haast.", follow_up_on=day(30), plan="Op tijd op school.",
        goal={"who": "De mentor", "by_day": day(20), "seen_by": "Vier weken op tijd."},
    )  # fmt: skip
    return HelpPlan.objects.get()


def asked(case):
    facts = facts_for(Case.objects.get(pk=case.pk), timezone.now())
    return {task.rule.code for task in guide(facts).tasks}


def review(case, by, **fields):
    return record_feedback(
        case, by, uuid.uuid4(), received_at=timezone.now(), text="Gezien.", heard_from="school",
        helped_by="school", **fields,
    )  # fmt: skip


def test_the_first_goal_comes_with_the_decision_and_more_follow(case, coordinator, plan):
    for __ in range(2):  # an impatient finger
        add_goal(plan, coordinator, what="Meer rust.", who="Vader", by_day=day(9), seen_by="Slaap.")
    goals = list(plan.goals.values_list("number", "what", "who"))
    assert goals == [(1, "Op tijd op school.", "De mentor"), (2, "Meer rust.", "Vader")]


def test_a_teacher_adds_no_goal(teacher, plan):
    with pytest.raises(PermissionDenied):
        add_goal(plan, teacher, what="Iets.", who="Ik", by_day=day(9), seen_by="Zo.")


def test_it_is_watched_until_its_effect_is_there(case, coordinator, plan):
    goal = plan.goals.get()
    assert "R42" in asked(case)
    assert "R43" not in asked(case)
    review(case, coordinator, effect="fails", next_review_on=day(9), effects={goal: "not"})
    assert {"R31", "R33"} <= asked(case)
    review(case, coordinator, effect="works", effects={goal: "reached"})
    assert "R43" in asked(case)
    assert [e.effect for e in GoalEffect.objects.all()] == ["not", "reached"]
    assert goal.last_effect.effect == "reached"


def test_the_form_asks_of_each_goal_how_far_it_is(case, coordinator, plan, signed_in):
    add_goal(plan, coordinator, what="Meer rust.", who="Vader", by_day=day(9), seen_by="Slaap.")
    letter = AttachmentFactory(case=case)
    browser, url = signed_in(coordinator), f"/cases/{case.reference}/effect/"
    assert "Doel 2: Meer rust." in browser.get(url).content.decode()
    sent = {
        "received_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "heard_from": "school",
        "text": "Rustiger.", "effect": "unknown", "helped_by": "school", "willing": "yes",
        "next_review_on": day(9).isoformat(), "goal_2": "partly", "letters": [str(letter.number)],
    }  # fmt: skip
    assert browser.post(url, sent).status_code == 302
    assert [(e.goal.number, e.effect) for e in GoalEffect.objects.all()] == [(2, "partly")]
    page = browser.get(f"/cases/{case.reference}/whole/").content.decode()
    assert "Voor een deel" in page
    assert page.count(f"Bestand {letter.number}") == 2  # with the files, and with what was heard


def test_the_form_asks_of_no_referral_where_none_was_made(case, coordinator, plan, signed_in):
    page = signed_in(coordinator).get(f"/cases/{case.reference}/effect/")
    fields = page.context["form"].fields
    assert fields["referral"].widget.is_hidden
    assert fields["investigation"].widget.is_hidden
