"""Searching in cases: names, and the texts of records as far as somebody may see them."""

import re
import time
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission
from accounts.roles import Role
from cases.dashboard.filters import CaseFilter
from cases.models import Case, Deviation, LookBack, ShutOut, Statement
from cases.references import derived_reference
from cases.search import sealed_words
from cases.search.columns import COLUMN, SEALED
from cases.search.names import has_trigrams
from cases.search.sealed import READ_FOR, opened
from cases.search.sealed_words import keep_words
from cases.search.table import TABLE
from cases.search.texts import places_of
from consultations.models import Advice
from referrals.models import HelpPlan
from referrals.report.models import Report, ReportText
from tests.at_rest import FIRST, SECOND
from tests.attacks.proof import shows
from tests.cases.records import assessment, decision, feedback
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    InjuryMarkFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db

URL = reverse("cases:dashboard")


@pytest.fixture(autouse=True, params=["readable", "encrypted", "encrypted with another key since"])
def at_rest(request, settings):
    """All of this is so whether or not texts are encrypted."""
    settings.DATA_KEYS = {"readable": [], "encrypted": [FIRST]}.get(request.param, [SECOND, FIRST])
    return request.param


ON_POSTGRESQL = connection.vendor == "postgresql"


def search(user, words):
    keep_words()
    cases = Case.objects.permitted(user, Permission.SEE_DASHBOARD)
    return list(CaseFilter({"q": words}, cases, user).found)


def found(user, words):
    return {case.reference for case in search(user, words)}


def records_of(case):
    """File a record of each row of the table."""
    who, now = UserFactory(), timezone.now()
    weighed = assessment(case, now, danger="no")
    made = decision(case, now, to={"veilig_thuis": now}, report=True)
    report = Report.objects.create(
        referral=made.referrals.get(), started_by=who, saved_by=who, filed_by=who, filed_at=now
    )
    room = ConsultationFactory(case=case)
    return {
        "Signal": SignalFactory(case=case),
        "InjuryMark": InjuryMarkFactory(signal__case=case),
        "Consultation": room,
        "Advice": Advice.objects.create(consultation=room, author=who, text="Praat."),
        "Conversation": ConversationFactory(case=case),
        "Answer": weighed.answers.get(),
        "Deviation": Deviation.objects.create(
            case=case, author=who, kind="order", step=3, grounds="Haast."
        ),
        "LookBack": LookBack.objects.create(case=case, author=who, seen="Lacht.", result="watch"),
        "Statement": Statement.objects.create(
            case=case, author=who, step=3, said_by="parent", about="Het gesprek.", text="Niet zo."
        ),
        "Attachment": AttachmentFactory(case=case),
        "Decision": made,
        "Goal": HelpPlan.objects.create(decision=made).goals.create(number=1, what="Op tijd."),
        "Referral": made.referrals.get(),
        "Feedback": feedback(case, now),
        "ReportText": ReportText.objects.create(report=report, field="facts", text="Feiten."),
    }


def test_every_text_of_the_table_is_found_and_none_is_shown(school, coordinator, signed_in):
    case = CaseFactory(pupil=PupilFactory(school=school))
    records = records_of(case)
    assert set(records) == {row.model.partition(".")[2] for row in TABLE}
    words = [f"zoekwoord{chr(ord('a') + n)}" for n in range(9)]
    for row in TABLE:
        record = records[row.model.partition(".")[2]]
        said = dict(zip(row.fields, words, strict=False))
        row.rows.objects.filter(pk=record.pk).update(**said)
    for field in range(max(len(row.fields) for row in TABLE)):
        (shown,) = search(coordinator, words[field])
        assert places_of(shown) == [row.found_in for row in TABLE if len(row.fields) > field]
    # In what, and not what it says: the words stand in what is searched, and nowhere else.
    keep_words()
    page = signed_in(coordinator).post(URL, {"q": words[0]}, follow=True)
    (shown,) = page.context["page"]
    assert len(shown.card.found_in) == len(TABLE)
    assert re.sub(r"<[^>]*>", "", page.content.decode()).count(words[0]) == 1
    # All words in one record, in any form of them where the database knows Dutch.
    assert found(coordinator, "zoekwoordb zoekwoorda") == {case.reference}
    assert found(coordinator, "zoekwoorda elders") == set()
    SignalFactory(case=case, facts="Blauwe plekken op de arm.")
    assert found(coordinator, "blauwe plek") == {case.reference}
    assert bool(found(coordinator, "blauw plekken armen")) == ON_POSTGRESQL


def test_what_one_may_not_see_is_not_found(school, coordinator):
    case = CaseFactory(pupil=PupilFactory(school=school))
    old = SignalFactory(case=case, facts="geheimwoord")
    InjuryMarkFactory(signal=old, note="geheimwoord")
    assert found(coordinator, "geheimwoord") == {case.reference}
    # What a correction replaced, a file that was withdrawn, a draft, and what was not sent.
    SignalFactory(case=case, corrects=old, correction_reason="Fout.", facts="Iets anders.")
    now, who = timezone.now(), UserFactory()
    AttachmentFactory(
        case=case, title="geheimwoord", withdrawn_at=now, withdrawn_by=who, withdrawn_why="Fout."
    )
    referral = decision(case, now, to={"veilig_thuis": now}, report=True).referrals.get()
    draft = Report.objects.create(referral=referral, started_by=who, saved_by=who)
    ReportText.objects.create(report=draft, field="facts", text="geheimwoord")
    assert found(coordinator, "geheimwoord") == set()
    # Another school, somebody of the school (R9), and a conflict of interest.
    SignalFactory(facts="geheimwoord")
    SignalFactory(
        case=CaseFactory(pupil=case.pupil, restricted=True), facts="geheimwoord", about_staff=True
    )
    assert found(coordinator, "geheimwoord") == set()
    SignalFactory(case=case, facts="geheimwoord")
    assert found(coordinator, "geheimwoord") == {case.reference}
    ShutOut.objects.create(pupil=case.pupil, user=coordinator, ground="family", set_by=who)
    assert found(coordinator, "geheimwoord") == set()
    leader = member(Role.SCHOOL_LEADER, school)
    assert len(found(leader, "geheimwoord")) == 2


def test_a_name_is_found_as_one_hears_it(school, coordinator):
    pupil = PupilFactory(school=school, given_name="Ties", family_name="van der Rozendal")
    case = CaseFactory(pupil=pupil)
    CaseFactory(pupil=PupilFactory(school=school, given_name="Noor", family_name="Bakker"))
    for words in ("ties", "TIES rozen", "der roz", "2b ties", case.reference.lower()):
        assert found(coordinator, words) == {case.reference}, words
    assert bool(found(coordinator, "Rozendaal")) == has_trigrams()
    assert has_trigrams() == ON_POSTGRESQL
    for words in ("%", "_", "'", "rozen bakker", "x" * 400):
        assert found(coordinator, words) == set(), words


def test_a_case_is_found_by_what_an_anonymous_report_of_it_is_called(school, coordinator):
    """Veilig Thuis knows it by that alone, whatever became of it since; so does nobody who may not
    see the case."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    now = timezone.now()
    decision(case, now, to={"veilig_thuis": now, "buurtteam": now}, report=True)
    report, other = (
        derived_reference("V", case.decisions.get().referrals.get(to=to).public_id)
        for to in ("veilig_thuis", "buurtteam")
    )
    assert found(coordinator, report) == found(coordinator, report.lower()) == {case.reference}
    assert found(coordinator, other) == set()
    assert found(member(Role.COORDINATOR, SchoolFactory()), report) == set()


def test_words_are_found_whatever_signs_stand_around_them(school, coordinator):
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory(
        case=case,
        facts="Mailde tante@oranje.example: gang/trap school_plein,100% Belde 06-12345678 van "
        "Jan-Willem (VT-0012345), 't was op 's-Gravenweg; foto's.",
    )
    keep_words()
    for words in (
        "tante@oranje.example", "oranje", "school_plein", "plein", "gang/trap", "06-12345678",
        "12345678", "Jan-Willem", "willem", "0012345", "VT-0012345", "'s-Gravenweg", "gravenweg",
        "foto's",
    ):  # fmt: skip
        assert found(coordinator, words) == {case.reference}, words
    assert found(coordinator, "tante@citroen.example") == set()


@shows("busy-9")
@pytest.mark.skipif(not ON_POSTGRESQL, reason="the words of PostgreSQL")
@pytest.mark.parametrize("sign", ["@1e", "a_", "~/", "./", "1a@", "-1-e", "a-1-"])
def test_what_an_address_might_begin_with_is_read_once(sign, settings):
    text = (sign * 20_000)[:20_000]
    texts = dict.fromkeys(("facts", "child_words", "interpretation"), text)
    with connection.cursor() as cursor:
        # Many times what it takes; each of these texts took longer.
        cursor.execute("SET LOCAL statement_timeout = '2s'")
    SignalFactory(**texts)
    settings.DATA_KEYS = [FIRST]
    SignalFactory(**texts)
    assert keep_words() > 0


@pytest.mark.skipif(not ON_POSTGRESQL, reason="the words of PostgreSQL")
def test_no_text_stands_in_the_statement_that_asks_its_words(settings):
    """PostgreSQL writes a statement that fails into its own log, with all that stands in it."""
    settings.DATA_KEYS = [FIRST]
    signs = "Vader sloeg Roos\\ met 'n\triem \\N €😀\n"
    case = SignalFactory(facts=signs).case
    # One of no word at all.
    SignalFactory(facts="-")
    asked = []

    def listen(execute, sql, params, many, context):
        asked.append(f"{sql} {params}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        assert keep_words() == 2
        assert keep_words() == 0
    assert any("tsvector_to_array" in one for one in asked)
    assert not any("riem" in one.lower() for one in asked)
    user = member(Role.COORDINATOR, case.school)
    assert found(user, "roos riem sloeg") == {case.reference}


@pytest.mark.skipif(not ON_POSTGRESQL, reason="the words of PostgreSQL")
def test_a_text_whose_words_take_too_long_keeps_no_other_from_being_found(
    settings, monkeypatch, caplog
):
    """Whatever the pattern: each that was known is mended, and the next one is not known yet."""
    settings.DATA_KEYS = [FIRST]
    slow, behind = SignalFactory(facts="Traag als stroop."), SignalFactory(facts="Blauwe plek.")
    real = sealed_words.words_in

    def words_in(text):
        slowly = "pg_sleep(9)::text::tsvector"
        return f"CASE WHEN {text} LIKE 'Traag%%' THEN {slowly} ELSE {real(text)} END"

    monkeypatch.setattr(sealed_words, "words_in", words_in)
    monkeypatch.setattr(sealed_words, "SLOWEST", 100)
    keep_words()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM signals_signal WHERE sealed_words IS NULL")
        assert cursor.fetchall() == [(slow.pk,)]
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    assert "take too long" in caplog.text
    assert slow.facts not in caplog.text
    monkeypatch.setattr(sealed_words, "words_in", real)
    assert keep_words() == 1
    assert behind.pk > slow.pk


@pytest.mark.skipif(not ON_POSTGRESQL, reason="a column of PostgreSQL")
def test_the_columns_hold_the_words_of_the_table():
    for row in TABLE:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT generation_expression FROM information_schema.columns"
                " WHERE table_name = %s AND column_name = %s",
                [row.rows._meta.db_table, COLUMN],
            )
            (expression,) = cursor.fetchone()
        fields = {field.name for field in row.rows._meta.concrete_fields}
        words = re.findall(r"\w+", re.sub(r"::\w+", "", expression))
        assert [*dict.fromkeys(word for word in words if word in fields)] == [*row.fields]


@pytest.mark.skipif(not ON_POSTGRESQL, reason="columns of PostgreSQL")
def test_words_of_encrypted_texts_are_no_words_and_follow_each_change(school, settings):
    settings.DATA_KEYS = [FIRST]
    here = CaseFactory(pupil=PupilFactory(school=school))
    records = records_of(here)

    def words_of(row, column):
        key = records[row.model.partition(".")[2]].pk
        with connection.cursor() as cursor:
            table = row.rows._meta.db_table
            cursor.execute(
                f"SELECT tsvector_to_array({column}) FROM {table} WHERE id = %s",  # noqa: S608
                [key],
            )
            return cursor.fetchone()[0]

    keep_words()
    assert keep_words() == 0
    for row in TABLE:
        name = row.model.partition(".")[2]
        for number, field in enumerate(row.sealed):
            # Each text of each table: a change of it lets its words be made anew.
            row.rows.objects.filter(pk=records[name].pk).update(
                **{field.name: f"zoekwoord{'abcdefgh'[number]}"}
            )
            assert words_of(row, SEALED) is None, (name, field.name)
            assert keep_words() == 1
        sealed, readable = words_of(row, SEALED), words_of(row, COLUMN)
        assert len(sealed) >= len(row.sealed), name
        assert all(len(word) == 8 for word in sealed), name
        assert not any("zoekwoord" in word for word in sealed + readable), name
        # What is encrypted is no word either.
        assert not any("meldcode" in word for word in readable), name


@pytest.mark.skipif(not ON_POSTGRESQL, reason="columns of PostgreSQL")
def test_who_has_no_key_cannot_compare_schools_or_tables(settings):
    settings.DATA_KEYS = [FIRST]
    signals = [SignalFactory(facts="Blauwe plek.", interpretation="") for __ in range(2)]
    same = SignalFactory(case=signals[0].case, facts="Een plek: blauw!", interpretation="")
    Statement.objects.create(case=same.case, author=UserFactory(), step=3, said_by="parent",
                             about="", text="Blauwe plek.")  # fmt: skip
    keep_words()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_words::text FROM signals_signal ORDER BY id")
        one, other, again = (row[0] for row in cursor.fetchall())
        cursor.execute("SELECT sealed_words::text FROM cases_statement")
        (beside,) = cursor.fetchone()
    assert one == again
    assert not {*one.split()} & {*other.split()}
    assert not {*one.split()} & {*beside.split()}


def test_words_stand_in_an_address_for_who_searched_alone(school, coordinator, signed_in):
    CaseFactory(pupil=PupilFactory(school=school, family_name="Rozendal"))
    browser = signed_in(coordinator)
    shown = browser.post(URL, {"q": "Rozendal"}, follow=True)
    ((there, __),) = shown.redirect_chain
    assert "Rozendal" not in there
    assert len(shown.context["page"].cases) == 1
    for link in re.findall(r'href="([^"]*)"', shown.content.decode()):
        assert "Rozendal" not in link
    # The next one at the same computer, who goes back in its history; and a link by hand.
    aside = "Dat telt niet mee: Gezocht."
    other = member(Role.COORDINATOR, school)
    for page in (signed_in(other).get(there), browser.get(URL, {"q": "Rozendal"})):
        assert not page.context["chosen"].words
        assert aside in " ".join(page.content.decode().split())
    (token,) = parse_qs(urlsplit(there).query)["q"]
    assert opened(token, coordinator) == "Rozendal"
    with mock.patch("time.time", return_value=time.time() + READ_FOR + 60):
        assert opened(token, coordinator) == ""
