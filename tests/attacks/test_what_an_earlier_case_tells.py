"""What the page of a case tells of another case of the pupil, to whom that one is not open."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases.actions import refresh
from cases.dossier.contents import Composer, dossier
from cases.models import Answer, Assessment, Case, DossierExport, Notification, Reminder
from cases.need_to_know.actions import shut_out
from cases.reminders.sweep import sweep
from tests.accounts.page import Page
from tests.factories import CaseFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db

BEFORE = timedelta(days=800)


def test_who_takes_part_in_a_case_hears_nothing_of_one_that_ended_without_them(
    school, coordinator, teacher, signed_in
):
    """A mild signal; and two years ago, with other people, the pupil's home was weighed unsafe."""
    pupil, then = PupilFactory(school=school), timezone.now() - BEFORE
    earlier = CaseFactory(
        pupil=pupil, opened_at=then, closed_at=then, outcome="help_works", closing_grounds="Goed.",
        closed_by=coordinator,
    )  # fmt: skip
    by = {"case": earlier, "author": coordinator, "recorded_at": then}
    weighed = Assessment.objects.create(**by, assessed_at=then)
    case = SignalFactory(case=CaseFactory(pupil=pupil), author=teacher).case
    assign_perm("cases.take_part", teacher, case)
    page, browser = reverse("cases:detail", args=[case.reference]), signed_in(teacher)
    assert browser.get(reverse("cases:detail", args=[earlier.reference])).status_code == 404
    quiet = browser.get(page).context["guidance"].tasks
    Answer.objects.create(assessment=weighed, question="unsafety", answer="acute", grounds="x")
    told = browser.get(page).context["guidance"].tasks
    assert [task.rule for task in told] == [task.rule for task in quiet]


@pytest.mark.parametrize("grant", ["take_part", "handed_over"])
def test_a_closed_case_tells_its_people_nothing_of_a_newer_one(
    school, coordinator, teacher, grant, signed_in, time_machine
):
    """By when one looks back on it stood there until a newer case came, which ends that."""
    time_machine.move_to(timezone.now(), tick=False)  # each page says when it was printed
    pupil, then = PupilFactory(school=school), timezone.now() - timedelta(days=5)
    case = CaseFactory(
        pupil=pupil, opened_at=then - timedelta(days=30), closed_at=then, outcome="help_works",
        closing_grounds="Goed.", closed_by=coordinator,
    )  # fmt: skip
    assign_perm(f"cases.{grant}", teacher, case)
    pages = [
        reverse(f"cases:{name}", args=[case.reference]) for name in ("detail", "timeline", "whole")
    ]
    browser, moves = signed_in(teacher), signed_in(coordinator)

    def shown(who):
        return [Page(who.get(url)).text for url in pages]

    before, of_coordinator = shown(browser), shown(moves)
    quiet = browser.get(pages[0]).context["guidance"].attention
    SignalFactory(case=CaseFactory(pupil=pupil), author=coordinator)
    assert shown(browser) == before
    assert browser.get(pages[0]).context["guidance"].attention == quiet
    assert "erugkijken" in before[0]
    assert shown(moves) != of_coordinator  # who sees that one too


def test_a_signal_tells_who_is_not_its_author_nothing_of_their_next_one(
    school, coordinator, teacher, signed_in, time_machine
):
    """Asked signal by signal, it told whose the newer one is."""
    time_machine.move_to(timezone.now(), tick=False)  # each page says when it was printed
    pupil, colleague = PupilFactory(school=school), member(Role.TEACHER, school)
    then = timezone.now() - timedelta(days=5)
    case = CaseFactory(
        pupil=pupil, opened_at=then - timedelta(days=30), closed_at=then, outcome="help_works",
        closing_grounds="Goed.", closed_by=coordinator,
    )  # fmt: skip
    assign_perm("cases.take_part", teacher, case)
    signal = SignalFactory(case=case, author=colleague)
    url = reverse("signals:detail", args=[signal.reference])
    before = {who: Page(signed_in(who).get(url)).text for who in (teacher, colleague)}
    SignalFactory(case=CaseFactory(pupil=pupil), author=colleague)
    assert Page(signed_in(teacher).get(url)).text == before[teacher]
    assert Page(signed_in(colleague).get(url)).text != before[colleague]  # it is theirs to know


def test_no_paper_of_a_closed_case_tells_that_a_newer_one_ended_looking_back(
    school, coordinator, time_machine
):
    """Its cover said what runs, and its timeline when somebody was reminded of that; or nothing."""
    now, pupil = timezone.now(), PupilFactory(school=school)
    case = CaseFactory(pupil=pupil, opened_at=now - timedelta(days=20))
    SignalFactory(case=case, author=coordinator, recorded_at=now - timedelta(days=20))
    closed = {"closed_at": now - timedelta(days=1), "outcome": "cleared", "closed_by": coordinator}
    Case.objects.filter(pk=case.pk).update(closing_grounds="Een val.", **closed)
    case.refresh_from_db()
    refresh(case, None)
    export = DossierExport.objects.create(
        case=case, requested_by=coordinator, reason="Inzage.", variant="whole", number=1
    )

    def paper() -> tuple[str, list[object]]:
        for days in (100, 110):
            time_machine.move_to(now + timedelta(days=days))
            sweep(timezone.now())
        composer = Composer(dossier(export, now))
        time_machine.move_to(now)
        return summary(composer), composer.dossier.timeline

    with transaction.atomic():
        alone = paper()
        assert Reminder.objects.filter(case=case).exists()
        transaction.set_rollback(True)
    SignalFactory(case=CaseFactory(pupil=pupil, opened_at=now), recorded_at=now)
    assert paper() == alone


def test_no_step_of_a_closed_case_tells_its_participants_of_the_next(
    school, coordinator, teacher, signed_in, time_machine
):
    """When its look back was due, the sweep wrote a step and an attention that the next one has."""
    now, pupil = timezone.now(), PupilFactory(school=school)
    case = CaseFactory(pupil=pupil, opened_at=now - timedelta(days=20))
    SignalFactory(case=case, recorded_at=now - timedelta(days=20))
    closed = {"closed_at": now - timedelta(days=1), "outcome": "cleared", "closed_by": coordinator}
    Case.objects.filter(pk=case.pk).update(closing_grounds="Een val.", **closed)
    case.refresh_from_db()
    refresh(case, None)
    assign_perm("cases.take_part", teacher, case)

    def shown() -> tuple[str, ...]:
        case.refresh_from_db()
        browser = signed_in(teacher)
        names = ("detail", "timeline", "whole", "step")
        urls = [
            reverse(f"cases:{name}", args=[case.reference, *([1] if name == "step" else [])])
            for name in names
        ]
        return tuple(Page(browser.get(url)).text for url in urls)

    def a_season_later() -> tuple[str, ...]:
        for days in (100, 110):
            time_machine.move_to(now + timedelta(days=days))
            sweep(timezone.now())
        reminded.append(Reminder.objects.filter(case=case).exists())
        time_machine.move_to(now)
        return shown()

    reminded: list[bool] = []
    with transaction.atomic():
        alone = a_season_later()
        transaction.set_rollback(True)
    SignalFactory(case=CaseFactory(pupil=pupil, opened_at=now), recorded_at=now)
    assert a_season_later() == alone
    assert reminded == [True, False]


def summary(composer) -> str:
    """Where the case stands, as it is printed: until here the steps are."""
    shown = {"dossier": composer.dossier, "case": composer.dossier.case, **composer.cover()}
    return render_to_string("pdf/_summary.html", shown).partition("<table")[0]


@pytest.mark.parametrize(
    ("kind", "knows"), [("parents", False), ("school", False), ("whole", True)]
)
def test_a_paper_that_goes_out_counts_no_signal_of_another_case(school, coordinator, kind, knows):
    """With one signal it said that the signals were mapped, where an earlier case had one."""
    pupil, now = PupilFactory(school=school), timezone.now()
    case = SignalFactory(case=CaseFactory(pupil=pupil), author=coordinator).case
    export = DossierExport.objects.create(
        case=case, requested_by=coordinator, reason="Inzage.", variant=kind, number=1
    )
    refresh(case, None)
    alone = Composer(dossier(export, now))
    before = (alone.dossier.steps[0], summary(alone))
    then = now - timedelta(days=60)
    earlier = CaseFactory(
        pupil=pupil, opened_at=then, closed_at=then, outcome="help_works", closing_grounds="Goed.",
        closed_by=coordinator,
    )  # fmt: skip
    SignalFactory(case=earlier, author=coordinator, recorded_at=then)
    refresh(case, None)
    now_too = Composer(dossier(export, now))
    assert (now_too.dossier.steps[0] != before[0]) is knows
    assert (summary(now_too) != before[1]) is knows


@pytest.mark.parametrize("board", [True, False])
def test_who_ran_a_closed_case_stays_written_there(school, coordinator, teacher, signed_in, board):
    """That they went from its page told that they were kept out, in a case that came since."""
    pupil, then = PupilFactory(school=school), timezone.now() - timedelta(days=30)
    colleague = member(Role.COORDINATOR, school)
    closed = CaseFactory(
        pupil=pupil, opened_at=then, closed_at=then, outcome="help_works", closing_grounds="Goed.",
        closed_by=colleague, responsible=coordinator,
    )  # fmt: skip
    assign_perm("cases.take_part", teacher, closed)
    newer = CaseFactory(pupil=pupil, restricted=board, responsible=coordinator)
    by = member(Role.SCHOOL_LEADER, school)
    shut_out(newer, by, coordinator, ground="family", explanation="")
    newer.refresh_from_db()
    assert newer.responsible is None
    page = Page(signed_in(teacher).get(reverse("cases:detail", args=[closed.reference])))
    assert coordinator.name in page.text
    url = reverse("cases:detail", args=[closed.reference])
    assert signed_in(coordinator).get(url).status_code == 404


@pytest.mark.parametrize("newer", [True, False])
def test_who_ran_a_closed_case_is_told_of_looking_back_while_they_run_cases(
    school, coordinator, teacher, time_machine, newer
):
    """A newer case ends looking back: for whoever may know of none, silence told of it."""
    then = timezone.now() - timedelta(days=200)
    case = CaseFactory(
        pupil=PupilFactory(school=school), opened_at=then, closed_at=then, outcome="help_works",
        closing_grounds="Goed.", closed_by=coordinator, responsible=teacher,
    )  # fmt: skip
    assign_perm("cases.take_part", teacher, case)
    refresh(case, None)
    if newer:
        SignalFactory(case=CaseFactory(pupil=case.pupil), author=coordinator)
    sweep(timezone.now())
    told = set(Notification.objects.filter(case=case).values_list("recipient", flat=True))
    assert told == (set() if newer else {coordinator.pk})
