"""What a case for the board takes back in the pupil's other case, by whom. Failed on its day.

The leader keeps a colleague out there; what that colleague had elsewhere ends at that moment. That
the leader did it stood in the trail of the other case, which its people read (R9).
"""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from signals.actions import file_signal
from tests.accounts.page import Page
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    SchoolFactory,
    member,
)

pytestmark = pytest.mark.django_db


def test_what_a_case_for_the_board_takes_back_stands_in_its_own_trail(world, signed_in):
    people, other = world.people, world.case
    type(other).objects.update(responsible=people["handed_over"])
    board = file_signal(
        world.pupil, people["teacher"], uuid.uuid4(), categories=["hygiene"], severe=False,
        facts="Een collega riep.", acute=False, about_staff=True, observed_at=timezone.now(),
    ).case  # fmt: skip
    leader, coordinator = signed_in(people["leader"]), signed_in(people["coordinator"])
    readers, course = (
        reverse(name, args=[other.reference]) for name in ("cases:readers", "cases:timeline")
    )
    school = LogEntry.objects.of_school(world.school, people["administrator"])

    def told():
        name = people["leader"].name
        pages = [Page(coordinator.get(url)).text.count(name) for url in (readers, course)]
        return [*pages, school.filter(actor=people["leader"]).count()]

    before = told()
    url = reverse("cases:shut_out", args=[board.reference])
    for who in ("joined", "participant", "handed_over", "sister_leader"):
        out = {"person": str(people[who].public_id), "ground": "concerned"}
        assert leader.post(url, out).status_code == 302
    other.refresh_from_db()
    left = set(other.grants.values_list("user", flat=True))
    assert (other.responsible, left) == (None, {people["conflicted_teacher"].pk})
    assert not type(world.joined).objects.get(pk=world.joined.pk).stands
    assert not other.emergency_accesses.running().exists()
    assert told() == before
    taken = LogEntry.objects.of_case(board.reference).filter(actor=people["leader"])
    assert taken.filter(kind=Kind.REMOVED).count() == 3
    assert set(taken.values_list("for_board", flat=True)) == {True}


# --- An administrator who ends a family worker's role read in their own trail, line by line, in how
# many consultations of other schools that person took part
@pytest.mark.parametrize("elsewhere", [0, 3])
def test_ones_own_trail_does_not_count_the_consultations_of_other_schools(
    school, administrator, signed_in, elsewhere
):
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    other = SchoolFactory(buurtteam=school.buurtteam)
    for _ in range(elsewhere):
        asked = ConsultationFactory(case=CaseFactory(pupil=PupilFactory(school=other)))
        InvitationFactory(consultation=asked, user=worker, buurtteam=school.buurtteam)
    browser = signed_in(administrator)
    browser.post(reverse("people:end_role", args=[worker.memberships.get().public_id]))
    assert not worker.invitations.standing().exists()
    assert not worker.memberships.current().exists()
    told = Page(browser.get(reverse("audit:mine"))).text
    assert told.count("uitnodiging") == 0
