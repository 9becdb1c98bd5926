"""No page asks the database more than a dozen times, in a world in which all of them show much.

Counted is every statement of the request that reads or writes: also the session, who asks, their
roles, the bell, and the row of the audit. Not counted are those that only begin, keep or end a
transaction: they ask and change nothing. (On PostgreSQL a transaction begins by itself with its
first statement; on SQLite Django sends a ``BEGIN``.)
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.test_query_counts import busy, cases_of, records_of
from tests.test_role_matrix import MATRIX, POST_ONLY, PUBLIC, arguments

pytestmark = pytest.mark.django_db

AT_MOST, MANY = 12, 2
NO_QUERY = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
# Who shows most of a page stands in front; of others whoever the table names first.
ASKED_BY = ("coordinator", "leader", "joined", "administrator")
# Beside that role, the first page of everybody.
FIRST_PAGE = ("author", "coordinator", "leader", "joined", "administrator")

# Pages that take more, how many, and why.
OVER: dict[str, tuple[int, str]] = {
    # Each section of the room says apart how many wait and which.
    "background:work": (26, "a dozen kinds of work, each declared by a room of its own"),
    "cases:statistics": (16, "figures of a school year, from as many tables as they count"),
    "cases:year_report": (19, "figures of two school years, from as many tables as they count"),
    "consultations:detail": (22, "who reads, writes and chairs is asked where each is decided"),
    "consultations:discuss": (14, "an agenda, a case, its signals and its form"),
    "consultations:new": (21, "the form offers what stands in the case, of each kind apart"),
    "referrals:detail": (14, "the chain is drawn from the case, and asks whom to call"),
    "referrals:feedback": (18, "the form asks of each goal, referral and file apart"),
    "referrals:report": (13, "the report is filled from what the case has of each kind"),
}


def pages() -> list[tuple[str, str]]:
    """Return each page with who opens it."""
    asked = []
    for name in sorted(set(MATRIX) - POST_ONLY):
        allowed = ("coordinator",) if MATRIX[name] is PUBLIC else MATRIX[name]
        if allowed:
            asked.append((name, next((who for who in ASKED_BY if who in allowed), allowed[0])))
    return sorted({*asked, *(("todo", who) for who in FIRST_PAGE)})


def test_no_page_takes_more_than_a_dozen_queries(world, signed_in):
    cases_of(world.school, MANY)
    records_of(world.case, MANY)
    busy(world.consultation)
    browsers = {who: signed_in(world.people[who]) for __, who in pages()}
    over = {}
    for name, who in pages():
        url = reverse(name, args=arguments(name, world))
        with CaptureQueriesContext(connection) as captured:
            assert browsers[who].get(url).status_code in (200, 302, 401, 405, 503), name
        asked = [q["sql"] for q in captured if not q["sql"].startswith(NO_QUERY)]
        if len(asked) > AT_MOST:
            over[name] = max(over.get(name, 0), len(asked))
    assert over == {name: count for name, (count, __) in OVER.items()}
