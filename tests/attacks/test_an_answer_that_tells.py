"""The register of requests: what colleagues write there is not for who is kept out of the pupil."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases.models import Notification
from cases.notifications.kinds import known
from cases.rights_requests import actions, reminders
from tests.attacks.proof import shows
from tests.cases.test_rights_requests import answer, ask
from tests.factories import CaseFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(school):
    return CaseFactory(pupil__school=school).pupil


def keep_out(pupil, person, by):
    return pupil.shut_outs.create(user=person, ground="family", set_by=by)


@shows("request-1")
def test_whoever_took_the_letter_of_their_own_child_reads_no_answer_of_a_colleague(
    pupil, school, coordinator, signed_in
):
    parent = member(Role.COORDINATOR, school)
    keep_out(pupil, parent, coordinator)
    asked = ask(pupil, parent)
    actions.take_longer(asked, coordinator, why="Veilig Thuis wordt eerst gevraagd.")
    pages = [reverse(f"cases:{name}", args=[asked.public_id]) for name in ("request", "letter")]
    words = ["Veilig Thuis wordt"]
    for page in pages:
        assert not any(word in signed_in(parent).get(page).content.decode() for word in words)
        assert "Veilig Thuis wordt" in signed_in(coordinator).get(page).content.decode()
    answer(
        asked, coordinator, "partly", grounds=["harm"], words="Oma vertelde van de kelder.",
        handed_over="Het verslag zonder stap 3.", explained="Vader is verdacht.",
    )  # fmt: skip
    words += ["kind schaden", "kelder", "zonder stap 3", "Vader is"]
    for page in pages:
        shown = signed_in(parent).get(page).content.decode()
        assert not any(word in shown for word in words), page
        assert "deel toegekend" in shown.lower()  # that it was answered, and how
    assert "kelder" in signed_in(coordinator).get(pages[0]).content.decode()


def test_what_one_answered_oneself_one_reads_again(pupil, school, coordinator, signed_in):
    parent = member(Role.COORDINATOR, school)
    keep_out(pupil, parent, coordinator)
    asked = ask(pupil, parent)
    answer(asked, parent, "refused", grounds=["identity"], words="Dat ben ik zelf.")
    page = signed_in(parent).get(reverse("cases:request", args=[asked.public_id]))
    assert "Dat ben ik zelf." in page.content.decode()


@shows("request-1")
def test_a_register_without_names_and_the_trail_count_the_same(
    pupil, school, coordinator, administrator, signed_in
):
    keep_out(pupil, administrator, coordinator)
    asked = ask(pupil, coordinator)
    client = signed_in(administrator)
    assert (
        "erzoek van een ouder of leerling" in client.get(reverse("audit:school")).content.decode()
    )
    page = client.get(reverse("cases:requests"))
    assert list(page.context["open"]) == [asked]
    assert client.get(reverse("cases:request", args=[asked.public_id])).status_code == 404


@shows("request-1")
def test_whoever_is_kept_out_since_is_reminded_of_no_request(pupil, school, coordinator):
    other = member(Role.COORDINATOR, school)
    ask(pupil, coordinator, received_on=timezone.localdate() - timedelta(days=40))
    reminders.remind(timezone.localdate())
    told = Notification.objects.filter(recipient=other)
    assert len(known(other, told)) == 1
    keep_out(pupil, other, coordinator)
    assert known(other, told) == []
