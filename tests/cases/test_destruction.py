"""Destruction: all of it goes, two people approved it, it stays gone, and figures do not change."""

import hashlib
import json
import uuid
from collections import Counter
from datetime import date, timedelta
from unittest import mock

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from guardian.shortcuts import assign_perm

from accounts.access import Permission
from accounts.drafts import models as drafts
from accounts.drafts.actions import keep
from accounts.drafts.models import Draft
from accounts.roles import Role
from audit.chain import first_fault, seal_waiting
from audit.kinds import Kind
from audit.models import LogEntry
from background import cleaning
from cases.destruction import approving, erasing, fates, listing, tasks, work
from cases.destruction.shown import kinds_of, overview
from cases.errors import ActionError, Immutable
from cases.figures.counting import count
from cases.figures.school_year import SchoolYear
from cases.figures.walks import read
from cases.files.actions import ORPHANED_FOR
from cases.models import (
    Case,
    Conversation,
    Destruction,
    DueItem,
    Hold,
    KeptCount,
    Notification,
    PaperJob,
    Pupil,
    PupilImport,
    Tombstone,
    YearExport,
)
from cases.notifications.cleaning import KEPT as TOLD
from cases.protocol.keeping import BY_ITSELF
from cases.retention import school_rule
from referrals.models import Referral
from tests.accounts.page import Page
from tests.audit.everything import everything
from tests.canary import MARKER, Markers, columns
from tests.cases.records import decision
from tests.cases.test_figures import LAST, walked
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConsultationFactory,
    PupilFactory,
    ReceivedDossierFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db

LONG_AGO = date(2018, 7, 10)


@pytest.fixture(autouse=True)
def _a_list_of_its_own(settings, tmp_path):
    settings.TOMBSTONES = tmp_path / "apart" / "tombstones.jsonl"


def over(*cases):
    """Let the period of cases be over: closed, and their pupils left long ago."""
    for case in cases:
        Case.objects.filter(pk=case.pk).update(
            closed_at=timezone.now() - timedelta(days=9 * 365), outcome="cleared",
            closing_grounds="Opgehelderd.", retention_years=5, kept_until=date(2023, 7, 10),
        )  # fmt: skip
        Pupil.objects.filter(pk=case.pupil_id).update(left_on=LONG_AGO)


def approve(school, *people):
    """Approve as each of some people what they see."""
    for person in people:
        waiting = [
            item
            for item in approving.to_approve(person, school)
            if approving.place_for(person, item, school.pk)
        ]
        approving.approve(school, person, seen=approving.digest(waiting))


def destroy():
    """Let the time to think again pass, and the worker do it."""
    Destruction.objects.update(not_before=timezone.now())
    for run in Destruction.objects.filter(state="waiting"):
        tasks.destroy(str(run.public_id))


def ways_to(*goals):
    """Return every model with a way to one of some models, along foreign keys."""
    found, models = set(goals), apps.get_models(include_auto_created=True)
    while (
        new := {
            model
            for model in models
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model in found
        }
        - found
    ):
        found |= new
    return found


def test_every_model_with_a_way_to_a_case_or_a_pupil_has_its_fate():
    table = {fate.model: fate for fate in fates.table()}
    missing = ways_to(Case, Pupil) - set(table)
    assert not missing, "say in destroyed.py what destroying a case does with these"
    for fate in table.values():
        there = {
            field.name for field in fate.model._meta.concrete_fields
            if field.get_internal_type() == "FileField"
        }  # fmt: skip
        assert there <= set(fate.files), "its files would stay in the store"
        # A model with several ways to a case names each by which rows of another case could come.
        assert fate.case or fate.pupil


def test_nothing_of_it_is_left_but_references_and_counts(
    settings, django_capture_on_commit_callbacks
):
    markers = Markers()
    world = everything(markers)
    school, people = world.school, world.people
    of_pupil = [world.case, world.closed, world.restricted]
    references = {case.reference for case in of_pupil}
    theirs = {
        word for word, (words, __) in markers.meaning.items() if words.cases & references
    }  # fmt: skip
    assert len(theirs) > 80
    rest = set(markers.meaning) - theirs
    of_others = Counter({m: m._base_manager.count() for m in ways_to(Case, Pupil)})
    Hold.objects.all().delete()
    over(*of_pupil)
    second_leader = member(Role.SCHOOL_LEADER, school)
    listing.look_again(school, people["administrator"])
    with django_capture_on_commit_callbacks(execute=True):
        approve(school, people["administrator"], people["leader"], second_leader)
        destroy()

    assert Destruction.objects.filter(state="done").count() == 3  # each pair, the board's apart
    assert not Pupil.objects.filter(pk=world.pupil.pk).exists()
    left = {}
    for model in apps.get_models(include_auto_created=True):
        text = "\n".join(columns(model._base_manager.all()))
        if found := {w.lower() for w in MARKER.findall(text)} & theirs:
            left[model.__name__] = found
        names = {str(world.pupil.public_id), *references} - {world.pupil.given_name}
        if model not in (LogEntry, Tombstone) and any(name in text for name in names):
            left[model.__name__] = "a reference"
    assert left == {}
    files = [path.read_bytes().decode("latin-1") for path in settings.MEDIA_ROOT.rglob("*")
             if path.is_file()]  # fmt: skip
    assert not {w.lower() for w in MARKER.findall("".join(files))} & theirs
    # What is of others stays: nothing of theirs was taken along.
    there = "".join(
        "".join(columns(m._base_manager.all())) for m in apps.get_models() if m is not LogEntry
    )
    assert len(rest & {w.lower() for w in MARKER.findall(there)}) > 0.8 * len(rest)
    assert all(m._base_manager.count() < of_others[m] for m in (Case, Pupil, Conversation))
    connection.check_constraints()
    # The certificates say how much, the audit who, and its chain holds.
    for run in Destruction.objects.exclude(pk=world.certificate.pk):
        assert run.certificate["cases"] >= 1
        assert run.first_by_id != run.second_by_id
        assert len(run.sha256) == 64
        assert run.files_left == []
        assert not MARKER.search(json.dumps(run.certificate).replace(school.name, ""))
    rows = LogEntry.objects.filter(kind=Kind.DESTROYED)
    assert set(rows.exclude(case_reference="").values_list("case_reference", flat=True)) == (
        references
    )
    seal_waiting(all_of_them=True)
    assert first_fault() is None


@pytest.fixture
def due(school):
    """Two cases of which the period is over, one of them with a file; and a pupil without one."""
    # By these the first is destroyed first.
    references = ("M-222222", "M-333333")
    cases = [CaseFactory(pupil__school=school, reference=one) for one in references]
    AttachmentFactory(case=cases[0])
    over(*cases)
    PupilFactory(school=school, left_on=LONG_AGO)
    PupilFactory(school=school, left_on=timezone.localdate() - timedelta(days=30))
    return cases


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


def test_two_people_of_both_sides_approve_what_is_due_and_a_hold_keeps_it(
    due, school, administrator, coordinator, leader
):
    first, second = due
    held = approving.hold_back(first, coordinator, reason="Rechtszaak.", until=None)
    assert listing.look_again(school, administrator) == 2  # one held back, and one pupil
    assert listing.look_again(school, administrator) == 0
    # Neither side alone, whoever they are; and nobody twice.
    both = member(Role.ADMINISTRATOR, school)
    both.memberships.create(role=Role.COORDINATOR, school=school, starts_on=date(2020, 1, 1))
    approve(school, both, both)
    with pytest.raises(PermissionDenied):
        approve(school, member(Role.TEACHER, school))
    assert not Destruction.objects.exists()
    with pytest.raises(ActionError, match=r"changed|anders|veranderd"):
        approving.approve(school, leader, seen="what it was before")
    item = DueItem.objects.get(case=second)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database refuses it too
        DueItem.objects.filter(pk=item.pk).update(second_by=item.first_by)
    # Held back in the time to think again: what was approved is not.
    approve(school, leader)
    again = approving.hold_back(second, administrator, reason="Toch niet.", until=None)
    assert DueItem.objects.get(case=second).first_by is None
    destroy()
    assert {case.pk for case in Case.objects.all()} == {first.pk, second.pk}
    assert Destruction.objects.get().certificate["pupils"] == 1
    # Lifted, it is approved anew; and of one that is open again, or of a later day, nothing goes.
    for hold in (held, again):
        approving.lift(hold, coordinator, why="Uitspraak gedaan.")
    listing.look_again(school, administrator)
    approve(school, both, leader)
    Case.objects.filter(pk=second.pk).update(kept_until=timezone.localdate())
    destroy()
    assert [case.pk for case in Case.objects.all()] == [second.pk]


def test_whoever_must_not_know_of_a_case_approves_the_rest(
    due, school, administrator, coordinator, leader
):
    kept, seen = due
    kept.pupil.shut_outs.create(user=coordinator, ground="family", set_by=leader)
    Case.objects.filter(pk=seen.pk).update(restricted=True)
    listing.look_again(school, administrator)
    shown = {who: {item.case_id for item in approving.to_approve(who, school)} - {None}
             for who in (administrator, coordinator, leader)}  # fmt: skip
    assert shown == {
        administrator: {kept.pk}, coordinator: set(), leader: {kept.pk, seen.pk},
    }  # fmt: skip
    approve(school, administrator, coordinator, leader)
    # The board's line alone approves the one that is for it: two of them.
    assert DueItem.objects.get(case=seen).second_by is None
    approve(school, member(Role.SCHOOL_LEADER, school))
    boards = Destruction.objects.get(for_board=True)
    assert boards not in Destruction.objects.visible_to(administrator)
    assert boards in Destruction.objects.visible_to(leader)


def test_numbers_tell_nobody_of_a_case_that_is_kept_from_them(
    due, school, administrator, coordinator, leader
):
    kept, __ = due
    kept.pupil.shut_outs.create(user=coordinator, ground="family", set_by=leader)
    assert listing.look_again(school, coordinator) == 2  # a case and a pupil, of three
    approve(school, administrator, coordinator, leader)
    assert Destruction.objects.count() == 2
    (run,) = overview(coordinator, school).running
    assert len(run.shown) == run.shown_count - 1 == 1
    assert len(overview(leader, school).running) == 2


def test_killed_in_the_middle_it_goes_on_and_what_is_gone_stays_gone(
    due, school, administrator, leader, settings, django_capture_on_commit_callbacks
):
    first, __ = due
    listing.look_again(school, administrator)
    approve(school, administrator, leader)
    run, path = Destruction.objects.get(), settings.MEDIA_ROOT
    stored = [one for one in path.rglob("*") if one.is_file()]
    before = {m: list(m._base_manager.filter(pk__in=[first.pk, first.pupil_id]).values())
              for m in (Pupil, Case)}  # fmt: skip
    file = list(first.attachments.model._base_manager.filter(case=first).values())
    tasks.destroy(str(run.public_id))
    assert Case.objects.count() == 2, "there is a day to think again"
    # The worker dies once the first case is gone, before its file is.
    with mock.patch.object(work.tombstones, "remove_files", side_effect=MemoryError):
        destroy()
    run.refresh_from_db()
    assert (run.state, Case.objects.count(), len(run.files_left)) == ("running", 1, 1)
    assert stored[0].exists()
    with django_capture_on_commit_callbacks(execute=True):
        work.look_after(timezone.now() + work.STALE_AFTER + timedelta(minutes=1))
        destroy()
    run.refresh_from_db()
    assert (run.state, run.counts["through"], run.certificate["cases"]) == ("done", 3, 2)
    assert not Case.objects.exists()
    assert not any(one.exists() for one in stored)
    told = Notification.objects.filter(kind="destroyed").values_list("recipient", flat=True)
    assert set(told) == {administrator.pk, leader.pk}
    # A list apart holds what went, and no name.
    lines = settings.TOMBSTONES.read_text()
    assert len(lines.splitlines()) == 2 + 3 + 1
    assert first.reference in lines
    assert first.pupil.family_name not in lines

    # A backup comes back: rows, file, and a database that knows of no destruction.
    counts = list(KeptCount.objects.values_list("year", "name", "count"))
    Tombstone.objects.all().delete()
    Destruction.objects.all().delete()
    KeptCount.objects.all().delete()
    for model in (Pupil, Case):
        model._base_manager.bulk_create(model(**row) for row in before[model])
    first.attachments.model._base_manager.bulk_create(
        first.attachments.model(**row) for row in file
    )
    stored[0].parent.mkdir(exist_ok=True, parents=True)
    stored[0].write_bytes(b"Tien keer te")
    with settings.TOMBSTONES.open("a") as half:
        half.write('{"kind": "ca')
    for __ in range(2):
        call_command("replay_destruction")
        call_command("replay_destruction")
        assert not Case.objects.exists()
        assert not Pupil.objects.filter(pk=first.pupil_id).exists()
        assert not stored[0].exists()
        # And once more by hand, into the database that knows of it.
        Pupil._base_manager.bulk_create(Pupil(**row) for row in before[Pupil])
        Case._base_manager.bulk_create(Case(**row) for row in before[Case])
    call_command("replay_destruction")
    assert not Case.objects.exists()
    assert Destruction.objects.get().sha256 == run.sha256
    assert list(KeptCount.objects.values_list("year", "name", "count")) == counts


def test_a_certificate_does_not_tell_which_case_held_a_dossier_of_another_school(
    due, school, administrator, leader, signed_in
):
    """Whoever sends lists of pupils knows which child came from there, and reads certificates."""
    held, __ = due
    for __ in range(2):
        ReceivedDossierFactory(case=held)
    listing.look_again(school, administrator)
    approve(school, administrator, leader)
    destroy()
    run = Destruction.objects.get()
    # Of the three files one was the school's own, of which its trail tells.
    assert "cases.ReceivedDossier" not in run.certificate["rows"]
    assert (run.certificate["rows"]["cases.Attachment"], run.certificate["files"]) == (1, 1)
    assert run.certificate["rows"]["cases.Case"] == 2

    def shown():
        page = signed_in(administrator).get(reverse("cases:certificate", args=[run.public_id]))
        assert page.context["fits"]
        return Page(page).text.split("SHA-256")[0]

    # One of before counted all of them, and is as whole as it was.
    now, rows = shown(), run.certificate["rows"]
    rows = {**rows, "cases.Attachment": 3, "cases.ReceivedDossier": 2}
    of_before = {**run.certificate, "files": 3, "rows": rows}
    sha256 = hashlib.sha256(work.canonical(of_before)).hexdigest()
    Destruction.objects.update(certificate=of_before, sha256=sha256)
    assert shown() == now
    rows["cases.Attachment"] = 2  # and with no file but theirs
    assert "bestanden" not in dict(kinds_of({"rows": rows, "files": 2}))


def test_figures_of_a_year_stay_as_they_were(school, administrator, leader):
    for fields in ({}, {"help": "none", "report": True}):
        walked(school, **fields)
    left = walked(school)
    cases = Case.objects.filter(school=school, restricted=False)
    before = count(read(cases, LAST, school=school), LAST)
    assert before["signals", LAST.first] == 6
    gone = cases.exclude(pk=left.pk)
    gone.update(kept_until=date(2023, 7, 10), retention_years=5)
    Pupil.objects.filter(cases__in=gone).update(left_on=LONG_AGO)
    listing.look_again(school, administrator)
    approve(school, administrator, leader)
    destroy()
    assert cases.count() == 1
    assert count(read(cases, LAST, school=school), LAST) == before
    assert count(read(cases, SchoolYear(LAST.first - 1), school=school), LAST.before) == count(
        read(cases, LAST.before), LAST.before
    )


def test_nothing_else_gets_past_what_refuses_it(due, coordinator):
    for refused in (
        due[0].delete,
        Case.objects.all().delete,
        due[0].attachments.get().delete,
        due[0].attachments.all().delete,
    ):
        with pytest.raises(Immutable):
            refused()


def test_the_yearly_list_is_made_after_the_summer_and_tells_who_approves(
    due, school, administrator, coordinator
):
    listing.list_all(date(2026, 8, 31))
    assert not DueItem.objects.exists()
    for __ in range(2):
        listing.list_all(date(2026, 9, 1))
    assert DueItem.objects.count() == 3
    told = {user.pk for user in (administrator, coordinator)}
    assert set(administrator.notifications.model.objects.filter(
        kind="destruction_listed").values_list("recipient", flat=True)) == told  # fmt: skip


def test_the_page_of_a_closed_case_says_that_it_is_held_back(due, coordinator, signed_in):
    first, __ = due
    teacher = member(Role.TEACHER, first.school)
    assign_perm("cases.take_part", teacher, first)

    def page(person, name="cases:detail"):
        return signed_in(person).get(reverse(name, args=[first.reference])).content.decode()

    url = reverse("cases:hold", args=[first.reference])
    assert url in page(coordinator)
    assert url not in page(teacher)
    held = approving.hold_back(first, coordinator, reason="Rechtszaak.", until=None)
    lifting = reverse("cases:lift_hold", args=[held.public_id])
    for name in ("cases:detail", "cases:whole"):
        shown = page(coordinator, name)
        assert lifting in shown
        assert url not in shown
        # Why stands on the page of the hold, which asks a fresh second factor.
        assert "Rechtszaak" not in shown
        assert "Wordt niet vernietigd" in page(teacher, name)
        assert lifting not in page(teacher, name)
    approving.lift(held, coordinator, why="Uitspraak gedaan.")
    assert url in page(coordinator)


def test_nobody_thinks_that_theirs_holds_where_a_colleagues_does(due, administrator, leader):
    case, tomorrow = due[0], timezone.localdate() + timedelta(days=1)
    short = approving.hold_back(case, administrator, reason="Kort.", until=tomorrow)
    assert approving.hold_back(case, administrator, reason="Kort.", until=tomorrow) == short
    with pytest.raises(ActionError, match=r"already|al "):
        approving.hold_back(case, leader, reason="Rechtszaak.", until=None)
    approving.lift(short, leader, why="Er loopt een rechtszaak.")
    approving.hold_back(case, leader, reason="Rechtszaak.", until=None)
    with pytest.raises(ActionError, match=r"already|al "):
        approving.hold_back(case, administrator, reason="Ook.", until=None)
    assert [one.reason for one in Hold.objects.standing()] == ["Rechtszaak."]


def test_the_pages_show_references_and_no_name_and_ask_a_fresh_second_factor(
    due, school, administrator, leader, signed_in
):
    held, shown = due
    listing.look_again(school, administrator)
    approving.hold_back(held, administrator, reason="Rechtszaak.", until=None)
    client = signed_in(administrator)
    for name in ("cases:destruction", "cases:approve_destruction", "cases:retention"):
        page = client.get(reverse(name)).content.decode()
        assert not any(case.pupil.family_name in page for case in due), name
    assert shown.reference in client.get(reverse("cases:destruction")).content.decode()
    url = reverse("cases:approve_destruction")
    stale = signed_in(administrator, second_factor_ago=timedelta(minutes=20))
    assert "reauthenticate" in stale.post(url, {"sure": "on"})["Location"]
    assert client.post(url, {"seen": "x", "sure": "on"}).status_code == 422
    unsure = {"seen": client.get(url).context["form"]["seen"].value()}
    assert client.post(url, unsure).status_code == 422
    for person in (administrator, leader):
        browser = signed_in(person)
        seen = browser.get(url).context["form"]["seen"].value()
        assert browser.post(url, {"seen": seen, "sure": "on"}).status_code == 302
    destroy()
    run = Destruction.objects.get()
    page = client.get(reverse("cases:certificate", args=[run.public_id]))
    assert page.context["fits"]
    Destruction.objects.update(certificate={**run.certificate, "cases": 0})
    assert not client.get(page.request["PATH_INFO"]).context["fits"]
    # What the school keeps longer holds for cases that are closed from now on, with its reason.
    wish = {"case_years": "9", "case_reason": "Besluit van het bestuur.", "pupil_years": "2"}
    assert client.post(reverse("cases:retention"), wish).status_code == 302
    assert (school_rule(school.pk).years, school_rule(school.pk).reason) == (9, wish["case_reason"])
    assert client.post(reverse("cases:retention"), {**wish, "case_years": "21"}).status_code == 422
    assert signed_in(leader).post(reverse("cases:retention"), wish).status_code in (403, 404)


def test_what_was_left_unfinished_about_a_case_goes_with_it(coordinator, school):
    """A draft hangs on no row: it names a case, or what is in it, by a reference or an id."""
    case, other = CaseFactory(pupil__school=school), CaseFactory(pupil__school=school)
    signal = SignalFactory(case=case)
    question = ConsultationFactory(case=case)
    report = Referral.objects.create(
        decision=decision(case, timezone.now()), to="veilig_thuis", family_told=True
    ).reports.create(started_by=coordinator, saved_by=coordinator)
    forms = (
        f"talk:{case.reference}", f"correction:{signal.reference}", f"advice:{question.reference}",
        f"report:{report.public_id.hex}", "signal",
    )  # fmt: skip
    for form in (*forms, f"talk:{other.reference}"):
        keep(coordinator, form, uuid.uuid4(), b"words=Blauw", whom=Permission.MOVE_CASE)
    over(case)
    with transaction.atomic():
        erasing.erase_case(Case.objects.get(pk=case.pk), "X", coordinator)
    left = Draft.objects.order_by("pk").values_list("form", flat=True)
    assert list(left) == ["signal", f"talk:{other.reference}"]


def test_what_goes_by_itself_goes_when_the_page_says():
    (sent_after, __), (read_after, __), *__ = TOLD
    periods = (
        drafts.KEPT.lasts, PaperJob.kept_for, YearExport.kept_for, PupilImport.kept_for,
        read_after, sent_after, ORPHANED_FOR, cleaning.KEPT_FOR,
    )  # fmt: skip
    words = {timedelta(days=365): "a year", timedelta(days=14): "14 days"}
    words |= {timedelta(days=n): f"{n} days" for n in (7, 60)}
    words |= {timedelta(hours=n): f"{n} hours" for n in (24, 36)}
    with translation.override("en"):
        said = [str(row.how_long) for row in BY_ITSELF]
    assert said[: len(periods)] == [words[period] for period in periods]
