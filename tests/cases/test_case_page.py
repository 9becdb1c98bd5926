"""The page of a case in parts, its picture, who may see what; a pupil over the years, siblings."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases.errors import ActionError
from cases.facts import facts_for, facts_for_many
from cases.models import Case, CaseUserObjectPermission, ShutOut, SiblingTie
from cases.page import CASE_PERMISSIONS, PARTS, permissions_on
from cases.picture import Course, pictures
from cases.siblings import actions
from cases.siblings.shown import siblings_of
from cases.timeline import timeline
from cases.who_sees import SHOWN, who_sees
from tests.accounts.page import Page
from tests.factories import CaseFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db
# Session, user, second factor, roles and bell are six of them.
MOST_QUERIES = 12


def text_of(browser, name, *args):
    answer = browser.get(reverse(name, args=args))
    assert answer.status_code == 200
    return Page(answer).text


def test_every_part_shows_its_own_and_the_whole_shows_all(world, signed_in):
    case, browser = world.case, signed_in(world.people["coordinator"])
    whole = text_of(browser, "cases:whole", case.reference)
    assert world.signal.facts in whole
    assert world.signal.facts in text_of(browser, "cases:step", case.reference, 1)
    assert world.consultation.question in text_of(browser, "cases:step", case.reference, 2)
    assert world.attachment.title in text_of(browser, "cases:files", case.reference)
    now = browser.get(reverse("cases:detail", args=[case.reference]))
    page = now.content.decode()
    assert world.signal.facts not in page
    # Mails of before lead to "#step-2", and each part is one tap away.
    for number in range(1, 6):
        assert f'id="step-{number}"' in page
        assert reverse("cases:step", args=[case.reference, number]) in page
    for name, *__ in PARTS:
        assert reverse(name, args=[case.reference]) in page
    assert browser.get(reverse("cases:step", args=[case.reference, 6])).status_code == 404
    # "Close the case" stands there once.
    assert page.count(reverse("cases:close", args=[case.reference])) <= 1
    readers = reverse("cases:readers", args=[case.reference])
    of_teacher = signed_in(world.people["participant"])
    assert readers not in of_teacher.get(now.request["PATH_INFO"]).content.decode()


def test_where_a_case_stands_takes_few_queries(world, signed_in):
    browser = signed_in(world.people["coordinator"])
    url = reverse("cases:detail", args=[world.case.reference])
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        browser.get(url)
    # Savepoints are of the test's own transaction.
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


def test_read_at_once_a_case_has_the_facts_that_it_has_among_many(world):
    case = Case.objects.select_related("pupil").get(pk=world.case.pk)
    SignalFactory(case=case, severe=True)
    now = timezone.now()
    assert facts_for(case, now) == facts_for_many([case], now)[case.pk]


def test_who_may_see_what_is_what_the_gate_says_of_each(world):
    for restricted in (False, True):
        Case.objects.filter(pk=world.case.pk).update(restricted=restricted)
        world.case.refresh_from_db()
        grants = CaseUserObjectPermission.objects.filter(content_object=world.case)
        held = list(grants.values_list("user_id", "permission__codename"))
        shown = {one.person.pk: one.permissions for one in who_sees(world.case, held)}
        at_school = {m.user for m in world.school.memberships.current().select_related("user")}
        for person in at_school:
            by_gate = {
                p
                for p in SHOWN
                if Case.objects.permitted(person, p).filter(pk=world.case.pk).exists()
            }
            assert shown.get(person.pk, set()) == by_gate, person
            assert permissions_on(world.case, person) == {
                p
                for p in CASE_PERMISSIONS
                if Case.objects.permitted(person, p).filter(pk=world.case.pk).exists()
            }


def test_the_picture_has_as_many_dots_for_five_hundred_moments(world):
    case = world.case
    # At one moment: on a slow machine the thirty took as long as all of the case had.
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        for __ in range(30):
            SignalFactory(case=case, author=world.people["author"])
        course = Course(case, timeline(case), (), timezone.now())
    for picture in pictures(course):
        signals, *others = picture.lanes
        assert len(others) >= 5
        assert len(signals.dots) <= 4
        assert sum(int(dot.text or 1) for dot in signals.dots) >= 31
        assert all(0 <= dot.x <= picture.size.width for dot in signals.dots)
    assert "31" in course.describe()


def test_a_pupil_over_the_years(world, signed_in):
    closed = {"closed_at": timezone.now(), "outcome": "cleared", "closing_grounds": "Opgehelderd."}
    before = CaseFactory(pupil=world.pupil, **closed)
    board = CaseFactory(pupil=world.pupil, restricted=True)
    seen = text_of(signed_in(world.people["coordinator"]), "cases:pupil", world.pupil.public_id)
    assert world.case.reference in seen
    assert before.reference in seen
    assert board.reference not in seen
    leader = text_of(signed_in(world.people["leader"]), "cases:pupil", world.pupil.public_id)
    assert board.reference in leader
    # Whoever is kept out sees a pupil as any other, without a case.
    kept_out = text_of(signed_in(world.people["conflicted"]), "cases:pupil", world.pupil.public_id)
    assert "Geen casus en geen signaal." in kept_out
    assert world.case.reference not in kept_out


def test_siblings_are_noted_both_ways_and_taken_back(world, signed_in):
    coordinator, other = world.people["coordinator"], PupilFactory(school=world.school)
    browser = signed_in(coordinator)
    add = reverse("cases:add_sibling", args=[other.public_id])
    found = browser.post(add, {"search": "1", "pupil_query": world.pupil.family_name})
    assert world.pupil.name in Page(found).text
    assert browser.post(add, {"pupil": world.pupil.public_id}).status_code == 302
    assert browser.post(add, {"pupil": world.pupil.public_id}).status_code == 302
    tie = SiblingTie.objects.of(other).get()
    assert (tie.first_id, tie.second_id) == tuple(sorted((other.pk, world.pupil.pk)))
    assert {s.pupil for s in siblings_of(world.pupil, coordinator)} == {world.sibling, other}
    assert [s.pupil for s in siblings_of(other, coordinator)] == [world.pupil]
    for wrong in (other, PupilFactory()):
        with pytest.raises(ActionError):
            actions.tie(other, coordinator, wrong)
    for person in ("teacher", "leader", "other_coordinator", "administrator"):
        with pytest.raises(PermissionDenied):
            actions.tie(other, world.people[person], world.pupil)
        with pytest.raises(PermissionDenied):
            actions.untie(tie, world.people[person])
    # Of somebody who went to another school nothing is shown here.
    type(other).objects.filter(pk=other.pk).update(school=PupilFactory().school)
    assert [s.pupil for s in siblings_of(world.pupil, coordinator)] == [world.sibling]
    type(other).objects.filter(pk=other.pk).update(school=world.school)
    end = reverse("cases:end_sibling", args=[world.pupil.public_id, tie.public_id])
    assert browser.post(end).status_code == 302
    tie.refresh_from_db()
    assert tie.ended_by == coordinator
    assert [s.pupil for s in siblings_of(world.pupil, coordinator)] == [world.sibling]


def test_the_case_of_a_sibling_stands_on_the_page_for_who_may_see_it_alone(world, signed_in):
    theirs = CaseFactory(pupil=world.sibling)
    board = CaseFactory(pupil=world.sibling, restricted=True)
    watcher = member(Role.COORDINATOR, world.school)
    detail = ("cases:detail", world.case.reference)
    pupil = ("cases:pupil", world.pupil.public_id)
    browser = signed_in(watcher)
    for page in (detail, pupil):
        assert theirs.reference in text_of(browser, *page)
        assert board.reference not in text_of(signed_in(world.people["leader"]), *page)
    assert theirs.reference not in text_of(signed_in(world.people["participant"]), *detail)
    # An interest in the one is not told by the page of the other: it is as if there were no case.
    as_if_none = dict.fromkeys((detail, pupil))
    ShutOut.objects.create(
        pupil=world.sibling, user=watcher, ground="family", set_by=world.people["leader"]
    )
    as_if_none = {page: text_of(browser, *page) for page in as_if_none}
    Case._base_manager.filter(pk__in=(theirs.pk, board.pk)).delete()
    ShutOut.objects.filter(user=watcher).delete()
    for page, text in as_if_none.items():
        assert text == text_of(browser, *page)
    assert world.sibling.name in as_if_none[pupil]
    assert "Geen casus en geen signaal." in text_of(browser, "cases:pupil", world.sibling.public_id)


@pytest.mark.parametrize(
    ("who", "leads_to", "not_to"),
    [
        ("author", "signals:mine", "people:people"),
        ("invited", "consultations:inbox", "cases:dashboard"),
        ("administrator", "background:work", "cases:dashboard"),
        ("leader", "cases:year_report", "background:work"),
        ("coordinator", "consultations:meetings", "background:work"),
    ],
)
def test_the_first_page_of_each_role_leads_to_what_they_come_for(
    world, signed_in, who, leads_to, not_to
):
    page = signed_in(world.people[who]).get(reverse("todo")).content.decode()
    assert f'href="{reverse(leads_to)}"' in page
    assert f'href="{reverse(not_to)}"' not in page
