"""Waiting on purpose: who, how long, when never, what ends it, and what is said after it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from cases import actions
from cases.dossier.contents import dossier
from cases.errors import ActionError, Immutable
from cases.facts import facts_for
from cases.models import Case, DossierExport, Reminder, Snooze
from cases.notifications.outbox import deliver
from cases.protocol import Facts, guide
from cases.protocol.waiting import NEVER, PutOff, why_never
from cases.reminders.sweep import sweep
from cases.timeline import timeline
from cases.waiting.actions import go_on, latest_end, put_off
from tests.cases.protocol_facts import ACUTE, CONCERN, MILD, SEVERE
from tests.cases.protocol_facts import NOW as SEEN
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    UserFactory,
    VacationFactory,
    member,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=AMSTERDAM)
FRIDAY = datetime(2026, 3, 6, 8, 0, tzinfo=AMSTERDAM)  # a business day before the end
ON_THE_DAY = datetime(2026, 3, 9, 8, 0, tzinfo=AMSTERDAM)
LEVEL_TWO = datetime(2026, 3, 12, 8, 0, tzinfo=AMSTERDAM)
HOUR = timedelta(hours=1)


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def coordinator(school):
    return member(Role.COORDINATOR, school)


def with_concern(school, since=MONDAY, **fields):
    """Return a case with two signals: a consultation is asked within five business days."""
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=since, **fields)
    moments = {"recorded_at": since, "observed_at": since}
    SignalFactory.create_batch(2, case=case, **moments)
    actions.refresh(case, None, since)
    return case


def waiting(case, by, since, until):
    """Put a case off as it would have been then."""
    guidance = guide(facts_for(case, since))
    snooze = Snooze.objects.create(
        case=case, cycle=case.cycle, author=by, recorded_at=since, until=until,
        reason="Het buurtteam komt donderdag.", asked=" ".join(sorted(guidance.asked)),
    )  # fmt: skip
    actions.refresh(case, by, since)
    return snooze


def said():
    return list(Reminder.objects.order_by("pk").values_list("period", "level"))


# --- the protocol: pure --------------------------------------------------------------------------

LATER = PutOff(SEEN - HOUR, SEEN + HOUR)
CLOSED = CONCERN | {"closed_at": SEEN - HOUR}
BOARD = MILD | {"about_staff": True}


@pytest.mark.parametrize(
    ("known", "row"),
    [(CLOSED, 0), (BOARD, 1), (ACUTE, 2), (SEVERE, 3), (CONCERN, None), (MILD, None)],
)
def test_when_a_case_cannot_be_put_off(known, row):
    facts = Facts(now=SEEN, opened_at=SEEN - timedelta(days=9), put_off=LATER, **known)
    assert why_never(facts) == (None if row is None else NEVER[row].why)
    assert guide(facts).waits(SEEN) is (row is None)
    assert not guide(facts).waits(SEEN + HOUR)


# --- putting off ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nobody_is_reminded_before_its_end_and_once_after_it(school, coordinator):
    case = with_concern(school)
    until = LEVEL_TWO + HOUR
    snooze = waiting(case, coordinator, MONDAY + HOUR, until)
    assert Case.objects.get().next_due == until
    for moment in (FRIDAY, ON_THE_DAY, LEVEL_TWO, until - timedelta(seconds=1)):
        assert sweep(moment) == 0
    assert sweep(until) == 1
    assert said() == [("ask", 2)]  # at the level where it stands by now
    snooze.refresh_from_db()
    assert (snooze.ended_how, snooze.ended_at, snooze.ended_by) == ("time", until, None)
    assert sweep(until + HOUR) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "until", "before", "after"),
    [
        # Before anything was due: that waiting is over is said itself.
        (MONDAY + HOUR, MONDAY + 3 * HOUR, [], [("waiting", 0)]),
        # Said before it began, and no new level meanwhile: at that level again, once.
        (ON_THE_DAY + HOUR, ON_THE_DAY + 5 * HOUR, [("ask", 1)], [("waiting", 1)]),
        (LEVEL_TWO + HOUR, LEVEL_TWO + 5 * HOUR, [("ask", 2)], [("waiting", 2)]),
    ],
)
def test_the_end_is_said_exactly_once(school, coordinator, since, until, before, after):
    case = with_concern(school)
    sweep(since - HOUR / 2)
    assert said() == before
    waiting(case, coordinator, since, until)
    sweep(until - HOUR / 2)
    assert said() == before
    for later in range(3):
        sweep(until + later * HOUR / 12)
    assert said() == before + after


@pytest.mark.django_db
def test_put_off_by_who_may_move_it_within_the_bound_and_once_at_a_time(school, coordinator):
    case = with_concern(school, timezone.now())
    key = SignalFactory().idempotency_key
    until = timezone.now() + timedelta(days=2)
    for stranger in (member(Role.TEACHER, school), member(Role.COORDINATOR)):
        with pytest.raises(PermissionDenied):
            put_off(case, stranger, key, reason="Zomaar.", until=until)
    with pytest.raises(ActionError) as refused:
        put_off(case, coordinator, key, reason="Lang.", until=until + timedelta(days=30))
    assert refused.value.field == "until"
    for __ in range(2):  # a double click
        put_off(case, coordinator, key, reason="Het buurtteam komt.", until=until)
    assert Snooze.objects.count() == 1
    put_off(case, coordinator, SignalFactory().idempotency_key, reason="Morgen al.",
            until=until - timedelta(days=1))  # fmt: skip
    assert [s.ended_how for s in Snooze.objects.order_by("pk")] == ["by_hand", ""]
    snooze = Snooze.objects.latest("pk")
    snooze.reason = "Iets anders."
    with pytest.raises(Immutable):
        snooze.save()


@pytest.mark.django_db
def test_an_end_that_came_while_the_form_waited_is_refused(school, coordinator):
    case, now = with_concern(school, timezone.now()), timezone.now()
    with pytest.raises(ActionError) as refused:
        put_off(case, coordinator, SignalFactory().idempotency_key, reason="Zo.", until=now)
    assert (refused.value.field, case.snoozes.count()) == ("until", 0)


@pytest.mark.django_db
def test_putting_off_again_and_again_is_no_way_around_the_bound(school, coordinator):
    case = with_concern(school, timezone.now())
    first = latest_end(case, actions.guidance_for(case))
    waiting(case, coordinator, timezone.now() - timedelta(days=4), timezone.now() - HOUR)
    again = latest_end(Case.objects.get(), actions.guidance_for(case))
    assert again < first
    # Somebody was reminded: it may wait as long as before.
    Reminder.objects.create(case=case, cycle=1, step=2, period="ask", deadline=SEEN, level=1)
    assert latest_end(case, actions.guidance_for(case)) >= first


@pytest.mark.django_db
def test_the_bound_is_in_hours_on_the_accelerated_path(school, coordinator):
    case = with_concern(school, timezone.now() - HOUR)
    SignalFactory(case=case, severe=True, recorded_at=timezone.now() - HOUR)
    with pytest.raises(ActionError):
        put_off(case, coordinator, SignalFactory().idempotency_key, reason="Later.",
                until=timezone.now() + HOUR)  # fmt: skip
    ConsultationFactory(case=case, kind="veilig_thuis", recorded_at=timezone.now(),
                        closed_at=timezone.now(), outcome="Praat eerst.")  # fmt: skip
    actions.refresh(case, None)
    ends_in = latest_end(case, actions.guidance_for(case)) - timezone.now()
    assert timedelta(hours=23) < ends_in <= timedelta(hours=24)


@pytest.mark.django_db
def test_what_ends_it_by_itself(school, coordinator):
    author = member(Role.TEACHER, school)

    def mild(case):
        SignalFactory(case=case, author=author)

    def severe(case):
        SignalFactory(case=case, author=author, severe=True)

    def asked(case):
        ConsultationFactory(case=case)

    for change, how in ((mild, ""), (severe, "severe"), (asked, "asked")):
        case = with_concern(school, timezone.now())
        waiting(case, coordinator, timezone.now(), timezone.now() + timedelta(days=3))
        change(case)
        actions.refresh(case, author)
        snooze = Snooze.objects.get(case=case)
        assert snooze.ended_how == how, change
        assert bool(snooze.ended_at) == bool(how)
        if how:
            assert snooze.ended_by == author
            assert Case.objects.get(pk=case.pk).next_due != snooze.until
            assert [e for e in timeline(case) if e.text == snooze.get_ended_how_display()]


@pytest.mark.django_db
def test_ended_by_hand_it_is_reminded_of_at_once(school, coordinator):
    case = with_concern(school, timezone.now() - timedelta(days=20))
    waiting(case, coordinator, timezone.now() - HOUR, timezone.now() + timedelta(days=1))
    assert sweep(timezone.now()) == 0
    go_on(case, coordinator)
    snooze = Snooze.objects.get()
    assert (snooze.ended_how, snooze.ended_by) == ("by_hand", coordinator)
    assert sweep(timezone.now()) > 0


@pytest.mark.django_db
def test_where_it_is_shown(school, coordinator, signed_in):
    case = with_concern(school, timezone.now())
    browser = signed_in(coordinator)
    until = timezone.localtime() + timedelta(days=1)
    page, board = reverse("cases:detail", args=[case.reference]), reverse("cases:dashboard")
    mark = "wacht tot"
    for url in (page, board):
        assert mark not in browser.get(url).content.decode()
    form = {"reason": "Het buurtteam komt donderdag.", "until": until.strftime("%Y-%m-%dT%H:%M")}
    assert browser.post(reverse("cases:put_off", args=[case.reference]), form).status_code == 302
    for url in (page, board):
        assert mark in browser.get(url).content.decode()
    assert form["reason"] in browser.get(page).content.decode()
    assert form["reason"] not in browser.get(board).content.decode()
    export = DossierExport.objects.create(case=case, requested_by=coordinator, reason="Inzage.")
    paper = dossier(export, timezone.now())
    assert paper.case.waits.reason == form["reason"]
    assert any(entry.text == form["reason"] for entry in paper.timeline)
    browser.post(reverse("cases:go_on", args=[case.reference]))
    for url in (page, board):
        assert mark not in browser.get(url).content.decode()


# --- before a vacation ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_before_a_long_vacation_it_is_asked_who_watches(school, coordinator):
    """Vacation from Saturday 14 to Sunday 22 March: by Thursday the 12th somebody watches."""
    VacationFactory(school=school, first_day=date(2026, 3, 14), last_day=date(2026, 3, 22))
    case = with_concern(school, MONDAY + timedelta(days=7))
    waiting(case, coordinator, MONDAY + timedelta(days=7, hours=1),
            MONDAY + timedelta(days=14))  # fmt: skip
    given = []
    for day in range(9, 24):
        sweep(datetime(2026, 3, day, 8, 5, tzinfo=AMSTERDAM))
        given.append(len(said()))
    assert said()[:2] == [("vacation", 0), ("vacation", 1)]
    days = [9 + n for n, (a, b) in enumerate(zip([0, *given], given, strict=False)) if b > a]
    assert days[:2] == [11, 12]
    assert ("vacation", 2) not in said()


# --- the ladder ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("before_the_sweep", [True, False])
@pytest.mark.parametrize("how", ["ended", "inactive", "last day"])
def test_who_left_hears_nothing_also_of_what_waited(
    school, coordinator, mailoutbox, how, before_the_sweep
):
    mentor = member(Role.TEACHER, school)
    with_concern(school, responsible=mentor)

    def leave():
        if how == "inactive":
            type(mentor).objects.filter(pk=mentor.pk).update(is_active=False)
        elif how == "ended":
            mentor.memberships.update(ended_at=timezone.now())
        else:
            mentor.memberships.update(starts_on=date(2020, 1, 1), ends_on=date(2026, 3, 1))

    if before_the_sweep:
        leave()
    sweep(FRIDAY)
    if not before_the_sweep:
        leave()
    deliver()
    assert [mail.to for mail in mailoutbox if mentor.email in mail.to] == []
    assert Reminder.objects.count() == 1


@pytest.mark.django_db
def test_a_substitute_hears_it_from_their_first_day_to_their_last(school, coordinator):
    mentor = member(Role.TEACHER, school)
    substitute = UserFactory()
    Membership.objects.create(
        user=substitute, school=school, role=Role.TEACHER, replaces=mentor.memberships.get(),
        starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 9),
    )  # fmt: skip
    with_concern(school, responsible=mentor)
    heard = {}
    for moment in (FRIDAY, ON_THE_DAY, LEVEL_TWO):
        sweep(moment)
        told = Reminder.objects.latest("pk").notifications
        heard[moment] = set(told.values_list("recipient", flat=True))
    assert heard == {
        FRIDAY: {mentor.pk},
        ON_THE_DAY: {mentor.pk, substitute.pk},
        LEVEL_TWO: {mentor.pk, coordinator.pk},
    }


# --- summer time ---------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("severe_at", "moments"),
    [
        # Two hours for a consultation; clocks go from 2:00 to 3:00 on 29 March.
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), (1, 2, 4, 6)),
        # And back from 3:00 to 2:00 on 25 October.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), (1, 2, 4, 6)),
    ],
)
def test_hours_are_hours_when_the_clock_is_changed(school, coordinator, severe_at, moments):
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=severe_at)
    SignalFactory(case=case, severe=True, recorded_at=severe_at, observed_at=severe_at)
    actions.refresh(case, None, severe_at)
    for hours in moments:
        moment = severe_at + timedelta(hours=hours)
        assert sweep(moment - timedelta(seconds=1)) == 0
        assert sweep(moment) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "first", "second"),
    [
        # Friday before; five business days: the Friday after. Eight in the morning stays eight.
        (datetime(2026, 3, 27, 9, tzinfo=UTC), datetime(2026, 4, 2, 6, tzinfo=UTC),
         datetime(2026, 4, 7, 6, tzinfo=UTC)),
        (datetime(2026, 10, 23, 8, tzinfo=UTC), datetime(2026, 10, 29, 7, tzinfo=UTC),
         datetime(2026, 10, 30, 7, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_eight_in_the_morning_stays_eight(school, coordinator, since, first, second):
    """After 27 March come Good Friday and Easter Monday."""
    with_concern(school, since)
    for moment in (first, second):
        assert sweep(moment - timedelta(seconds=1)) == 0
        assert sweep(moment) == 1
