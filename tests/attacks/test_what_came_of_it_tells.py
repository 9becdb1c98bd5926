"""What a family's paper left out of what was told, and told all the same: by what came of it.

By how far a goal is, by who looks into it, by which rule asked. Each was read on its day.
"""

from datetime import date

import pytest

from cases.dossier.variants import Also, Code
from cases.models import Deviation
from referrals.actions import withdraw
from referrals.models import Goal, GoalEffect, HelpPlan
from tests.attacks.test_what_a_paper_lets_slip import page
from tests.cases.records import NOW, ago, decision, feedback, signal
from tests.factories import CaseFactory, ConversationFactory, PupilFactory, UserFactory

pytestmark = pytest.mark.django_db
FAMILY = (Code.PARENTS, Code.PUPIL)
WEIGHED = (Also.WEIGHED,)
GOAL, FAR = "Thuis wordt zij niet meer geslagen.", "Gelukt"


@pytest.fixture
def case(school):
    """A case in which somebody spoke with the parents since all that was heard."""
    case = CaseFactory(pupil=PupilFactory(school=school, birth_date=date(2010, 1, 1)))
    ConversationFactory(case=case, kind="parents", held_at=ago(days=10), recorded_at=ago(days=10))
    return case


def spoken_again(case):
    ConversationFactory(case=case, kind="parents", held_at=NOW, recorded_at=NOW)


def how_far(case, **said):
    """Decide on a goal, hear how far it is, and return the decision and what was heard."""
    made = decision(case, ago(days=9), help="own")
    goal = Goal.objects.create(
        plan=HelpPlan.objects.create(decision=made), number=1, what=GOAL, added_at=NOW
    )
    heard = feedback(case, ago(days=5), **said)
    GoalEffect.objects.create(feedback=heard, goal=goal, effect="reached")
    spoken_again(case)
    return made, heard


WORDS = {"heard_from": "school", "child_words": "Papa slaat nog."}
OTHER = {"heard_from": "other", "source": "Oma"}


@pytest.mark.parametrize(
    ("code", "said", "also", "there"),
    [
        (Code.PARENTS, WORDS, WEIGHED, False),
        (Code.PARENTS, WORDS, tuple(Also), False),
        (Code.PARENTS, OTHER, WEIGHED, False),
        (Code.PARENTS, {"heard_from": "school"}, WEIGHED, True),
        (Code.PUPIL, OTHER, WEIGHED, False),
        (Code.PUPIL, {**OTHER, **WORDS, "heard_from": "other"}, tuple(Also), False),
        (Code.PUPIL, WORDS, WEIGHED, True),
    ],
)
def test_how_far_a_goal_is_stands_where_what_was_heard_does(case, code, said, also, there):
    how_far(case, **said)
    shown = page(case, code, also=also)
    assert GOAL in shown
    assert (FAR in shown) is there


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.SCHOOL])
def test_nor_on_a_paper_for_which_that_was_not_chosen(case, code):
    made, heard = how_far(case, heard_from="school")
    keys = [f"decisions-{made.pk}"]
    assert FAR not in page(case, code, chosen=keys)
    assert FAR in page(case, code, chosen=[*keys, f"feedbacks-{heard.pk}"])


def inquiry(case):
    said = "De huisarts meldde; wij onderzoeken het."
    feedback(case, ago(days=5), heard_from="veilig_thuis", text=said, investigation="begun")
    return said


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("state", ["withdrawn", "unsent", "later", "sent"])
def test_an_inquiry_is_known_by_a_report_that_had_gone(case, coordinator, code, state):
    """One that was decided on, and never went, opened what Veilig Thuis said of another's."""
    sent_at = {"sent": ago(days=9), "later": ago(days=1)}.get(state)
    made = decision(case, ago(days=9), to={"veilig_thuis": sent_at}, report=True)
    if state == "withdrawn":
        withdraw(made.referrals.get(), coordinator, reason="Toch niet.")
    said = inquiry(case)
    spoken_again(case)
    assert (said in page(case, code, also=WEIGHED)) is (state == "sent")


@pytest.mark.parametrize("heard_from", ["school", "buurtteam", "veilig_thuis", "raad"])
def test_what_was_heard_beside_the_pupils_words_is_theirs_from_whomever_it_came(case, heard_from):
    decision(case, ago(days=9), to={"veilig_thuis": ago(days=9)}, report=True)
    said = "Ze vertelde hun dat papa haar slaat."
    feedback(case, ago(days=5), heard_from=heard_from, text=said, child_words="Papa slaat mij.")
    spoken_again(case)
    assert said not in page(case, Code.PARENTS, also=WEIGHED)
    assert said in page(case, Code.PUPIL, also=WEIGHED)


@pytest.mark.parametrize("by_other", [True, False])
def test_which_rule_asked_for_what_a_source_told_is_not_for_the_pupil(case, by_other):
    """It said that somebody told of sexual violence, where all else of that was left out."""
    told = {"hearsay_from": "Oma"} if by_other else {"child_words": "Hij raakt mij aan."}
    signal(case, "sexual", severe=True, recorded_at=ago(days=20), **told)
    Deviation.objects.create(
        case=case, author=UserFactory(), kind="skipped", step=2, rule="R5", grounds="Oma weet meer."
    )
    assert ("Oma weet meer." in page(case, Code.PUPIL, also=WEIGHED)) is not by_other
    assert "Oma weet meer." not in page(case, Code.PARENTS)
    assert "Oma weet meer." in page(case, Code.WHOLE)
