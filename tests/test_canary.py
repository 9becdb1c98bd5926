"""A case whose every field holds a word of its own: after all forms were sent, and all pages were
read by everybody, none of these words may stand where it does not belong.

``MAY_READ`` is the table of who may read what on a page. In logs, mails, queue, cache, addresses,
file names, cookies, sessions, the audit and error pages nothing may stand at all.
"""

import logging
import re
from collections import defaultdict
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import typed
from accounts.models import Draft
from audit.models import LogEntry, TypedReason
from cases import views as case_views
from cases.dossier.tasks import make_dossier
from cases.models import (
    Attachment,
    Case,
    DossierExport,
    EmergencyAccess,
    Notification,
    OutboxMessage,
    Pupil,
    YearExport,
)
from cases.notifications.outbox import deliver
from cases.reminders.sweep import sweep
from consultations.models import Consultation
from referrals.models import Decision, Goal, Referral
from referrals.report.models import ReportCopy
from referrals.report.tasks import make_report_pdf
from signals.models import InjuryMark, Signal
from tests.accounts.every_form import FORMS, Sheet
from tests.attacks.proof import shows
from tests.canary import CacheSpy, Markers, QueueSpy, columns, cookies, file_names, sessions
from tests.test_role_matrix import (
    CARE_TEAM,
    LOGS_SIGNALS,
    MANAGES_CONTACTS,
    MATRIX,
    OF_THE_SCHOOLS,
    POST_ONLY,
    SEES_CASE,
    arguments,
)
from tests.world import World

pytestmark = pytest.mark.django_db

# Who works at the pupil's own school and logs signals: they choose the pupil from a list.
AT_THE_SCHOOL = tuple(set(LOGS_SIGNALS) - {
    "other_teacher", "other_coordinator", "other_leader", "sister_leader",
})  # fmt: skip

# Group of words → who may read them on some page. Everybody else may on none.
# fmt: off
MAY_READ: dict[str, tuple[str, ...]] = {
    "who the pupil is":          (*AT_THE_SCHOOL, "sister_leader"),
    "signals of the author":     ("author", *SEES_CASE),
    # The form of the table is about somebody who works at the school: the board's line (R9).
    "signal about staff":        ("teacher", "leader"),
    "the case":                  SEES_CASE,
    "shared in a consultation":  ("joined", *SEES_CASE),
    "reasons of exports":        ("administrator", "leader", *SEES_CASE),
    "conflicts of interest":     SEES_CASE,
    "people":                    ("administrator", "leader", "author", "teacher", *AT_THE_SCHOOL),
    "how one signs in":          ("administrator",),
    "connected systems":         ("administrator", "leader"),
    "meetings":                  (*CARE_TEAM, "conflicted"),
    "the contact book":          OF_THE_SCHOOLS,
    "the help page":             OF_THE_SCHOOLS,
    "the vacations":             MANAGES_CONTACTS,
    "a saved view":              ("coordinator",),  # whose it is
    "the year report":           (*CARE_TEAM, "conflicted", "leader", "administrator"),
    "flags":                     ("administrator",),
    "a draft":                   ("attention_officer",),  # who writes it
    "nobody's page":             (),
}
# fmt: on

# Form → group, where it is not the case.
GROUP_OF_FORM = {
    "signals:new": "signal about staff",
    "signals:correct": "signals of the author",
    "consultations:detail": "shared in a consultation",
    "consultations:new": "shared in a consultation",
    "consultations:agree": "shared in a consultation",
    "cases:dossier": "reasons of exports",
    "cases:years": "reasons of exports",
    # Why a case is held back: by its reference, to who may end that.
    "cases:hold": "reasons of exports",
    "cases:lift_hold": "reasons of exports",
    "cases:retention": "the year report",
    "cases:shut_out": "conflicts of interest",
    "cases:end_shut_out": "conflicts of interest",
    "people:invite": "people",
    "systems:new": "connected systems",
    "sso:add": "how one signs in",
    "sso:saml_add": "how one signs in",
    "sso:change": "how one signs in",
    "cases:add_contact": "the contact book",
    "cases:change_contact": "the contact book",
    "cases:add_vacation": "the vacations",
    "cases:change_vacation": "the vacations",
    "cases:save_view": "a saved view",
    "cases:rename_view": "a saved view",
    "cases:add_help": "the help page",
    "cases:change_help": "the help page",
    "consultations:plan_meeting": "meetings",
    "consultations:move_meeting": "meetings",
    "audit:settle": "flags",
    "cases:year_texts": "the year report",
}
# Sent at the very end: they end what others still look at, or change who may look.
LAST = (
    "people:give_role",
    "cases:participants",
    "cases:end_shut_out",
    "consultations:hand_over",
    "consultations:decline",
    "consultations:outcome",
    "cases:close",
)
# Not to be had in this world any more: their words were typed all the same, and refused.
# (A hold stood already, by the form that was sent with its reason alone.)
REFUSED = {"cases:explain", "cases:new_cycle", "cases:hold", "signals:unfounded"}


@pytest.fixture
def markers() -> Markers:
    return Markers()


@pytest.fixture
def world(markers) -> World:
    """The world of the role matrix, with a word of its own in every field of the case."""
    made = World()
    pupil, own, case = "who the pupil is", "signals of the author", "the case"
    shared = "shared in a consultation"
    _mark(Pupil.objects.all(), markers, pupil, "given_name", "family_name", "class_name")
    _mark(Signal.objects.all(), markers, own, "facts", "child_words", "hearsay_from",
          "interpretation", "place")  # fmt: skip
    _mark(InjuryMark.objects.all(), markers, own, "note")
    _mark(Consultation.objects.all(), markers, shared, "question", "shared")
    _mark(Decision.objects.all(), markers, case, "report_grounds", "help_grounds")
    ReportCopy.objects.update(reason=markers.new(case, "copy reason"))
    _mark(Referral.objects.all(), markers, case, "handed_over", "consent_of", "taken_on_by")
    _mark(Goal.objects.all(), markers, case, "what", "who", "seen_by")
    _mark(EmergencyAccess.objects.all(), markers, case, "reason")
    _mark(Attachment.objects.all(), markers, case, "title")
    _mark(DossierExport.objects.all(), markers, "reasons of exports", "reason")
    _mark(YearExport.objects.all(), markers, "reasons of exports", "reason")
    for one in ("pupil", "case", "signal", "consultation", "export", "emergency"):
        getattr(made, one).refresh_from_db()
    return made


def _mark(rows, markers, group, *fields):
    rows.update(**{field: markers.new(group, field) for field in fields})


class Walk:
    """Everything that anybody does, and all that can be read of it afterwards."""

    def __init__(self, world, markers, signed_in, committed):
        self.world, self.markers, self.signed_in = world, markers, signed_in
        # Runs what waits for the commit: mails, and what wakes the worker.
        self.committed = committed
        self.clients = {}
        self.addresses: list[str] = []
        self.filed: dict[str, int] = {}

    def client(self, who):
        if who not in self.clients:
            self.clients[who] = self.signed_in(self.world.people[who])
        return self.clients[who]

    def send(self, row):
        """Send a form with a word in every text of it; once with a mistake, once without."""
        sheet = Sheet(row, self.client_for(row), self.world)
        group = GROUP_OF_FORM.get(row.name, "the case")
        # The notes of the body map are texts too, though no fields of their own.
        notes = [field for field in sheet.full if field.endswith("-note")]
        words = {
            field: self.markers.new(group, f"{row.name} {field}")
            for field in (*sheet.texts(), *notes)
        }
        # A reason has a least length; words that one is asked to confirm are confirmed.
        texts = {field: f"{word}, een zin die lang genoeg is." for field, word in words.items()}
        texts |= {"confirmed": "on", "keep": "on"}
        refused = self.client(row.who).post(sheet.url, texts)
        assert refused.status_code != 500
        with self.committed(execute=True):
            answer = sheet.send(**texts)
        self.filed[row.name] = answer.status_code
        self.addresses.append(answer.get("Location", ""))
        # And once more, as if the session had ended: kept for the one who typed it.
        texts["typed_by"] = typed.token_for(self.world.people[row.who].pk)
        away = self.signed_in(self.world.people["nobody"])
        away.logout()
        away.post(sheet.url, texts)
        self.clients[f"away {row.name}"] = away

    def write_draft(self, who):
        """Keep a signal that somebody is still writing, with a word in every text of it."""
        sheet = Sheet(next(row for row in FORMS if row.name == "signals:new"), self.signed_in,
                      self.world)  # fmt: skip
        words = {field: self.markers.new("a draft", field) for field in sheet.texts()}
        kept = self.client(who).post(sheet.url, {**sheet.full, **words, "draft": "1"})
        self.addresses.append(kept["Location"])
        return f"{sheet.url}?draft=open"

    def client_for(self, row):
        return lambda user: self.client(row.who)

    def read(self, who):
        """Return every page that somebody can ask for, with its address."""
        client = self.client(who) if self.world.people[who] else None
        for name in sorted(set(MATRIX) - POST_ONLY - {"account_logout"}):
            url = reverse(name, args=arguments(name, self.world))
            answer = client.get(url, **({"HTTP_HX_REQUEST": "true"} if "pupils" in name else {}))
            if answer.streaming:
                continue
            self.addresses += [url, answer.get("Location", "")]
            page = answer.content.decode()
            self.addresses += re.findall(r'(?:href|src|action|hx-get)="([^"]*)"', page)
            yield url, page


@pytest.fixture
def queue():
    """What is sent to the worker."""
    spy = QueueSpy()
    yield spy
    spy.stop()


@pytest.fixture
def walked(world, markers, signed_in, log, queue, monkeypatch, django_capture_on_commit_callbacks):
    """The walk: all forms sent, reminders and dossier made; nothing read yet."""
    spy = CacheSpy(monkeypatch, type(cache._connections[cache._alias]))
    walk = Walk(world, markers, signed_in, django_capture_on_commit_callbacks)
    for row in FORMS:
        if row.name not in LAST:
            walk.send(row)
    walk.draft = walk.write_draft("attention_officer")
    walk.spy, walk.log = spy, log
    return walk


@shows("leak-1")
@pytest.mark.any_database
@pytest.mark.usefixtures("bare_not_found")  # what its page says: ``test_error_pages_say_nothing``
def test_pages_show_each_word_to_those_who_may_read_it_and_to_nobody_else(walked):
    # The net is whole: most forms were taken, so there is something that could leak.
    assert {name for name, status in walked.filed.items() if status >= 400} == REFUSED
    assert len(walked.markers.meaning) > 65
    leaks, seen = {}, defaultdict(set)
    for who, user in walked.world.people.items():
        if user is None:
            continue
        for url, page in walked.read(who):
            for group, field in walked.markers.found(page):
                seen[who].add(group)
                if who not in MAY_READ[group]:
                    leaks[who, url, group, field] = True
    assert leaks == {}
    # A draft is its author's alone, on the page on which they go on with it.
    drafts = {who: client.get(walked.draft) for who, client in walked.clients.items()}
    reading = {who for who, page in drafts.items()
               if ("a draft", "facts") in walked.markers.found(page.content.decode())}  # fmt: skip
    assert reading == {"attention_officer"}
    # What nobody can read at all would make that pass as well.
    for who in ("coordinator", "leader"):
        assert {"who the pupil is", "the case", "signals of the author"} <= seen[who], who
    assert seen["joined"] == {"shared in a consultation"}


@shows("leak-1")
@pytest.mark.production
def test_nothing_stands_where_nobody_looks_for_it(walked, queue):
    for who in ("coordinator", "teacher", "administrator", "joined", "conflicted", "nobody"):
        list(walked.read(who))
    rows = {row.name: row for row in FORMS}
    for name in LAST:
        walked.send(rows[name])
    Case.objects.update(next_due=timezone.now() - timedelta(days=1))
    assert sweep(timezone.now() + timedelta(days=60))
    assert deliver()
    for export in DossierExport.objects.all():
        make_dossier(str(export.public_id))
    for copy in ReportCopy.objects.filter(state=ReportCopy.State.WAITING):
        make_report_pdf(str(copy.public_id))
        copy.refresh_from_db()
        assert copy.state == ReportCopy.State.READY
    assert DossierExport.objects.filter(state=DossierExport.State.READY).exists()

    found = walked.markers.found
    mails = [m.subject + m.body + repr(m.to) + repr(m.extra_headers) for m in mail.outbox]
    assert len(mails) > 5
    # An invitation greets whom it invites; and a mail names the new way to sign in.
    of_people = {"people:invite name", "sso:add name", "sso:saml_add name", "sso:change name"}
    assert {field for _, field in found("".join(mails))} <= of_people
    assert "make_dossier" in queue.text
    assert found(queue.text) == set()
    assert type(current_app.backend).__name__ == "DisabledBackend"
    assert walked.spy.written
    assert found(walked.spy.text) == set()
    assert found(walked.log.getvalue()) == set()
    assert walked.addresses
    assert found("\n".join(walked.addresses)) == set()
    assert found(file_names(settings.VAR_DIR, settings.MEDIA_ROOT)) == set()
    assert list(settings.MEDIA_ROOT.rglob("*.pdf"))
    assert found("\n".join(cookies(client) for client in walked.clients.values())) == set()
    assert found(sessions()) == set()
    # The audit keeps the reasons that were asked, beside its rows, and no other word.
    assert LogEntry.objects.exists()
    assert found("\n".join(columns(LogEntry.objects.all()))) == set()
    reasons = {field for _, field in found("\n".join(columns(TypedReason.objects.all())))}
    assert reasons == {
        "cases:emergency reason",
        "cases:dossier reason",
        "cases:years reason",
        "referrals:request_copy reason",
        "copy reason",
    }
    assert Draft.objects.exclude(sealed="").exists()
    for told in (Notification, OutboxMessage, Draft):
        assert told.objects.exists()
        assert found("\n".join(columns(told.objects.all()))) == set()


@shows("leak-1")
@pytest.mark.any_database
def test_error_pages_say_nothing(walked, monkeypatch):
    word = walked.markers.new("nobody's page", "an error")
    found = walked.markers.found
    client = walked.client("coordinator")
    client.raise_request_exception = False

    def fail(*args, **kwargs):
        raise RuntimeError(word)

    case = reverse("cases:detail", args=[walked.world.case.reference])
    pages = [
        client.get(case + "nowhere/"),
        client.put(case),
        client.post(reverse("cases:take_on", args=["M-AAAAAA"])),
        walked.client("conflicted").get(case),
        client.get(reverse("cases:dashboard") + "?page=" + "9" * 400),
    ]
    monkeypatch.setattr(case_views, "step_header", fail)
    pages.append(client.get(case))
    assert [page.status_code for page in pages] == [404, 405, 404, 404, 200, 500]
    for page in (*pages[:4], pages[5]):
        assert found(page.content.decode()) == set(), page.status_code
    assert "RuntimeError" in walked.log.getvalue()
    assert found(walked.log.getvalue()) == set()


def test_the_net_catches_what_leaks(markers, log, queue):
    """A check that cannot fail is none: a word put on purpose is found in each place."""
    word = markers.new("the case", "put on purpose")
    logging.getLogger("cases").warning("A record: %s", word)
    assert markers.found(log.getvalue())
    current_app.send_task("tests.nothing", args=[word])
    assert markers.found(queue.text)
    assert markers.found(f"/cases/?q={word.lower()}")
