"""Whoever is shown words of a case, a pupil or a person leaves a row that says so; who is not, none.

Every address of the URLconf is asked by whoever may read something there: by GET, and with a form
that is empty, filled in, and filled in but for one field. Each request is undone before the next.
"""

from collections import Counter, defaultdict
from copy import deepcopy

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.kinds import Kind
from audit.models import LogEntry
from consultations.models import AgendaItem
from referrals.report.models import ReportText
from tests.accounts.every_form import FORMS, Sheet
from tests.audit.marked import Words, mark_all, without_a_row
from tests.canary import SIGN, Markers
from tests.cases.records import earlier
from tests.factories import CaseFactory, ConsultationFactory, PupilFactory, SignalFactory
from tests.test_query_counts import records_of
from tests.test_role_matrix import READ_ONLY, all_patterns, arguments
from tests.world import World

pytestmark = pytest.mark.django_db

# Everybody who could be shown something of the school, by what they are to the case.
READERS = (
    "author", "teacher", "participant", "handed_over", "coordinator", "leader", "administrator",
    "joined", "invited", "withdrawn", "sister_leader", "conflicted", "other_coordinator",
)  # fmt: skip
NAMES = frozenset({"Pupil.given_name", "Pupil.family_name", "Pupil.class_name"})

# Page → what it shows without a row, and why.
# fmt: off
NOT_WRITTEN_DOWN: dict[str, tuple[frozenset[str], str]] = {
}
# fmt: on

READING = {Kind.READ, Kind.SEARCHED, Kind.TRAIL_READ, Kind.EXPORTED, Kind.EMERGENCY}


def asked_in_a_query(world):
    """Page → what its address can ask for, of which it shows more."""
    return {
        "cases:dashboard": [{"q": SIGN}, {"view": "all"}, {"view": "mine"}, {"view": "closed"}],
        "cases:exportable": [{"q": "M-"}],
        "signals:pupils": [{"pupil_query": SIGN}],
        "signals:new": [{"pupil_query": SIGN}, {"pupil": world.pupil.public_id}],
        "cases:prepare_talk": [{"age": "child"}],
        "referrals:feedback": [{"referral": world.sent.public_id}],
    }


def sent_with_a_button(world):
    """Page → what its other buttons send: they show the form again, or what would follow."""
    question = {"kind": "family_worker", "question": "Hoe lees jij dit?"}
    share = {"share": f"signals-{world.signal.pk}"}
    return {
        "signals:new": [{"search": "1", "pupil_query": SIGN}, {"pupil_query": SIGN}],
        "consultations:new": [
            {**question, **share, "preview": "1"}, {**question, "replace": "1"}, {"change": "1"},
        ],
        "consultations:agree": [{"replace": "1"}],
        "consultations:detail": [{"text": "Praat eerst.", "replace": "1"}, {"text": "Praat."}],
        "referrals:write_report": [{"move": "facts"}],
        "cases:weighed": [{"suspicion_answer": "yes"}],
        "audit:export": [
            {"first": "2026-01-01", "last": "2026-01-31", "reason": "De privacy officer vraagt."}
        ],
    }  # fmt: skip


@pytest.fixture
def markers():
    return Markers()


@pytest.fixture
def world(markers):
    """The world of the role matrix with a record of each kind, beside another case of the pupil
    and one of another pupil; and a word of its own in each text."""
    made = World()
    records_of(made.case, 1)
    ReportText.objects.create(report=made.report, field="expected", text="Rust.")
    ReportText.objects.create(report=made.filed_report, field="expected", text="Rust.")
    earlier(made.case)
    other = CaseFactory(pupil=PupilFactory(school=made.school), step=1)
    SignalFactory(case=other, author=made.people["author"])
    asked = {"asked_by": made.people["coordinator"]}
    AgendaItem.objects.create(case=other, **asked)
    said = ConsultationFactory(case=made.case, kind="care_team")
    AgendaItem.objects.create(
        case=made.case, meeting=made.meeting, consultation=said, minutes="Besproken.", **asked
    )
    # No run of the worker stands between a page and what it hands out.
    made.export.state, made.export.finished_at = "ready", timezone.now()
    made.export.save()
    mark_all(markers)
    for one in ("pupil", "case", "signal", "consultation", "export", "report_copy", "referral"):
        getattr(made, one).refresh_from_db()
    return made


class Walk:
    """The requests of somebody, and what was wrong with the log after each."""

    def __init__(self, who, world, client, markers):
        self.who, self.user = who, world.people[who]
        self.client, self.markers = client, markers
        self.wrong: list[str] = []
        # Page → fields that were shown there without a row.
        self.silent: dict[str, set[str]] = defaultdict(set)

    def ask(self, name, url, method="get", data=None, **headers):
        """Send a request, judge the log by what was shown, and undo it all."""
        cookies = deepcopy(self.client.cookies)
        undone = transaction.atomic()
        undone._from_testcase = True  # a transaction that must be the outermost one is, in here
        with undone:
            before = LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            answer = getattr(self.client, method)(url, data or {}, **headers)
            body = b"".join(answer) if answer.streaming else answer.content
            rows = list(LogEntry.objects.filter(pk__gt=before, kind__in=READING))
            transaction.set_rollback(True)
        self.client.cookies = cookies
        assert answer.status_code != 500
        self._judge(name, f"{method.upper()} {name}", answer.status_code, body, rows)

    def _judge(self, name, asked, status, body, rows):
        own = f"{self.user.email}".split("@")[0]
        shown = self.markers.found(body.decode("latin-1").replace(own, ""))
        words = {group for group, __ in shown}
        allowed = NOT_WRITTEN_DOWN.get(name, (frozenset(), ""))[0]
        for one in words:
            if not any(covers(row, one, self.user) for row in rows):
                self.silent[name].add(one.field)
                if one.field not in allowed:
                    self.say(asked, status, f"shows {one.field} and writes no row")
        for row, times in Counter((row.kind, row.object_repr, row.school_id) for row in rows).items():
            if times > 1:
                self.say(asked, status, f"writes {times} rows: {row[0]} {row[1].split()[0]}")
        for row in rows:
            shows = any(covers(row, one, self.user) for one in words)
            if row.kind == Kind.READ and row.case_reference and not shows:
                self.say(asked, status, f"writes a row of reading and shows nothing of that {row}")
            if row.kind in (Kind.SEARCHED, Kind.TRAIL_READ, Kind.READ) and status not in (200, 422):
                self.say(asked, status, f"writes a row and shows no page: {row.kind}")

    def say(self, asked, status, what):
        """Note what is wrong, once."""
        line = f"{self.who}: {asked} ({status}) {what}"
        if line not in self.wrong:
            self.wrong.append(line)


def covers(row: LogEntry, words: Words, user) -> bool:
    """Tell whether a row says that the user read these words."""
    if row.actor_id != user.pk:
        return False
    if row.kind == Kind.SEARCHED:
        return words.field in NAMES and row.school_id == words.school
    if not words.cases and not words.about:
        return False
    in_case = not words.cases or row.case_reference in words.cases
    return in_case and (not words.about or row.object_repr in words.about)


def walk(who, world, client, markers):
    """Ask all there is to ask as somebody."""
    made = Walk(who, world, client, markers)
    queries, buttons = asked_in_a_query(world), sent_with_a_button(world)
    for name, __ in all_patterns():
        url = reverse(name, args=arguments(name, world))
        for query in [{}, *queries.get(name, [])]:
            made.ask(name, url, data=query)
            made.ask(name, url, data=query, HTTP_HX_REQUEST="true")
        if name in READ_ONLY:
            continue
        for sent in [{}, *buttons.get(name, [])]:
            made.ask(name, url, "post", sent)
    for row in FORMS:
        if row.who == who:
            sheet = Sheet(row, lambda user: client, world)
            less = dict(list(sheet.full.items())[1:])
            for sent in (sheet.full, less):
                made.ask(row.name, sheet.url, "post", {**sent, "idempotency_key": sheet.key})
    return made


def test_every_page_leaves_a_row_of_what_it_shows_and_of_nothing_else(world, markers, signed_in):
    assert without_a_row() == []
    walks = [walk(who, world, signed_in(world.people[who]), markers) for who in READERS]
    wrong = [line for made in walks for line in made.wrong]
    assert wrong == [], "\n".join(["", *wrong])
