"""What papers, letters and pages told of how far a school is, who told it, and who is kept out.

Each failed on its day.
"""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.dossier.contents import offered
from cases.dossier.enclosed import files_for
from cases.dossier.variants import Code
from cases.models import Case, DossierExport, LookBack, ShutOut, Statement
from cases.protocol import asking
from referrals.models import Referral
from signals.models import SignalFinding
from tests.attacks.papers import FAMILY, bare, page
from tests.cases.records import NOW, ago, consultation, decision, feedback, signal
from tests.conftest import sign_in
from tests.factories import (
    CaseFactory,
    ConversationFactory,
    PupilFactory,
    ReceivedDossierFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SAID = "Bleek na onze melding bij Veilig Thuis, waar ze niet van weten."


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def reported(case):
    """A case in which they were spoken with, and a report of which the family does not know."""
    ConversationFactory(case=case, kind="parents", held_at=ago(days=10))
    made = decision(case, NOW, to={"veilig_thuis": NOW}, report=True)
    made.referrals.update(family_told=False, not_told_reason="Niet veilig.")
    return case


FURTHER = {
    "begun anew": {"cycle": 2},
    "taken on": {"responsible": True},
    "opened before": {"opened_at": ago(days=40)},
    "kept longer": {"retention_years": 15, "retention_reason": "Melding loopt."},
}


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("how", FURTHER)
@pytest.mark.parametrize("also", [(), ("weighed", "talks", "told")])
def test_how_far_the_school_is_changes_no_word_of_a_familys_paper(
    reported, coordinator, code, how, also
):
    signal(reported, facts="Was stil.")
    if how == "kept longer":
        ended = {"closed_at": NOW, "closed_by": coordinator, "outcome": "cleared"}
        Case.objects.update(**ended, closing_grounds="Val.")
    plain = bare(page(reported, code, also=also))
    change = {key: coordinator if value is True else value for key, value in FURTHER[how].items()}
    Case.objects.filter(pk=reported.pk).update(**change)
    assert bare(page(reported, code, also=also)) == plain
    assert "Was stil." in plain


WEIGHED = {
    "withdrawn": lambda case, by: decision(case, NOW, to={"buurtteam": None}).referrals.update(
        consent="given", withdrawn_at=NOW, withdrawn_by=by, withdrawn_reason=SAID
    ),
    "unfounded": lambda case, by: SignalFinding.objects.create(
        case=case, author=by, signal=signal(case, facts="Was stil."), grounds=SAID
    ),
    "looked back": lambda case, by: LookBack.objects.create(
        case=case, author=by, seen=SAID, result="quiet"
    ),
}


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("what", WEIGHED)
@pytest.mark.parametrize("also", [(), ("weighed", "talks", "told")])
def test_what_was_weighed_elsewhere_than_in_step_4(reported, coordinator, code, what, also):
    WEIGHED[what](reported, coordinator)
    assert SAID not in page(reported, code, also=also)
    assert SAID in page(reported, Code.WHOLE)
    # With nothing to be kept from them they read it, but for what may be the pupil's own reason,
    # and for who explained what was seen.
    Referral.objects.filter(to="veilig_thuis").update(family_told=True, not_told_reason="")
    read = SAID in page(reported, code)
    assert read is (what == "looked back" or (what == "withdrawn" and code == Code.PUPIL))


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.SCHOOL])
def test_why_nobody_is_named_names_them(case, code):
    said = "Tante Jo wil niet genoemd worden."
    one = case.deviations.create(
        author=UserFactory(), rule="R7", kind="skipped", step=1, grounds=said
    )
    chosen = [f"deviations-{one.pk}"]
    assert said not in page(case, code, chosen=chosen)
    assert said in page(case, Code.VEILIG_THUIS, chosen=chosen)


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.SCHOOL, Code.VEILIG_THUIS])
def test_a_dossier_that_came_is_not_handed_on_by_its_file(case, code):
    file = ReceivedDossierFactory(case=case, sender="De Horizon").file
    type(file).objects.filter(pk=file.pk).update(title="Dossier van De Horizon")
    key = f"attachments-{file.pk}"
    whole = Case.objects.with_records().get(pk=case.pk)
    may_know = code == Code.VEILIG_THUIS
    assert (key in dict(offered(whole, sees_case=True, code=code))) is may_know
    assert ("De Horizon" in page(case, code, chosen=[key])) is may_know
    # By the list nobody who does not see the case learns that it holds one.
    assert key in dict(offered(whole, sees_case=False, code=code))
    assert bool(files_for(case, code, [key])) is may_know


@pytest.mark.parametrize(
    ("who", "reads"),
    [("participant", False), ("handed_over", False), ("sister_leader", False),
     ("coordinator", True), ("leader", True)],
)  # fmt: skip
def test_who_is_kept_out_and_why_is_read_by_who_looks_after_that(world, who, reads):
    kept = world.people["conflicted"]
    type(kept).objects.filter(pk=kept.pk).update(name="Karel Aardappel")
    ShutOut.objects.filter(user=kept).update(case=world.case, explanation="Zijn zus is de moeder.")
    browser = sign_in(world.people[who])
    for name in ("cases:timeline", "cases:whole"):
        shown = browser.get(reverse(name, args=[world.case.reference])).content.decode()
        assert ("Karel Aardappel" in shown) is reads
        assert ("Zijn zus is de moeder." in shown) is reads


@pytest.mark.parametrize(("who", "reads"), [("administrator", False), ("coordinator", True)])
def test_nor_on_the_paper_of_who_does_not(world, who, reads):
    ShutOut.objects.update(case=world.case, explanation="Zijn zus is de moeder.")
    DossierExport.objects.all().delete()
    shown = page(world.case, Code.WHOLE, requested_by=world.people[who])
    assert "Tijdlijn" in shown
    assert ("Zijn zus is de moeder." in shown) is reads


def test_the_letter_beside_a_paper_says_not_whom_the_ground_protects():
    told = [asking.told([ground], in_part=False) for ground in ("harm", "informant")]
    assert told[0] == told[1] == asking.told(["harm", "informant"], in_part=False)
    assert asking.told(["others"], in_part=False) == asking.named(["others"])
    # Nor whether there was anything to protect, beside a paper that leaves that open.
    told = [asking.told(codes, in_part=True) for codes in (["others"], ["others", "harm"])]
    assert told[0] == told[1]
    assert told[0][1:] == asking.named(["others"])


@pytest.mark.parametrize("code", [*FAMILY, Code.BUURTTEAM, Code.SCHOOL])
def test_what_one_makes_of_what_somebody_else_told(case, code):
    said = "De oppas belde huilend en durft niet genoemd te worden."
    one = signal(case, "injury", facts="Was stil.", hearsay_from="De oppas", interpretation=said)
    shown = page(case, code, chosen=[f"signals-{one.pk}"])
    assert said not in shown
    assert "Was stil." in shown
    assert (one.categories.get().label in shown) is (code not in FAMILY)
    assert said in page(case, Code.VEILIG_THUIS, chosen=[f"signals-{one.pk}"])


@pytest.mark.parametrize(
    ("first", "readers"),
    [("told_child", {Code.PARENTS}), ("told_others", {*FAMILY, Code.BUURTTEAM, Code.SCHOOL})],
)  # fmt: skip
def test_the_words_once_a_correction_takes_out_whose_they_were(case, first, readers):
    said = "Vader slaat haar met een riem."
    before = signal(case, first, facts=said)
    after = signal(case, "injury", facts=said, corrects=before, correction_reason="Wil zij niet.")
    for code in readers:
        assert said not in page(case, code, chosen=[f"signals-{after.pk}"]), code
    assert said in page(case, Code.WHOLE)


def test_why_a_signal_was_unfounded_is_not_read_by_its_author_who_does_not_see_the_case(world):
    found = SignalFinding.objects.create(
        case=world.case, author=world.people["coordinator"], signal=world.signal,
        grounds="Een tweede signaal gaat over thuis.",
    )  # fmt: skip
    author = world.signal.author
    url = reverse("signals:detail", args=[world.signal.reference])
    shown = sign_in(author).get(url).content.decode()
    assert "Vastgelegd als ongegrond" in shown
    assert found.grounds not in shown
    assert found.author.name not in shown
    assert found.grounds in sign_in(world.people["coordinator"]).get(url).content.decode()


def test_a_talk_of_three_of_which_it_does_not_say_who_came(case):
    """What the parents said alone stood on the pupil's paper, since it was taken for theirs."""
    said = "Vader bekent. Zeg het haar niet."
    ConversationFactory(
        case=case, kind="three_way", held_at=NOW, reactions=said, consent_parents="not_asked",
        consent_pupil="not_asked",
    )  # fmt: skip
    assert all(said not in page(case, code) for code in FAMILY)
    assert said in page(case, Code.WHOLE)


@pytest.mark.parametrize("consent", ["", "refused", "given"])
@pytest.mark.parametrize("there", ["pupil", "both"])
def test_a_talk_of_three_to_which_the_pupil_came_alone(case, there, consent):
    """It stood on the parents' paper word for word, and they passed for spoken with: also by a
    consent of theirs, which had come in writing.
    """
    said = "Papa slaat mij. Zeg het niet thuis."
    consultation(case, ago(days=5), question="Wat nu?")
    ConversationFactory(
        case=case, kind="three_way", held_at=NOW, reactions=said, consent_pupil="given",
        consent_parents=consent, consent_how="written", family_there=there,
    )  # fmt: skip
    assert said in page(case, Code.PUPIL, also=())
    shown = page(case, Code.PARENTS)
    assert (said in shown) is (there == "both")
    assert ("Wat nu?" in shown) is (there == "both")


@pytest.mark.parametrize("consent", ["given", "refused"])
@pytest.mark.parametrize("also", [(), ("told", "weighed")])
def test_a_talk_of_three_to_which_the_parents_came_alone(case, also, consent):
    """The pupil had consented on another day: that passed for having been there."""
    said = "Vader bekent dat hij haar zus sloeg. Zeg het haar niet."
    talk = {"kind": "three_way", "held_at": NOW, "reactions": said, "consent_pupil": consent}
    ConversationFactory(case=case, family_there="parents", **talk)
    assert said not in page(case, Code.PUPIL, also=also)
    assert said in page(case, Code.PARENTS)


@pytest.mark.parametrize("consent", ["given", "refused"])
def test_nor_does_a_consent_tell_who_came_before_that_was_asked(case, consent):
    talk = {"kind": "three_way", "held_at": NOW, "reactions": "Zeg het niet thuis."}
    consents = {"consent_pupil": consent, "consent_parents": consent}
    ConversationFactory(case=case, **talk, **consents)
    assert all("Zeg het niet thuis." not in page(case, code) for code in FAMILY)
    assert "Zeg het niet thuis." in page(case, Code.WHOLE)


@pytest.mark.parametrize("also", [("weighed",), ("weighed", "talks", "told")])
def test_of_honour_what_somebody_else_told_is_not_on_the_pupils_either(case, also):
    """It stood there by another tick than that for what somebody told."""
    ConversationFactory(case=case, kind="parents", held_at=NOW)
    said = "Ze wordt uitgehuwelijkt, zegt haar nicht."
    signal(case, "told_others", "coercion", facts=said, hearsay_from="nicht Samira")
    assert said not in page(case, Code.PUPIL, also=also)
    signal(case, "coercion", facts="Ticket van een enkele reis.")
    assert "Ticket" in page(case, Code.PUPIL, also=also)


def test_what_was_asked_and_weighed_of_honour(case):
    ConversationFactory(case=case, kind="parents", held_at=NOW)
    asked = consultation(case, ago(days=5), question="Vermoeden van een gedwongen huwelijk?")
    assert asked.question in page(case, Code.PARENTS)
    signal(case, "coercion", facts="Ticket van een enkele reis.")
    assert asked.question not in page(case, Code.PARENTS)


def test_fear_of_home_that_a_correction_took_out(case):
    said = "Zegt dat ze niet naar huis durft omdat papa slaat."
    first = signal(case, "fear_home", facts=said)
    signal(case, "tired", facts=said, corrects=first, correction_reason="Wil zij niet.")
    assert said not in page(case, Code.PARENTS, also=("talks", "weighed"))


@pytest.mark.parametrize(("category", "ticked"), [("coercion", False), ("fear_home", True)])
def test_of_what_nobody_speaks_with_the_parents_yet(case, category, ticked):
    ConversationFactory(case=case, kind="parents", held_at=NOW)
    signal(case, category, facts="Haar koffer staat klaar.", severe=True)
    assert "Haar koffer" not in page(case, Code.PARENTS, also=("talks", "weighed"))
    assert ("Haar koffer" in page(case, Code.PARENTS)) is ticked
    assert "Haar koffer" in page(case, Code.WHOLE)


@pytest.mark.parametrize("code", [*FAMILY, Code.BUURTTEAM, Code.SCHOOL])
def test_who_explains_what_was_seen(case, code):
    """The form asks who knows that, and nobody else may read it."""
    seen = signal(case, facts="Was stil.")
    said = "Dat weet de bovenbuur, die niet genoemd wil worden."
    SignalFinding.objects.create(case=case, author=UserFactory(), signal=seen, grounds=said)
    shown = page(case, code, chosen=[f"signals-{seen.pk}"])
    assert "Was stil." in shown
    assert said not in shown
    assert said in page(case, Code.VEILIG_THUIS, chosen=[f"signals-{seen.pk}"])


def test_what_somebody_else_tells_since_guards_too_and_takes_the_tick_for_it(case):
    said = "Oma zegt dat papa weer slaat."
    ConversationFactory(case=case, kind="parents", held_at=NOW)
    asked = consultation(case, ago(days=5), question="Hoe nu?")
    heard = feedback(case, ago(days=3), heard_from="other", source="Oma", text=said)
    assert asked.question in page(case, Code.PARENTS)
    for code in FAMILY:
        assert said not in page(case, code, also=("talks", "weighed"))
        assert said in page(case, code)
    type(heard).objects.filter(pk=heard.pk).update(recorded_at=NOW + timedelta(hours=1))
    shown = page(case, Code.PARENTS)
    assert asked.question not in shown
    assert said not in shown
    # What shuts it for the parents opens it for the pupil by no other tick.
    assert said not in page(case, Code.PUPIL, also=("talks", "weighed"))


@pytest.mark.parametrize(("said_by", "readers"), [
    ("parent", set()), ("representative", set()), ("pupil", {Code.PUPIL}), ("former", {Code.PUPIL}),
])  # fmt: skip
def test_a_statement_is_for_whom_it_is_of(case, said_by, readers):
    """What a parent says in a talk is not for the pupil by itself: what they state neither."""
    Statement.objects.create(
        case=case,
        author=UserFactory(),
        step=1,
        said_by=said_by,
        about="Thuis",
        text="Zij weet niet.",
    )
    assert {code for code in FAMILY if "Zij weet niet." in page(case, code)} == readers
    assert "Zij weet niet." in page(case, Code.WHOLE)


@pytest.mark.parametrize(
    ("before", "after", "category", "readers"),
    [
        ({"hearsay_from": "Oppas Truus"}, "Oppas Truus zag het.", "told_others",
         {*FAMILY, Code.BUURTTEAM, Code.SCHOOL}),
        ({"child_words": "Papa slaat mij."}, "Zij zei: papa slaat mij.", "told_child",
         {Code.PARENTS}),
    ],
)  # fmt: skip
def test_what_a_correction_writes_among_the_facts(case, before, after, category, readers):
    """It stood there apart before, so the facts were taken for what was seen."""
    first = signal(case, category, facts="Was stil.", **before)
    second = signal(case, category, facts=after, corrects=first, correction_reason="Anders.")
    for code in readers:
        assert after not in page(case, code, chosen=[f"signals-{second.pk}"]), code
    assert after in page(case, Code.WHOLE)
