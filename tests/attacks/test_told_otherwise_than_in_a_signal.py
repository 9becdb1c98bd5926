"""What a family's paper kept open, or told by its gaps and counts. Each failed on its day."""

from collections.abc import Callable

import pytest

from cases.dossier.contents import dossier
from cases.dossier.package import handed
from cases.dossier.variants import Also, Code
from cases.models import Deviation, DossierExport, LookBack, Statement
from consultations.models import SharedPiece
from referrals.actions import withdraw
from referrals.models import Goal, HelpPlan, Referral
from tests.attacks.papers import FAMILY, bare, page
from tests.cases.records import NOW, ago, assessment, consultation, decision, feedback, signal
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConversationFactory,
    PupilFactory,
    ReceivedDossierFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
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
    # Nor of help that somebody was asked for: it may be the pupil alone.
    made.referrals.update(consent="given", consent_of="Alleen de leerling")
    assert "SAVE" not in page(case, Code.PARENTS)


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
@pytest.mark.parametrize("also", [tuple(Also), (), ("told",), ("weighed", "talks")])
def test_what_was_done_besides_by_a_gap_a_sign_or_a_count(case, what, also):
    """Nobody spoke with the parents: their paper is the same, however far the school is."""
    signal(case, facts="Was stil.")
    plain = bare(page(case, Code.PARENTS, also=also))
    MORE[what](case)
    assert bare(page(case, Code.PARENTS, also=also)) == plain
    assert "Was stil." in plain


def _from_elsewhere(case):
    received = ReceivedDossierFactory(case=case, sender="De Horizon")
    signal(
        case, "told_others", facts="Er kwam een dossier.", hearsay_from="De Horizon",
        recorded_at=ago(days=20), idempotency_key=received.signal_key,
    )  # fmt: skip


def _with_what_it_means(case):
    _from_elsewhere(case)
    case.signals.filter(hearsay_from="De Horizon").update(interpretation="De Horizon zag het ook.")


BEFORE = ago(days=20)
SPOKEN: dict[str, tuple[Callable[..., object], tuple[Code, ...]]] = {
    "nothing": (_nothing, FAMILY),
    "a talk with the pupil alone": (
        lambda case: ConversationFactory(
            case=case, kind="pupil", held_at=BEFORE, recorded_at=BEFORE, interpreter="Tolk B."
        ),
        (Code.PARENTS,),
    ),
    "a dossier that came": (_from_elsewhere, FAMILY),
    "a dossier that came, and what one makes of it": (_with_what_it_means, FAMILY),
    "a file": (lambda case: AttachmentFactory(case=case, number=1, title="Brief"), FAMILY),
    "R7": (
        lambda case: Deviation.objects.create(
            case=case, author=UserFactory(), rule="R7", kind="skipped", step=1, grounds="Anoniem."
        ),
        FAMILY,
    ),
    "weighed before the talk": (
        lambda case: Deviation.objects.create(
            case=case, author=UserFactory(), kind="order", step=4, grounds="Vader slaat dan."
        ),
        (Code.PARENTS,),
    ),
    "Veilig Thuis looks into it on a report of somebody else": (
        lambda case: feedback(
            case, NOW, heard_from="veilig_thuis", helped_by="veilig_thuis", investigation="begun"
        ),
        FAMILY,
    ),
    "what the pupil states": (
        lambda case: Statement.objects.create(
            case=case,
            author=UserFactory(),
            step=1,
            said_by="pupil",
            about="Thuis",
            text="Nee.",
            recorded_at=BEFORE,
        ),
        (Code.PARENTS,),
    ),
}


@pytest.mark.parametrize("what", SPOKEN)
def test_what_is_left_out_where_they_were_spoken_with_leaves_no_trace(spoken, what):
    signal(spoken, facts="Was stil.", recorded_at=BEFORE)
    consultation(spoken, ago(days=12), recorded_at=ago(days=13), question="Hoe nu?")
    do, readers = SPOKEN[what]
    plain = {code: bare(page(spoken, code)) for code in readers}
    do(spoken)
    for code in readers:
        assert bare(page(spoken, code)) == plain[code]
        assert "Hoe nu?" in plain[code]


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("to", ["veilig_thuis", "raad"])
def test_that_what_they_know_of_was_passed_on(spoken, coordinator, code, to):
    made = decision(spoken, NOW, to={"buurtteam": ago(days=5)}, help="buurtteam")
    known = made.referrals.get()
    made.referrals.update(consent="given", passed_on_at=NOW, passed_on_by=coordinator)
    Referral.objects.create(
        decision=made, to=to, passed_on_from=known, sent_at=NOW, consent="not_asked",
        consent_ground="Acuut.", family_told=False,
    )  # fmt: skip
    shown = page(spoken, code)
    assert "Doorgegeven" not in shown
    assert "Doorgegeven" in page(spoken, Code.WHOLE)


@pytest.mark.parametrize("code", FAMILY)
def test_nor_where_it_ended_with_who_looks_into_it_on_a_report_of_others(spoken, coordinator, code):
    made = decision(spoken, NOW, to={"buurtteam": ago(days=5)}, help="buurtteam")
    made.referrals.update(
        consent="given", closed_at=NOW, closed_by=coordinator, closed_to="veilig_thuis",
        closed_why="Klaar.",
    )  # fmt: skip
    shown = page(spoken, code)
    assert "Klaar." in shown
    assert "Wie daarna verantwoordelijk is" not in shown


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("consent", ["given", "partly"])
def test_that_one_party_alone_was_asked_and_what_they_said(spoken, code, consent):
    """Who knows that nobody asked them reads by the answer that somebody else was."""
    made = decision(spoken, NOW, to={"buurtteam": NOW}, help="buurtteam")
    made.referrals.update(consent=consent, consent_of="De leerling zelf, zonder ouders")
    heard = feedback(spoken, NOW, heard_from="buurtteam", willing="no")
    shown = page(spoken, code)
    referral = made.referrals.get()
    assert str(referral.get_consent_display()) not in shown
    assert "zonder ouders" not in shown
    assert "Doet het gezin mee?" not in shown
    assert str(referral.get_consent_display()) in page(spoken, Code.WHOLE)
    assert heard.get_willing_display() in page(spoken, Code.WHOLE)


@pytest.mark.parametrize("code", FAMILY)
def test_who_is_responsible_after_it_while_a_report_is_not_known(spoken, coordinator, code):
    made = decision(spoken, NOW, to={"buurtteam": ago(days=5), "veilig_thuis": NOW}, report=True)
    known, report = made.referrals.order_by("pk")
    Referral.objects.filter(pk=report.pk).update(family_told=False, not_told_reason="Niet veilig.")
    Referral.objects.filter(pk=known.pk).update(
        consent="given", closed_at=NOW, closed_by=coordinator, closed_to="veilig_thuis",
        closed_why="Zij doen het.",
    )  # fmt: skip
    shown = page(spoken, code)
    assert "Veilig Thuis" not in shown
    assert "Zij doen het." not in shown


def test_what_follows_from_whom_a_correction_took_out(spoken):
    first = signal(
        spoken, severe=True, hearsay_from="Tante Jo", place="Bij tante", interpretation="Bang.",
        facts="Was stil.", recorded_at=BEFORE,
    )  # fmt: skip
    signal(
        spoken, "tired", severe=True, place="Bij tante", interpretation="Bang.", facts="Was stil.",
        corrects=first, correction_reason="Zij wil niet genoemd.", recorded_at=BEFORE,
    )  # fmt: skip
    shown = page(spoken, Code.PARENTS)
    for said in ("Was stil.", "Bij tante", "Bang.", "Moe"):
        assert said not in shown, said


def test_why_a_talk_is_not_safe_where_the_pupil_knows_of_no_report(case):
    ConversationFactory(
        case=case, kind="skipped", skip_reason="Wij melden en hij mag het niet weten."
    )
    assert "mag het niet weten" in page(case, Code.PUPIL)
    decision(case, NOW, to={"veilig_thuis": NOW}, report=True).referrals.update(
        family_told=False, not_told_reason="Niet veilig."
    )
    assert "mag het niet weten" not in page(case, Code.PUPIL)


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.SCHOOL])
def test_of_which_records_what_is_handed_over_speaks(spoken, code):
    made = decision(spoken, NOW, to={"veilig_thuis": NOW}, report=True)
    heard = feedback(spoken, NOW, heard_from="school", source="", referral=made.referrals.get())
    asked = consultation(spoken, NOW)
    SharedPiece.objects.create(consultation=asked, position=1, title="Gesprek, 3 maart", text="x")
    chosen = [f"feedbacks-{heard.pk}", f"consultations-{asked.pk}"]
    shown = page(spoken, code, chosen=chosen)
    assert "Over de verwijzing" not in shown
    assert "Gesprek, 3 maart" not in shown
    assert "Over de verwijzing" in page(spoken, code, chosen=[*chosen, f"decisions-{made.pk}"])


def test_the_reason_in_a_package_beside_the_paper_that_veils_it(spoken):
    PupilFactory(school=spoken.school, given_name="Wessel", family_name="Aardappel")
    export = DossierExport.objects.create(
        case=spoken, requested_by=UserFactory(language="nl"), variant=Code.SCHOOL, number=1,
        reason="Na de ruzie met Wessel Aardappel en Joop Zonderling.",
        chosen=[f"conversations-{spoken.conversations.get().pk}"], hidden_words="Joop Zonderling",
    )  # fmt: skip
    reason = handed(dossier(export, NOW)).reason
    assert reason.startswith("Na de ruzie met")
    assert "Aardappel" not in reason
    assert "Zonderling" not in reason
