"""Along the chain, as a coordinator records it: who has it, to whom it goes, and own help."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from cases import actions
from cases.models import Case
from referrals.models import Decision, Goal, GoalEffect, Referral
from tests.browser.conftest import dutch
from tests.browser.test_scenarios import asked, case_of, in_a_month
from tests.cases.records import assessment, decision
from tests.factories import AttachmentFactory, ContactFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school(db):
    return SchoolFactory(name="Lyceum De Kade")


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")


def here(person):
    """Return who the drawing says is responsible now."""
    return person.page.locator(".chain-place.is-here .chain-name").inner_text()


def hear(person, **words):
    """Record what somebody of the chain told."""
    person.page.locator("[name=heard_from]").select_option(words["of"])
    person.page.locator("[name=helped_by]").select_option(words["of"])
    person.choose(effect=words["effect"], willing=words["willing"])
    person.fill(source=words["source"], text=words["text"], next_review_on=in_a_month())
    person.press("Save the effect")


def card(person, words):
    """Return the referral that was made last to a receiver, on the page of the case."""
    return person.page.locator(".referral", has=person.page.get_by_text(words)).last


def press_in(person, place, name):
    place.get_by_role("link", name=dutch(name), exact=True).click()
    person.look()


@pytest.mark.parametrize("size", ["desk"])
def test_11_buurtteam_without_consent_veilig_thuis_save_raad(visitor, school, pupil):
    case = case_of(pupil, talk={"help_wanted": "yes"})
    long_ago = timezone.now() - timedelta(days=60)
    assessment(case, long_ago, suspicion="doubt", unsafety="no", possible="yes", accepted="yes")
    decision(
        case, long_ago, to={"buurtteam": None}, help="buurtteam",
        follow_up_on=timezone.localdate(),
    )  # fmt: skip
    AttachmentFactory(case=case, title="Brief van de huisarts")
    ContactFactory(school=school, organisation="veilig_thuis", name="Veilig Thuis Utrecht")
    actions.refresh(case, None)
    coordinator = visitor(member(Role.COORDINATOR, school))
    now, chain_page = f"/cases/{case.reference}/", f"/cases/{case.reference}/step/5/"
    coordinator.open(chain_page)
    assert here(coordinator) == dutch("The school")

    press_in(coordinator, coordinator.page.locator(".referral"), "What do you hand over?")
    coordinator.choose(consent="given")
    coordinator.fill(consent_of="Moeder en Tess", handed_over="De signalen van dit najaar.")
    coordinator.page.get_by_text("Brief van de huisarts").click()
    coordinator.press("Save what you hand over")
    coordinator.press("Mark as sent")
    press_in(coordinator, coordinator.page.locator(".referral"), "What do they do with it?")
    coordinator.choose(state="accepted")
    coordinator.fill(taken_on_by="Noor Kuipers, gezinswerker")
    coordinator.press("Save what they do")
    assert here(coordinator) == dutch("The buurtteam")
    assert "Het buurtteam" in coordinator.page.locator(".in-charge").inner_text()

    # Two months on: not safe enough, and they refuse SAVE.
    press_in(coordinator, coordinator.page.locator(".referral"), "Record what they told")
    hear(coordinator, of="buurtteam", effect="fails", willing="no", source="Noor Kuipers",
         text="Niet veilig. Ouders willen SAVE niet.")  # fmt: skip
    not_safe = dutch(
        "Not safe enough? With consent the buurtteam asks the SAVE team; without consent it goes "
        "to Veilig Thuis."
    )
    assert not_safe in asked(coordinator)
    coordinator.open(chain_page)
    press_in(coordinator, coordinator.page.locator(".referral"), "They pass it on")
    coordinator.choose(to="save", consent="refused", state="sent")
    coordinator.fill(consent_of="Ouders", consent_ground="Vier nachten alleen.")
    coordinator.press("Save to whom it goes")
    # SAVE comes with consent only: who does otherwise says why.
    assert coordinator.reads("The chain does not know this way. Write down why it goes so.")
    coordinator.choose(to="veilig_thuis")
    coordinator.press("Save to whom it goes")
    coordinator.open(now)
    assert not_safe not in asked(coordinator)
    coordinator.open(chain_page)
    assert here(coordinator) == dutch("The buurtteam")
    assert coordinator.page.locator(".chain-place.is-asked").count() == 1
    assert dutch("expected before %(day)s").split("%")[0].strip() in coordinator.text

    press_in(coordinator, card(coordinator, "Veilig Thuis"), "What do they do with it?")
    coordinator.choose(state="accepted")
    coordinator.press("Save what they do")
    assert here(coordinator) == "Veilig Thuis"

    press_in(coordinator, card(coordinator, "Veilig Thuis"), "They pass it on")
    coordinator.choose(to="save", consent="given", state="accepted")
    coordinator.fill(consent_of="Moeder", taken_on_by="Team Noord")
    coordinator.press("Save to whom it goes")
    assert here(coordinator) == dutch("The SAVE team")

    press_in(coordinator, card(coordinator, dutch("The SAVE team")), "Record what they told")
    hear(coordinator, of="save", effect="fails", willing="no", source="Team Noord",
         text="De voorwaarden zijn niet gehaald.")  # fmt: skip
    assert "Raad" in asked(coordinator)
    coordinator.open(chain_page)
    press_in(coordinator, card(coordinator, dutch("The SAVE team")), "They pass it on")
    coordinator.choose(to="raad", consent="not_asked", state="accepted")
    coordinator.fill(consent_ground="SAVE vraagt onderzoek.")
    coordinator.press("Save to whom it goes")
    assert here(coordinator) == dutch("The Raad voor de Kinderbescherming")
    chain = coordinator.page.locator(".chain-walked").inner_text()
    names = ("De school", "Het buurtteam", "Veilig Thuis", "Het SAVE-team", "De Raad")
    places = [chain.index(name) for name in names]
    assert places == sorted(places)

    press_in(coordinator, coordinator.page.locator(".referral").last, "What do they do with it?")
    coordinator.open(f"/referrals/{Referral.objects.get(to='veilig_thuis').public_id}/")
    assert "Vier nachten alleen." in coordinator.text
    coordinator.open("/cases/")
    assert "De Raad voor de Kinderbescherming" in coordinator.text
    assert Case.objects.get().is_open


@pytest.mark.parametrize("size", ["phone"])
def test_own_help_with_goals_does_not_work_and_a_report_follows(visitor, school, pupil):
    case = case_of(pupil, talk={"help_wanted": "yes"})
    assessment(
        case, timezone.now(), danger="no", suspicion="doubt", unsafety="no", possible="yes",
        accepted="yes", works="later",
    )  # fmt: skip
    actions.refresh(case, None)
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/decision/")
    coordinator.choose(report="no", help="own")
    coordinator.fill(
        report_grounds="Veilig.", help_grounds="De school kan dit.", plan="Op tijd op school.",
        goal_who="De mentor", goal_by=in_a_month(), goal_seen="Vier weken op tijd.",
        results="Vier weken op tijd.", case_manager="De mentor", follow_up_on=in_a_month(),
    )  # fmt: skip
    coordinator.press("Save the decisions")
    coordinator.open(f"/cases/{case.reference}/step/5/")
    coordinator.press("Add a goal")
    coordinator.fill(
        what="Eten in de pauze.", who="De conciërge", by_day=in_a_month(), seen_by="Ze eet mee."
    )
    coordinator.press("Save the goal")
    assert Goal.objects.count() == 2
    assert "Eten in de pauze." in coordinator.text

    Decision.objects.update(follow_up_on=timezone.localdate())
    coordinator.press("Record the effect")
    for field, effect in (("goal_1", "not"), ("goal_2", "partly")):
        coordinator.page.locator(f"[name={field}]").select_option(effect)
    coordinator.page.locator("[name=heard_from]").select_option("school")
    coordinator.page.locator("[name=helped_by]").select_option("school")
    coordinator.choose(effect="fails", willing="no")
    coordinator.fill(text="Weer vijf keer te laat.", next_review_on=in_a_month())
    coordinator.press("Save the effect")
    assert GoalEffect.objects.count() == 2
    report = dutch("The agreed results are not there: report to Veilig Thuis (again).")
    assert report in asked(coordinator)
    assert dutch("The help does not work: walk the steps again, or report.") in asked(coordinator)
    coordinator.open(f"/cases/{case.reference}/step/5/")
    assert dutch("Partly") in coordinator.text

    coordinator.press("Take the decisions")
    assert coordinator.page.locator("[name=report][value=yes]").is_checked()
    coordinator.choose(family_told="yes", help="none")
    coordinator.fill(
        report_grounds="Geen resultaat en geen medewerking.", help_grounds="Geweigerd.",
        follow_up_on=in_a_month(),
    )  # fmt: skip
    coordinator.press("Save the decisions")
    coordinator.open(f"/cases/{case.reference}/step/5/")
    coordinator.press("Mark as sent")
    sent = Referral.objects.get()
    assert (sent.to, sent.state) == ("veilig_thuis", "sent")
    # What was tried before stays readable beside it.
    assert "Eten in de pauze." in coordinator.text
