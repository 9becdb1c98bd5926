"""The bell on each page and the list behind it: what one may know of now, and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from cases.models import Case, Notification, ShutOut
from cases.notifications.kinds import CONTACTS, REMINDER, SEVERE
from cases.notifications.reading import unread_count
from cases.notifications.telling import notify
from consultations.actions import tell_invited
from consultations.kinds import ADVISED, INVITED
from tests.accounts.page import Page
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    member,
)

pytestmark = pytest.mark.django_db

LIST = reverse("notifications:list")


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def invitation(case, family_worker, coordinator, school):
    consultation = ConsultationFactory(case=case, author=coordinator)
    made = InvitationFactory(
        consultation=consultation, user=family_worker, buurtteam=school.buurtteam
    )
    return tell_invited(made)


def tell(case, *people, kind=REMINDER, key="1", **more):
    notify(kind, [person.pk for person in people], key, case=case, **more)


def bell(browser):
    """Return what stands on the bell of some page."""
    page = browser.get(reverse("help")).content.decode()
    _, there, rest = page.partition('<span class="bell-count">')
    return rest.partition("<")[0].strip() if there else ""


@pytest.mark.parametrize(("told", "shown"), [(0, ""), (1, "1"), (9, "9"), (10, "9+"), (30, "9+")])
def test_the_bell_counts_to_nine(case, coordinator, signed_in, told, shown):
    for number in range(told):
        tell(case, coordinator, key=str(number))
    assert bell(signed_in(coordinator)) == shown


def test_the_list_has_the_newest_first_what_is_urgent_and_no_name(case, coordinator, signed_in):
    tell(case, coordinator)
    tell(case, coordinator, kind=SEVERE)
    Notification.objects.filter(kind=REMINDER).update(created_at=timezone.now() - timedelta(days=1))
    tell(case, member(Role.COORDINATOR, case.school), key="of somebody else")
    page = signed_in(coordinator).get(LIST)
    assert [one.kind for one, _, _ in page.context["lines"]] == [SEVERE, REMINDER]
    text = Page(page).text
    assert text.count(case.reference) == 2
    assert text.count("dringend") == 1
    assert case.pupil.given_name not in text
    assert bell(signed_in(coordinator)) == "2"  # seeing the list is not reading it


def test_it_is_paged(case, coordinator, signed_in):
    for number in range(26):
        tell(case, coordinator, key=str(number))
    browser = signed_in(coordinator)
    assert len(browser.get(LIST).context["lines"]) == 25
    assert len(browser.get(LIST + "?page=2").context["lines"]) == 1
    assert browser.get(LIST + "?page=nonsense").status_code == 200


def test_opening_one_leads_to_its_page_and_marks_it_read(case, coordinator, signed_in):
    tell(case, coordinator)
    one = Notification.objects.get()
    browser = signed_in(coordinator)
    url = reverse("notifications:open", args=[one.public_id])
    browser.head(url)
    assert Notification.objects.unread().exists()
    answer = browser.get(url)
    assert answer["Location"] == reverse("cases:detail", args=[case.reference])
    assert not Notification.objects.unread().exists()


def test_nobody_opens_or_reads_what_another_was_told(case, coordinator, signed_in):
    tell(case, coordinator)
    one = Notification.objects.get()
    colleague = signed_in(member(Role.COORDINATOR, case.school))
    assert colleague.get(reverse("notifications:open", args=[one.public_id])).status_code == 404
    colleague.post(reverse("notifications:read_all"))
    assert colleague.get(LIST).context["lines"] == []
    assert Notification.objects.unread().count() == 1


def test_all_at_once_is_marked_as_read(case, coordinator, signed_in):
    for number in range(3):
        tell(case, coordinator, key=str(number))
    browser = signed_in(coordinator)
    assert browser.get(reverse("notifications:read_all")).status_code == 405
    assert browser.post(reverse("notifications:read_all"))["Location"] == LIST
    assert bell(browser) == ""
    assert len(browser.get(LIST).context["lines"]) == 3


def test_opening_a_case_by_another_way_reads_what_was_told_of_it(case, coordinator, signed_in):
    other = CaseFactory(pupil=PupilFactory(school=case.school))
    tell(case, coordinator)
    tell(case, coordinator, kind=SEVERE)
    tell(case, coordinator, kind="dossier_ready", about="0" * 36)  # not shown there
    tell(other, coordinator, key="2")
    browser = signed_in(coordinator)
    browser.get(reverse("cases:detail", args=[case.reference]))
    left = Notification.objects.unread()
    assert {(one.kind, one.case) for one in left} == {("dossier_ready", case), (REMINDER, other)}


def test_opening_the_inbox_or_the_room_reads_what_was_told_of_it(
    invitation, family_worker, coordinator, signed_in
):
    room = invitation.consultation
    tell(room.case, family_worker, kind=ADVISED, about=room.reference)
    browser = signed_in(family_worker)
    browser.get(reverse("consultations:inbox"))
    assert [one.kind for one in Notification.objects.unread()] == [ADVISED]
    invitation.accepted_at = timezone.now()
    invitation.save()
    browser.get(reverse("consultations:detail", args=[room.reference]))
    assert not Notification.objects.unread().exists()


def shut_out(case, user):
    ShutOut.objects.create(pupil=case.pupil, user=user, ground="family", set_by=user)


def end_roles(case, user):
    Membership.objects.filter(user=user).update(ended_at=timezone.now())


def restrict(case, user):
    Case.objects.filter(pk=case.pk).update(restricted=True)


@pytest.mark.parametrize("change", [shut_out, end_roles, restrict])
def test_what_one_may_not_know_of_any_more_is_gone_at_once(case, coordinator, signed_in, change):
    tell(case, coordinator)
    browser = signed_in(coordinator)
    assert bell(browser) == "1"
    change(case, coordinator)
    assert bell(browser) == ""
    assert browser.get(LIST).context["lines"] == []
    url = reverse("notifications:open", args=[Notification.objects.get().public_id])
    assert browser.get(url).status_code == 404


def withdraw(invitation):
    invitation.withdrawn_at = timezone.now()
    invitation.save()


def close(invitation):
    room = invitation.consultation
    type(room).objects.filter(pk=room.pk).update(closed_at=timezone.now(), outcome="Klaar.")


def keep_out(invitation):
    shut_out(invitation.consultation.case, invitation.user)


@pytest.mark.parametrize("end", [withdraw, close, keep_out])
def test_an_invitation_that_ended_is_gone_from_bell_and_list(
    invitation, family_worker, signed_in, end
):
    browser = signed_in(family_worker)
    assert bell(browser) == "1"
    end(invitation)
    assert bell(browser) == ""
    assert browser.get(LIST).context["lines"] == []


def test_the_count_is_one_query_more_whatever_and_however_much_was_told(
    case, invitation, coordinator, school, signed_in
):
    def counting(person):
        person.current_memberships  # noqa: B018 - the page knows them already
        with CaptureQueriesContext(connection) as captured:
            unread_count(person)
        return len(captured)

    person = type(coordinator).objects.get(pk=coordinator.pk)
    assert counting(person) == 1, "nothing was told"
    for number in range(20):
        tell(case, coordinator, key=str(number))
        notify(CONTACTS, [coordinator.pk], str(number), about=str(school.pk))
        notify(INVITED, [coordinator.pk], str(number), about=invitation.consultation.reference)
    assert counting(person) == 2


def test_in_the_language_of_the_reader(case, coordinator, signed_in):
    tell(case, coordinator)
    browser = signed_in(coordinator)
    assert "Een casus wacht" in Page(browser.get(LIST)).text
    type(coordinator).objects.update(language="en")
    assert "A case waits for a next step." in Page(browser.get(LIST)).text
