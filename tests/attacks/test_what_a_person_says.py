"""What a family reads because a person says so: no program sees what a text says.

Before, a talk with the parents opened what was weighed by itself, also where an advice said word by
word what their child had told; what one parent said in a talk stood on the paper that the other may
ask for; and what was seen beside a child's words mostly said them too.
"""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from cases.dossier.variants import Also, Code
from cases.models import DossierExport, LookBack
from tests.attacks.papers import FAMILY, page
from tests.cases.records import NOW, ago, assessment, consultation, decision, feedback, signal
from tests.factories import CaseFactory, ConversationFactory, PupilFactory, UserFactory

pytestmark = pytest.mark.django_db
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
    shown = page(case, code, also=("talks", "told"))
    # What the pupil told they may read of where they told it, and nowhere else.
    assert shown.count(TOLD) == (1 if code == Code.PUPIL else 0)
    assert "in zijn geheel weggelaten" in shown
    for theirs in ("Was stil.", "Haar cijfers zakten."):
        assert theirs in shown
    read = page(case, code)
    assert f"Ze vertelde {TOLD}" in read
    assert "in zijn geheel weggelaten" not in read


@pytest.mark.parametrize("ticked", [[], ["weighed"], ["talks", "told"]])
def test_the_form_asks_it_and_its_paper_holds_to_it(
    case, coordinator, administrator, signed_in, ticked
):
    type(case.pupil).objects.update(birth_date=date(2014, 3, 1))
    data = {"reason": "Moeder vraagt inzage.", "variant": "parents", "also": ticked}
    url = reverse("cases:dossier", args=[case.reference])
    # Who may not see the case has read nothing of it, and is not asked.
    for by, got in ((coordinator, ticked), (administrator, [])):
        sent = data | {"idempotency_key": str(uuid.uuid4()), "younger": "on"}
        browser = signed_in(by)
        sent["seen"] = browser.get(url, {"kind": "parents"}).context["form"]["seen"].value()
        browser.post(url, sent)
        assert DossierExport.objects.get(requested_by=by).also == got


def test_what_has_to_stay_out_stays_out_whatever_is_said(case):
    case.conversations.update(skip_reason="Niet veilig.", kind="skipped")
    assert TOLD not in page(case, Code.PARENTS)


@pytest.mark.parametrize("kind", ["parents", "three_way", "pupil_and_parents"])
def test_what_one_parent_said_is_not_on_the_paper_of_the_other_by_itself(case, kind):
    """Which of them was there nobody writes down in a way that a program reads."""
    case.conversations.update(
        kind=kind, reactions="Als hij maar niet hoort dat ik het zei.",
        family_there="parents" if kind == "three_way" else "",
    )  # fmt: skip
    without = tuple(set(Also) - {Also.TALKS})
    assert "Als hij maar niet hoort" not in page(case, Code.PARENTS, also=without)
    assert "Als hij maar niet hoort" in page(case, Code.PARENTS)
    theirs = kind == "pupil_and_parents"  # the pupil was there
    assert ("Als hij maar niet hoort" in page(case, Code.PUPIL, also=without)) is theirs


TELLING = {
    "in their words": lambda case: signal(case, child_words="Hij gooit mij."),
    "by its category": lambda case: signal(case, "disclosure"),
    "somebody else": lambda case: signal(case, hearsay_from="Tante Jo"),
    "somebody else, unnamed": lambda case: signal(case, "told_others"),
    "looking back": lambda case: LookBack.objects.create(
        case=case, author=UserFactory(), child_words="Hij gooit mij.", result="concern"
    ),
    "feedback": lambda case: feedback(case, NOW, heard_from="school", child_words="Hij gooit mij."),
}
SEEN = "Hij zegt dat vader hem gooit."


@pytest.mark.parametrize("how", TELLING)
def test_what_was_seen_where_somebody_told_something_says_what(case, how):
    told = TELLING[how](case)
    name = {"lookback": "seen", "feedback": "text"}.get(told._meta.model_name, "facts")
    type(told).objects.filter(pk=told.pk).update(**{name: SEEN}, recorded_at=ago(days=3))
    without = tuple(set(Also) - {Also.TOLD})
    assert SEEN not in page(case, Code.PARENTS, also=without)
    assert SEEN in page(case, Code.WHOLE)
    by_the_pupil = not how.startswith("somebody")
    seen = SEEN in page(case, Code.PUPIL, also=without)
    assert seen is by_the_pupil
    # Where nothing else was written down it is what they told, whatever somebody ticks.
    apart = how not in {"by its category", "somebody else, unnamed"}
    assert (SEEN in page(case, Code.PARENTS)) is apart
