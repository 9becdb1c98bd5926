"""What a family reads of what was weighed: a person says so, as no program sees what a text says.

Until then a talk with the parents opened all of it by itself, also where the advice said word by
word what their child had told before, and nobody brought up in that talk.
"""

import uuid

import pytest
from django.urls import reverse

from cases.dossier.variants import Code
from cases.models import DossierExport
from tests.attacks.test_what_a_paper_lets_slip import page
from tests.cases.records import NOW, assessment, consultation, decision, feedback, signal
from tests.factories import CaseFactory, ConversationFactory, PupilFactory

pytestmark = pytest.mark.django_db
FAMILY = (Code.PARENTS, Code.PUPIL)
TOLD = "dat oom Rik in de nacht komt"


@pytest.fixture
def case(school):
    """A case in which the child told something, which others repeat, and somebody spoke to the
    parents since: of something else."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    signal(case, child_words=TOLD, facts="Was stil.")
    consultation(case, NOW, question=f"Ze vertelde {TOLD}. Wat nu?", outcome=f"Geloof haar, {TOLD}")
    assessment(case, NOW, suspicion="yes")
    case.assessments.get().answers.update(grounds=f"Zij zei {TOLD}.")
    decided = decision(case, NOW, to={"buurtteam": NOW}, report=False)
    type(decided).objects.update(report_grounds=f"Eerst praten {TOLD}.", help_grounds=TOLD)
    feedback(case, NOW, source="buurtteam", heard_from="buurtteam", text=f"Ze zegt nu {TOLD}.")
    ConversationFactory(
        case=case, kind="parents", held_at=NOW, facts_brought="Haar cijfers zakten."
    )
    return case


@pytest.mark.parametrize("code", FAMILY)
def test_it_is_left_out_unless_somebody_says_that_they_may_read_it(case, code):
    shown = page(case, code, with_weighing=False)
    # What the pupil told they may read of where they told it, and nowhere else.
    assert shown.count(TOLD) == (1 if code == Code.PUPIL else 0)
    assert "in zijn geheel weggelaten" in shown
    for theirs in ("Was stil.", "Haar cijfers zakten."):
        assert theirs in shown
    read = page(case, code)
    assert f"Ze vertelde {TOLD}" in read
    assert "in zijn geheel weggelaten" not in read


@pytest.mark.parametrize("ticked", [True, False])
def test_the_form_asks_it_and_its_paper_holds_to_it(case, administrator, signed_in, ticked):
    data = {"reason": "Moeder vraagt inzage.", "variant": "parents", "younger": "on"}
    data |= {"with_weighing": "on"} if ticked else {}
    url = reverse("cases:dossier", args=[case.reference])
    signed_in(administrator).post(url, data | {"idempotency_key": str(uuid.uuid4())})
    assert DossierExport.objects.get().with_weighing is ticked


def test_what_has_to_stay_out_stays_out_whatever_is_said(case):
    case.conversations.update(skip_reason="Niet veilig.", kind="skipped")
    assert TOLD not in page(case, Code.PARENTS)
