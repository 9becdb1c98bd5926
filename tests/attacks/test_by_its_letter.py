"""The letter in the place of what was left out told a family what it was. Each failed once."""

import re

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from cases.dossier.variants import Code
from cases.models import Statement
from referrals.models import Referral
from tests.attacks.test_what_a_paper_lets_slip import differences, looked_back, page
from tests.cases.records import NOW, decision
from tests.factories import (
    CaseFactory,
    PupilFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


def bare(html):
    """Return a paper by its words and signs alone."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


@pytest.mark.parametrize(
    "marked", [{"severe": True}, {"place": "Lokaal 3"}, {"interpretation": "Bang."}]
)
def test_by_its_letter_whether_the_child_or_somebody_else_told_it(case, marked):
    """What protects a child bore C, and who may stay unnamed B: in a signal C was the child."""
    papers = []
    with time_machine.travel(timezone.now(), tick=False):
        for told in ({"child_words": "Hij slaat mij."}, {"hearsay_from": "Tante Jo"}):
            with transaction.atomic():
                signal = SignalFactory(
                    case=case, author=UserFactory(name="Karim Ouazzani"), reference="S-BBBBBB",
                    facts="Was stil.", **marked, **told,
                )  # fmt: skip
                SignalCategoryFactory(signal=signal)
                papers.append(bare(page(case, Code.PARENTS)))
                transaction.set_rollback(True)
    assert papers[0] == papers[1]
    assert "Was stil." in papers[0]


def test_nor_whose_statement_it_is_nor_on_what_ground_anything_is(case):
    stated = []
    for by in ("parent", "pupil"):
        with transaction.atomic():
            Statement.objects.create(
                case=case,
                author=UserFactory(),
                step=1,
                said_by=by,
                about="Het gesprek",
                text="Niet zo.",
            )
            stated.append(re.findall(r"\[weggelaten[^]]*\]", page(case, Code.PARENTS)))
            transaction.set_rollback(True)
    assert stated[0] == stated[1]


def test_no_letter_of_a_paper_for_the_pupil_is_that_of_a_report(case):
    """C stood there for nothing else."""
    decision(case, NOW, to={"veilig_thuis": NOW}, report=True)
    Referral.objects.update(family_told=True, sent_by=UserFactory(name="Sanne Visser"))
    legends = []
    for told in (True, False):
        Referral.objects.update(family_told=told, not_told_reason="" if told else "Niet veilig.")
        shown = page(case, Code.PUPIL)
        assert "[weggelaten: C]" not in shown
        # By the names that are left out of what is shown: of a report that they know of.
        legends.append(set(re.findall(r'<th scope="row">(.)</th>', shown)) - {"A"})
    assert legends[0] == legends[1] == {"–"}


def test_that_looking_back_the_pupil_said_something(case):
    found = differences(
        case,
        Code.PARENTS,
        lambda: looked_back(case),
        lambda: looked_back(case, child_words="Bang."),
    )
    assert not found
