"""Whoever is shown words of a case, a pupil or a person leaves a row; who is not, leaves none.

Every address of the URLconf is asked by whoever may read something there: by GET, and with a form
that is empty, filled in, and filled in but for one field. Each request is undone before the next.
"""

from collections import Counter, defaultdict
from copy import copy, deepcopy

import pytest
from django.db import transaction
from django.urls import reverse

from audit.kinds import Kind
from audit.models import LogEntry
from cases.references import sign_of
from cases.search.sealed import sealed
from tests.accounts.every_form import FORMS, Sheet
from tests.audit.everything import everything
from tests.audit.marked import Words, without_a_row
from tests.canary import SIGN, Markers
from tests.test_role_matrix import (
    FROM_LIBRARIES,
    MATRIX,
    POST_ONLY,
    PUBLIC,
    READ_ONLY,
    all_patterns,
    arguments,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# Everybody who could be shown something of the school, by what they are to the case. Each asks what
# the matrix lets them ask, and the outsider all the rest.
READERS = (
    "coordinator", "author", "participant", "handed_over", "leader", "administrator",
    "joined", "invited", "sister_leader", "conflicted",
)  # fmt: skip
OUTSIDER = "conflicted"
# What htmx asks for apart from its page.
FRAGMENTS = {
    "signals:pupils", "cases:export", "cases:year", "cases:year_paper", "referrals:copy",
    "cases:pupil_import",
}  # fmt: skip
READING = {
    Kind.READ, Kind.SEARCHED, Kind.TRAIL_READ, Kind.FLAGS_READ, Kind.EXPORTED, Kind.EMERGENCY,
}  # fmt: skip
NAMES = frozenset({"Pupil.given_name", "Pupil.family_name", "Pupil.class_name"})
# They tell what was done, not what a page shows: a copy is asked for, a case is opened for a day.
OF_AN_ACT = {Kind.EXPORTED, Kind.EMERGENCY}
SEARCHES = ("q", "pupil_query")

# Page → what it shows of others without a row, and why. A search on it leaves one all the same.
LISTED, CHOSEN, STEP = "a list to go on from", "a list to choose from", "whose step it is"
OWN = "one's own words, for oneself alone"
# fmt: off
NOT_WRITTEN_DOWN: dict[str, tuple[frozenset[str], str]] = {
    "cases:dashboard":           (NAMES, LISTED),
    "todo":                      (NAMES, LISTED),
    "cases:put_off":             (NAMES, STEP),
    "consultations:meetings":    (NAMES, LISTED),
    "consultations:meeting":     (NAMES, LISTED),
    "signals:mine":              (NAMES, LISTED),
    # It leaves one in the trail of the school: about the pupil, and in none of their cases.
    "cases:pupil":               (NAMES, LISTED),
    # So do these two: about the request, or the pupil.
    "cases:request":             (NAMES, STEP),
    "cases:new_request":         (NAMES, STEP),
    "cases:add_sibling":         (NAMES, CHOSEN),
    "signals:new":               (NAMES, CHOSEN),
    "signals:pupils":            (NAMES, CHOSEN),
    "cases:export":              (frozenset({"DossierExport.reason"}), OWN),
    "cases:year":                (frozenset({"YearExport.reason"}), OWN),
    "cases:participants":        (NAMES, STEP),
    "cases:end_shut_out":        (NAMES, STEP),
    "cases:conversation":        (NAMES, STEP),
    "cases:skip":                (NAMES, STEP),
    "cases:assessment":          (NAMES, STEP),
    "cases:explain":             (NAMES, STEP),
    "cases:look_back":           (NAMES, STEP),
    "cases:statement":           (NAMES, STEP),
    "cases:new_cycle":           (NAMES, STEP),
    "cases:close":               (NAMES, STEP),
    "cases:attach":              (NAMES, STEP),
    "consultations:call":        (NAMES, STEP),
    "referrals:decide":          (NAMES, STEP),
    "referrals:withdraw":        (NAMES, STEP),
    "referrals:move":            (NAMES, STEP),
    "referrals:pass_on":         (NAMES, STEP),
    "referrals:goal":            (NAMES, STEP),
    "referrals:correct_report":  (NAMES, STEP),
    "referrals:request_copy":    (NAMES, STEP),
}
# Page → what it shows of a consultation, of which a row is written although it is no text.
NO_TEXT = {
    "consultations:invite":       "who is invited",
    "consultations:propose":      "what was proposed",
    "consultations:agree":        "what was proposed, and who can",
    "consultations:answer_times": "what was proposed",
}
# fmt: on


def asked_in_a_query(world):
    """Page → what its address can ask for, of which it shows more."""
    return {
        "cases:dashboard": [{"q": SIGN}, {"view": "all"}, {"view": "mine"}, {"view": "closed"}],
        "cases:exportable": [{"q": "M-"}],
        "signals:new": [{"pupil": world.pupil.public_id}],
        "cases:prepare_talk": [{"age": "child"}],
        "referrals:feedback": [{"referral": world.sent.public_id}],
    }


def sent_with_a_button(world):
    """Page → what its other buttons send: they show the form again, or what would follow."""
    question = {"kind": "family_worker", "question": "Hoe lees jij dit?"}
    share = {"share": sign_of(f"signals-{world.signal.pk}")}
    return {
        "signals:pupils": [{"pupil_query": SIGN}],
        "signals:new": [{"search": "1", "pupil_query": SIGN}, {"pupil_query": SIGN}],
        "signals:receive": [{"search": "1", "pupil_query": SIGN}, {"pupil_query": SIGN}],
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
    return everything(markers)


class Walk:
    """The requests of all of them, and what was wrong with the log after each."""

    def __init__(self, world, markers, signed_in):
        self.world, self.markers, self.signed_in = world, markers, signed_in
        self.queries, self.buttons = asked_in_a_query(world), sent_with_a_button(world)
        self.wrong: list[str] = []
        # Page → fields that were shown there without a row; pages with a row and without a text.
        self.silent: dict[str, set[str]] = defaultdict(set)
        self.without_text: set[str] = set()
        # Pages with a form: whoever else may send it sends it too.
        self.forms: set[str] = set()

    def all_of(self, who):
        """Ask all there is to ask as somebody."""
        self.who, self.user = who, self.world.people[who]
        self.client = self.signed_in(self.user)
        first = who == READERS[0]
        for name, __ in all_patterns():
            may = MATRIX[name]
            if not first and (may is PUBLIC or name in FROM_LIBRARIES):
                continue
            if may is PUBLIC or who in may or who == OUTSIDER or name == "cases:export_download":
                self.page(name, unseen=first or who == next((r for r in READERS if r in may), ""))
        for row in FORMS:
            if row.who == who:
                self.form(row)

    def other_cases(self, who):
        """Ask the same of a case that is closed, and of one for the board."""
        self.who, self.user = who, self.world.people[who]
        self.client = self.signed_in(self.user)
        for case, signal in (
            (self.world.closed, self.world.closed_signal),
            (self.world.restricted, self.world.staff_signal),
        ):
            there = copy(self.world)
            there.case, there.signal = case, signal
            for name, __ in all_patterns():
                args = arguments(name, there)
                if args != arguments(name, self.world):
                    url = reverse(name, args=args)
                    self.ask(name, url)
                    if name not in READ_ONLY:
                        self.ask(name, url, "post")

    def page(self, name, *, unseen):
        """Ask for a page, with all that its address and its buttons can say."""
        url = reverse(name, args=arguments(name, self.world))
        for query in [{}, *self.queries.get(name, [])]:
            self.ask(name, url, data=query)
        if name in FRAGMENTS:
            method = "post" if name in POST_ONLY else "get"
            data = self.queries.get(name, [{}])[0]
            self.ask(name, url, method, data, HTTP_HX_REQUEST="true")
        if name in READ_ONLY or not (unseen or name in self.forms):
            return
        for sent in [{}, *self.buttons.get(name, [])]:
            if self.ask(name, url, "post", sent) == 422:
                self.forms.add(name)

    def form(self, row):
        """Send a form full, and without the first of its fields."""
        sheet = Sheet(row, lambda user: self.client, self.world)
        less = dict(list(sheet.full.items())[1:])
        for sent in (sheet.full, less):
            self.ask(row.name, sheet.url, "post", {**sent, "idempotency_key": sheet.key})

    def ask(self, name, url, method="get", data=None, **headers):
        """Send a request, judge the log by what was shown, undo it all; return the status."""
        cookies = deepcopy(self.client.cookies)
        if method == "get" and "q" in (data or {}):
            data = {**data, "q": sealed(data["q"], self.user)}
        undone = transaction.atomic()
        undone._from_testcase = True  # a transaction that must be the outermost one is, in here
        with undone:
            before = LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            answer = getattr(self.client, method)(url, data or {}, **headers)
            body = b"".join(answer) if answer.streaming else answer.content
            rows = list(LogEntry.objects.filter(pk__gt=before, kind__in=READING))
            transaction.set_rollback(True)
        self.client.cookies = cookies
        assert answer.status_code < 500
        asked = f"{self.who}: {method.upper()} {name} ({answer.status_code})"
        searched = any((data or {}).get(field) for field in SEARCHES)
        words = self.read_in(body)
        self.judge_words(name, asked, words, rows, searched)
        self.judge_rows(name, asked, words, rows, shown=answer.status_code in (200, 422))
        return answer.status_code

    def read_in(self, body):
        """Return the words of others that stand in an answer."""
        mine = self.user.email.split("@")[0]
        found = self.markers.found(body.decode("latin-1").replace(mine, ""))
        return {words for words, __ in found}

    def judge_words(self, name, asked, words, rows, searched):
        """Note the words that were shown without a row."""
        silent = {one.field for one in words if not any(covers(r, one, self.user) for r in rows)}
        self.silent[name] |= silent
        written_down = NAMES if searched else frozenset()
        allowed = NOT_WRITTEN_DOWN.get(name, (frozenset(), ""))[0] - written_down
        if silent - allowed:
            fields = ", ".join(sorted(silent - allowed))
            self.wrong.append(f"{asked} shows {fields}, and no row says that it was read")

    def judge_rows(self, name, asked, words, rows, *, shown):
        """Note the rows about what was not shown, by somebody else, and those that stand twice."""
        for row in rows:
            what = f"{row.kind} {row.object_repr.split()[0]}"
            empty = row.kind == Kind.READ and row.case_reference
            if row.actor_id != self.user.pk:
                self.wrong.append(f"{asked} writes a row of somebody else: {what}")
            elif not shown and row.kind not in OF_AN_ACT:
                self.wrong.append(f"{asked} shows no page, and writes a row: {what}")
            elif empty and not any(covers(row, one, self.user) for one in words):
                self.without_text.add(name)
                if name not in NO_TEXT:
                    self.wrong.append(f"{asked} shows nothing of it, and writes a row: {what}")
        for row, times in Counter((r.kind, r.object_repr, r.school_id) for r in rows).items():
            if times > 1:
                self.wrong.append(f"{asked} writes {times} rows of the same: {row[0]} {row[1]}")


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


@pytest.mark.usefixtures("bare_not_found")
def test_every_page_leaves_a_row_of_what_it_shows_and_of_nothing_else(world, markers, signed_in):
    assert without_a_row() == [], "the world above holds nothing of these, so no page shows them"
    walk = Walk(world, markers, signed_in)
    for who in READERS:
        walk.all_of(who)
    walk.other_cases("leader")
    # Both ways: what the tables excuse is there to be excused.
    for name, (fields, __) in NOT_WRITTEN_DOWN.items():
        for field in fields - walk.silent[name]:
            walk.wrong.append(f"NOT_WRITTEN_DOWN excuses {field} of {name}: it needs no excuse")
    for name in set(NO_TEXT) - walk.without_text:
        walk.wrong.append(f"NO_TEXT excuses {name}: it needs no excuse")
    assert walk.wrong == [], "\n".join(["", *dict.fromkeys(walk.wrong)])
