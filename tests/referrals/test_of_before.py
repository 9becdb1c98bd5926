"""What was recorded before the chain had objects of its own is found again in them."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from referrals.models import Goal, HelpPlan, Referral
from tests.cases.records import decision, feedback
from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = "0003_chain", "0004_chain_of_before"


def migrate(name):
    executor = MigrationExecutor(connection)
    return executor.migrate([("referrals", name)]).apps


@pytest.fixture
def moment():
    """Return moments of before, one hour apart."""
    start = timezone.now() - timedelta(days=3)
    return lambda hours: start + timedelta(hours=hours)


@pytest.mark.production
def test_a_plan_and_the_chain_of_helped_by_become_objects_and_back(moment):
    case = CaseFactory()
    made = decision(case, moment(0), to={"buurtteam": moment(1)}, help="own")
    plan = HelpPlan.objects.create(decision=made)
    for hours, words in enumerate((
        {"heard_from": "buurtteam", "helped_by": "buurtteam"},
        {"heard_from": "buurtteam", "helped_by": "veilig_thuis"},
        {"heard_from": "veilig_thuis", "helped_by": "save"},
        {"heard_from": "other", "helped_by": "school"},
    ), start=2):  # fmt: skip
        feedback(case, moment(hours), **words)
    try:
        old = migrate(BEFORE)
        old.get_model("referrals", "HelpPlan").objects.update(text="Doel: rust.\nMentor: elke dag.")
        heard = migrate(AFTER).get_model("referrals", "Feedback").objects
        goal = Goal.objects.get(plan=plan.pk)
        assert (goal.number, goal.what) == (1, "Doel: rust.\nMentor: elke dag.")
        assert goal.added_by == made.author
        chain = list(Referral.objects.of(case))
        assert [(r.to, r.state, r.accepted_at, r.passed_on_at) for r in chain] == [
            ("buurtteam", "passed_on", moment(2), moment(3)),
            ("veilig_thuis", "passed_on", moment(3), moment(4)),
            ("save", "accepted", moment(4), None),
        ]
        assert [r.passed_on_from for r in chain] == [None, *chain[:2]]
        about = heard.order_by("recorded_at").values_list("referral", flat=True)
        assert list(about) == [chain[0].pk, chain[0].pk, chain[1].pk, None]

        old = migrate(BEFORE)
        assert old.get_model("referrals", "HelpPlan").objects.get().text.startswith("Doel: rust.")
        assert old.get_model("referrals", "Referral").objects.get().to == "buurtteam"
        assert [w.helped_by for w in old.get_model("referrals", "Feedback").objects.order_by("pk")]
    finally:  # all that comes after it too
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    assert apps.get_model("referrals", "Goal").objects.count() == 1
