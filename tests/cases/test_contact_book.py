"""The contact book: who keeps it, which numbers it takes, and where its numbers appear."""

import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from cases.contact_book import actions
from cases.contact_book.calls import Numbers, calls_for, out_of_hours
from cases.contact_book.organisations import Organisation
from cases.contact_book.reminders import remind
from cases.contact_book.telephone import judged
from cases.models import Contact, OutboxMessage
from cases.notifications.outbox import deliver
from cases.protocol import CONTACTS
from meldcode.celery import app
from tests.factories import (
    BuurtteamFactory,
    CaseFactory,
    ContactFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)
from tests.test_query_counts import assert_constant

pytestmark = pytest.mark.django_db

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BY_DAY = datetime(2026, 11, 25, 10, 0, tzinfo=AMSTERDAM)
AT_NIGHT = datetime(2026, 11, 25, 23, 0, tzinfo=AMSTERDAM)


def book(browser, school):
    return browser.get(f"{reverse('cases:contacts')}?school={school.pk}").content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("030 123 45 67", "030 123 45 67"),
        (" 030-1234567 ", "030-1234567"),
        ("(030) 123 45 67", "(030) 123 45 67"),
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("088  123 45 67", "088 123 45 67"),
        ("112", "112"),
        ("14 030", "14 030"),
        ("0800-2000", "0800-2000"),
        ("0900-8844", "0900-8844"),
        ("0900-111 3 111", "0900-111 3 111"),
        ("+31 30 123 45 67", "+31 30 123 45 67"),
        ("+31 (0)30 123 45 67", "+31 30 123 45 67"),
        ("0031 30 123 45 67", "0031 30 123 45 67"),
    ],
)
def test_a_number_that_can_be_called_is_taken(typed, kept):
    assert judged(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["1234", "030 123 45", "030 123 45 678", "+32 2 123 45 67", "00 30 123 45 67", "113x", "0800",
     "030 123 45 67 toestel 12", "٠٣٠ ١٢٣ ٤٥ ٦٧", "tel:112", "+31 030 123 45 67"],
)  # fmt: skip
def test_what_cannot_be_called_is_refused_with_examples(typed):
    with pytest.raises(ValidationError, match="0800-2000"):
        judged(typed)


@pytest.mark.parametrize(
    "role", [Role.TEACHER, Role.COORDINATOR, Role.SCHOOL_LEADER, Role.ADMINISTRATOR]
)
def test_everybody_of_the_school_reads_it(school, signed_in, role):
    ContactFactory(school=school, name="Jeugdarts Anna Smit", telephone="030 765 43 21")
    page = book(signed_in(member(role, school)), school)
    assert "Jeugdarts Anna Smit" in page
    assert 'href="tel:0307654321"' in page


def test_nobody_of_another_school_reads_it(school, signed_in):
    ContactFactory(school=school, name="Jeugdarts Anna Smit")
    other = signed_in(member(Role.COORDINATOR))
    assert "Anna Smit" not in book(other, school)
    assert "Anna Smit" not in other.get(reverse("help")).content.decode()


def test_a_family_worker_does_not(school, family_worker, signed_in):
    ContactFactory(school=school, name="Jeugdarts Anna Smit")
    browser = signed_in(family_worker)
    assert browser.get(reverse("cases:contacts")).status_code == 404
    page = browser.get(reverse("help")).content.decode()
    assert "Anna Smit" not in page
    assert school.buurtteam.telephone in page


def test_who_works_at_two_buurtteams_sees_both_numbers(family_worker, signed_in):
    second = BuurtteamFactory(telephone="030 999 88 77")
    family_worker.memberships.create(role=Role.BUURTTEAM_WORKER, buurtteam=second)
    page = signed_in(family_worker).get(reverse("help")).content.decode()
    assert 'href="tel:0301234567"' in page
    assert 'href="tel:0309998877"' in page


def test_the_buurtteam_stands_in_it_with_who_works_there_now(school, teacher, signed_in):
    member(Role.BUURTTEAM_WORKER, school.buurtteam, name="Noor Kuipers")
    gone = member(Role.BUURTTEAM_WORKER, school.buurtteam, name="Joost Vertrokken")
    Membership.objects.filter(user=gone).update(ends_on=timezone.localdate() - timedelta(days=1),
                                                starts_on="2020-01-01")  # fmt: skip
    page = book(signed_in(teacher), school)
    assert school.buurtteam.name in page
    assert f'href="tel:{school.buurtteam.telephone_href}"' in page
    assert "Noor Kuipers" in page
    assert "Joost Vertrokken" not in page


def test_added_changed_checked_and_removed(school, coordinator, signed_in):
    browser = signed_in(coordinator)
    fields = {"organisation": "raad", "name": "Raad, regio Midden", "telephone": "030 765 43 21"}
    browser.post(f"{reverse('cases:add_contact')}?school={school.pk}", fields)
    contact = Contact.objects.get()
    assert (contact.school, contact.checked_on) == (school, timezone.localdate())

    Contact.objects.update(checked_on="2024-01-01")
    url = reverse("cases:change_contact", args=[contact.public_id])
    browser.post(url, {**fields, "telephone": "030 111 22 33", "at_night": "on"})
    contact.refresh_from_db()
    assert (contact.telephone, contact.at_night) == ("030 111 22 33", True)
    assert contact.checked_on == timezone.localdate()

    Contact.objects.update(checked_on="2024-01-01")
    assert "state-late" in book(browser, school)
    browser.post(reverse("cases:contact_checked", args=[contact.public_id]))
    assert "state-late" not in book(browser, school)

    browser.post(reverse("cases:remove_contact", args=[contact.public_id]))
    assert "Raad, regio Midden" not in book(browser, school)
    assert Contact.objects.get().removed_at is not None


def test_a_form_sent_twice_adds_one(school, coordinator):
    key, fields = uuid.uuid4(), {"organisation": "save", "name": "SAVE", "telephone": "112"}
    first = actions.add_contact(school, coordinator, key, **fields)
    assert actions.add_contact(school, coordinator, key, **fields) == first


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_LEADER])
def test_who_does_not_look_after_it_changes_nothing(school, role):
    contact, user = ContactFactory(school=school), member(role, school)
    with pytest.raises(PermissionDenied):
        actions.add_contact(school, user, uuid.uuid4(), name="X", telephone="112")
    with pytest.raises(PermissionDenied):
        actions.change_contact(contact, user, uuid.uuid4(), name="X")
    for change in (actions.check_contact, actions.remove_contact):
        with pytest.raises(PermissionDenied):
            change(contact, user)
    with pytest.raises(PermissionDenied):
        actions.remove_contact(ContactFactory(), member(Role.COORDINATOR, school))


def test_the_buttons_are_for_who_looks_after_it(school, teacher, coordinator, signed_in):
    ContactFactory(school=school)
    change = reverse("cases:remove_contact", args=[Contact.objects.get().public_id])
    assert change in book(signed_in(coordinator), school)
    assert change not in book(signed_in(teacher), school)


# --- Whom to call --------------------------------------------------------------------------------


def test_every_organisation_of_the_book_can_be_called_by_a_rule():
    assert set(Organisation.values) - {"other"} <= set(CONTACTS)


@pytest.mark.parametrize(
    ("moment", "closed"),
    [
        (BY_DAY, False),
        (AT_NIGHT, True),
        (datetime(2026, 11, 28, 10, 0, tzinfo=AMSTERDAM), True),  # a Saturday
        (datetime(2026, 12, 25, 10, 0, tzinfo=AMSTERDAM), True),  # Christmas
        # Half past six in the morning there is half past eight here.
        (datetime(2026, 7, 1, 6, 30, tzinfo=ZoneInfo("UTC")), False),
        (datetime(2026, 7, 1, 6, 29, tzinfo=ZoneInfo("UTC")), True),
    ],
)
def test_the_servers_clock_in_the_netherlands_says_whether_they_are_closed(moment, closed):
    assert out_of_hours(moment) is closed


def test_at_night_who_may_be_called_then_stands_first(school):
    ContactFactory(school=school, organisation="save", name="SAVE", telephone="030 111 11 11")
    ContactFactory(
        school=school, organisation="raad", name="Raad", telephone="030 222 22 22", at_night=True
    )
    codes = ("emergency", "veilig_thuis", "buurtteam", "save", "raad")
    by_day = [c.telephone for c in calls_for(codes, Numbers(school, now=BY_DAY))]
    own = [school.buurtteam.telephone, "030 111 11 11", "030 222 22 22"]
    assert by_day == ["112", "0800-2000", *own]
    at_night = calls_for(codes, Numbers(school, now=AT_NIGHT))
    assert [c.telephone for c in at_night] == ["112", "0800-2000", own[2], own[0], own[1]]
    assert "nacht" in str(at_night[2].note)


def test_what_was_removed_is_called_no_more(school):
    ContactFactory(school=school, organisation="save", removed_at=timezone.now())
    assert calls_for(("save",), Numbers(school)) == ()


def severe_case(school):
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory(case=case, severe=True)
    return case


def test_the_page_of_a_case_shows_the_regional_number_where_a_rule_names_it(
    school, coordinator, signed_in
):
    case = severe_case(school)
    ContactFactory(
        school=school, organisation="veilig_thuis", name="Veilig Thuis Utrecht",
        telephone="030 242 78 02", hours="werkdagen 9 tot 17 uur",
    )  # fmt: skip
    ContactFactory(school=school, organisation="raad", telephone="030 999 99 99")
    page = signed_in(coordinator).get(reverse("cases:detail", args=[case.reference]))
    shown = page.content.decode()
    assert 'href="tel:0302427802"' in shown
    assert "werkdagen 9 tot 17 uur" in shown
    assert 'href="tel:08002000"' in shown
    assert "030 999 99 99" not in shown


def test_it_is_read_once_a_page_however_many_rules_tell_to_call(school, coordinator, signed_in):
    case = severe_case(school)
    ContactFactory(school=school, organisation="veilig_thuis")
    browser = signed_in(coordinator)
    with CaptureQueriesContext(connection) as captured:
        browser.get(reverse("cases:detail", args=[case.reference]))
    assert sum('FROM "cases_contact"' in query["sql"] for query in captured) == 1


def test_the_form_to_record_a_call_shows_the_whole_book(school, coordinator, signed_in):
    ContactFactory(school=school, organisation="police", telephone="030 222 22 22")
    url = reverse("consultations:call", args=[severe_case(school).reference])
    assert 'href="tel:0302222222"' in signed_in(coordinator).get(url).content.decode()


@pytest.mark.parametrize("name", ["cases:contacts", "help", "protocol"])
def test_its_pages_ask_as_often_with_many_entries(school, coordinator, signed_in, name):
    def more(count):
        ContactFactory.create_batch(count, school=school)
        for __ in range(count):
            member(Role.BUURTTEAM_WORKER, school.buurtteam)

    assert_constant(signed_in(coordinator), reverse(name), more)


def test_no_number_stands_in_a_template():
    found = {
        path.name
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if re.search(r"tel:[\d+]", path.read_text())
    }
    assert found == {"500.html", "503.html"}  # shown when nothing else works


# --- Once a year ---------------------------------------------------------------------------------


def old(school, **fields):
    checked_on = timezone.localdate() - timedelta(days=365)
    return ContactFactory(school=school, checked_on=checked_on, **fields)


def test_who_looks_after_it_is_asked_once_and_then_once_a_month(
    school, coordinator, administrator, teacher, mailoutbox
):
    old(school, name="Jeugdarts Anna Smit")
    now = timezone.now()
    assert remind(now) == 2
    assert remind(now) == 0
    deliver()
    assert {m.to[0] for m in mailoutbox} == {coordinator.email, administrator.email}
    assert remind(now + timedelta(days=29)) == 0
    assert remind(now + timedelta(days=30)) == 2


def test_the_mail_holds_a_link_and_nothing_of_the_book(school, coordinator, mailoutbox):
    contact = old(school, name="Jeugdarts Anna Smit")
    remind(timezone.now())
    deliver()
    (sent,) = mailoutbox
    text = sent.subject + sent.body
    assert f"{reverse('cases:contacts')}?school={school.pk}" in text
    for word in (contact.name, "Anna", contact.telephone, school.name):
        assert word not in text


def test_what_was_checked_asks_nobody(school, coordinator, mailoutbox):
    contact = old(school)
    remind(timezone.now())
    actions.check_contact(contact, coordinator)
    deliver()
    assert mailoutbox == []
    assert not OutboxMessage.objects.exists()
    assert remind(timezone.now() + timedelta(days=364)) == 0
    assert remind(timezone.now() + timedelta(days=365)) == 1


def test_entries_of_a_school_are_asked_about_together(school, coordinator, mailoutbox):
    old(school)
    later = ContactFactory(school=school, checked_on=timezone.localdate() - timedelta(days=360))
    assert remind(timezone.now()) == 1
    assert remind(timezone.now() + timedelta(days=5)) == 1  # a new one waits
    assert remind(timezone.now() + timedelta(days=30)) == 0
    later.refresh_from_db()
    assert later.reminded_on == timezone.localdate() + timedelta(days=5)


def test_nobody_who_left_is_asked(school, coordinator, mailoutbox):
    old(school)
    remind(timezone.now())
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user=coordinator).update(starts_on="2020-01-01", ends_on=yesterday)
    deliver()
    assert mailoutbox == []
    assert remind(timezone.now() + timedelta(days=40)) == 0


def test_where_nobody_looks_after_it_whoever_comes_is_asked(school):
    old(school)
    assert remind(timezone.now()) == 0
    member(Role.COORDINATOR, school)
    assert remind(timezone.now()) == 1


def test_a_removed_entry_and_another_school_ask_nobody_here(school, coordinator):
    old(school, removed_at=timezone.now())
    old(SchoolFactory())
    assert remind(timezone.now()) == 0


def test_beat_finds_the_task_that_asks():
    app.loader.import_default_modules()
    wanted = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "cases.contact_book.tasks.remind" in wanted
    assert wanted <= set(app.tasks)
