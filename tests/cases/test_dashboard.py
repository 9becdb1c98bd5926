"""The dashboard: what stands first, its filters, its pages, and who waits for whom."""

import gzip
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.access import Permission
from cases.actions import refresh
from cases.dashboard import paging
from cases.dashboard.cards import BY_KEYS
from cases.dashboard.filters import CaseFilter
from cases.models import Case, Pupil, Snooze
from consultations.models import AgendaItem
from signals.models import SignalFinding
from tests.cases.records import decision
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    PupilFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
)
from tests.searches import address, read, search

pytestmark = pytest.mark.django_db

URL = reverse("cases:dashboard")
DESKTOP = {"headers": {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}}
PHONE = {"headers": {"User-Agent": "Mozilla/5.0 (iPhone) Mobile/15E148 Safari/604.1"}}


def case_of(school, name="Ties", klas="2B", **fields):
    pupil = PupilFactory(school=school, given_name=name, class_name=klas)
    return CaseFactory(pupil=pupil, **fields)


def seen(user):
    return Case.objects.permitted(user, Permission.SEE_DASHBOARD)


def found(user, **query):
    return {case.pupil.given_name for case in CaseFilter(query, seen(user), user).found}


page_of = partial(paging.page_of, read=BY_KEYS.read)


def walked(cases, keys, **how):
    """Walk through all pages, and back from each to the one before it; return them."""
    pages = [page_of(cases, **how)]
    while pages[-1].next:
        pages.append(page_of(cases, after=pages[-1].next, **how))
    assert [case.pk for page in pages for case in page] == keys
    assert [len(page.cases) for page in pages] == [3] * (len(keys) // 3)
    assert pages[0].previous == ""
    for earlier, page in pairwise(pages):
        back = page_of(cases, before=page.previous, **how)
        assert [case.pk for case in back] == [case.pk for case in earlier]
        assert bool(back.previous) == bool(earlier.previous)
    return pages


def test_closed_cases_begin_with_what_ended_last(school, coordinator, signed_in, monkeypatch):
    monkeypatch.setattr(paging, "PER_PAGE", 3)
    ended = {"closed_at": timezone.now(), "outcome": "other", "closing_grounds": "Zo."}
    earlier = ended | {"closed_at": ended["closed_at"] - timedelta(days=400)}
    ways = (ended, earlier, ended, earlier, earlier, ended)
    cases = [case_of(school, f"Naam{nth}", **how) for nth, how in enumerate(ways)]
    keys = [cases[place].pk for place in (5, 2, 0, 4, 3, 1)]
    first, __ = walked(seen(coordinator).for_dashboard(), keys, order=paging.CLOSED)
    page = signed_in(coordinator).get(URL, {"view": "closed", "after": first.next})
    assert [case.pk for case in page.context["page"]] == keys[3:]
    # There is no board of what has ended, and no card without the day on which it did.
    board = signed_in(coordinator).get(URL, {"view": "closed", "layout": "board"})
    assert board.context["columns"] == []
    day = date_format(timezone.localtime(ended["closed_at"]), "j F Y")
    assert board.content.decode().count(f"afgesloten op {day}") == 3
    # A place among closed cases is none among open ones.
    case_of(school, "Open", attention=3)
    (shown, *__) = page_of(seen(coordinator).open().for_dashboard(), after=first.next)
    assert shown.pupil.given_name == "Open"


def test_pages_hold_each_case_once_in_order_whatever_changes_meanwhile(
    school, coordinator, monkeypatch
):
    monkeypatch.setattr(paging, "PER_PAGE", 3)
    now = timezone.now()
    for attention in (1, 2, 3):
        for hours in (None, None, -5, 2, 2):  # the same deadline, and none
            deadline = None if hours is None else now + timedelta(hours=hours)
            case_of(school, attention=attention, deadline=deadline)
    cases = seen(coordinator).open().for_dashboard()
    order = [case.pk for case in cases]
    pages = walked(cases, order)

    # The case at which a page begins is another by now, and one more came in before all.
    Case.objects.filter(pk=pages[0].cases[-1].pk).update(attention=1, deadline=None)
    case_of(school, attention=3, deadline=now - timedelta(days=9))
    assert [case.pk for case in page_of(cases, after=pages[0].next)] == order[3:6]
    for wrong in ("x", "é", "9" * 400, pages[0].next[:-4]):
        assert page_of(cases, after=wrong).cases[0].attention == 3
    assert "deadline" not in pages[0].next
    assert str(order[2]) not in pages[0].next[:6]


def test_each_filter_keeps_what_it_says(school, coordinator):
    late, mate = timezone.now() - timedelta(hours=1), UserFactory()
    case_of(school, "Severe", attention=3, step=2, responsible=coordinator)
    case_of(school, "Late", "8A", deadline=late, step=4, responsible=mate)
    case_of(school, "Shut", closed_at=late, outcome="other", closing_grounds="Zo.")
    tired, cleared, corrected = (case_of(school, name) for name in ("Tired", "Cleared", "Newer"))
    for case in (tired, cleared, corrected):
        SignalCategoryFactory(signal__case=case, code="tired")
    SignalFinding.objects.create(
        case=cleared, author=mate, signal=cleared.signals.get(), grounds="Een val."
    )
    SignalFactory(case=corrected, corrects=corrected.signals.get(), correction_reason="Anders.")
    ConsultationFactory(case=tired)
    ConsultationFactory(case=cleared, closed_at=late, closed_by=mate, outcome="Klaar.")
    everybody = {"Severe", "Late", "Tired", "Cleared", "Newer"}
    for query, names in (
        ({}, everybody),
        ({"view": "mine"}, {"Severe"}),
        ({"view": "unassigned"}, {"Tired", "Cleared", "Newer"}),
        ({"view": "closed"}, {"Shut"}),
        ({"view": "severe"}, {"Severe"}),  # an address of before
        ({"step": "4"}, {"Late"}),
        ({"urgency": "severe"}, {"Severe"}),
        ({"class_name": "8A"}, {"Late"}),
        ({"responsible": str(mate.public_id)}, {"Late"}),
        ({"overdue": "yes"}, {"Late"}),
        ({"category": "tired"}, {"Tired"}),
        ({"consulting": "yes"}, {"Tired"}),
        ({"step": "2", "urgency": "severe", "view": "mine"}, {"Severe"}),
        # What does not exist is left aside.
        ({"step": "9", "urgency": "'", "responsible": "x", "category": "\x00"}, everybody),
        ({"view": "x", "overdue": "no", "class_name": "x" * 99, "layout": "x"}, everybody),
    ):
        assert found(coordinator, **query) == names, query


def test_what_is_on_stands_in_the_address_and_goes_with_one_click(school, coordinator, signed_in):
    case_of(school, "Anna", attention=3)
    browser = signed_in(coordinator)
    asked = {"urgency": "severe", "step": "1", "q": "Anna", "view": "mine", "class_name": ""}
    page = search(browser, "cases:dashboard", **asked)
    assert [read(url, coordinator) for url, __ in page.redirect_chain] == [
        {"q": "Anna", "view": "mine", "step": "1", "urgency": "severe"}
    ]
    shown = page.context["shown"]
    assert [read(chip.address, coordinator) for chip in shown.chips] == [
        {"view": "mine", "step": "1", "urgency": "severe"},
        {"q": "Anna", "view": "mine", "urgency": "severe"},
        {"q": "Anna", "view": "mine", "step": "1"},
    ]
    assert shown.cleared == "?view=mine"
    closed = {"q": "Anna", "view": "closed", "step": "1", "urgency": "severe"}
    assert read(shown.also_closed, coordinator) == closed
    wrong = browser.get(URL, {"step": "9", "responsible": "x", "after": "x"})
    assert "Dat telt niet mee: Stap, Verantwoordelijk." in " ".join(wrong.content.decode().split())
    assert list(wrong.context["page"])


def test_a_phone_gets_the_list_a_wide_screen_the_board(school, coordinator, signed_in):
    now = timezone.now()
    for step in (1, 2, 2):
        case_of(school, f"Step{step}", step=step, deadline=now + timedelta(days=step))
    case_of(school, "Late", step=5, deadline=now - timedelta(days=1))
    case_of(school, "Severe", step=3, attention=3, deadline=now + timedelta(hours=1))
    browser = signed_in(coordinator)
    board = browser.get(URL, **DESKTOP)
    assert [(c.count, len(c.cases)) for c in board.context["columns"]] == [
        (1, 1), (2, 2), (1, 1), (0, 0), (1, 1),
    ]  # fmt: skip
    assert [case.pupil.given_name for case in board.context["first"]] == ["Severe", "Late"]
    for answer in (browser.get(URL, **PHONE), browser.get(URL, {"layout": "list"}, **DESKTOP)):
        names = [case.pupil.given_name for case in answer.context["page"]]
        assert names == ["Severe", "Late", "Step1", "Step2", "Step2"]
    # Asked by htmx it is the part that changes; going back asks for the whole page.
    part = browser.get(URL, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="dashboard"')
    assert "HX-Request" in part["Vary"]
    whole = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<!DOCTYPE html>" in browser.get(URL, headers=whole).content.decode()


def test_it_says_who_waits_for_whom(school, coordinator, signed_in):
    now, mate = timezone.now(), UserFactory(name="Tjeerd Wiarda")
    made = {
        name: case_of(school, name, responsible=responsible)
        for name, responsible in (
            ("Nobody", None), ("Mine", coordinator), ("Theirs", mate), ("Asked", mate),
            ("Agenda", mate), ("Sent", mate), ("Buurtteam", mate), ("Later", mate),
        )
    }  # fmt: skip
    ConsultationFactory(case=made["Asked"], kind="veilig_thuis")
    AgendaItem.objects.create(case=made["Agenda"], asked_by=mate)
    decision(made["Sent"], now, to={"buurtteam": now})
    ConversationFactory(case=made["Buurtteam"], kind="three_way", buurtteam_consent=True)
    refresh(made["Buurtteam"], mate)
    Snooze.objects.create(
        case=made["Later"], author=mate, reason="Vakantie.", until=now + timedelta(days=2)
    )
    page = signed_in(coordinator).get(URL)
    cards = {case.pupil.given_name: case.card for case in page.context["page"]}
    assert {name: str(card.waits_for) for name, card in cards.items()} == {
        "Nobody": "",
        "Mine": "jou",
        "Theirs": "Tjeerd Wiarda",
        "Asked": "een consultatie: Veilig Thuis (advies)",
        "Agenda": "het zorgteam, op de agenda",
        "Sent": "antwoord van: Het buurtteam",
        "Buurtteam": "Het buurtteam",
        "Later": "Tjeerd Wiarda",
    }
    assert [name for name, card in cards.items() if card.is_nobodys] == ["Nobody"]
    assert [name for name, card in cards.items() if card.put_off_until] == ["Later"]


def test_what_somebody_typed_stands_on_a_card_as_they_typed_it(school, coordinator, signed_in):
    mate = UserFactory(name="<s>Tjeerd")
    case = case_of(school, "<i>Ties", "<u>2B", responsible=mate, attention=3)
    for layout in ("board", "list"):
        page = signed_in(coordinator).get(URL, {"layout": layout}).content.decode()
        assert not any(tag in page for tag in ("<i>", "<u>", "<s>")), layout
        assert page.count("&lt;i&gt;Ties") >= 1
        assert page.count("&lt;u&gt;2B · " + case.reference) == 1
        assert page.count("&lt;s&gt;Tjeerd") >= 2


def test_with_five_or_five_hundred_cases_it_asks_as_much_and_stays_small(
    school, coordinator, signed_in
):
    browser = signed_in(coordinator)
    asked = {
        "list": (URL, PHONE),
        "board": (URL, DESKTOP),
        "search": (address("cases:dashboard", "dorp", coordinator), PHONE),
    }

    def more(count):
        made = Pupil.objects.bulk_create(
            Pupil(school=school, given_name=f"Naam{n}", family_name="Dorp", class_name=f"{n % 8}A")
            for n in range(count)
        )
        now = timezone.now()
        Case.objects.bulk_create(
            Case(pupil=pupil, school=school, step=1 + n % 5, attention=1 + n % 3, deadline=now)
            for n, pupil in enumerate(made)
        )

    counts = []
    for count in (5, 495):
        more(count)
        for url, headers in asked.values():
            browser.get(url, **headers)  # what is written once a minute is written
            with CaptureQueriesContext(connection) as captured:
                page = browser.get(url, **headers)
            assert len(gzip.compress(page.content)) < 60_000
            # A session that goes on is written in a transaction, whose bounds are no queries.
            counts.append(sum("SAVEPOINT" not in query["sql"] for query in captured))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 12, counts
