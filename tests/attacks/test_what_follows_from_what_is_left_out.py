"""What a family's paper said that follows from what it leaves out. Each failed on its day."""

from datetime import timedelta

import pytest

from cases.dossier.variants import Code
from cases.models import Deviation
from consultations.models import Advice
from referrals.models import Referral
from tests.attacks.papers import FAMILY, page
from tests.cases.records import NOW, assessment, consultation, decision
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    PupilFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def spoken(case):
    """A case in which somebody spoke with the parents."""
    ConversationFactory(case=case, kind="parents", held_at=NOW)
    return case


@pytest.mark.parametrize("rule", ["R3", "R4", "R5", "R7", "R27"])
def test_which_rule_was_not_followed(spoken, rule):
    """A child alone told of sexual violence; that rule five asked stood on the parents' paper."""
    told = SignalFactory(case=spoken, child_words="Hij komt 's nachts.", facts="")
    SignalCategoryFactory(signal=told, code="sexual")
    said = {"kind": Deviation.Kind.SKIPPED, "step": 2, "grounds": "De inspecteur werd gebeld."}
    one = Deviation.objects.create(case=spoken, author=UserFactory(), rule=rule, **said)
    words = (f"{rule} ·", str(one.of_rule.asks), said["grounds"])
    for code in (Code.PARENTS, Code.PUPIL):
        shown = page(spoken, code)
        for word in words:
            assert word not in shown, (code, word)
    whole = page(spoken, Code.WHOLE)
    assert words[0] in whole
    assert said["grounds"] in whole


def test_one_that_follows_from_no_rule_is_theirs_to_read(spoken):
    Deviation.objects.create(
        case=spoken, author=UserFactory(), kind=Deviation.Kind.ORDER, step=3,
        grounds="Een ouder belde zelf.",
    )  # fmt: skip
    assert all("Een ouder belde zelf." in page(spoken, code) for code in FAMILY)


@pytest.mark.parametrize("kind", ["pupil", "parents", "pupil_and_parents", "three_way"])
def test_whether_it_is_safe_at_home_and_where_the_pupil_is(spoken, kind):
    before = page(spoken, Code.PARENTS).count("weggelaten")
    ConversationFactory(
        case=spoken, kind=kind, held_at=NOW, home_safe="agreed", home_agreed="Slaapt bij oma.",
        family_there="both" if kind == "three_way" else "",
    )  # fmt: skip
    shown = page(spoken, Code.PARENTS)
    assert "oma" not in shown
    assert "Veilig naar huis" not in shown
    assert "oma" in page(spoken, Code.PUPIL)
    if kind != "pupil":  # nor that there is something in its place
        assert shown.count("weggelaten") == before + 1  # who noted it


@pytest.mark.parametrize("help_by", ["save", "buurtteam", "other"])
def test_help_that_the_family_was_not_asked_for(spoken, help_by):
    decided = decision(spoken, NOW, to={help_by: NOW}, report=False, help=help_by)
    helps = decided.get_help_display()
    Referral.objects.update(consent="given")
    assert all(helps in page(spoken, code) for code in FAMILY)
    Referral.objects.update(
        consent="not_asked", consent_ground="Gevaar.", family_told=False, not_told_reason="Gevaar."
    )
    for code in FAMILY:
        assert helps not in page(spoken, code), code
    assert helps in page(spoken, Code.WHOLE)


def asked(case, **fields):
    """Ask whether one may speak with the parents, and be advised not to yet."""
    one = ConsultationFactory(case=case, question="Mag ik met vader praten?", **fields)
    advice = {"author": UserFactory(), "text": "Nog niet: hij wordt gestraft."}
    Advice.objects.create(consultation=one, written_at=NOW, **advice)
    return one


def test_what_was_advised_before_anybody_spoke_with_the_parents(case):
    """It was left out once it was noted that they wait, and stood there until then."""
    asked(case)
    assessment(case, NOW, suspicion="yes")
    shown = page(case, Code.PARENTS)
    for word in ("Mag ik met vader", "Nog niet: hij", "Vermoed je"):
        assert word not in shown, word
    assert "Nog niet: hij" in page(case, Code.WHOLE)


def test_nor_what_is_asked_again_afterwards(spoken):
    earlier = consultation(spoken, NOW - timedelta(days=9), question="Hoe lees jij dit?")
    spoken.consultations.filter(pk=earlier.pk).update(recorded_at=NOW - timedelta(days=9))
    assert "Hoe lees jij dit?" in page(spoken, Code.PARENTS)
    one = asked(spoken)
    spoken.consultations.filter(pk=one.pk).update(recorded_at=NOW + timedelta(hours=1))
    shown = page(spoken, Code.PARENTS)
    assert "Mag ik met vader" not in shown
    assert "Nog niet: hij" not in shown


def test_whom_the_reason_of_a_paper_names(case, school):
    """It stands on the cover, and at the foot of each page."""
    reason = "Ouders vroegen het, na de ruzie met Wessel Aardappel."
    shown = page(case, Code.PARENTS, reason=reason, hidden_words="Wessel Aardappel")
    assert "Ouders vroegen het" in shown
    assert "Aardappel" not in shown


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("to", ["veilig_thuis", "save"])
def test_what_was_decided_anew_and_never_sent(spoken, code, to, coordinator):
    """The referral of before was withdrawn by itself, and bore what the new one keeps from them."""
    report = to == "veilig_thuis"
    said = {"report": report, "help": "none" if report else to}
    decision(spoken, NOW, to={to: None}, **said)
    assert "ingetrokken" not in page(spoken, code)
    Referral.objects.update(withdrawn_at=NOW, withdrawn_by=coordinator, withdrawn_reason="Anders.")
    assert "ingetrokken" in page(spoken, code)
    again = decision(spoken, NOW + timedelta(days=1), to={to: NOW}, **said).referrals
    if report:
        again.update(anonymous=True, anonymous_reason="Gevaar.", family_told=True)
    else:
        again.update(
            consent="not_asked",
            consent_ground="Gevaar.",
            family_told=False,
            not_told_reason="Gevaar.",
        )
    shown = page(spoken, code)
    for word in ("ingetrokken", "Veilig Thuis" if report else "SAVE"):
        assert word not in shown, word


def test_what_is_advised_later_in_a_question_of_before(spoken):
    one = asked(spoken)
    spoken.consultations.filter(pk=one.pk).update(recorded_at=NOW - timedelta(days=4))
    assert "Nog niet: hij" in page(spoken, Code.PARENTS)
    one.advices.update(written_at=NOW + timedelta(days=1))
    assert "Nog niet: hij" not in page(spoken, Code.PARENTS)


@pytest.mark.parametrize("cycle", [1, 2])
def test_what_is_weighed_of_what_the_child_told_since_anybody_spoke_with_them(case, cycle):
    long_ago = NOW - timedelta(days=200)
    ConversationFactory(case=case, kind="parents", held_at=long_ago)
    assessment(case, NOW, suspicion="yes")
    weighed = case.assessments.get().answers.first().grounds
    assert weighed in page(case, Code.PARENTS)
    if cycle == 2:
        type(case).objects.filter(pk=case.pk).update(cycle=2)
    else:
        SignalCategoryFactory(
            signal=SignalFactory(case=case, facts="Hij slaat mij, zei hij."), code="disclosure"
        )
    assert weighed not in page(case, Code.PARENTS)
    assert weighed in page(case, Code.WHOLE)


def test_a_case_that_ended_without_a_talk_is_theirs_to_read(case):
    """The school telephoned, and all was well; with something told in confidence it is not."""
    type(case).objects.filter(pk=case.pk).update(
        closed_at=NOW, closed_by=UserFactory(), outcome="cleared", closing_grounds="Val van fiets.",
        closing_told="Mentor belde moeder.",
    )  # fmt: skip
    assert "Mentor belde moeder." in page(case, Code.PARENTS)
    SignalFactory(case=case, child_words="Papa slaat.")
    assert "Mentor belde moeder." not in page(case, Code.PARENTS)


@pytest.mark.parametrize("rule", ["R10", "R22", "R25"])
def test_a_rule_that_follows_from_nothing_told_is_theirs_to_read(spoken, rule):
    Deviation.objects.create(
        case=spoken, author=UserFactory(), rule=rule, kind="skipped", step=3, grounds="Val.",
    )  # fmt: skip
    assert all("Val." in page(spoken, code) for code in FAMILY)
