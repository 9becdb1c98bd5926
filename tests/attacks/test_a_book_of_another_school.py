"""The contact book is read by everybody of the school and by nobody else. Failed on its day.

Whoever came in by emergency access reads the case: its card told them whom of the book to call.
"""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.contact_book.organisations import Organisation
from cases.models import Contact
from signals.actions import file_signal
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db


def test_who_came_in_by_emergency_access_sees_no_entry_of_the_book(world, signed_in):
    for organisation in Organisation.values:
        ContactFactory(school=world.school, organisation=organisation, name="Fenna Vierhout")
    world.signal = file_signal(
        world.pupil, world.people["author"], uuid.uuid4(), categories=["hygiene"], severe=True,
        facts="Er wordt geslagen.", acute=True, about_staff=False, observed_at=timezone.now(),
    )  # fmt: skip
    case, signal = [world.case.reference], [world.signal.reference]
    pages = [
        reverse("cases:detail", args=case), reverse("cases:whole", args=case),
        *(reverse("cases:step", args=[*case, number]) for number in range(1, 6)),
        reverse("signals:detail", args=signal), reverse("cases:prepare_talk", args=case),
        reverse("help"), reverse("protocol"), reverse("cases:contacts"),
    ]  # fmt: skip
    referral = reverse("referrals:detail", args=[world.elsewhere.public_id])
    assert world.elsewhere.decision.case == world.case
    contact = world.elsewhere.contact
    Contact.objects.filter(pk=contact.pk).update(telephone="010 765 43 21")
    shown = {}
    for who in ("participant", "sister_leader"):
        answers = {url: signed_in(world.people[who]).get(url) for url in pages}
        assert {answer.status_code for answer in answers.values()} == {200}
        shown[who] = {url for url in pages if "Fenna" in answers[url].content.decode()}
    assert {*pages[:1], reverse("signals:detail", args=signal)} <= shown["participant"]
    assert shown["sister_leader"] == set()
    for who, sees in (("participant", True), ("sister_leader", False)):
        page = signed_in(world.people[who]).get(referral).content.decode()
        assert contact.name in page  # it stands in the case
        assert ("010 765 43 21" in page) == sees
