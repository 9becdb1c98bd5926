"""Flags of before this version, which did not know which cases they count."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from accounts.roles import Role
from audit.models import Flag
from cases.models import ShutOut
from tests.audit.test_unusual import DAY, Kind, happened
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_flag_of_before_is_not_shown_to_who_is_kept_from_what_it_may_count():
    school = SchoolFactory()
    reader, administrator, other = (
        member(role, school) for role in (Role.TEACHER, Role.ADMINISTRATOR, Role.ADMINISTRATOR)
    )
    read, beside = (CaseFactory(pupil=PupilFactory(school=school)) for __ in range(2))
    night = DAY + timedelta(hours=12)
    happened(Kind.READ, reader, night, case=read.reference)
    happened(Kind.READ, reader, night + timedelta(days=2), case=beside.reference)
    executor = MigrationExecutor(connection)
    try:
        old = executor.migrate([("audit", "0006_typed_reasons")]).apps
        old.get_model("audit", "Flag").objects.create(
            rule="at_night", user_id=reader.pk, school_id=school.pk, day=DAY.date(), count=1
        )
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    by = member(Role.COORDINATOR, school)
    for pupil, person in ((read.pupil, administrator), (beside.pupil, other)):
        ShutOut.objects.create(pupil=pupil, user=person, ground="family", set_by=by)
    shown = [
        Flag.objects.visible_to(User.objects.get(pk=person.pk)).counted_for(person).first()
        for person in (administrator, other)
    ]
    assert shown[0] is None
    assert shown[1].shown_count == 1
