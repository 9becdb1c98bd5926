""" "Mijn taken": what each row of the table finds, whom it tells nothing, and in which order."""

from datetime import datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from guardian.shortcuts import assign_perm

from accounts.models import Membership, User
from accounts.roles import Role
from cases.actions import refresh
from cases.models import ShutOut
from cases.protocol.rules import BY_CODE
from cases.todo import registry
from cases.todo.tasks import Asked, Task, When, in_mail, in_order
from consultations.models import Consultation, Invitation
from tests.cases import todo_situations as made
from tests.cases.todo_situations import SITUATIONS
from tests.factories import (
    ConsultationFactory,
    InvitationFactory,
    SchoolFactory,
    SignalFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def tasks(user: User) -> dict[str, Task]:
    """Return the tasks of somebody as they have them now, the last of each kind."""
    fresh = User.objects.get(pk=user.pk)
    return {task.kind: task for task in registry.tasks_of(fresh, timezone.now())}


def one_of(role: Role, school) -> User:
    return member(role, school.buurtteam if role == Role.BUURTTEAM_WORKER else school)


def test_every_row_of_the_table_has_its_situation():
    assert {row.kind for row in SITUATIONS} == {row.kind for row in registry.declared()}


OF_OWN_SIGNALS = {"severe_signal", "keep_watching"}


@pytest.mark.any_database
@pytest.mark.parametrize("row", SITUATIONS, ids=lambda row: row.make.__name__)
def test_a_row_of_the_table(row, school, signed_in):
    """It stands there for whom it is, with a click that leads somewhere; for others it does not."""
    user = one_of(row.role, school)
    elsewhere = one_of(row.role, SchoolFactory())
    assert row.kind not in tasks(user)
    case = row.make(user, school)
    task = tasks(user)[row.kind]
    assert (task.due is not None) is row.dated
    browser = signed_in(user)
    assert browser.get(task.url.partition("#")[0]).status_code == 200
    page = browser.get(reverse("todo")).content.decode()
    assert f'href="{task.url}"' in page
    assert ("Achternaamsma" in page) is ("Achternaamsma" in task.about)
    assert tasks(elsewhere) == {}
    if case is not None:
        shut_out = ShutOut.objects.create(
            pupil=case.pupil, user=user, ground="family", set_by=UserFactory()
        )
        # What one logged oneself one knows: that a task of it went would tell that one is kept out.
        assert (row.kind in tasks(user)) is (row.kind in OF_OWN_SIGNALS)
        shut_out.delete()
    Membership.objects.filter(user=user).update(ended_at=timezone.now())
    assert tasks(user) == {}


@pytest.mark.any_database
def test_no_mail_says_a_name(school):
    lines, now = [], timezone.now()
    for row in SITUATIONS:
        user = one_of(row.role, school)
        row.make(user, school)
        asked = registry.tasks_of(user, now)
        lines += in_mail(asked, now)
        by_rule = [task for task in asked if task.kind in ("case", "board", "severe_signal")]
        assert not {str(t.text) for t in by_rule} & {str(line.text) for line in lines}
    # Nor what the protocol asks, which would say what is going on.
    names = {
        "Veilig Thuis",
        "Achternaamsma",
        school.name,
        *User.objects.values_list("name", flat=True),
    }
    for language in ("nl", "en"):
        with translation.override(language):
            text = render_to_string("email/_tasks.txt", {"lines": lines})
        assert not [name for name in names if name in text]
        for line in lines:
            assert line.reference in text
        assert "://" not in text  # nor an address, which names the step
    with translation.override("nl"):
        assert "te laat sinds" in render_to_string("email/_tasks.txt", {"lines": lines})


@pytest.mark.parametrize("ending", ["withdrawn", "declined", "handed over", "concluded", "closed"])
def test_an_invitation_that_ended_asks_nothing(ending, school, family_worker):
    for make in (made.invitation, made.advice, made.times, made.mention, made.moment):
        make(family_worker, school)
    assert {"invitation", "advice", "times", "mention", "moment"} <= set(tasks(family_worker))
    now = timezone.now()
    all_of_them, rooms = Invitation.objects.all(), Consultation.objects.all()
    if ending == "withdrawn":
        all_of_them.update(withdrawn_at=now)
    elif ending == "declined":
        all_of_them.update(declined_at=now, declined_why="Verlof.")
    elif ending == "handed over":
        all_of_them.update(handed_over_at=now)
    elif ending == "concluded":
        rooms.update(closed_at=now, outcome="Klaar.")
    else:
        for room in rooms:
            room.case.closed_at, room.case.outcome = now, "other"
            room.case.closing_grounds = "Klaar."
            room.case.save()
    assert tasks(family_worker) == {}


def test_an_author_learns_nothing_of_what_others_saw_or_did(school, teacher):
    case = made.keep_watching(teacher, school)
    before = registry.tasks_of(teacher, timezone.now())
    SignalFactory(case=case, severe=True)
    refresh(case, None)
    made.asked(school)
    assert registry.tasks_of(teacher, timezone.now()) == before
    case.closed_at, case.outcome, case.closing_grounds = timezone.now(), "other", "Klaar."
    case.save()
    assert registry.tasks_of(teacher, timezone.now()) == before


def test_only_the_buurtteam_is_told_that_the_case_to_which_it_is_invited_is_severe(
    school, teacher, family_worker
):
    case = made.keep_watching(teacher, school)
    room, new = (ConsultationFactory(case=case) for __ in range(2))
    for user, team in ((teacher, None), (family_worker, school.buurtteam)):
        InvitationFactory(
            consultation=room, user=user, buurtteam=team, accepted_at=timezone.now()
        )  # fmt: skip
        InvitationFactory(consultation=new, user=user, buurtteam=team)
    before = registry.tasks_of(teacher, timezone.now())
    SignalFactory(case=case, severe=True)
    refresh(case, None)
    assert registry.tasks_of(teacher, timezone.now()) == before
    told = [tasks(family_worker)[kind] for kind in ("advice", "invitation")]
    assert [(task.urgent, task.due) for task in told] == [(True, None)] * 2


def test_a_signal_asks_its_author_at_once_and_then_to_watch(school, teacher):
    case = made.severe_signal(teacher, school)
    assert set(tasks(teacher)) == {"severe_signal"}
    case.signals.update(recorded_at=timezone.now() - 2 * DAY)
    assert set(tasks(teacher)) == {"keep_watching"}
    case.signals.update(recorded_at=timezone.now() - 60 * DAY)
    assert tasks(teacher) == {}


def test_whose_a_case_is(school, coordinator):
    """Of who is responsible, of whom it was handed over to, and of who takes their place."""
    case = made.concern(coordinator, school)
    takes_part, handed, stands_in = (member(Role.TEACHER, school) for __ in range(3))
    assign_perm("cases.take_part", takes_part, case)
    assign_perm("cases.handed_over", handed, case)
    replaced = coordinator.memberships.get()
    Membership.objects.filter(user=stands_in).update(role=Role.COORDINATOR, replaces=replaced)
    colleague = member(Role.COORDINATOR, school)
    assert {user for user in (coordinator, takes_part, handed, stands_in, colleague)
            if "case" in tasks(user)} == {coordinator, handed, stands_in}  # fmt: skip


def test_what_the_protocol_asks_is_said_in_its_words_with_its_deadline(school, coordinator):
    case = made.concern(coordinator, school)
    task = tasks(coordinator)["case"]
    assert task.text == BY_CODE["R2"].asks
    assert task.url == reverse("consultations:new", args=[case.reference])
    assert task.due == case.deadline is not None
    SignalFactory(case=case, severe=True)
    refresh(case, None)
    task = tasks(coordinator)["case"]
    assert task.urgent
    # Where somebody is to be called, the case itself says whom.
    assert task.url == reverse("cases:detail", args=[case.reference])


def test_what_a_room_says_exactly_stands_in_place_of_what_the_protocol_asks(school, coordinator):
    case = made.concern(coordinator, school)
    room = ConsultationFactory(case=case, author=coordinator)
    refresh(case, None)
    assert {"case", "question"} == set(tasks(coordinator))
    room.advices.create(author=UserFactory(), text="Praat eerst.")
    found = tasks(coordinator)
    assert set(found) == {"outcome"}
    assert found["outcome"].due <= case.deadline


def test_only_who_may_record_an_outcome_is_asked_for_it(school, coordinator):
    leader = member(Role.SCHOOL_LEADER, school)
    made.outcome(UserFactory(), school)
    consultation = Consultation.objects.get()
    for user, expected in ((leader, False), (coordinator, True)):
        consultation.case.responsible = user
        consultation.case.save()
        assert ("outcome" in tasks(user)) is expected


def test_what_was_answered_is_waited_for_no_longer(school, coordinator):
    made.heard_of(made.unconfirmed(coordinator, school))
    made.heard_of(made.silent(coordinator, school))
    case = made.goal(coordinator, school)
    goal = case.decisions.get().plan.goals.get()
    case.feedbacks.create(
        author=coordinator, received_at=timezone.now(), text="Gezien.", effect="works",
        heard_from="school", helped_by="school",
    ).goal_effects.create(goal=goal, effect="reached")  # fmt: skip
    assert not {"referral", "goal"} & set(tasks(coordinator))


def test_a_goal_that_was_looked_at_on_its_day_waits_for_the_next_review(school, coordinator):
    case = made.goal(coordinator, school)
    goal = case.decisions.get().plan.goals.get()
    heard = made.feedback(case, timezone.now() - timedelta(days=3), helped_by="school")
    heard.goal_effects.create(goal=goal, effect="partly")
    goal.by_day = timezone.localdate() - timedelta(days=2)
    goal.save()
    assert "goal" in tasks(coordinator)  # looked at before its day: its day comes
    goal.by_day = timezone.localdate() - timedelta(days=3)
    goal.save()
    assert "goal" not in tasks(coordinator)


def test_a_goal_is_also_of_who_is_named_as_doing_it(school, coordinator, teacher):
    case = made.goal(coordinator, school)
    case.decisions.get().plan.goals.update(who=f"{teacher.name}, mentor")
    assert "goal" not in tasks(teacher)  # who does not see the case
    assign_perm("cases.take_part", teacher, case)
    assert "goal" in tasks(teacher)


def test_a_reminder_names_whom_to_remind_on_the_page(school, coordinator, signed_in):
    case = made.question(coordinator, school)
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam, name="Noor Proefveld")
    InvitationFactory(
        consultation=case.consultations.get(), user=worker, buurtteam=school.buurtteam,
        invited_by=coordinator,
    )  # fmt: skip
    assert "Noor Proefveld" in signed_in(coordinator).get(reverse("todo")).content.decode()
    # The invitation says who lets the question wait: it is not said twice.
    assert {"sent_invitation"} == {
        kind for kind, task in tasks(coordinator).items() if task.asked is Asked.BY_ME
    }


def test_the_order_and_its_parts():
    now = timezone.make_aware(datetime.fromisoformat("2026-11-25T10:00"))  # Wednesday

    def task(name: str, **fields: object) -> Task:
        return Task("x", Asked.OF_ME, name, "/", "Go", **fields)

    expected = [
        (When.OVERDUE, task("late and severe", due=now - HOUR, urgent=True)),
        (When.OVERDUE, task("late", due=now - DAY)),
        (When.TODAY, task("urgent", urgent=True)),
        (When.TODAY, task("today", due=now + HOUR)),
        (When.WEEK, task("tomorrow", due=now + DAY)),
        (When.WEEK, task("Sunday", due=now + 4 * DAY)),
        (When.LATER, task("Monday", due=now + 5 * DAY)),
        (When.NO_DATE, task("since long", since=now - DAY)),
        (When.NO_DATE, task("some day")),
    ]
    found = in_order([task for __, task in reversed(expected)], now)
    assert [(one.when(now), one.text) for one in found] == [(w, t.text) for w, t in expected]


@pytest.mark.parametrize("role", list(Role))
def test_who_has_nothing_to_do_reads_something_kind(role, school, signed_in):
    page = signed_in(one_of(role, school)).get(reverse("todo")).content.decode()
    assert 'class="empty"' in page
    assert '<ul class="link-cards">' not in page


def test_who_has_too_much_is_told_so(school, coordinator, signed_in, monkeypatch):
    monkeypatch.setattr(registry, "LIMIT", 2)
    for __ in range(3):
        made.concern(coordinator, school)
    found = registry.todo_list(registry.Reader(coordinator, timezone.now()))
    assert (len(found.tasks), found.cut) == (2, True)
    assert signed_in(coordinator).get(reverse("todo")).context["cut"]


def test_everybody_begins_with_their_tasks(school, signed_in):
    for role in Role:
        assert signed_in(one_of(role, school)).get("/").url == reverse("todo")
    assert signed_in(UserFactory()).get("/").status_code == 200
