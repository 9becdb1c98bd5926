"""A country of schools, for measuring: rows made by the database itself, lean but valid.

PostgreSQL only. A case has one pupil, one signal, one grant and sometimes more; every number below
follows from the place of a case in its school, so that two runs measure the same rows.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db import connection, models

from accounts.models import Board, Buurtteam, Membership, School, User
from accounts.roles import Role
from cases.models import (
    Case,
    CaseUserObjectPermission,
    DossierExport,
    EmergencyAccess,
    Pupil,
    ShutOut,
)
from cases.references import ALPHABET
from consultations.models import Consultation, Invitation
from signals.models import Signal

# The schools where the measured people work: one buurtteam, one board.
MEASURED_SCHOOLS = 4
SCHOOLS_PER_TEAM = 4
SCHOOLS_PER_BOARD = 10

# Who works at a school, in this order; user ids follow from it.
CREW = (
    Role.COORDINATOR,
    Role.ATTENTION_OFFICER,
    Role.SCHOOL_LEADER,
    Role.ADMINISTRATOR,
    *[Role.TEACHER] * 4,
)
FIRST_TEACHER = CREW.index(Role.TEACHER) + 1
PER_CREW = len(CREW)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a country is. Each measured school has ``own`` cases, whatever the country has."""

    cases: int
    schools: int
    own: int

    @property
    def label(self) -> str:
        """Return the number of cases in few letters: ``10k``, ``1m``."""
        for unit, letter in ((1_000_000, "m"), (1_000, "k")):
            if self.cases % unit == 0:
                return f"{self.cases // unit}{letter}"
        return str(self.cases)


def member_id(school: int, place: int) -> int:
    """Return the id of the user at a place (from 1) of a school's crew."""
    return (school - 1) * PER_CREW + place


def worker_id(size: Size, team: int) -> int:
    """Return the id of the family worker of a buurtteam."""
    return size.schools * PER_CREW + team


def plant(size: Size, say: Callable[[str], object]) -> None:
    """Fill an empty, migrated database with a country of this size."""
    work_through(size, say, fillings())


def fillings() -> dict[str, Callable[[Size], object]]:
    """Return what fills which tables, in order: for who adds to the country."""
    return {
        "schools and people": places,
        "pupils and cases": _cases,
        "grants, shut-outs and emergencies": _access,
        "signals, consultations and exports": _records,
    }


def work_through(
    size: Size, say: Callable[[str], object], fillings: dict[str, Callable[[Size], object]]
) -> None:
    """Fill table after table, each from the plan of the cases (``bench_plan``)."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_plan")
        cursor.execute(PLAN, _plan_numbers(size))
        cursor.execute("ANALYZE bench_plan")
    for what, filling in fillings.items():
        say(f"{size.label}: {what}")
        filling(size)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_plan")
        # Without figures of these tables the planner guesses, and guesses wrong by far.
        cursor.execute("ANALYZE")


# Every case with its school and its place in it. Scattered: a school's cases were opened over
# years, so in the table they lie far apart, at every size.
PLAN = """
CREATE TEMPORARY TABLE bench_plan AS
SELECT row_number() OVER (ORDER BY hashint4(school * 1000 + nth), school, nth) AS id, school, nth
FROM generate_series(1, %(schools)s) AS school
CROSS JOIN LATERAL generate_series(
    1,
    CASE WHEN school <= %(measured)s THEN %(own)s
         WHEN school - %(measured)s <= %(extra)s THEN %(each)s + 1 ELSE %(each)s END
) AS nth
"""


def _plan_numbers(size: Size) -> dict[str, int]:
    rest = size.cases - MEASURED_SCHOOLS * size.own
    each, extra = divmod(rest, size.schools - MEASURED_SCHOOLS)
    return {
        "schools": size.schools,
        "measured": MEASURED_SCHOOLS,
        "own": size.own,
        "each": each,
        "extra": extra,
    }


def places(size: Size) -> None:
    """Fill in boards, buurtteams and schools, and who works there."""
    teams, boards = (-(-size.schools // per) for per in (SCHOOLS_PER_TEAM, SCHOOLS_PER_BOARD))
    invented = {"id": "n", "city": "'Utrecht'"}
    fill(Board, {"id": "n", "name": "'Stichting ' || n"}, series(boards))
    fill(Buurtteam, {**invented, "name": "'Buurtteam ' || n"}, series(teams))
    fill(
        School,
        {
            **invented,
            "name": "'School ' || n",
            "kind": "'vo'",
            "buurtteam_id": f"(n - 1) / {SCHOOLS_PER_TEAM} + 1",
            "board_id": f"(n - 1) / {SCHOOLS_PER_BOARD} + 1",
        },
        series(size.schools),
    )
    crews = size.schools * PER_CREW
    fill(
        User,
        {
            "id": "n",
            "email": "'mens' || n || '@bench.example'",
            "name": "'Mens ' || n",
            "password": "'!'",
        },
        series(crews + teams),
    )
    roles = ", ".join(f"'{role.value}'" for role in CREW)
    since = "current_date - 1000"
    fill(
        Membership,
        {
            "user_id": "n",
            "role": f"(ARRAY[{roles}])[(n - 1) %% {PER_CREW} + 1]",
            "school_id": f"(n - 1) / {PER_CREW} + 1",
            "starts_on": since,
        },
        series(crews),
    )
    fill(
        Membership,
        {
            "user_id": f"{crews} + n",
            "role": f"'{Role.BUURTTEAM_WORKER.value}'",
            "buurtteam_id": "n",
            "starts_on": since,
        },
        series(teams),
    )


OPENED = "now() - (nth %% 700 + 1) * interval '1 day'"
# Of five cases, two are open.
IS_OPEN = "nth %% 5 < 2"
# In a school with many, and in the country, open cases stand in each of the steps.
STEP = "(nth / 5 + school / 5) %% 5 + 1"
# As long as what the demo's people write: the width of a row is what a scan of the table costs.
CLOSING_TEXTS = {
    "closing_grounds": "Twee maanden rust, thuis en in de klas. De leerling eet en lacht weer.",
    "closing_agreements": "De mentor praat elke maand met de leerling, tot aan de zomer.",
    "closing_told": "De coördinator heeft het de ouders en de leerling samen verteld.",
}


def pupils(_size: Size) -> None:
    """Fill in a pupil for each case."""
    fill(
        Pupil,
        {
            "id": "id",
            "school_id": "school",
            "given_name": "'Voornaam' || nth %% 90",
            "family_name": "'van Achternaam' || id %% 5000",
            "birth_date": "current_date - 5000 - nth",
            "class_name": "(nth %% 6 + 1) || 'B'",
        },
        "bench_plan",
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
            "opened_at": OPENED,
            "closed_at": f"CASE WHEN {IS_OPEN} THEN NULL ELSE now() END",
            "outcome": f"CASE WHEN {IS_OPEN} THEN '' ELSE 'help_works' END",
            **{
                column: f"CASE WHEN {IS_OPEN} THEN '' ELSE '{text}' END"
                for column, text in CLOSING_TEXTS.items()
            },
            "restricted": "nth %% 100 = 5",
            "step": STEP,
            "attention": "CASE nth %% 10 WHEN 0 THEN 3 WHEN 1 THEN 2 WHEN 6 THEN 2 ELSE 1 END",
            "responsible_id": f"CASE WHEN nth %% 4 = 0 THEN NULL ELSE {colleague(1)} END",
            "deadline": "now() + (nth %% 20 - 5) * interval '1 day'",
            "next_due": f"CASE WHEN {IS_OPEN} THEN now() + nth * interval '1 day' END",
        },
        "bench_plan",
    )


def _access(_size: Size) -> None:
    grants = dict(
        Permission.objects.filter(content_type__app_label="cases").values_list("codename", "pk")
    )
    for codename, which in (("take_part", "true"), ("handed_over", "nth %% 20 = 1")):
        fill(
            CaseUserObjectPermission,
            {
                "permission_id": str(grants[codename]),
                "user_id": colleague(FIRST_TEACHER, "nth %% 4"),
                "content_object_id": "id",
            },
            f"bench_plan WHERE {which}",
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
    # By the leader of the school next door, of the same board; half of them are over.
    next_door = f"(school - 2 + 2 * (school %% 2)) * {PER_CREW}"
    fill(
        EmergencyAccess,
        {
            "case_id": "id",
            "user_id": f"{next_door} + {CREW.index(Role.SCHOOL_LEADER) + 1}",
            "reason": "'De school is dicht en de politie belt.'",
            "ends_at": "now() + (nth %% 2 * 48 - 24) * interval '1 hour'",
        },
        f"bench_plan WHERE school > {SCHOOLS_PER_BOARD} AND nth %% 60 = 1",
    )


def _records(size: Size) -> None:
    fill(
        Signal,
        {
            "id": "id",
            "case_id": "id",
            "author_id": colleague(FIRST_TEACHER, "nth %% 4"),
            "recorded_at": OPENED,
            "observed_at": OPENED,
            "reference": reference("S"),
            "facts": "'Zat stil in de pauze en at niets.'",
        },
        "bench_plan",
    )
    over = "nth %% 2 = 1"
    fill(
        Consultation,
        {
            "id": "id",
            "case_id": "id",
            "author_id": colleague(1),
            "recorded_at": OPENED,
            "reference": reference("C"),
            "kind": "'family_worker'",
            "question": "'Hoe lees jij deze signalen?'",
            "closed_at": f"CASE WHEN {over} THEN now() END",
            "outcome": f"CASE WHEN {over} THEN 'Praat met de ouders.' ELSE '' END",
        },
        "bench_plan WHERE nth %% 5 = 0",
    )
    fill(
        Invitation,
        {
            "consultation_id": "id",
            "buurtteam_id": f"(school - 1) / {SCHOOLS_PER_TEAM} + 1",
            "user_id": f"{worker_id(size, 1)} + (school - 1) / {SCHOOLS_PER_TEAM}",
            "invited_by_id": colleague(1),
            "accepted_at": "CASE WHEN nth %% 25 = 0 THEN NULL ELSE now() END",
        },
        "bench_plan WHERE nth %% 5 = 0",
    )
    fill(
        DossierExport,
        {
            "case_id": "id",
            "requested_by_id": colleague(CREW.index(Role.ADMINISTRATOR) + 1),
            "reason": "'Verzoek om inzage.'",
            "state": "'expired'",
        },
        "bench_plan WHERE nth %% 10 = 0",
    )


def series(count: int) -> str:
    """Return SQL for the numbers from 1."""
    return f"generate_series(1, {count}) AS n"


def colleague(place: int, further: str = "0") -> str:
    """Return SQL for the id of somebody of the crew of the case's school."""
    return f"(school - 1) * {PER_CREW} + {place} + {further}"


def reference(prefix: str, number: str = "id") -> str:
    """Return SQL for a reference: no two alike (an odd factor), and in no order."""
    signs = ALPHABET[:16]
    return (
        f"'{prefix}-' || translate(lpad(to_hex((({number}) * 7368787) %% 16777216), 6, '0'),"
        f" '0123456789abcdef', '{signs}')"
    )


def fill(model: type[models.Model], given: dict[str, str], source: str) -> None:
    """Insert a row for each of the source: what is not given gets what the field begins with."""
    columns, values, numbers = [], [], []
    for field in model._meta.concrete_fields:
        # What the database fills in by itself is left to it.
        if field.column not in given and (field.primary_key or field.has_db_default()):
            continue
        columns.append(connection.ops.quote_name(field.column))
        value, params = (given[field.column], []) if field.column in given else _begin(field)
        values.append(value)
        numbers += params
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        # Nothing here comes from outside: names of our own models, and the text of this file.
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608
            f" SELECT {', '.join(values)} FROM {source}",
            numbers,
        )
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {table}",  # noqa: S608
            [model._meta.db_table],
        )


def _begin(field: models.Field) -> tuple[str, list[object]]:
    """Return SQL, and its parameters, for the value with which a field begins."""
    if field.default is uuid.uuid4:
        return "gen_random_uuid()", []
    if isinstance(field, models.DateTimeField) and not field.null:
        return "now()", []
    return "%s", [field.get_db_prep_save(field.get_default(), connection)]
