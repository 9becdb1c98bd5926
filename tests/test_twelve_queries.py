"""No page asks the database more than a dozen times, in a world in which all of them show much.

Counted is every statement of the request that reads or writes: also the session, who asks, their
roles, the bell, and the row of the audit. Not counted are those that only begin, keep or end a
transaction: they ask and change nothing. (On PostgreSQL a transaction begins by itself with its
first statement; on SQLite Django sends a ``BEGIN``.) Both databases
are asked the same, so one is.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Notification
from cases.notifications.kinds import ROLE
from consultations.models import Consultation
from tests.cases.records import NOW
from tests.factories import CaseFactory
from tests.test_query_counts import busy, cases_of, records_of
from tests.test_role_matrix import MATRIX, POST_ONLY, PUBLIC, arguments

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

AT_MOST, MANY = 12, 2
NO_QUERY = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
# Every page is asked as each of these for whom it is there: the roles, and a teacher to whom the
# case was handed over. What is there for none of them is asked as whoever the table names first.
ASKED_BY = ("coordinator", "leader", "handed_over", "joined")
# And what shows the case, as who leads another school and came in by an emergency.
BY_EMERGENCY = "sister_leader"
# Beside them, the first page of everybody.
FIRST_PAGE = ("author", "administrator")


def pages() -> list[tuple[str, str]]:
    """Return each page with who opens it; what the whole world may open is opened by one."""
    asked = [("todo", who) for who in FIRST_PAGE]
    for name in sorted(set(MATRIX) - POST_ONLY):
        allowed = ("coordinator",) if MATRIX[name] is PUBLIC else MATRIX[name]
        found = [who for who in ASKED_BY if who in allowed] or allowed[:1]
        asked += [(name, who) for who in found]
        if BY_EMERGENCY in allowed and "other_leader" not in allowed:
            asked.append((name, BY_EMERGENCY))  # it is about this very case
    return asked


def tell(person):
    """Tell somebody something that no page but the list marks as read: the bell counts it."""
    for role in person.memberships.all():
        Notification.objects.create(
            recipient=person, kind=ROLE, key=f"{role.pk}", about=f"{role.public_id}"
        )


def test_no_page_takes_more_than_a_dozen_queries(world, signed_in):
    cases_of(world.school, MANY)
    records_of(world.case, MANY)
    busy(world.consultation)
    ended = {"closed_at": NOW, "outcome": "cleared", "closing_grounds": "Een val."}
    CaseFactory(pupil=world.pupil, **ended)
    browsers = {who: signed_in(world.people[who]) for __, who in pages()}
    for who in browsers:
        tell(world.people[who])
    over = {}
    for name, who in pages():
        url = reverse(name, args=arguments(name, world))
        with CaptureQueriesContext(connection) as captured:
            assert browsers[who].get(url).status_code in (200, 204, 302, 401, 405, 503), name
        asked = [q["sql"] for q in captured if not q["sql"].startswith(NO_QUERY)]
        if len(asked) > AT_MOST:
            over[name, who] = len(asked)
    # And a room that somebody asked for who leads another school and came in by an emergency.
    Consultation.objects.filter(pk=world.consultation.pk).update(author=world.people[BY_EMERGENCY])
    url = reverse("consultations:detail", args=[world.consultation.reference])
    for who in ASKED_BY[:2]:
        with CaptureQueriesContext(connection) as captured:
            assert browsers[who].get(url).status_code == 200
        asked = [q["sql"] for q in captured if not q["sql"].startswith(NO_QUERY)]
        if len(asked) > AT_MOST:
            over["a room asked for in an emergency", who] = len(asked)
    assert over == {}
    assert not Notification.objects.filter(kind=ROLE, read_at__isnull=False)
