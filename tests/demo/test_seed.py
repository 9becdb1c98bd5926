"""The demo schools: what they hold, and that each case says what the protocol says of it."""

from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import School, User
from cases.deadlines import running
from cases.facts import facts_for_many
from cases.models import Case, DueItem, Reminder, RightsRequest
from cases.protocol import STEPS, guide
from cases.reminders.sweep import sweep
from cases.rights_requests.actions import KEEP
from consultations.models import AgendaItem, Invitation, Meeting
from meldcode.demo.people import PASSWORD, SHOWN, VLIERBOOM
from meldcode.demo.seed import demo_people, plant_demo

pytestmark = pytest.mark.django_db

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MOMENTS = {
    "a Monday morning": datetime(2026, 9, 7, 8, 5, tzinfo=AMSTERDAM),
    "a Saturday": datetime(2026, 10, 10, 14, 0, tzinfo=AMSTERDAM),
    "between Christmas and New Year": datetime(2026, 12, 27, 11, 0, tzinfo=AMSTERDAM),
    "just after New Year": datetime(2027, 1, 2, 0, 30, tzinfo=AMSTERDAM),
    "the night in which the clock goes ahead": datetime(2027, 3, 28, 1, 30, tzinfo=AMSTERDAM),
    "after King's Day": datetime(2026, 4, 30, 23, 50, tzinfo=AMSTERDAM),
}
HARDEST = {"the night in which the clock goes ahead"}


def contradictions(cases, now):
    """Return the cases that say something else than the protocol says of their facts."""
    facts = facts_for_many(cases, now)
    wrong = []
    for case in cases:
        guidance = guide(facts[case.pk])
        due = next((period.due for period in running(guidance)), None)
        said = (case.step, case.attention, case.in_charge, case.deadline)
        follows = (guidance.step, int(guidance.attention), guidance.in_charge, due)
        if said != follows:
            wrong.append((case.reference, said, follows))
    return wrong


# What a day makes of the cases is the same on any database: on PostgreSQL one night is asked.
@pytest.mark.parametrize(
    "now",
    [
        pytest.param(now, id=name, marks=() if name in HARDEST else pytest.mark.any_database)
        for name, now in MOMENTS.items()
    ],
)
def test_every_case_says_what_the_protocol_says(now):
    plant_demo(now)
    cases = list(Case.objects.select_related("pupil"))
    assert len(cases) >= 45
    assert contradictions(cases, now) == []


@pytest.mark.any_database
class TestPlanted:
    """What the demo schools hold."""

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _planted(cls, standing):
        with standing():
            plant_demo()
            yield

    def test_the_school_shows_every_part_of_the_walk(self):
        school = School.objects.get(name=VLIERBOOM.name)
        still_open = Case.objects.filter(school=school).open()
        assert 30 <= still_open.count() <= 50
        assert set(still_open.values_list("step", flat=True)) == {step.number for step in STEPS}
        assert set(still_open.values_list("attention", flat=True)) == set(Case.Attention.values)
        assert Case.objects.filter(school=school, closed_at__isnull=False).exists()
        assert still_open.filter(responsible__isnull=True).exists()
        worker = User.objects.get(email="gezinswerker@demo.example")
        assert Invitation.objects.of(worker).filter(accepted_at__isnull=True).exists()

    def test_the_founding_story_ends_with_help_that_works(self):
        case = Case.objects.get(pupil__given_name="Jildou")
        assert case.step == 5
        assert case.decisions.get().help == "buurtteam"
        assert case.decisions.get().referrals.get().sent_at is not None
        assert case.feedbacks.latest("recorded_at").effect == "works"

    def test_each_school_has_a_contact_book_and_a_meeting_with_an_agenda(self):
        for school in School.objects.all():
            telephones = school.contacts.standing().values_list("telephone", flat=True)
            assert len(telephones) == 5
            assert all(telephone.startswith("030 000") for telephone in telephones)
            assert any(contact.needs_check for contact in school.contacts.all())
            following = Meeting.objects.next_of(school)
            assert following.starts_at > timezone.now()
            assert AgendaItem.objects.on_agenda_of(following).count() >= 1

    def test_the_register_shows_requests_that_wait_and_one_that_two_people_decide_on(self):
        school = School.objects.get(name=VLIERBOOM.name)
        leader, administrator = (
            User.objects.get(email=f"{key}@demo.example") for key in ("schoolleider", "beheerder")
        )
        asked = RightsRequest.objects.visible_to(leader, KEEP)
        waiting = asked.filter(answered_on=None)
        assert not any(one.is_late for one in waiting)
        assert {one.kind for one in asked} == set(RightsRequest.Kind)
        # What was granted against the table's advice says why.
        assert all(one.explained for one in asked.exclude(outcome="") if one.warned)
        due = DueItem.objects.waiting().get()
        assert (due.case.school, due.case.closed_at is None) == (school, False)
        for person in (leader, administrator):
            assert DueItem.objects.waiting().visible_to(person).get() == due

    def test_one_case_stands_still(self):
        assert sweep(timezone.now()) >= 1
        assert Reminder.objects.exists()

    def test_everybody_shown_can_sign_in_and_nobody_is_real(self):
        addresses = {person.key: person.email for person in demo_people()}
        for key, __ in SHOWN:
            assert User.objects.get(email=addresses[key]).check_password(PASSWORD)
        assert all(address.endswith(".example") for address in addresses.values())
        for school in School.objects.select_related("buurtteam"):
            assert school.buurtteam.telephone.startswith("030 000")


@pytest.mark.any_database
def test_it_refuses_where_real_pupils_could_be(settings):
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="--anyway"):
        call_command("seed_demo")
    assert not School.objects.exists()
    call_command("seed_demo", anyway=True, stdout=StringIO())
    assert School.objects.count() == 2


@pytest.mark.any_database
def test_twice_makes_nothing_twice(settings):
    settings.DEMO = True
    for __ in range(2):
        call_command("seed_demo", stdout=StringIO())
    assert School.objects.count() == 2


def test_a_database_that_holds_something_is_left_alone(settings, school):
    settings.DEMO = True
    call_command("seed_demo", if_empty=True, stdout=StringIO())
    assert School.objects.get() == school


@pytest.mark.any_database
def test_preparing_prints_an_account_for_each_role(settings):
    settings.DEMO = True
    said = StringIO()
    call_command("prepare_demo", stdout=said)
    call_command("prepare_demo", stdout=said)
    assert said.getvalue().count("docent@demo.example") == 2
    assert said.getvalue().count(PASSWORD) == 2 * len(SHOWN)


def test_preparing_production_makes_no_accounts(settings):
    settings.DEMO = False
    call_command("prepare_demo", stdout=StringIO())
    assert not User.objects.exists()
