"""No page asks the database more often when there are more cases or more records."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases.models import Deviation, LookBack, Pupil, Statement
from cases.notifications.telling import notify
from consultations.models import AgendaItem
from referrals.models import HelpPlan, Referral
from referrals.report.fill import filled
from referrals.report.models import Report
from signals.models import Signal, SignalFinding
from tests.cases.records import NOW, assessment, decision, feedback
from tests.cases.todo_situations import SITUATIONS
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConsultationFactory,
    ContactFactory,
    ConversationFactory,
    InvitationFactory,
    MeetingFactory,
    PupilFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
    member,
)
from tests.searches import address

pytestmark = [pytest.mark.django_db, pytest.mark.production]

FEW, MANY = 2, 14


def queries(browser, url, method="get", data=None):
    with CaptureQueriesContext(connection) as captured:
        assert getattr(browser, method)(url, data).status_code == 200
    return [query["sql"] for query in captured]


def assert_constant(browser, url, more, *sent):
    """Compare the queries of a page with few and with many of what ``more`` makes."""
    more(FEW)
    queries(browser, url, *sent)  # what is remembered between two requests is remembered in both
    few = queries(browser, url, *sent)
    more(MANY)
    many = queries(browser, url, *sent)
    assert len(few) == len(many), "\n".join(many)


def cases_of(school, count, **fields):
    """Make cases with a signal each, by people who are all different."""
    made = []
    for __ in range(count):
        case = CaseFactory(pupil=PupilFactory(school=school), responsible=UserFactory(), **fields)
        signal = SignalFactory(case=case, author=member(Role.TEACHER, school))
        SignalCategoryFactory(signal=signal, code="tired")
        ConversationFactory(case=case, buurtteam_consent=True)
        decision(case, NOW, to={"buurtteam": NOW}).referrals.update(accepted_at=NOW)
        made.append(case)
    return made


def records_of(case, count):
    """File records of every step, with all that can hang under them."""
    for __ in range(count):
        signal = SignalFactory(case=case)
        SignalCategoryFactory(signal=signal, code="tired")
        newer = SignalFactory(case=case, corrects=signal, correction_reason="Anders.")
        who = {"case": case, "author": UserFactory()}
        SignalFinding.objects.create(**who, signal=newer, grounds="Een val.")
        LookBack.objects.create(**who, seen="Lacht weer.", result="watch")
        Deviation.objects.create(**who, kind="order", step=3, grounds="Haast.")
        Statement.objects.create(
            **who, step=3, said_by="parent", about="Het gesprek.", text="Ik zei dat niet."
        )
        consultation = ConsultationFactory(
            case=case, closed_at=NOW, closed_by=UserFactory(), outcome="Klaar."
        )
        busy(consultation)
        ConversationFactory(case=case)
        assessment(case, NOW, danger="no", risks="yes")
        AttachmentFactory(case=case)
        AttachmentFactory(
            case=case,
            withdrawn_at=NOW,
            withdrawn_by=UserFactory(),
            withdrawn_why="Hoort hier niet.",
        )
        made = decision(case, NOW, to={"buurtteam": NOW}, help="buurtteam")
        made.referrals.update(sent_by=UserFactory(), confirmed_by=UserFactory(), confirmed_at=NOW)
        report_of(decision(case, NOW, to={"veilig_thuis": NOW}, report=True))
        chain_of(case, made)
        case.step_changes.create(from_step=1, to_step=2, by=UserFactory())
        case.exports.create(requested_by=UserFactory(), reason="Inzage door ouders.")
        reminder = case.reminders.create(
            cycle=1, step=2, period="ask", deadline=signal.recorded_at, level=0
        )
        reminder.notifications.create(
            recipient=UserFactory(), case=case, kind="reminder", key=f"{reminder.pk}"
        )
        assign_perm("cases.take_part", member(Role.TEACHER, case.school), case)


def report_of(made):
    """File the report of a decision, and take a copy."""
    who = UserFactory()
    report = Report.objects.create(
        referral=made.referrals.get(), started_by=who, saved_by=who, filed_by=who, filed_at=NOW
    )
    report.copies.create(requested_by=UserFactory(), reason="Voor Veilig Thuis.")
    return report


def chain_of(case, made):
    """Let the referral of a decision go along the chain, with letters and goals beside it."""
    first, letter = made.referrals.get(), AttachmentFactory(case=case)
    people = {
        f"{name}_by": UserFactory() for name in ("sent", "assessing", "accepted", "passed_on")
    }
    moments = dict.fromkeys(("sent_at", "assessing_at", "accepted_at", "passed_on_at"), NOW)
    second = Referral.objects.create(
        decision=made, to="save", passed_on_from=first, contact=ContactFactory(school=case.school),
        **people, **moments,
    )  # fmt: skip
    third = Referral.objects.create(
        decision=made, to="raad", passed_on_from=second, sent_at=NOW, sent_by=UserFactory(),
        closed_at=NOW, closed_by=UserFactory(), contact=ContactFactory(school=case.school),
    )  # fmt: skip
    heard = feedback(case, NOW, referral=third)
    for one in (first, second, third, heard):
        one.letters.add(letter)
    plan = HelpPlan.objects.create(decision=made)
    goal = plan.goals.create(number=1, what="Op tijd.", added_by=UserFactory())
    heard.goal_effects.create(goal=goal, effect="partly")


def busy(consultation):
    """Let all hang under a consultation that can."""
    who, number = UserFactory(), consultation.pieces.count()
    declined = InvitationFactory(consultation=consultation, declined_at=NOW, declined_why="Verlof.")
    handed = InvitationFactory(consultation=consultation, handed_over_at=NOW)
    InvitationFactory(consultation=consultation, in_place_of=handed)
    InvitationFactory(consultation=consultation, user=who, accepted_at=NOW)
    advice = consultation.advices.create(author=UserFactory(), text="Praat eerst.")
    advice.mentions.create(user=declined.user)
    consultation.pieces.create(position=number + 1, title="Signaal", text="Huilde.")
    consultation.reads.create(user=who)
    later = timezone.now() + timedelta(days=1 + number)
    time = consultation.times.create(starts_at=later, proposed_by=UserFactory())
    time.answers.create(user=who, can=True)


@pytest.mark.parametrize("view", ["all", "mine", "severe", "overdue", "closed", "searched"])
def test_the_dashboard(coordinator, school, signed_in, view):
    url = f"{reverse('cases:dashboard')}?view={view}"
    if view == "searched":
        url = address("cases:dashboard", "van", coordinator)
    assert_constant(signed_in(coordinator), url, lambda count: cases_of(school, count))


def test_the_page_of_a_case(coordinator, school, signed_in):
    (case,) = cases_of(school, 1)
    url = reverse("cases:detail", args=[case.reference])
    assert_constant(signed_in(coordinator), url, lambda count: records_of(case, count))


def test_a_report_and_what_fills_it(coordinator, school, signed_in):
    (case,) = cases_of(school, 1)
    report = report_of(decision(case, NOW, to={"veilig_thuis": NOW}, report=True))
    browser = signed_in(coordinator)
    for name in ("referrals:report", "referrals:read_report_out"):
        url = reverse(name, args=[report.public_id])
        assert_constant(browser, url, lambda count: records_of(case, count))

    def filling():
        with CaptureQueriesContext(connection) as captured:
            filled(Referral.objects.get(reports=report), coordinator)
        return len(captured)

    filling()  # whose role it is, is remembered
    few = filling()
    records_of(case, MANY)
    assert filling() == few


def test_the_page_of_a_signal_with_many_others(coordinator, school, signed_in):
    (case,) = cases_of(school, 1)
    url = reverse("signals:detail", args=[Signal.objects.get().reference])
    assert_constant(signed_in(coordinator), url, lambda count: records_of(case, count))


def test_the_page_of_a_referral(coordinator, school, signed_in):
    (case,) = cases_of(school, 1)
    made = decision(case, NOW, to={"buurtteam": NOW}, help="buurtteam")
    about = made.referrals.get()

    def more(count):
        records_of(case, count)
        for __ in range(count):
            feedback(case, NOW, referral=about).letters.add(AttachmentFactory(case=case))

    url = reverse("referrals:detail", args=[about.public_id])
    assert_constant(signed_in(coordinator), url, more)


def test_the_form_of_what_was_heard(coordinator, school, signed_in):
    (case,) = cases_of(school, 1)

    def more(count):
        records_of(case, count)
        plan = HelpPlan.objects.order_by("-pk").first()
        for number in range(count):
            plan.goals.create(number=number + 2, what="Op tijd.", added_by=coordinator)

    url = reverse("referrals:feedback", args=[case.reference])
    assert_constant(signed_in(coordinator), url, more)


def test_a_case_of_the_agenda(coordinator, school, signed_in):
    waits, dealt_with = cases_of(school, 2)
    meeting = MeetingFactory(school=school, made_by=coordinator)
    room = ConsultationFactory(case=dealt_with, closed_at=NOW, closed_by=coordinator, outcome="Ja.")
    AgendaItem.objects.create(case=waits, asked_by=coordinator)
    AgendaItem.objects.create(
        case=dealt_with, asked_by=coordinator, meeting=meeting, consultation=room, minutes="Ja."
    )

    def more(count):
        for __ in range(count):
            signal = SignalFactory(case=waits, author=UserFactory())
            SignalCategoryFactory(signal=signal, code="tired")
            SignalFinding.objects.create(
                case=waits, author=UserFactory(), signal=signal, grounds="Een val."
            )
            AgendaItem.objects.create(case=CaseFactory(pupil__school=school), asked_by=coordinator)
            busy(room)

    for case in (waits, dealt_with):
        url = reverse("consultations:discuss", args=[meeting.public_id, case.reference])
        assert_constant(signed_in(coordinator), url, more)


def test_a_consultation(coordinator, school, signed_in):
    (case,) = cases_of(school, 1)
    room = ConsultationFactory(case=case)

    def more(count):
        for __ in range(count):
            busy(room)

    for name in ("detail", "agree", "outcome"):
        url = reverse(f"consultations:{name}", args=[room.reference])
        assert_constant(signed_in(coordinator), url, more)


def test_the_inbox_of_a_family_worker(family_worker, school, signed_in):
    def more(count):
        own = {"user": family_worker, "buurtteam": school.buurtteam}
        for case in cases_of(school, count):
            room = ConsultationFactory(case=case)
            busy(room)
            InvitationFactory(**own, consultation=room, accepted_at=NOW)
            before = InvitationFactory(consultation=room, handed_over_at=NOW)
            new = ConsultationFactory(case=case)
            InvitationFactory(**own, consultation=new, in_place_of=before)
            ended = ConsultationFactory(
                case=case, closed_at=NOW, closed_by=UserFactory(), outcome="Klaar."
            )
            InvitationFactory(**own, consultation=ended, accepted_at=NOW)

    assert_constant(signed_in(family_worker), reverse("consultations:inbox"), more)


def test_my_signals_and_cases(teacher, school, signed_in):
    def more(count):
        for case in cases_of(school, count):
            SignalFactory(case=case, author=teacher)
            assign_perm("cases.take_part", teacher, case)

    assert_constant(signed_in(teacher), reverse("signals:mine"), more)


@pytest.mark.parametrize("role", [*Role])
def test_my_tasks(role, school, signed_in):
    place = school.buurtteam if role == Role.BUURTTEAM_WORKER else school
    user = member(role, place)

    def more(count):
        for __ in range(min(count, 5)):
            for row in SITUATIONS:
                if row.role == role:
                    row.make(user, school)

    assert_constant(signed_in(user), reverse("todo"), more)


@pytest.mark.parametrize("name", ["signals:new", "signals:pupils"])
def test_choosing_a_pupil(teacher, school, signed_in, name):
    # The page is asked; its list, while one types.
    method = "get" if name == "signals:new" else "post"

    def more(count):
        PupilFactory.create_batch(count, school=school)
        for pupil in Pupil.objects.filter(school=school, cases=None):
            SignalFactory(case=CaseFactory(pupil=pupil), author=teacher)

    assert_constant(signed_in(teacher), reverse(name), more, method, {"pupil_query": "van"})


@pytest.mark.parametrize("name", ["consultations:new", "cases:participants"])
def test_choosing_people(coordinator, school, signed_in, name):
    (case,) = cases_of(school, 1)

    def more(count):
        for __ in range(count):
            member(Role.TEACHER, school)
            member(Role.BUURTTEAM_WORKER, school.buurtteam)

    assert_constant(signed_in(coordinator), reverse(name, args=[case.reference]), more)


def test_the_list_behind_the_bell_and_the_bell_itself(coordinator, school, signed_in):
    def more(count):
        for case in cases_of(school, count):
            room = ConsultationFactory(case=case)
            for kind, about in (("severe", ""), ("advised", room.reference)):
                key = f"{case.pk}"
                notify(kind, [coordinator.pk], key, case=case, about=about)

    browser = signed_in(coordinator)
    for name in ("notifications:list", "notifications:settings", "help"):
        assert_constant(browser, reverse(name), more)
