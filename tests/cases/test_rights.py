"""What somebody may do with a case is the same, whether it is asked at once or one by one."""

import pytest

from accounts.access import Permission
from cases.models import Case
from cases.page import CASE_PERMISSIONS
from cases.rights import Rights
from cases.together import read_together
from tests.factories import CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("restricted", [False, True])
def test_asked_at_once_as_one_by_one(world, restricted):
    case = world.case
    if restricted:
        case = CaseFactory(pupil=PupilFactory(school=world.school), restricted=True)
    seen_by = set()
    for who, user in world.people.items():
        if user is None:
            continue
        one_by_one = {
            permission
            for permission in CASE_PERMISSIONS
            if Case.objects.permitted(user, permission).filter(pk=case.pk).exists()
        }
        known = [None]
        if Permission.SEE_CASE in one_by_one:
            seen_by.add(who)
            known.append(Permission.SEE_CASE)
        for found_by in known:
            rights = Rights(case, user, CASE_PERMISSIONS, found_by)
            read_together(*rights.querysets)
            assert rights.held() == one_by_one, (who, found_by)
    assert ("leader" in seen_by, "coordinator" in seen_by) == (True, not restricted)
