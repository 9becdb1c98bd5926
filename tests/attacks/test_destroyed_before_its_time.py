"""Destruction: nobody hastens it, nobody who is kept out takes part in it, and it tells nobody."""

from datetime import date, timedelta
from threading import Thread

import pytest
from auditlog.context import set_actor
from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission
from accounts.people import actions as roles
from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases.destruction import approving, listing, work
from cases.destruction.erasing import erase_case
from cases.destruction.shown import overview
from cases.dossier import views
from cases.figures.counting import count
from cases.figures.school_year import SchoolYear
from cases.figures.walks import read
from cases.models import (
    Case,
    Destruction,
    DossierExport,
    DueItem,
    Notification,
)
from cases.need_to_know import actions as need_to_know
from cases.notifications.kinds import DESTROYED
from tests.accounts.page import Page, said
from tests.at_rest import whole_database
from tests.attacks.proof import shows
from tests.attacks.test_insider_races import in_between
from tests.cases.test_destruction import approve, destroy, over
from tests.cases.test_rights_requests import answer, ask
from tests.factories import CaseFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db
FAMILY = {"ground": "family", "explanation": "Vader."}


@pytest.fixture(autouse=True)
def _a_list_of_its_own(settings, tmp_path):
    settings.TOMBSTONES = tmp_path / "apart" / "tombstones.jsonl"


@pytest.fixture
def people(school):
    roles = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.SCHOOL_LEADER)
    return [member(role, school) for role in roles]


@pytest.fixture
def due(school, people):
    """A case that is due, and on the list."""
    case = CaseFactory(pupil__school=school)
    over(case)
    listing.look_again(school, people[0])
    return case


@shows("destroy-1")
def test_whoever_is_kept_out_since_destroys_nothing_by_what_they_approved(school, due, people):
    first, second, leader = people
    approve(school, first, second)
    need_to_know.shut_out(due, leader, second, **FAMILY)
    item = DueItem.objects.get(case=due)
    assert (item.first_by, item.second_by, item.destruction) == (None, None, None)
    destroy()
    assert Case.objects.filter(pk=due.pk).exists()


@shows("destroy-1")
def test_nor_by_what_they_approve_at_that_very_moment(school, due, people):
    first, second, leader = people
    approve(school, first, second)
    due.pupil.shut_outs.create(user=second, case=due, set_by=leader, **FAMILY)
    destroy()
    assert Case.objects.filter(pk=due.pk).exists()
    assert DueItem.objects.get(case=due).second_by is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
@pytest.mark.django_db(transaction=True)
@shows("destroy-2")
def test_a_hold_that_comes_while_somebody_approves_keeps_the_case(school, due, people, monkeypatch):
    first, second, leader = people
    approve(school, first)
    seen = approving.digest(approving.to_approve(second, school))
    in_between(
        monkeypatch, approving, "to_approve",
        lambda: approving.approve(school, second, seen=seen),
        lambda: approving.hold_back(due, leader, reason="Rechtszaak.", until=None),
    )  # fmt: skip
    destroy()
    assert Case.objects.filter(pk=due.pk).exists()
    assert DueItem.objects.get(case=due).destruction is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
@pytest.mark.django_db(transaction=True)
@shows("destroy-2")
def test_who_ends_a_role_waits_for_the_approval_that_is_being_given(
    school, due, people, monkeypatch
):
    first, second, __ = people
    approve(school, first)
    held = second.memberships.get()
    seen = approving.digest(approving.to_approve(second, school))

    def end() -> None:
        roles.end_role(held, first, school)
        connection.close()

    ending = Thread(target=end)

    def begin_to_end() -> None:
        ending.start()
        ending.join(1)
        held.refresh_from_db()
        assert held.ended_at is None

    said = in_between(
        monkeypatch, approving, "to_approve",
        lambda: approving.approve(school, second, seen=seen), begin_to_end,
    )  # fmt: skip
    ending.join(20)
    held.refresh_from_db()
    assert (said, held.ended_at is not None) == (1, True)


@shows("destroy-3")
def test_the_trail_of_what_was_kept_from_somebody_stays_so_once_it_is_gone(
    school, due, people, signed_in
):
    first, second, leader = people
    kept_out = member(Role.ADMINISTRATOR, school)
    need_to_know.shut_out(due, leader, kept_out, **FAMILY)
    signed_in(second).get(reverse("cases:detail", args=[due.reference]))
    trail = reverse("audit:school")
    assert due.reference not in signed_in(kept_out).get(trail).content.decode()
    approve(school, first, second)
    destroy()
    assert not Case.objects.exists()
    assert due.reference in signed_in(first).get(trail).content.decode()
    assert due.reference not in signed_in(kept_out).get(trail).content.decode()


@shows("destroy-3")
def test_nobody_is_told_of_a_list_on_which_they_may_see_nothing(school, people):
    case = CaseFactory(pupil__school=school, restricted=True)
    over(case)
    listing.list_all(date(2026, 9, 3))
    told = Notification.objects.filter(kind="destruction_listed")
    assert [one.recipient for one in told] == [people[2]]


@shows("destroy-4")
@pytest.mark.parametrize("begun", ["by hand", "by a request"])
def test_a_list_that_was_begun_before_is_no_reason_to_tell_nobody(school, people, begun):
    administrator, coordinator, leader = people
    case = CaseFactory(pupil__school=school)
    over(case)
    if begun == "by hand":
        listing.look_again(school, administrator)
    else:
        asked = ask(CaseFactory(pupil__school=school).pupil, coordinator, kind="destroy")
        answer(asked, coordinator, "granted", explained="Beiden hebben gezag.")
        # Of which nobody who is kept from it sees a sign: what is due was not looked for.
        assert overview(leader, school).made is None
    for __ in range(2):
        listing.list_all(date(timezone.localdate().year, 12, 1))
    told = Notification.objects.filter(kind="destruction_listed")
    assert {one.recipient for one in told} == set(people)
    assert told.count() == len(people)
    assert overview(leader, school).made.made_by is None
    assert DueItem.objects.get().case == case


@shows("destroy-4")
@pytest.mark.parametrize("granted", [True, False])
def test_whoever_looks_first_made_the_list_also_where_a_request_began_it(school, people, granted):
    __, coordinator, leader = people
    about = CaseFactory(pupil__school=school)
    over(about)
    about.pupil.shut_outs.create(user=coordinator, ground="family", set_by=leader)
    asked = ask(about.pupil, leader, kind="destroy")
    if granted:
        answer(asked, leader, "granted", explained="Beiden hebben gezag.")
    kinds = LogEntry.objects.mine(coordinator).values_list("kind", "content_type__model")
    with set_actor(coordinator):
        for __ in range(2):
            listing.look_again(school, coordinator)
    assert list(kinds) == [("made", "destructionlist")]
    listing.list_all(date(timezone.localdate().year, 12, 1))
    of_lists = LogEntry.objects.filter(content_type__model="destructionlist")
    assert of_lists.count() == 1


@shows("destroy-3")
@pytest.mark.parametrize("given_up", [False, True])
def test_the_list_does_not_say_which_cases_are_one_pupil_s(
    school, people, signed_in, time_machine, given_up
):
    """The register says on which day who asked it was granted: by its ground or place, a row would
    tell whose case it is, to who sees the case by its reference alone.
    """
    administrator, coordinator, leader = people
    time_machine.move_to(timezone.now(), tick=False)
    pupil = PupilFactory(school=school)
    for reference in ("M-222222", "M-444444"):
        over(CaseFactory(pupil__school=school, reference=reference))
    listing.look_again(school, administrator)
    for reference in ("M-555555", "M-333333"):
        over(CaseFactory(pupil=pupil, reference=reference))
    Case.objects.filter(pupil=pupil).update(kept_until=None)
    asked = ask(pupil, leader, kind="destroy")
    assert answer(asked, leader, "granted", explained="Beiden hebben gezag.") == 2
    in_order = ["M-222222", "M-333333", "M-444444", "M-555555"]

    def rows(person):
        page = Page(signed_in(person).get(reverse("cases:destruction")))
        found = [[said(cell) for cell in row] for row in page.root.iter("tr")]
        return {row[0][:8]: row[1:3] for row in found if row[0][:8] in in_order}

    assert list(rows(administrator)) == list(rows(coordinator)) == in_order
    assert set(map(tuple, rows(administrator).values())) == {("–", "Mag weg")}
    # Who sees the cases approves by what they know of them.
    assert rows(coordinator)["M-222222"] == ["10 juli 2023", "De termijn is voorbij"]
    assert rows(coordinator)["M-333333"] == ["–", "Op verzoek"]
    # Nor do what was approved, the trail of it, and what was destroyed.
    before = LogEntry.objects.latest("pk").pk
    with set_actor(administrator):
        approve(school, administrator)
    with set_actor(coordinator):
        approve(school, coordinator)
    (run,) = overview(administrator, school).running
    assert [item.case.reference for item in run.shown] == in_order
    if given_up:
        before = LogEntry.objects.latest("pk").pk
        with set_actor(coordinator):
            work.give_up(run)
    else:
        destroy()
    trail = LogEntry.objects.of_school(school, administrator).filter(pk__gt=before)
    for kind in (Kind.CHANGED,) if given_up else (Kind.CHANGED, Kind.DESTROYED):
        of_cases = trail.filter(kind=kind).exclude(case_reference="").order_by("pk")
        shown = list(dict.fromkeys(of_cases.values_list("case_reference", flat=True)))
        assert shown == in_order, kind


@shows("destroy-3")
def test_that_a_run_waits_stands_in_the_trail_once_it_is_over(school, due, people, signed_in):
    first, second, __ = people
    trail = reverse("audit:school")
    before = signed_in(first).get(trail).content.decode().count("· vernietiging")
    approve(school, first, second)
    assert signed_in(first).get(trail).content.decode().count("· vernietiging") == before
    destroy()
    assert signed_in(first).get(trail).content.decode().count("· vernietiging") > before


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
@pytest.mark.django_db(transaction=True)
@shows("destroy-1")
@shows("destroy-2")
@pytest.mark.parametrize("meanwhile", ["held back", "kept out"])
def test_what_is_taken_back_while_a_colleague_approves_is_not_approved(
    school, due, people, monkeypatch, meanwhile
):
    """Behind the look whether it is due still."""
    first, second, leader = people
    approve(school, first)
    seen = approving.digest(approving.to_approve(second, school))

    def take_back() -> None:
        if meanwhile == "held back":
            approving.hold_back(due, leader, reason="Rechtszaak.", until=None)
        else:
            need_to_know.shut_out(due, leader, first, **FAMILY)
        connection.close()

    taking = Thread(target=take_back)

    def begin_to_take_back() -> None:
        taking.start()
        taking.join(1)

    said = in_between(
        monkeypatch, approving, "still_due",
        lambda: approving.approve(school, second, seen=seen), begin_to_take_back,
    )  # fmt: skip
    taking.join(20)
    item = DueItem.objects.get(case=due)
    assert (said, item.first_by, item.second_by, item.destruction) == (1, None, None, None)


def test_an_approval_of_a_period_is_none_of_a_request(school, due, people):
    """By it one person's will was enough: the first had said yes to something else."""
    first, second, __ = people
    approve(school, first)
    assert DueItem.objects.get(case=due).first_by == first
    answer(ask(due.pupil, second, "destroy"), second, explained="De termijn is voorbij.")
    item = DueItem.objects.get(case=due)
    assert (item.ground, item.first_by, item.second_by) == (DueItem.Ground.REQUEST, None, None)


def test_figures_do_not_begin_to_count_what_was_kept_from_who_reads_them(school, people):
    __, coordinator, leader = people
    other = member(Role.COORDINATOR, school)
    case, beside = CaseFactory(pupil__school=school), CaseFactory(pupil__school=school)
    over(case, beside)
    Case.objects.update(opened_at=F("closed_at") - timedelta(days=20))
    for one in Case.objects.all():
        SignalFactory(case=one, recorded_at=one.opened_at, observed_at=one.opened_at)
    need_to_know.shut_out(case, leader, coordinator, **FAMILY)
    years = range(2017, timezone.localdate().year + 1)

    def figures(person) -> list:
        seen = Case.objects.permitted(person, Permission.SEE_FIGURES).filter(school=school)
        return [
            count(read(seen, year, school=school, by=person), year)
            for year in map(SchoolYear, years)
        ]

    before = {person: figures(person) for person in (coordinator, other)}
    assert before[coordinator] != before[other]
    for one in Case.objects.all():
        erase_case(one, "ABCDEFGH", leader)
    for person, counted in before.items():
        for was, now in zip(counted, figures(person), strict=True):
            assert {k: v for k, v in now.items() if v != was.get(k, 0)} == {}


def test_no_reason_outlives_its_case_where_a_paper_is_fetched_as_it_goes(
    school, people, signed_in, monkeypatch
):
    __, coordinator, leader = people
    case = CaseFactory(pupil__school=school)
    paper = DossierExport(
        case=case, requested_by=coordinator, reason="Voor de rechter.", number=1, state="ready",
        sha256="b" * 64,
    )  # fmt: skip
    paper.file.save("een.pdf", ContentFile(b"%PDF"), save=False)
    paper.save()
    write = views.record_taken

    def destroyed_meanwhile(*args):
        erase_case(Case.objects.get(pk=case.pk), "ABCDEFGH", leader)
        return write(*args)

    monkeypatch.setattr(views, "record_taken", destroyed_meanwhile)
    url = reverse("cases:export_download", args=[paper.public_id])
    assert signed_in(coordinator).get(url).status_code == 404
    assert "Voor de rechter" not in whole_database()


@shows("destroy-3")
@pytest.mark.parametrize("meanwhile", ["held back", "came back"])
def test_a_run_of_which_nothing_went_tells_nobody(
    school, due, people, signed_in, meanwhile, time_machine
):
    """Its certificate told who is kept out that there is a case, which was there still."""
    time_machine.move_to(timezone.now(), tick=False)  # each page says when it was printed
    first, second, leader = people
    kept_out, page = member(Role.COORDINATOR, school), reverse("cases:destruction")
    need_to_know.shut_out(due, leader, kept_out, **FAMILY)
    before = Page(signed_in(kept_out).get(page)).text
    approve(school, first, second)
    if meanwhile == "held back":
        approving.hold_back(due, second, reason="Er loopt een klacht.", until=None)
    else:
        due.pupil.left_on = None
        due.pupil.save()
        Case.objects.filter(pk=due.pk).update(kept_until=None)
    destroy()
    run = Destruction.objects.get()
    assert (run.state, run.certificate) == (Destruction.State.FAILED, None)
    assert Page(signed_in(kept_out).get(page)).text == before
    assert not Notification.objects.filter(kind=DESTROYED).exists()
    assert not LogEntry.objects.filter(kind=Kind.DESTROYED).exists()
    gone = signed_in(second).get(reverse("cases:certificate", args=[run.public_id]))
    assert gone.status_code == 404
    # What is left of it is approved anew.
    item = DueItem.objects.get(case=due)
    assert (item.first_by, item.second_by, item.destruction) == (None, None, None)


@shows("destroy-3")
def test_a_certificate_says_nothing_of_what_was_kept_all_the_same(school, due, people):
    other = CaseFactory(pupil__school=school)
    over(other)
    listing.look_again(school, people[0])
    approve(school, *people[:2])
    Case.objects.filter(pk=due.pk).update(kept_until=None)
    destroy()
    run = Destruction.objects.get()
    assert run.certificate["cases"] == 1
    assert "kept" not in run.certificate
    assert Case.objects.filter(pk=due.pk).exists()


@shows("destroy-3")
def test_how_far_a_run_is_counts_nothing_that_is_hidden(
    school, due, people, signed_in, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)  # each page says when it was printed
    other, kept_out = CaseFactory(pupil__school=school), member(Role.COORDINATOR, school)
    over(other)
    listing.look_again(school, people[0])
    need_to_know.shut_out(due, people[2], kept_out, **FAMILY)
    approve(school, *people[:2])
    Destruction.objects.update(state="running", started_at=timezone.now())
    page, browser = reverse("cases:destruction"), signed_in(kept_out)
    before = Page(browser.get(page)).text
    assert "Dit wordt nu vernietigd." in before
    work._one(Destruction.objects.get(), DueItem.objects.get(case=due).pk)
    assert not Case.objects.filter(pk=due.pk).exists()
    assert Page(browser.get(page)).text == before


def test_runs_of_which_nothing_went_push_no_certificate_off_the_page(school, due, people):
    approve(school, *people[:2])
    destroy()
    Destruction.objects.bulk_create(
        Destruction(school=school, state=Destruction.State.FAILED) for __ in range(50)
    )
    assert [run.state for run in overview(people[0], school).done] == ["done"]
