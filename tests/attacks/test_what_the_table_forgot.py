"""What a paper or a figure told although it had been decided on. Each failed on its day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.dossier.variants import Code
from cases.figures.counting import sums
from cases.figures.school_year import SchoolYear
from cases.figures.shared import otherwise
from cases.figures.tables import Counts
from cases.models import Deviation, Snooze
from tests.attacks.papers import page
from tests.cases.records import NOW, ago, decision
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    InvitationFactory,
    PupilFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.mark.parametrize("talk", ["wait", "pupil"])
def test_that_veilig_thuis_advised_not_to_speak_with_the_parents(case, talk):
    asked = ConsultationFactory(
        case=case, kind="veilig_thuis", question="Kunnen wij met vader praten?", talk=talk,
        outcome="Nee: hij dreigt haar mee te nemen.", held_at=ago(days=9), closed_at=ago(days=9),
        closed_by=UserFactory(),
    )  # fmt: skip
    stays = ConsultationFactory(case=case, question="Hoe houden wij dit stil voor hen?")
    case.consultations.filter(pk=stays.pk).update(recorded_at=ago(days=8))
    assert asked.outcome in page(case, Code.PUPIL)
    shown = page(case, Code.PARENTS)
    for said in (asked.question, asked.outcome, "Hoe houden wij dit stil voor hen?"):
        assert said not in shown, said
    # They were spoken with since. Why they were not before, stays.
    ConversationFactory(case=case, kind="parents", held_at=ago(days=2))
    shown = page(case, Code.PARENTS)
    assert asked.outcome not in shown
    assert "Hoe houden wij dit stil voor hen?" in shown


@pytest.mark.parametrize("rule", ["R15", "R16", "R17", "R18"])
def test_why_the_talk_with_the_parents_was_left_out(case, rule):
    grounds = "Vader slaat haar als hij ervan hoort."
    Deviation.objects.create(
        case=case, author=UserFactory(), rule=rule, step=3, kind="skipped", grounds=grounds
    )
    assert grounds in page(case, Code.PUPIL)
    assert grounds not in page(case, Code.PARENTS)


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
def test_help_that_was_asked_for_without_asking_the_family(case, code):
    ConversationFactory(case=case, kind="parents", held_at=NOW)
    made = decision(case, NOW, to={"buurtteam": NOW}, help="buurtteam")
    asked = made.referrals.filter(to="buurtteam")
    # As it is made: until somebody notes what they said, they are taken to know of it.
    asked.update(handed_over="De hele map.")
    assert "De hele map." in page(case, code)
    asked.update(consent="not_asked", consent_ground="Ze verhuizen als ze dit horen.")
    shown = page(case, code)
    for said in ("De hele map.", "Verwijzing", "Ze verhuizen als ze dit horen."):
        assert said not in shown, said
    asked.update(consent="refused")
    assert "De hele map." in page(case, code)


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.VEILIG_THUIS])
def test_another_pupil_in_why_somebody_does_not_think_along(case, code):
    PupilFactory(school=case.school, given_name="Wolf", family_name="Hertenberg")
    asked = ConsultationFactory(case=case)
    InvitationFactory(
        consultation=asked, user=UserFactory(name="Wolf de Haan"), declined_at=NOW,
        declined_why="Ik begeleid het gezin van Wolf Hertenberg.",
    )  # fmt: skip
    shown = page(case, code, chosen=[f"consultations-{asked.pk}"])
    assert "Wolf de Haan" in shown  # a colleague, whatever pupils are called
    assert "Hertenberg" not in shown
    assert "Hertenberg" in page(case, Code.WHOLE)


def test_how_often_something_was_done_by_where_its_row_stands():
    """Hidden beside a small one, its place between what is shown told what it is."""

    def rows(hidden_too):
        year = SchoolYear(2024)
        years, kind = (year, year.before), "not_done"
        found = {"R12": hidden_too, "R13": 6, "R24": 6, "R5": 3}
        counts = {("otherwise", kind, rule, 2024): n for rule, n in found.items()}
        counts |= {("otherwise", kind, rule, 2023): 5 for rule in found}
        for one in years:
            total = sum(n for key, n in counts.items() if key[-1] == one.first)
            counts["otherwise", kind, one.first] = counts["otherwise", one.first] = total
        shown = Counts.outside(counts, years, [one for year in years for one in sums(counts, year)])
        lines = otherwise(shown, ("", ""), "", least=5).lines
        return [(line.rule, line.cells[0].text) for line in lines if line.rule]

    assert [rule for rule, __ in rows(6)] == [rule for rule, __ in rows(5)]
    assert dict(rows(6))["R12"] == "–"


def test_why_a_case_waits_in_a_summary_without_words_of_the_records(case):
    Snooze.objects.create(
        case=case, author=UserFactory(), until=timezone.now() + timedelta(days=9),
        reason="Moeder is opgenomen.",
    )  # fmt: skip
    assert "Moeder is opgenomen." in page(case, Code.WHOLE)
    shown = page(case, Code.SUMMARY)
    assert "Moeder is opgenomen." not in shown
    assert "Wacht bewust" in shown
