"""What a family's paper kept open, or told by its gaps and counts. Each failed on its day."""

import re

import pytest

from cases.dossier.variants import Code
from cases.models import Deviation, LookBack, Statement
from referrals.actions import withdraw
from referrals.models import Goal, HelpPlan, Referral
from tests.attacks.test_what_a_paper_lets_slip import page
from tests.cases.records import NOW, ago, assessment, consultation, decision, feedback, signal
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConversationFactory,
    PupilFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FAMILY = (Code.PARENTS, Code.PUPIL)
WORDS = "Papa slaat mij."


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def spoken(case):
    ConversationFactory(case=case, kind="parents", held_at=ago(days=10))
    return case


def _in_a_talk(case):
    at = ago(days=1)
    ConversationFactory(case=case, kind="pupil", held_at=at, recorded_at=at, reactions=WORDS)


def _looking_back(case):
    LookBack.objects.create(
        case=case, author=UserFactory(), seen="Stil.", child_words=WORDS, result="concern",
        recorded_at=ago(days=1),
    )  # fmt: skip


def _in_a_statement(case):
    Statement.objects.create(
        case=case, author=UserFactory(), step=1, said_by="pupil", about="Thuis", text=WORDS,
        recorded_at=ago(days=1),
    )  # fmt: skip


TELLING = {
    "talk": _in_a_talk,
    "looking back": _looking_back,
    "statement": _in_a_statement,
    "feedback": lambda case: feedback(case, ago(days=1), heard_from="school", child_words=WORDS),
    "somebody else": lambda case: signal(case, hearsay_from="Tante Jo", recorded_at=ago(days=1)),
}


@pytest.mark.parametrize("how", TELLING)
@pytest.mark.parametrize("closed", [True, False])
def test_what_is_told_since_the_talk_elsewhere_than_in_a_signal(case, how, closed):
    assessment(case, NOW, suspicion="yes")
    if closed:  # without a talk: then it takes nothing more than that
        type(case).objects.update(
            closed_at=NOW, closed_by=UserFactory(), outcome="cleared", closing_grounds="Val."
        )
    else:
        ConversationFactory(case=case, kind="parents", held_at=ago(days=10))
    assert "Gezien." in page(case, Code.PARENTS)
    TELLING[how](case)
    assert "Gezien." not in page(case, Code.PARENTS)


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("source", ["", "Tante Jo"])
def test_that_somebody_else_told_it_by_the_category(spoken, code, source):
    signal(spoken, "told_others", hearsay_from=source, recorded_at=ago(days=20))
    shown = page(spoken, code)
    assert "Verteld door anderen" not in shown
    assert "Tante Jo" not in shown


def test_what_was_decided_before_anybody_spoke_with_them(case):
    made = decision(case, NOW, help="save", to={"save": None})
    Referral.objects.update(handed_over="Kind vertelde alles.")
    goal = {"number": 1, "what": "Mentor vraagt elke dag.", "who": "mentor", "added_at": NOW}
    Goal.objects.create(plan=HelpPlan.objects.create(decision=made), **goal)
    shown = page(case, Code.PARENTS)
    for said in ("SAVE", "Kind vertelde alles.", "Mentor vraagt elke dag.", "<h3>Besluit</h3>"):
        assert said not in shown, said
    # Of help that they were asked for they know; not what was handed over, nor why.
    made.referrals.update(consent="given")
    shown = page(case, Code.PARENTS)
    assert "SAVE" in shown
    assert "Kind vertelde alles." not in shown
    assert "Mentor vraagt elke dag." not in shown


@pytest.mark.parametrize("to", ["veilig_thuis", "buurtteam"])
def test_why_a_referral_was_withdrawn(spoken, coordinator, to):
    """The same words explain it as done otherwise, where they were left out."""
    made = decision(spoken, NOW, to={to: None}, report=to == "veilig_thuis")
    withdraw(made.referrals.get(), coordinator, reason="Ze smeekte ons om niet te melden.")
    assert "smeekte" not in page(spoken, Code.PARENTS)
    assert "smeekte" in page(spoken, Code.WHOLE)


def test_what_came_of_looking_back_and_of_help_which_the_pupil_alone_told(spoken):
    at = {"recorded_at": ago(days=20)}
    LookBack.objects.create(
        case=spoken, author=UserFactory(), seen="Speelt.", child_words=WORDS, result="concern", **at
    )
    heard = feedback(
        spoken, ago(days=20), heard_from="school", text="Ze lacht.", willing="no", effect="fails",
        child_words="Ik wil geen hulp.",
    )  # fmt: skip
    shown, whole = page(spoken, Code.PARENTS), page(spoken, Code.WHOLE)
    for there in ("Speelt.", "Ze lacht."):
        assert there in shown
    for said in ("iets nieuws", heard.get_willing_display(), heard.get_effect_display()):
        assert said in whole
        assert said not in shown, said


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.SCHOOL])
def test_the_title_of_a_file_that_was_not_chosen(spoken, code):
    heard = feedback(spoken, NOW)
    heard.letters.add(AttachmentFactory(case=spoken, number=7, title="Brief van de voogd"))
    shown = page(spoken, code, chosen=[f"feedbacks-{heard.pk}"])
    assert "Bestand 7" in shown
    assert "Brief van de voogd" not in shown


def _nothing(case):
    """Leave it as it is."""


MORE = {
    "nothing": _nothing,
    "asked": lambda case: consultation(case, NOW, recorded_at=ago(days=3)),
    "weighed": lambda case: assessment(case, NOW, suspicion="yes"),
    "decided": lambda case: decision(case, NOW),
    "heard": lambda case: feedback(case, NOW),
    "report": lambda case: decision(
        case, NOW, to={"veilig_thuis": NOW}, report=True
    ).referrals.update(family_told=False, not_told_reason="Niet veilig."),
    "unsafe": lambda case: ConversationFactory(
        case=case, kind="skipped", skip_reason="Vader dreigt."
    ),
    "otherwise": lambda case: Deviation.objects.create(
        case=case, author=UserFactory(), rule="R10", kind="skipped", step=3, grounds="Val."
    ),
}


@pytest.mark.parametrize("what", MORE)
@pytest.mark.parametrize("ticked", [True, False])
def test_what_was_done_besides_by_a_gap_a_sign_or_a_count(case, what, ticked):
    """Nobody spoke with the parents: their paper is the same, however far the school is."""
    signal(case, facts="Was stil.")
    plain = _bare(page(case, Code.PARENTS, with_weighing=ticked))
    MORE[what](case)
    assert _bare(page(case, Code.PARENTS, with_weighing=ticked)) == plain
    assert "Was stil." in plain


def _bare(html):
    """Return a paper by its words, without its own number."""
    words = re.sub(r"M-\w+/\d+", "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", words))
