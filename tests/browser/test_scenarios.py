"""Scenarios of docs/protocol.md, clicked through as the people at a school would."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from cases import actions
from cases.models import Case, Deviation
from referrals.models import Decision
from tests.browser.conftest import dutch, weigh
from tests.cases.records import assessment, consultation, decision
from tests.factories import (
    BuurtteamFactory,
    CaseFactory,
    ConversationFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school(db):
    team = BuurtteamFactory(name="Buurtteam Kade", telephone="030 000 11 22")
    return SchoolFactory(name="Lyceum De Kade", buurtteam=team)


@pytest.fixture
def pupil(school):
    today = timezone.localdate()
    return PupilFactory(
        school=school, given_name="Tess", family_name="van der Zwaan",
        birth_date=today - timedelta(days=365 * 15 + 30),
    )  # fmt: skip


def case_of(pupil, **records):
    """Return a case with two signals that was consulted on, and what else is asked for."""
    now = timezone.now()
    case = CaseFactory(pupil=pupil, opened_at=now - timedelta(days=9))
    SignalFactory.create_batch(
        2, case=case, author=member(Role.TEACHER, pupil.school),
        recorded_at=now - timedelta(days=8),
    )  # fmt: skip
    consultation(
        case, recorded_at=now - timedelta(days=7), closed_at=now - timedelta(days=6),
        next_talk="De mentor.", kind="family_worker",
    )  # fmt: skip
    if "talk" in records:
        talk = {"recorded_at": now - timedelta(days=4), **records["talk"]}
        ConversationFactory(case=case, kind="parents", **talk)
    actions.refresh(case, None)
    return case


def log(teacher, facts, *categories):
    teacher.open("/signals/new/")
    teacher.fill(pupil_query="zwaan")
    teacher.page.get_by_text("Tess van der Zwaan").click()
    teacher.fill(facts=facts)
    teacher.tick("categories", *categories)


def asked(person):
    """Return what the card asks, as one reads it."""
    return person.page.locator(".what-now").inner_text()


def in_a_month():
    return (timezone.localdate() + timedelta(days=30)).isoformat()


def test_1_one_mild_signal_is_watched_and_looked_back_at(visitor, school, pupil):
    teacher = visitor(member(Role.TEACHER, school))
    log(teacher, "Viel bijna in slaap tijdens het lezen.", "tired")
    teacher.press("Save the signal")
    assert dutch("Stay watchful. Keep observing and write down what you see.") in asked(teacher)
    assert not teacher.page.locator(".urgent-banner").count()

    coordinator = visitor(member(Role.COORDINATOR, school))
    case = Case.objects.get()
    coordinator.open(f"/cases/{case.reference}/")
    assert dutch("look back at a single signal") in asked(coordinator)
    assert "R2" not in asked(coordinator)
    coordinator.press("Look back")
    coordinator.fill(seen="Uitgeslapen, lacht weer.")
    coordinator.choose(result="watch")
    coordinator.press("Save")
    later = Case.objects.get()
    assert later.period == "watchful"
    assert later.period_since > case.period_since


def test_4_a_pupil_who_dares_not_go_home(visitor, school, pupil):
    teacher = visitor(member(Role.TEACHER, school))
    log(teacher, "Vertelt over klappen en durft niet naar huis.", "disclosure", "fear_home")
    teacher.choose(urgency="acute")
    teacher.press("Save the signal")
    numbers = teacher.page.locator(".urgent-banner .tel-button")
    assert [n.get_attribute("href") for n in numbers.all()] == [
        "tel:112", "tel:08002000", "tel:0300001122",
    ]  # fmt: skip

    coordinator = visitor(member(Role.COORDINATOR, school))
    case = Case.objects.get()
    coordinator.open(f"/cases/{case.reference}/")
    assert asked(coordinator).index("112") > 0
    no_talk = dutch(
        "Talking may not be safe: first ask the buurtteam or Veilig Thuis. No talk with the "
        "parents before their advice."
    )
    assert no_talk in asked(coordinator)
    coordinator.page.locator(".urgent-banner summary").click()
    assert "2 uur" in coordinator.page.locator(".urgent-banner").inner_text()

    coordinator.page.locator(".what-now").get_by_role(
        "link", name=dutch("Record a call"), exact=True
    ).click()
    coordinator.choose(kind="veilig_thuis", talk="wait")
    coordinator.fill(
        question="Mag zij vandaag naar huis?", outcome="Nee. Wij komen; praat niet met vader.",
    )  # fmt: skip
    coordinator.press("Save the call")
    assert not coordinator.page.locator(".urgent-banner").count()
    assert no_talk not in asked(coordinator)
    assert Case.objects.get().step == 3
    # Veilig Thuis says to wait: nobody is sent to the parents.
    assert dutch("Talk with the pupil and the parents, as early as you can.") not in (
        asked(coordinator)
    )
    agree = dutch("Agree who holds the conversation, or that there is none (yet) and why.")
    assert agree in asked(coordinator)


def test_6_parents_refuse_all_help_and_a_report_follows(visitor, school, pupil):
    case = case_of(pupil, talk={"help_wanted": "no", "concern": "stays"})
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/")
    refuses = dutch("They refuse all help while your concern stays: report to Veilig Thuis.")
    assert refuses in asked(coordinator)

    coordinator.press("Weigh the severity")
    weigh(coordinator, suspicion="yes", possible="yes", accepted="no")
    coordinator.press("Save the assessment")
    coordinator.press("Take the decisions")
    # What follows from the weighing is chosen beforehand.
    assert coordinator.page.locator("[name=report][value=yes]").is_checked()
    coordinator.choose(family_told="yes", help="none")
    coordinator.fill(
        report_grounds="De zorg blijft en zij weigeren alle hulp.", help_grounds="Geweigerd.",
        follow_up_on=in_a_month(),
    )  # fmt: skip
    coordinator.press("Save the decisions")
    assert dutch("Make the report, under your own name, and note that it was received.") in asked(
        coordinator
    )
    assert not Deviation.objects.exists()


def test_7_own_help_that_does_not_work_begins_the_steps_again(visitor, school, pupil):
    case = case_of(pupil, talk={"help_wanted": "yes"})
    now = timezone.now()
    assessment(case, now - timedelta(days=3), suspicion="doubt", unsafety="no", possible="yes")
    decision(case, now - timedelta(days=2), help="own", follow_up_on=timezone.localdate())
    actions.refresh(case, None)
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/")
    coordinator.press("Record the effect")
    coordinator.page.locator("[name=heard_from]").select_option("school")
    coordinator.page.locator("[name=helped_by]").select_option("school")
    coordinator.choose(effect="fails", willing="yes")
    coordinator.fill(text="Weer drie keer te laat.", next_review_on=in_a_month())
    coordinator.press("Save the effect")
    assert dutch("The help does not work: walk the steps again, or report.") in asked(coordinator)

    coordinator.press("Walk the steps again")
    coordinator.fill(grounds="De afspraken hielden geen twee weken.")
    coordinator.press("Begin again")
    again = Case.objects.get()
    assert (again.cycle, again.step, again.attention) == (2, 2, Case.Attention.CONCERN)
    assert "De afspraken hielden geen twee weken." in coordinator.text
    # What was recorded before stays readable.
    coordinator.open(f"/cases/{case.reference}/step/5/")
    coordinator.page.locator(".earlier-cycle summary").click()
    assert "Weer drie keer te laat." in coordinator.text


def test_10_doubt_about_unsafety_leads_to_a_report_unless_somebody_explains(visitor, school, pupil):
    case = case_of(pupil, talk={"help_wanted": "unsure"})
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/assessment/")
    weigh(coordinator, suspicion="yes", unsafety="doubt")
    # What follows is shown at once; the questions after it are walked with Veilig Thuis.
    follows = coordinator.page.locator("#two-decisions")
    follows.get_by_text(dutch("1. A report to Veilig Thuis is necessary.")).wait_for()
    assert not coordinator.page.locator("[data-question=possible]").is_visible()
    coordinator.press("Save the assessment")
    assert asked(coordinator).count("Veilig Thuis") > 1

    coordinator.press("Take the decisions")
    coordinator.choose(report="no", help="buurtteam")
    coordinator.fill(
        report_grounds="Het buurtteam is morgen thuis.", help_grounds="Zij stemmen in.",
        results="Geen ruzie meer waar zij bij is.", case_manager="Noor Kuipers",
        follow_up_on=in_a_month(),
    )  # fmt: skip
    coordinator.press("Save the decisions")
    assert coordinator.reads("This is not what follows from the weighing. Write down your grounds.")
    coordinator.fill(override_grounds="Met Veilig Thuis besproken: eerst dit, over een week weer.")
    coordinator.press("Save the decisions")
    assert Decision.objects.get().report is False
    assert Deviation.objects.get().rule == "R26"
    coordinator.open(f"/cases/{Decision.objects.get().case.reference}/step/5/")
    assert "Met Veilig Thuis besproken" in coordinator.text


def test_on_a_broken_line_nothing_is_shown_that_followed_from_other_answers(visitor, school, pupil):
    case = case_of(pupil, talk={"help_wanted": "unsure"})
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/assessment/")
    weigh(coordinator, suspicion="yes", unsafety="doubt")
    panel = coordinator.page.locator("#two-decisions")
    panel.get_by_text(dutch("1. A report to Veilig Thuis is necessary.")).wait_for()
    coordinator.page.route("**/assessment/follows/", lambda route: route.abort())
    coordinator.choose(unsafety_answer="no")
    panel.wait_for(state="hidden")
    coordinator.page.unroute("**/assessment/follows/")
    coordinator.complaints.clear()  # the browser complains of the line too
    coordinator.choose(unsafety_answer="acute")
    panel.wait_for(state="visible")


def test_12_a_signal_about_a_colleague_is_for_the_school_leader_alone(visitor, school, pupil):
    head = member(Role.SCHOOL_LEADER, school)
    teacher = visitor(member(Role.TEACHER, school))
    log(teacher, "Berichten van een medewerker, 's nachts.", "online")
    teacher.check("about_staff")
    teacher.press("Save the signal")
    assert teacher.reads("Your school leader knows")
    assert "0900-111 3 111" in teacher.text

    case = Case.objects.get()
    coordinator = visitor(member(Role.COORDINATOR, school))
    assert "Tess" not in coordinator.text
    coordinator.open("/cases/")
    assert "Tess" not in coordinator.text
    answer = coordinator.page.request.get(f"{coordinator.address}/cases/{case.reference}/")
    assert answer.status == 404

    leader = visitor(head)
    leader.open(f"/cases/{case.reference}/")
    assert "0900-111 3 111" in leader.page.locator(".urgent-banner").inner_text()
    leader.page.locator(".what-now").get_by_role(
        "link", name=dutch("Close the case"), exact=True
    ).click()
    leader.choose(outcome="with_the_board")
    leader.fill(
        grounds="Aan het bestuur en de vertrouwensinspecteur overgedragen.",
        agreements="Het bestuur houdt mij op de hoogte.", told="De ouders, door het bestuur.",
    )  # fmt: skip
    leader.press("Close the case")
    assert not Case.objects.get().is_open


def test_13_a_talk_that_clears_it_up_ends_the_case_and_the_signals_stay(visitor, school, pupil):
    case = case_of(pupil)
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/conversation/")
    coordinator.choose(kind="parents", concern="gone", help_wanted="unsure")
    coordinator.fill(
        attendees="Moeder, mentor", facts_brought="De plek op haar arm.",
        reactions="Een val op het plein; drie kinderen zagen het.",
    )  # fmt: skip
    coordinator.press("Save the talk")
    gone = dutch("Is all concern gone? Then close the case with that ground. The signals stay.")
    assert gone in asked(coordinator)
    coordinator.page.locator(".what-now").get_by_role(
        "link", name=dutch("Close the case"), exact=True
    ).click()
    # Nothing was decided: the one ground that is left is the talk.
    assert coordinator.page.locator("[name=outcome]").count() == 1
    coordinator.choose(outcome="cleared")
    coordinator.fill(
        grounds="Een val, door drie kinderen gezien.", agreements="De mentor let op.",
        told="De mentor, aan moeder en dochter.",
    )  # fmt: skip
    coordinator.press("Close the case")
    closed = Case.objects.get()
    assert (closed.outcome, closed.period) == ("cleared", "look_back")
    assert closed.signals.count() == 2
    assert dutch("The dossier is kept until five years after the pupil leaves the school.") in (
        coordinator.text
    )


def test_the_page_of_all_rules_reads_on_a_phone(visitor, school):
    teacher = visitor(member(Role.TEACHER, school))
    teacher.open("/protocol/")
    assert teacher.page.locator(".rule[id^=R]").count() == 44
    teacher.page.get_by_role("link", name=dutch("After the decision")).click()
    assert teacher.page.locator("#R44").count() == 1


def test_a_coordinator_sets_a_period_and_leaves_a_step_out(visitor, school, pupil):
    case = case_of(pupil)
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open("/cases/")
    coordinator.press("Periods of your school")
    coordinator.fill(talk="99")
    coordinator.press("Save the periods")
    assert coordinator.page.locator(".error-summary").is_visible()
    coordinator.fill(talk="15")
    before = Case.objects.get().deadline
    coordinator.press("Save the periods")
    assert Case.objects.get().deadline > before

    coordinator.open(f"/cases/{case.reference}/")
    card = coordinator.page.locator(".what-now .task").first
    card.locator("summary").click()
    card.get_by_role("link", name=dutch("Not doing this? Write down why")).click()
    coordinator.fill(grounds="Ouders zijn in het buitenland tot na de vakantie.")
    coordinator.press("Save the grounds")
    assert Case.objects.get().step == 4
    coordinator.open("/cases/statistics/")
    assert "R16" in coordinator.text
