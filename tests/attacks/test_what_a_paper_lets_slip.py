"""What a paper told its reader that its table leaves out. Each failed on its day."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from accounts.roles import Role
from cases.dossier.contents import offered
from cases.dossier.forms import ExportForm
from cases.dossier.variants import VARIANTS, Code
from cases.files.actions import withdraw
from cases.models import (
    Case,
    Deviation,
    DossierExport,
    ReceivedDossier,
    Statement,
)
from consultations.models import SharedPiece
from referrals.models import Decision, Referral
from signals.models import SignalFinding
from tests.attacks.papers import differences, looked_back, page
from tests.cases.records import NOW, assessment, decision, feedback
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    PupilFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def untold(case):
    """A report to Veilig Thuis of which the family does not know."""
    decided = decision(case, NOW, to={"veilig_thuis": NOW}, report=True)
    Referral.objects.update(family_told=False, not_told_reason="Niet veilig.")
    return decided.referrals.get()


def test_what_came_of_a_report_that_the_family_does_not_know_of(case, untold):
    # Whoever passes it on says nothing of whether the family knows.
    Referral.objects.create(
        decision=untold.decision, to="raad", passed_on_from=untold, sent_at=NOW,
        handed_over="Hun melding ging door.",
    )  # fmt: skip
    shown = page(case, Code.PARENTS)
    assert "Veilig Thuis" not in shown.replace("Melding bij Veilig Thuis", "")
    assert "Raad voor de Kinderbescherming" not in shown
    assert "Hun melding ging door." not in shown
    assert "Hun melding ging door." in page(case, Code.WHOLE)


def test_what_the_school_saw_after_such_a_report(case, untold):
    feedback(
        case, NOW, heard_from="school", source="", text="Ze lacht weer.", referral=untold,
        helped_by="veilig_thuis",
    )  # fmt: skip
    shown = page(case, Code.PARENTS)
    assert "Ze lacht weer." not in shown
    assert "Veilig Thuis" not in shown.replace("Melding bij Veilig Thuis", "")


def test_what_was_done_otherwise_around_such_a_report(case, untold):
    by = {"case": case, "author": UserFactory()}
    Deviation.objects.create(**by, rule="R41", step=6, kind="not_done", grounds="Ze bellen nog.")
    Deviation.objects.create(**by, rule="R28", step=5, kind="overridden", grounds="Toch melden.")
    shown = page(case, Code.PARENTS)
    assert "Ze bellen nog." not in shown
    assert "Toch melden." not in shown
    assert "R41" not in shown
    assert "R41" in page(case, Code.WHOLE)


def test_how_a_case_was_closed_in_which_such_a_report_was_made(case, untold):
    case.closed_at, case.outcome, case.closed_by = NOW, "handed_over", UserFactory()
    case.closing_grounds = "Veilig Thuis heeft het overgenomen."
    case.closing_agreements = "We houden contact met hen."
    case.save()
    shown = page(case, Code.PARENTS)
    assert case.closing_grounds not in shown
    assert case.closing_agreements not in shown


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL, Code.BUURTTEAM])
def test_who_told_it_in_a_copy_that_went_along_with_a_question(case, code):
    asked = ConsultationFactory(case=case)
    SharedPiece.objects.create(
        consultation=asked, position=1, title="Signaal", text="Verteld door: tante Jo"
    )
    chosen = {"chosen": [f"consultations-{asked.pk}"]}
    assert "tante Jo" not in page(case, code, **chosen)
    assert "tante Jo" in page(case, Code.WHOLE)


def test_what_a_pupil_said_who_was_alone(case):
    ConversationFactory(case=case, kind="pupil", help_wanted="no", refused_by="pupil")
    for said in ("Nee, ze weigeren alle hulp", "De leerling</p>"):
        assert said not in page(case, Code.PARENTS), said
        assert said in page(case, Code.PUPIL), said


def test_the_title_of_a_letter_beside_what_it_came_with(case):
    heard = feedback(case, NOW)
    heard.letters.add(AttachmentFactory(case=case, number=7, title="Brief van de voogd"))
    assert "Brief van de voogd" not in page(case, Code.PARENTS)
    assert "Brief van de voogd" in page(case, Code.WHOLE)


def test_a_decision_that_nobody_chose_to_hand_over(case):
    made = decision(case, NOW, report=True)
    said = "De laatste beslissing"
    assert said not in page(case, Code.BUURTTEAM, chosen=[])
    assert said in page(case, Code.BUURTTEAM, chosen=[f"decisions-{made.pk}"])


@pytest.mark.parametrize("names", ["Ans\nTeun", "Ans; Teun", "Ans,\r\nTeun"])
def test_names_that_somebody_wrote_below_one_another(case, names):
    ConversationFactory(case=case, kind="parents", reactions="Dat weten Ans en Teun al.")
    shown = page(case, Code.PARENTS, hidden_words=names)
    assert "Dat weten" in shown
    assert "Ans" not in shown
    assert "Teun" not in shown


def test_who_took_it_on_after_such_a_report(case, untold):
    Referral.objects.update(accepted_at=NOW)
    case.closed_at, case.outcome, case.closed_by = NOW, "handed_over", UserFactory()
    case.closing_grounds = "Afgerond."
    case.save()
    whole, shown = page(case, Code.WHOLE), page(case, Code.PARENTS)
    assert "Iemand anders is nu verantwoordelijk" in whole
    assert "Iemand anders is nu verantwoordelijk" not in shown
    case.closed_at, case.outcome, case.closing_grounds = None, "", ""
    case.save()
    whole, shown = page(case, Code.WHOLE), page(case, Code.PARENTS)
    assert "Nu verantwoordelijk" in whole
    assert "Nu verantwoordelijk" not in shown


def test_the_whole_dossier_on_the_page_for_the_parents(case, administrator, signed_in):
    url = f"{reverse('cases:dossier', args=[case.reference])}?kind=parents"
    browser = signed_in(administrator)
    asked = {"reason": "De ouders vroegen om inzage.", "younger": "on"}
    asked["seen"] = browser.get(url).context["form"]["seen"].value()
    browser.post(url, asked)
    assert DossierExport.objects.get().variant == Code.PARENTS
    # Kept of the page for the whole, when its session was over.
    kept = QueryDict("variant=whole&reason=Voor+het+archief.")
    form = ExportForm(user=administrator, kind=VARIANTS[Code.PARENTS])
    form.restore(kept)
    assert form["variant"].value() == Code.PARENTS


def test_that_the_pupil_told_it_where_the_words_stand_among_the_facts(case):
    told = SignalFactory(case=case, facts="Vader slaat, zei de leerling.", child_words="")
    SignalCategoryFactory(signal=told, code="told_child")
    SignalFactory(case=case, facts="Was vaak moe.", child_words="")
    shown = page(case, Code.PARENTS)
    assert "Was vaak moe." in shown
    for said in ("Verteld door de leerling", "Vader slaat"):
        assert said not in shown, said
        assert said in page(case, Code.PUPIL), said


def test_a_signal_that_a_correction_replaced_is_not_handed_over(case):
    old = SignalFactory(case=case, facts="Tante Jo vertelde het.")
    new = SignalFactory(case=case, corrects=old, correction_reason="Wie het zei stond erin.")
    whole = Case.objects.with_records().get(pk=case.pk)
    keys = [key for key, _name in offered(whole, sees_case=True)]
    assert keys == [f"signals-{new.pk}"]


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
def test_what_a_correction_took_out_of_a_signal(case, code):
    told = SignalFactory(case=case, facts="De buurvrouw van nummer 4 zag het.")
    SignalFactory(case=case, corrects=told, facts="Er is iets gezien.", correction_reason="Bron.")
    assert "De buurvrouw van nummer 4" in page(case, Code.WHOLE)
    shown = page(case, code)
    assert "nummer 4" not in shown
    assert "Er is iets gezien." in shown


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
def test_a_report_that_pupil_and_parents_do_not_know_of(case, untold, code):
    """Nor what was asked, weighed and said around it, whoever was asked."""
    Referral.objects.update(handed_over="De hele map.")
    by = {"case": case, "author": UserFactory()}
    Deviation.objects.create(**by, rule="R36", step=5, kind="not_done", grounds="Niet besproken.")
    ConsultationFactory(
        case=case, kind="family_worker", question="Zullen we melden?", closed_at=NOW, held_at=NOW,
        outcome="Ja, meteen.", closed_by=UserFactory(),
    )  # fmt: skip
    Decision.objects.update(help_grounds="Eerst de melding.", results="Anders de rechter.")
    case.retention_reason = "Er loopt een melding."
    case.closed_at, case.outcome, case.closed_by = NOW, "handed_over", UserFactory()
    case.closing_grounds, case.retention_years = "Klaar.", 20
    case.save()
    secrets = (
        "De hele map.", "Niet besproken.", "R36", "Zullen we melden?", "Ja, meteen.",
        "Eerst de melding.", "Anders de rechter.", "Er loopt een melding.",
    )  # fmt: skip
    whole, shown = page(case, Code.WHOLE), page(case, code)
    assert [word for word in secrets if word not in whole] == []
    assert [word for word in secrets if word in shown] == []


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
def test_a_report_without_the_name_of_the_school(case, code):
    decision(case, NOW, to={"veilig_thuis": NOW}, report=True)
    Referral.objects.update(family_told=True, anonymous=True, anonymous_reason="Vader dreigt.")
    shown = page(case, code)
    for said in ("Vader dreigt.", "Verwijzing", "Ja</p>"):
        assert said not in shown, said


def test_a_referral_of_which_nobody_said_that_they_know(case, untold):
    ConversationFactory(case=case, kind="parents", held_at=NOW)
    Referral.objects.update(not_told_reason="Niet veilig.", family_told=True)
    Referral.objects.create(
        decision=untold.decision, to="raad", passed_on_from=untold, handed_over="Het vervolg."
    )
    assert "Het vervolg." not in page(case, Code.PARENTS)
    Referral.objects.filter(to="raad").update(consent="given")
    assert "Het vervolg." in page(case, Code.PARENTS)


def test_that_the_parents_were_not_spoken_to_stands_in_no_list_of_steps(case):
    ConversationFactory(case=case, kind="skipped", skip_reason="Vader dreigt.")
    said = "overgeslagen"
    assert said in page(case, Code.WHOLE)
    assert said not in page(case, Code.PARENTS)


def test_why_a_signal_was_corrected_or_did_not_hold(case):
    old = SignalFactory(case=case, hearsay_from="de buurvrouw", author=UserFactory())
    new = SignalFactory(
        case=case, corrects=old, hearsay_from="de buurvrouw", correction_reason="Ans wil het niet."
    )
    SignalFinding.objects.create(
        case=case, author=UserFactory(), signal=new, grounds="Ans had ruzie met moeder."
    )
    SignalFactory(case=case)
    whole, shown = page(case, Code.WHOLE), page(case, Code.PARENTS)
    for said in ("Ans wil het niet.", "Ans had ruzie met moeder."):
        assert said in whole, said
        assert said not in shown, said


def test_who_was_there_when_a_pupil_talked_alone(case):
    ConversationFactory(case=case, kind="pupil", attendees="Met tante Jo erbij")
    assert "tante Jo" not in page(case, Code.PARENTS)
    assert "tante Jo" in page(case, Code.PUPIL)


@pytest.mark.parametrize("said_by", ["pupil", "former", "representative"])
def test_what_the_pupil_stated_is_not_for_the_parents(case, said_by):
    Statement.objects.create(
        case=case, author=UserFactory(), step=1, said_by=said_by,
        about="Wat papa deed", text="Ik wil niet dat papa dit leest.",
    )  # fmt: skip
    words = ("Wat papa deed", "Ik wil niet dat papa dit leest.")
    shown = page(case, Code.PARENTS)
    assert not any(word in shown for word in words)
    # Nor is what somebody stated in another's place for the pupil: it may be a parent's.
    theirs = said_by != "representative"
    assert all((word in page(case, Code.PUPIL)) is theirs for word in words)


def test_what_one_parent_stated_is_not_for_the_other(case):
    Statement.objects.create(
        case=case, author=UserFactory(), step=1, said_by="parent",
        about="Wat mijn man doet", text="Hij mag dit nooit lezen.",
    )  # fmt: skip
    words = ("Wat mijn man doet", "Hij mag dit nooit lezen.")
    shown = page(case, Code.PARENTS)
    assert not any(word in shown for word in words)
    assert "Verklaring" in shown
    assert all(word in page(case, Code.WHOLE) for word in words)
    assert not any(word in page(case, Code.PUPIL) for word in words)


def alone(case, **fields):
    """Return what records a talk with the pupil alone."""
    at = NOW - timedelta(days=1)
    return lambda: ConversationFactory(
        case=case, kind="pupil", held_at=at, recorded_at=at, reactions="Zei iets.",
        author=UserFactory(name="Sanne Visser"), **fields,
    )  # fmt: skip


@pytest.mark.parametrize("code", [Code.PARENTS, Code.WHOLE])
def test_that_the_pupil_said_that_home_is_not_safe(case, code):
    SignalFactory(case=case, author=UserFactory(name="Karim Ouazzani"))
    found = differences(case, code, alone(case, home_safe="yes"), alone(case, home_safe="no"))
    assert bool(found) == (code == Code.WHOLE), found


def told(case, **fields):
    """Return what logs a signal that the pupil told."""
    return lambda: SignalFactory(
        case=case, author=UserFactory(name="Karim Ouazzani"), child_words="Hij slaat mij.",
        reference="S-BBBBBB", **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"severe": False}, {"severe": True}),
        ({"place": ""}, {"place": "Bij oma"}),
        ({"interpretation": ""}, {"interpretation": "Ze is bang voor hem."}),
    ],
    ids=["severe", "place", "interpretation"],
)
@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
def test_how_severe_it_is_and_where_it_was_that_the_pupil_told(case, code, one, other):
    found = differences(case, code, told(case, **one), told(case, **other))
    assert bool(found) == (code == Code.PUPIL), found


def test_where_it_was_of_what_somebody_told_who_may_stay_unnamed(case):
    SignalFactory(case=case, hearsay_from="tante Jo", place="Bij tante Jo thuis")
    assert "tante Jo" not in page(case, Code.PARENTS)
    assert "Bij tante Jo thuis" in page(case, Code.WHOLE)


def weighed(case, **fields):
    """Return what weighs a case."""

    def weigh():
        made = assessment(case, NOW - timedelta(hours=1), suspicion="yes", **fields)
        type(made).objects.update(author=UserFactory(name="Sanne Visser"))

    return weigh


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
def test_what_was_weighed_behind_a_report_that_they_do_not_know_of(case, untold, code):
    SignalFactory(case=case, author=UserFactory(name="Karim Ouazzani"))
    assert differences(case, code, weighed(case, danger="no"), weighed(case, danger="yes")) == []


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.VEILIG_THUIS, Code.SCHOOL])
def test_what_was_not_chosen_stands_on_no_cover(case, code):
    signal = SignalFactory(case=case, author=UserFactory(name="Karim Ouazzani"))
    chosen = {"chosen": [f"signals-{signal.pk}"]}
    one, other = alone(case, home_safe="yes"), alone(case, home_safe="no")
    assert differences(case, code, one, other, **chosen) == []
    decision(case, NOW, to={"veilig_thuis": NOW}, report=True)
    Referral.objects.update(
        accepted_at=NOW, accepted_by=UserFactory(), confirmed_at=NOW, confirmed_by=UserFactory(),
        family_told=True,
    )  # fmt: skip
    assert "Nu verantwoordelijk" not in page(case, code, **chosen)
    assert "Nu verantwoordelijk" in page(case, Code.WHOLE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"home_safe": "yes"}, {"home_safe": "agreed", "home_agreed": "Oma haalt haar."}),
        ({"help_wanted": "yes"}, {"help_wanted": "no", "refused_by": "pupil"}),
    ],
    ids=["agreed", "refused"],
)
@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
def test_how_much_a_pupil_said_who_was_alone(case, code, one, other):
    """By the labels of what is left out, or by how many these are."""
    found = differences(case, code, alone(case, **one), alone(case, **other))
    assert bool(found) == (code == Code.PUPIL), found


@pytest.mark.parametrize(
    "tell",
    [SignalFactory, lambda case, **said: feedback(case, NOW, **said), looked_back],
    ids=["signal", "heard since", "look back"],
)
def test_that_the_pupil_told_it(case, tell):
    tell(case=case, child_words="Hij slaat mij.")
    assert "Hij slaat mij." in page(case, Code.PUPIL)
    assert "Hij slaat mij." not in page(case, Code.PARENTS)
    assert "De eigen woorden van de leerling" in page(case, Code.PUPIL)
    assert "De eigen woorden van de leerling" not in page(case, Code.PARENTS)


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL, Code.BUURTTEAM, Code.SCHOOL])
def test_by_which_system_somebody_told_who_may_stay_unnamed(case, code):
    system = "Handle with Care (politie)"
    SignalFactory(case=case, hearsay_from="Politie, wijkagent", came_in_by=system)
    chosen = [f"signals-{case.signals.get().pk}"]
    assert system in page(case, Code.WHOLE)
    assert system not in page(case, code, chosen=chosen)


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
def test_that_a_report_bears_no_name_of_a_school(case, code):
    """By the ground on which it was left out, and by how often."""
    decision(case, NOW, to={"veilig_thuis": NOW}, report=True)
    Referral.objects.update(sent_by=UserFactory(name="Sanne Visser"))

    def untold():
        Referral.objects.update(family_told=False, not_told_reason="Niet veilig.")

    def unnamed():
        Referral.objects.update(family_told=True, anonymous=True, anonymous_reason="Wraak.")

    assert differences(case, code, untold, unnamed) == []


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL])
@pytest.mark.parametrize("consent", ["given", ""])
def test_nor_what_was_passed_on_from_one(case, code, consent):
    decided = decision(case, NOW, to={"veilig_thuis": NOW}, report=True)
    Referral.objects.update(family_told=True, anonymous=True, anonymous_reason="Wraak.")
    first = Referral.objects.create(
        decision=decided, to="raad", passed_on_from=decided.referrals.get(), sent_at=NOW,
        handed_over="Hun melding.", consent=consent, family_told=True,
    )  # fmt: skip
    Referral.objects.create(
        decision=decided, to="save", passed_on_from=first, sent_at=NOW, family_told=True
    )
    shown = page(case, code)
    for said in ("Hun melding.", "Raad voor de Kinderbescherming", "SAVE", "Doorgegeven door"):
        assert said not in shown, said
    assert "Hun melding." in page(case, Code.WHOLE)


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL, Code.BUURTTEAM, Code.SCHOOL])
def test_which_school_handed_a_dossier_over_and_when(case, code):
    """It may have been without asking the parents, for the safety of the pupil."""
    file = AttachmentFactory(case=case, title="Dossier van de Regenboog")
    sender = "Basisschool De Regenboog " * 8
    received = ReceivedDossier.objects.create(
        case=case, author=file.author, file=file, sender=sender, number="1", made_at=NOW,
        reason="Verhuisd.", sha256="0" * 64, contents=[],
    )  # fmt: skip
    facts = "Er kwam een dossier van De Regenboog, daar gemaakt op 3 maart."
    key = received.signal_key
    came = SignalFactory(case=case, hearsay_from=sender[:160], facts=facts, idempotency_key=key)
    chosen = {"chosen": [f"signals-{came.pk}"]} if code in (Code.BUURTTEAM, Code.SCHOOL) else {}
    assert "Regenboog" not in page(case, code, **chosen)
    assert facts in page(case, Code.WHOLE)


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.VEILIG_THUIS, Code.SCHOOL])
def test_what_was_withdrawn_since_the_paper_was_asked_for(case, code):
    runs_it = member(Role.COORDINATOR, case.school)
    file = AttachmentFactory(case=case, author=runs_it, title="Brief over Fatou")
    chosen = [f"attachments-{file.pk}"]
    assert "Brief over Fatou" in page(case, code, chosen=chosen)
    withdraw(file, runs_it, why="Ging over Fatou, een ander kind.")
    assert "Fatou" not in page(case, code, chosen=chosen)
    assert "Fatou" in page(case, Code.WHOLE)


def test_that_a_pupil_alone_refused_what_the_buurtteam_had_taken_on(case):
    SignalFactory(case=case, author=UserFactory(name="Karim Ouazzani"))
    ConversationFactory(
        case=case, kind="three_way", held_at=NOW - timedelta(days=3), family_there="both",
        consent_parents="given", consent_pupil="given", buurtteam_consent=True,
        recorded_at=NOW - timedelta(days=3),
    )  # fmt: skip
    one = alone(case, help_wanted="yes")
    other = alone(case, help_wanted="no", refused_by="pupil")
    assert differences(case, Code.PARENTS, one, other) == []
