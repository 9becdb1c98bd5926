"""Figures: what they count and measure, for whom, and what of it leaves the care team."""

import io
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases import actions as case_actions
from cases import jobs
from cases.calendars import of_school
from cases.errors import ActionError
from cases.figures import actions, tasks
from cases.figures.school_year import SchoolYear
from cases.figures.waits import Clock, business_days
from cases.figures.walks import read
from cases.models import Case, Deviation, Notification, YearPaper, YearText
from tests.cases.records import assessment, consultation, decision, signal
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    InvitationFactory,
    PupilFactory,
    member,
)
from tests.test_query_counts import assert_constant

pytestmark = pytest.mark.django_db

LAST = SchoolYear.of(timezone.now()).before
# A Monday morning in March, far from any holiday.
MONDAY = datetime(LAST.first + 1, 3, 1, 9, tzinfo=UTC)
MONDAY += timedelta(days=(7 - MONDAY.weekday()) % 7)


def after(days):
    return MONDAY + timedelta(days=days)


def concern(school, at=MONDAY, **fields):
    """Make a case with two signals: a concern from the second on."""
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=at, **fields)
    signal(case, recorded_at=at)
    signal(case, recorded_at=at)
    return case


def walked(school, **decided):
    """Make a case that was walked from a Monday to the Monday after it, and closed."""
    case = concern(school)
    consultation(case, recorded_at=after(1), closed_at=after(2))
    ConversationFactory(case=case, recorded_at=after(4))
    assessment(case, after(4))
    decision(case, after(7), **{"help": "own", **decided})
    Case.objects.filter(pk=case.pk).update(
        closed_at=after(20), outcome="help_works", closing_grounds="Het gaat goed.", step=5
    )
    return case


def table(page, code, key="tables"):
    """Return the rows of a table of a page, as their numbers."""
    tables = page.context["report"].tables if key == "report" else page.context["tables"]
    found = next(one for one in tables if one.code == code)
    return [[cell.value for cell in line.cells] for line in found.lines]


def column(page, code, number=0, **where):
    """Return a column of a table of a page."""
    return [values[number] for values in table(page, code, **where)]


def of_year(name, year, **query):
    found = "&".join(f"{key}={value}" for key, value in {"year": year.first, **query}.items())
    return f"{reverse(name)}?{found}"


def test_what_waits_now_is_late_when_reminders_say_so(school, coordinator):
    """The clock of the figures and the protocol's own stand still at the same moment."""
    mild, severe = concern(school), concern(school)
    signal(severe, severe=True, recorded_at=MONDAY)
    steps = (
        lambda case: None,
        lambda case: consultation(case, recorded_at=after(1), kind="veilig_thuis"),
        lambda case: case.consultations.update(closed_at=after(2), outcome="Zorg is terecht."),
        lambda case: ConversationFactory(case=case, recorded_at=after(3)),
        lambda case: assessment(case, after(4), danger="no"),
    )
    seen = []
    for walk_on in steps:
        for case in (mild, severe):
            walk_on(case)
            case_actions.refresh(case, coordinator, after(4))
            told = read(Case.objects.filter(pk=case.pk), LAST)
            late = []
            for moment in (case.deadline, case.deadline + timedelta(minutes=1)):
                waits = Clock(of_school(school), moment).waits(*told.walks)
                late.append([w.late for w in waits if not w.until and w.period.code == case.period])
            assert late == [[False], [True]], (case.period, case.deadline)
            seen.append(case.period)
    assert seen[::2] == ["ask", "consult", "talk", "weigh", "decide"]


def test_business_days_pass_by_weekends_holidays_and_vacations():
    friday, monday = datetime(2026, 4, 3, 9, tzinfo=UTC), datetime(2026, 4, 13, 9, tzinfo=UTC)
    assert business_days(friday, monday, frozenset()) == 5  # Easter Monday lies between
    assert business_days(friday, monday, frozenset({monday.date()})) == 4
    assert business_days(friday, friday, frozenset()) == 0


def test_the_care_teams_page_counts_its_own_cases_of_the_year(school, coordinator, signed_in):
    for number in range(3):
        walked(school, report=number == 2)
    Deviation.objects.create(
        case=Case.objects.first(), author=coordinator, kind="skipped", step=2, rule="R11",
        grounds="Er was haast.", recorded_at=after(3),
    )  # fmt: skip
    walked(member(Role.COORDINATOR).current_memberships[0].school)  # elsewhere
    board = concern(school, restricted=True)
    decision(board, after(7))
    concern(school, at=timezone.now() - timedelta(hours=1), step=2)
    page = signed_in(coordinator).get(of_year("cases:statistics", LAST))
    assert table(page, "waits") == [
        # Period, half, nine of ten, how often, late, half the year before, now, late now.
        [5, 1, None, 3, 0, None, 0, 0],
        [10, 1, None, 3, 0, None, 0, 0],
        [10, 2, None, 3, 0, None, 0, 0],
        [5, 0, None, 3, 0, None, 0, 0],
        [5, 1, None, 3, 0, None, 0, 0],
        [30, 5, None, 3, 0, None, 0, 0],
    ]
    numbers = column(page, "decisions", 0)
    assert numbers == [2, 0, 0, 1, 0, 3, 3, 0]
    assert column(page, "steps", 0) == [3, 1, 3, 0, 3, 0]
    assert column(page, "signals")[:5] == [6, 6, 0, 3, 3]
    assert sum(column(page, "inflow")) == 3
    now = signed_in(coordinator).get(reverse("cases:statistics"))
    assert column(now, "now", 0) == [0, 1, 0, 0, 0]
    assert column(now, "waits", 6)[0] == 1
    assert "Er was haast." not in now.content.decode()


def test_the_figures_take_as_many_queries_for_many_cases(school, coordinator, signed_in):
    def more(count):
        for __ in range(count // 2):
            walked(school)

    for name in ("cases:statistics", "cases:year_report"):
        assert_constant(signed_in(coordinator), of_year(name, LAST), more)


def test_the_year_report_hides_small_numbers_of_a_year_that_is_over(
    school, signed_in, administrator
):
    for number in range(7):
        walked(school, report=number == 0)
    leader = member(Role.SCHOOL_LEADER, school)
    board = concern(school, restricted=True)
    decision(board, after(7), help="own")
    for user in (leader, administrator):
        browser = signed_in(user)
        page = browser.get(of_year("cases:year_report", LAST))
        decisions = column(page, "decisions", 0, key="report")
        # Six of own help, and one report beside it: of both, the total alone is shown.
        assert decisions == [None, None, None, None, None, 7, None, None]
        assert column(page, "steps", 0, key="report") == [7, None, 7, None, 7, None]
        assert column(page, "waits", 1, key="report") == [1, 1, 2, 0, 1, 5]
        assert column(page, "waits-fast", 1, key="report") == [None] * 6
        # Of the year that runs, nothing.
        running = browser.get(of_year("cases:year_report", SchoolYear(LAST.first + 1)))
        assert running.context["year"] == LAST
        assert browser.get(of_year("cases:statistics", LAST)).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.ask_for_paper(school, SchoolYear(LAST.first + 1), leader, uuid.uuid4())


def test_its_own_words_hold_no_name_of_a_pupil(school, administrator, signed_in):
    PupilFactory(school=school, given_name="Ties", family_name="de Jong")
    browser = signed_in(administrator)
    url = reverse("cases:year_texts", args=[LAST.first])
    words = {"knowledge": "Wat wij van Ties' zaak leerden.", "agreements": "De jongste groep."}
    refused = browser.post(url, {**words, "version": 0})
    assert refused.status_code == 422
    assert "Ties" in str(refused.context["form"].errors["looked_at"])
    assert LogEntry.objects.filter(kind=Kind.SEARCHED, actor=administrator).count() == 1
    assert not YearText.objects.exists()
    assert browser.post(url, {**words, "looked_at": "on", "version": 0}).status_code == 302
    report = browser.get(of_year("cases:year_report", LAST)).content.decode()
    assert "De jongste groep." in report
    # A colleague who had the page open before that: nothing is written over.
    stale = browser.post(url, {"knowledge": "Iets anders.", "version": 0})
    assert stale.status_code == 422
    assert YearText.objects.get().agreements == "De jongste groep."
    with pytest.raises(PermissionDenied):
        actions.save_texts(
            school, LAST, member(Role.COORDINATOR, school), knowledge="", agreements=""
        )


def test_the_report_on_paper_is_asked_made_and_fetched(
    school,
    administrator,
    signed_in,
    django_capture_on_commit_callbacks,
    monkeypatch,
    caplog,
):
    for __ in range(6):
        walked(school)
    queued = []
    monkeypatch.setattr(jobs, "wake", lambda task, public_id: queued.append((task, public_id)))
    browser = signed_in(administrator)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("cases:ask_year_paper", args=[LAST.first]))
    paper = YearPaper.objects.get()
    assert queued == [(YearPaper.task, str(paper.public_id))]
    download = reverse("cases:year_paper_download", args=[paper.public_id])
    assert browser.get(download).status_code == 404
    tasks.make_year_report(str(paper.public_id))
    answer = browser.get(download)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.getvalue())).pages]
    for number, page in enumerate(pages, 1):
        assert f"pagina {number} van {len(pages)}" in page
        assert f"{school.name} · " in page
    text = "".join(pages)
    assert f"{LAST.first}-{LAST.first + 1}" in text
    assert school.name in text
    assert LogEntry.objects.filter(kind=Kind.EXPORTED, actor=administrator).count() == 2
    other = signed_in(member(Role.ADMINISTRATOR, school))
    assert other.get(download).status_code == 404

    def broken(*args):
        raise ValueError("Ties de Jong")

    monkeypatch.setattr(tasks, "make_pdf", broken)
    again = actions.ask_for_paper(school, LAST, administrator, uuid.uuid4())
    tasks.make_year_report(str(again.public_id))
    again.refresh_from_db()
    assert again.state == YearPaper.State.FAILED
    told = Notification.objects.values_list("recipient", "kind", "about")
    assert list(told.order_by("pk")) == [
        (administrator.pk, "year_report_ready", str(paper.public_id)),
        (administrator.pk, "year_report_failed", str(again.public_id)),
    ]
    assert "Ties" not in caplog.text
    with pytest.raises(ActionError):  # the key of another paper
        actions.ask_for_paper(school, LAST.before, administrator, again.idempotency_key)


def test_a_buurtteam_sees_how_many_it_was_asked_and_how_soon_it_answered(
    school, family_worker, signed_in
):
    team = {"buurtteam": school.buurtteam, "invited_at": MONDAY}
    for number in range(7):
        room = ConsultationFactory(case=concern(school), kind="family_worker")
        for accepted in (after(number), None):  # of two who were asked, one answers
            InvitationFactory(consultation=room, accepted_at=accepted, **team)
    at_the_board = ConsultationFactory(case=concern(school, restricted=True))
    InvitationFactory(consultation=at_the_board, **team)
    InvitationFactory(invited_at=MONDAY)  # of another team
    page = signed_in(family_worker).get(of_year("consultations:figures", LAST))
    # None with a name: of seven without, the number of all says it already.
    assert column(page, "kinds") == [None, None, 7]
    # From Monday to Sunday: business days, as the protocol counts.
    assert table(page, "answers") == [[3, 3, None, None]]
