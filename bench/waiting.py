"""A country in which every case is open and one of twenty-five is due, for measuring reminders.

PostgreSQL only. Every case has the records of where it stands (``STAGES``), so that the protocol
has as much to look at as in a school. What is due was last touched so long ago that its reminder is
the first, the second and so on: who hears of it follows from that.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from accounts.models import School, User
from bench.world import (
    FIRST_TEACHER,
    PER_CREW,
    SCHOOLS_PER_TEAM,
    Size,
    colleague,
    fill,
    places,
    pupils,
    reference,
    work_through,
    worker_id,
)
from cases.actions import GUIDED
from cases.models import (
    Answer,
    Assessment,
    Case,
    Conversation,
    Notification,
    NotificationChoice,
    OutboxMessage,
    Reminder,
    SchoolPeriod,
    SchoolVacation,
    ShutOut,
    StepChange,
)
from cases.protocol.questions import QUESTIONS
from cases.protocol.vacations import MIDDLE, of_region
from consultations.models import Consultation, Invitation
from referrals.models import Decision, Referral
from signals.models import Signal, SignalCategory

# Of so many cases, one is due.
ONE_IN = 25
CASES = Case._meta.db_table
# What a sweep writes, in the order in which it points at one another.
WRITTEN = (Reminder, Notification, OutboxMessage)
# Which rows of each table are of the sweep.
NEW = {
    Reminder: "created_at >= (SELECT moment FROM bench_now)",
    Notification: "true",
    OutboxMessage: "true",
    StepChange: "true",
}

# A case's number in the order of the table tells where it stands: a block of 25 has one stage, so
# that what is due stands everywhere. Of twenty blocks, so many have come as far as this.
BLOCK = f"(id / {ONE_IN})"
STAGE = f"({BLOCK} %% 20)"
CONCERN = f"{STAGE} >= 6"  # more than one signal
ASKED = f"{STAGE} >= 12"
ADVISED = f"{STAGE} >= 14"
TALKED = f"{STAGE} >= 16"
WEIGHED = f"{STAGE} >= 18"
DECIDED = f"{STAGE} >= 19"
SEVERE = f"{STAGE} = 11"
IS_DUE = f"id %% {ONE_IN} = 0"

# How long ago it was last touched (days): as long as the period of its stage takes, in business
# days, and some more: its reminder is the first, the one on the day, or a later one.
LAST = (
    f"now() - CASE WHEN {SEVERE} THEN interval '3 hours'"
    f" ELSE (CASE WHEN {DECIDED} THEN 42 WHEN {WEIGHED} THEN 7 WHEN {TALKED} THEN 7"
    f" WHEN {ASKED} THEN 14 WHEN {CONCERN} THEN 7 ELSE 28 END"
    f" + ({BLOCK} / 20 %% 4) * 4) * interval '1 day' END"
)


def before(days: int) -> str:
    """Return SQL for a moment so many days before the last."""
    return f"{LAST} - {days} * interval '1 day'"


def plant(size: Size, say: Callable[[str], object]) -> None:
    """Fill an empty, migrated database with a country of this size."""
    work_through(
        size,
        say,
        {
            "schools and people": places,
            "pupils and cases": _cases,
            "signals": _signals,
            "consultations": _consultations,
            "talks and weighings": _talks_and_weighings,
            "decisions": _decisions,
            "what was said before": _said_before,
            "what begins again": _keep_as_it_was,
        },
    )


def _cases(size: Size) -> None:
    pupils(size)
    fill(
        Case,
        {
            "id": "id",
            "reference": reference("M"),
            "school_id": "school",
            "pupil_id": "id",
            "opened_at": before(40),
            "step": f"CASE WHEN {DECIDED} THEN 5 WHEN {WEIGHED} THEN 5 WHEN {TALKED} THEN 4"
            f" WHEN {ADVISED} THEN 3 WHEN {CONCERN} THEN 2 ELSE 1 END",
            "attention": f"CASE WHEN {SEVERE} THEN 3 WHEN {CONCERN} THEN 2 ELSE 1 END",
            "responsible_id": f"CASE WHEN nth %% 4 = 0 THEN NULL"
            f" ELSE {colleague(FIRST_TEACHER, 'nth %% 4')} END",
            "deadline": "now() + interval '1 day'",
            "next_due": f"CASE WHEN {IS_DUE} THEN now() - (id %% 600) * interval '1 second'"
            " ELSE now() + (nth + 1) * interval '1 day' END",
        },
        "bench_plan",
    )
    fill(
        ShutOut,
        {
            "pupil_id": "id",
            "user_id": colleague(FIRST_TEACHER, "(nth + 1) %% 4"),
            "ground": "'family'",
            "set_by_id": colleague(1),
        },
        "bench_plan WHERE nth %% 100 = 1",
    )


def _record(days: int, further: str = "0") -> dict[str, str]:
    """Return what all records have, filed so many days before the last one of the case."""
    return {"case_id": "id", "author_id": colleague(1, further), "recorded_at": before(days)}


def _signals(_size: Size) -> None:
    text = "'Zat stil in de pauze, had geen brood bij zich en wilde niet zeggen waarom.'"
    for number, days, which in (
        (1, 0, f"NOT ({CONCERN})"), (1, 20, ASKED), (1, 3, f"{CONCERN} AND NOT ({ASKED})"),
        (2, 0, f"{CONCERN} AND NOT ({ASKED})"), (2, 17, ASKED),
    ):  # fmt: skip
        fill(
            Signal,
            {
                **_record(days, f"{FIRST_TEACHER - 1} + nth %% 4"),
                "id": f"id * 2 + {number - 1}",
                "observed_at": before(days),
                "reference": reference("S", f"id * 2 + {number - 1}"),
                "facts": text,
                "severe": f"{SEVERE} AND {number} = 2",
            },
            f"bench_plan WHERE {which}",
        )
    codes = "(ARRAY['tired', 'food', 'care', 'withdrawn'])"
    fill(
        SignalCategory,
        {"signal_id": "s.id", "code": f"{codes}[s.id %% 4 + 1]"},
        f"{Signal._meta.db_table} s",
    )


def _consultations(size: Size) -> None:
    fill(
        Consultation,
        {
            **_record(0),
            "id": "id",
            "recorded_at": f"CASE WHEN {ADVISED} THEN {before(10)} ELSE {LAST} END",
            "reference": reference("C"),
            "kind": "'family_worker'",
            "question": "'Hoe lees jij deze signalen, en wat zou jij als eerste doen?'",
            "closed_at": f"CASE WHEN {TALKED} THEN {before(7)} WHEN {ADVISED} THEN {LAST} END",
            "outcome": f"CASE WHEN {ADVISED} THEN 'Praat met de ouders.' ELSE '' END",
            "next_talk": f"CASE WHEN {ADVISED} THEN 'De mentor, deze week.' ELSE '' END",
        },
        f"bench_plan WHERE {ASKED}",
    )
    fill(
        Invitation,
        {
            "consultation_id": "id",
            "buurtteam_id": f"(school - 1) / {SCHOOLS_PER_TEAM} + 1",
            "user_id": f"{worker_id(size, 1)} + (school - 1) / {SCHOOLS_PER_TEAM}",
            "invited_by_id": colleague(1),
            "accepted_at": "now()",
        },
        f"bench_plan WHERE {ASKED}",
    )


def _talks_and_weighings(_size: Size) -> None:
    fill(
        Conversation,
        {
            **_record(0),
            "recorded_at": f"CASE WHEN {WEIGHED} THEN {before(5)} ELSE {LAST} END",
            "held_at": before(5),
            "kind": "'pupil_and_parents'",
            "concern": "'stays'",
            "help_wanted": "'yes'",
        },
        f"bench_plan WHERE {TALKED}",
    )
    fill(
        Assessment,
        {
            **_record(0),
            "id": "id",
            "recorded_at": f"CASE WHEN {DECIDED} THEN {before(3)} ELSE {LAST} END",
            "consulted": "'De buurtteamwerker'",
            "assessed_at": before(3),
        },
        f"bench_plan WHERE {WEIGHED}",
    )
    answers = {"danger": "no", "suspicion": "yes", "unsafety": "none"}
    asked = ", ".join(
        f"('{question.code}', '{answers.get(question.code, 'yes')}')" for question in QUESTIONS
    )
    fill(
        Answer,
        {
            "assessment_id": "id",
            "question": "question",
            "answer": "answer",
            "grounds": "'Zo hebben wij het samen gewogen, met de buurtteamwerker erbij.'",
        },
        f"bench_plan CROSS JOIN (VALUES {asked}) AS given (question, answer) WHERE {WEIGHED}",
    )


def _decisions(_size: Size) -> None:
    fill(
        Decision,
        {
            **_record(0),
            "id": "id",
            "decided_at": LAST,
            "report": "false",
            "report_grounds": "'Er is geen acute of structurele onveiligheid.'",
            "help": "'buurtteam'",
            "help_grounds": "'De ouders willen het en het buurtteam kan volgende week.'",
        },
        f"bench_plan WHERE {DECIDED}",
    )
    fill(
        Referral,
        {
            "decision_id": "id",
            "to": "'buurtteam'",
            "sent_at": LAST,
            "confirmed_at": LAST,
            "accepted_at": LAST,
        },
        f"bench_plan WHERE {DECIDED}",
    )


def _said_before(_size: Size) -> None:
    fill(
        Reminder,
        {
            "case_id": "id",
            "cycle": "1",
            "step": "1",
            "period": "'watchful'",
            "deadline": before(10),
            "level": "0",
            "created_at": before(10),
        },
        "bench_plan WHERE nth %% 4 = 0",
    )
    fill(
        SchoolPeriod,
        {"school_id": "school", "code": "'ask'", "days": "7", "set_by_id": colleague(1)},
        "bench_plan WHERE nth = 1 AND school %% 10 = 0",
    )
    # The vacations of one region, as most schools take them over: those to come. What is past would
    # make later what is due today, another part of it each season.
    vacations = ", ".join(
        f"('{one.name}', '{one.first}'::date, '{one.last}'::date)"
        for one in of_region(MIDDLE, timezone.localdate())
        if one.first > timezone.localdate()
    )
    fill(
        SchoolVacation,
        {
            "school_id": "s.id",
            "name": "given.name",
            "first_day": "first",
            "last_day": "last",
            "set_by_id": f"(s.id - 1) * {PER_CREW} + 1",
        },
        f"{School._meta.db_table} s CROSS JOIN (VALUES {vacations}) AS given (name, first, last)",
    )
    # Of four people, one has a digest.
    fill(
        NotificationChoice,
        {"user_id": "id", "mail": "'digest'"},
        f"{User._meta.db_table} WHERE id %% 4 = 0",
    )


def _keep_as_it_was(_size: Size) -> None:
    """Keep the moment at which it is due, and what a sweep will change: to begin again from it."""
    columns = ", ".join(connection.ops.quote_name(name) for name in GUIDED)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_now AS SELECT now() AS moment")
        cursor.execute(
            f"CREATE TABLE bench_due AS SELECT id, {columns} FROM {CASES}"  # noqa: S608
            " WHERE next_due <= (SELECT moment FROM bench_now)"
        )
        cursor.execute("ALTER TABLE bench_due ADD PRIMARY KEY (id)")


def moment() -> datetime:
    """Return the moment at which the country stands still."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT moment FROM bench_now")
        return cursor.fetchone()[0]


def due() -> int:
    """Return how many cases are due at that moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_due")
        return cursor.fetchone()[0]


def begin_again() -> None:
    """Undo what a sweep did, and leave no dead rows."""
    columns = ", ".join(f"{name} = d.{name}" for name in map(connection.ops.quote_name, GUIDED))
    with connection.cursor() as cursor:
        for model in (*reversed(WRITTEN), StepChange):
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE {NEW[model]}")  # noqa: S608
        cursor.execute(
            f"UPDATE {CASES} c SET {columns} FROM bench_due d WHERE d.id = c.id"  # noqa: S608
        )
        if connection.in_atomic_block:  # in a test, which leaves nothing at all
            return
        for model in (*WRITTEN, Case, StepChange):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
