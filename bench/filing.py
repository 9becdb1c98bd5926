"""The country of ``bench.world`` with all that pages read: five records a case, and their trail.

PostgreSQL only. A case has as many records as its step asks for: one signal in the first step, to
three signals, a consultation, a talk, a weighing and a decision in the last.
"""

from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from audit.kinds import Kind
from audit.models import LogEntry
from bench.world import (
    FIRST_TEACHER,
    OPENED,
    SCHOOLS_PER_TEAM,
    STEP,
    Size,
    colleague,
    fill,
    fillings,
    reference,
    work_through,
    worker_id,
)
from cases.models import Answer, Assessment, Case, Conversation, Notification
from cases.notifications.kinds import SEVERE
from cases.protocol.questions import QUESTIONS
from consultations.models import Advice, Consultation
from referrals.models import Decision, Referral
from signals.models import Signal, SignalCategory

# How many signals a case has, by its step.
SIGNALS = f"(ARRAY[1, 5, 5, 4, 3])[{STEP}]"
CONSULTED = f"{STEP} >= 3"
TALKED = f"{STEP} >= 4"
DECIDED = f"{STEP} = 5"
# Of these, the world has a consultation already: with the family worker.
OF_THE_WORLD = "nth %% 5 = 0"
# As long as what the demo's people write.
FACTS = (
    "De leerling zat stil in de pauze, at niets van het brood dat er lag en keek naar de deur. Op"
    " mijn vraag hoe het thuis ging zei ze dat ze daar niet over wil praten. Ik heb het gelaten."
)
WORDS = "Ik wil vandaag niet naar huis, mag ik nog even hier blijven?"
GROUNDS = "Zo hebben wij het samen gewogen, met de buurtteamwerker erbij."


def plant(size: Size, say: Callable[[str], object]) -> None:
    """Fill an empty, migrated database with a country of this size."""
    ours = {
        "further signals": _signals,
        "further consultations and advice": _consultations,
        "talks and weighings": _talks_and_weighings,
        "decisions": _decisions,
        "what was told and read": _trail,
    }
    work_through(size, say, fillings() | ours)


def _record(hours: int, place: int = 1) -> dict[str, str]:
    """Return what all records have, filed so many hours after the case was opened."""
    return {
        "case_id": "id",
        "author_id": colleague(place),
        "recorded_at": f"{OPENED} + {hours} * interval '1 hour'",
    }


def _signals(size: Size) -> None:
    at = f"{OPENED} + number * interval '3 hours'"
    fill(
        Signal,
        {
            "id": f"id + (number - 1) * {size.cases}",
            "case_id": "id",
            "author_id": colleague(FIRST_TEACHER, "(nth + number) %% 4"),
            "recorded_at": at,
            "observed_at": at,
            "reference": reference("S", f"id + (number - 1) * {size.cases}"),
            "facts": f"'{FACTS}'",
            "child_words": f"'{WORDS}'",
        },
        f"bench_plan CROSS JOIN generate_series(2, 5) AS number WHERE number <= {SIGNALS}",
    )
    codes = "(ARRAY['tired', 'food', 'care', 'withdrawn'])"
    fill(SignalCategory, {"signal_id": "id", "code": f"{codes}[id %% 4 + 1]"}, "bench_plan")


def _consultations(size: Size) -> None:
    fill(
        Consultation,
        {
            **_record(18),
            "id": "id",
            "reference": reference("C"),
            "kind": "'care_team'",
            "question": "'Hoe lezen wij deze signalen, en wie doet wat als eerste?'",
            "closed_at": "now()",
            "outcome": "'Praat met de ouders.'",
            "next_talk": "'De mentor, deze week.'",
        },
        f"bench_plan WHERE {CONSULTED} AND NOT ({OF_THE_WORLD})",
    )
    # Of those with the family worker, half have an answer.
    fill(
        Advice,
        {
            "consultation_id": "id",
            "author_id": f"{worker_id(size, 1)} + (school - 1) / {SCHOOLS_PER_TEAM}",
            "text": "'Praat eerst met de leerling alleen, en bel mij daarna.'",
            "written_at": "now()",
        },
        f"bench_plan WHERE {OF_THE_WORLD} AND nth %% 20 < 10 AND nth %% 25 <> 0",
    )


def _talks_and_weighings(_size: Size) -> None:
    fill(
        Conversation,
        {
            **_record(21),
            "held_at": f"{OPENED} + interval '20 hours'",
            "kind": "'pupil_and_parents'",
            "facts_brought": f"'{FACTS}'",
            "concern": "'stays'",
            "help_wanted": "'yes'",
        },
        f"bench_plan WHERE {TALKED}",
    )
    fill(
        Assessment,
        {
            **_record(24),
            "id": "id",
            "consulted": "'De buurtteamwerker'",
            "assessed_at": f"{OPENED} + interval '24 hours'",
        },
        f"bench_plan WHERE {DECIDED}",
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
            "grounds": f"'{GROUNDS}'",
        },
        f"bench_plan CROSS JOIN (VALUES {asked}) AS given (question, answer) WHERE {DECIDED}",
    )


def _decisions(_size: Size) -> None:
    fill(
        Decision,
        {
            **_record(27),
            "id": "id",
            "decided_at": f"{OPENED} + interval '26 hours'",
            "report": "false",
            "report_grounds": "'Er is geen acute of structurele onveiligheid.'",
            "help": "'buurtteam'",
            "help_grounds": "'De ouders willen het en het buurtteam kan volgende week.'",
        },
        f"bench_plan WHERE {DECIDED}",
    )
    # Of two that were sent, one is not answered yet.
    fill(
        Referral,
        {
            "decision_id": "id",
            "to": "'buurtteam'",
            "sent_at": f"{OPENED} + interval '28 hours'",
            "confirmed_at": f"{OPENED} + interval '29 hours'",
            "accepted_at": f"CASE WHEN nth %% 2 = 0 THEN {OPENED} + interval '30 hours' END",
        },
        f"bench_plan WHERE {DECIDED}",
    )
    # Whoever accepted is responsible: it stands in the case's row.
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Case._meta.db_table} c SET in_charge = r.to"  # noqa: S608 - names of our own
            f" FROM {Referral._meta.db_table} r"
            " WHERE r.decision_id = c.id AND r.accepted_at IS NOT NULL"
        )


def _trail(_size: Size) -> None:
    """Fill in what the coordinator was told of each case, and that they looked at it."""
    fill(
        Notification,
        {
            "recipient_id": colleague(1),
            "kind": f"'{SEVERE}'",
            "key": "id::text",
            "case_id": "id",
            "created_at": OPENED,
            "read_at": "CASE WHEN nth %% 20 = 2 THEN NULL ELSE now() END",
        },
        "bench_plan",
    )
    fill(
        LogEntry,
        {
            "content_type_id": str(ContentType.objects.get_for_model(Case).pk),
            "object_pk": "id::text",
            "object_id": "id",
            "object_repr": "'case'",
            "action": str(LogEntry.Action.ACCESS),
            "kind": f"'{Kind.READ}'",
            "actor_id": colleague(1),
            "actor_email": "'mens@bench.example'",
            "timestamp": OPENED,
            "school_id": "school",
            "case_reference": reference("M"),
            "for_board": "nth %% 100 = 5",
        },
        "bench_plan",
    )
