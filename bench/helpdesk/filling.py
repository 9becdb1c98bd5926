"""Fills the peer's database, and signs in the two people who ask; runs in the peer's environment.

    python filling.py TICKETS QUEUES OPEN      OPEN of a hundred tickets are open

PostgreSQL only: the tickets and their follow-ups are rows made by the database itself. Prints in
JSON the session of each of the two and what the ticket list asks for when it is opened.
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import Permission, User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from helpdesk.models import Queue, UserSettings  # noqa: E402

AGENTS_PER_QUEUE = 5
FOLLOW_UPS = 5

# As in our country: a ticket in four has no owner, and it was opened in the last seven hundred
# days. Its owner is an agent of its queue. Of ten open ones one was reopened (2), of ten done ones
# one is resolved (3) and not closed (4) yet. A queue's tickets lie scattered through the table.
TICKETS = """
INSERT INTO helpdesk_ticket (
    id, title, queue_id, created, modified, submitter_email, assigned_to_id, status, on_hold,
    description, resolution, priority, due_date, secret_key
)
SELECT
    n,
    'Kan niet inloggen op het rooster, melding ' || n,
    queue,
    now() - (nth %% 700 + 1) * interval '1 day',
    now() - (nth %% 700) * interval '1 day',
    'klant' || n %% 20000 || '@klant.example',
    CASE WHEN nth %% 4 = 0 THEN NULL
         ELSE (queue - 1) * %(agents)s + nth / 4 %% %(agents)s + %(first)s END,
    CASE WHEN nth * 37 %% 100 < %(open)s THEN CASE WHEN nth %% 10 = 3 THEN 2 ELSE 1 END
         ELSE CASE WHEN nth %% 10 = 3 THEN 3 ELSE 4 END END,
    false,
    'Sinds vanmorgen krijg ik na het inloggen een lege pagina. Gisteren ging het nog goed, en bij'
    ' een collega aan hetzelfde bureau gaat het ook nu goed. Wat kan ik doen?',
    CASE WHEN nth * 37 %% 100 < %(open)s THEN NULL
         ELSE 'De cookies zijn gewist; sindsdien gaat het goed.' END,
    nth %% 5 + 1,
    CASE WHEN nth %% 2 = 0 THEN now() + (nth %% 20 - 5) * interval '1 day' END,
    md5(n::text)
FROM (
    SELECT n, n %% %(queues)s + 1 AS queue, n / %(queues)s AS nth
    FROM generate_series(1, %(tickets)s) AS n
) AS plan
"""
FOLLOW_UP_ROWS = """
INSERT INTO helpdesk_followup (ticket_id, date, title, comment, public, user_id, time_spent)
SELECT
    t.id,
    t.created + number * interval '3 hours',
    'Antwoord',
    'Ik heb het nagekeken en zie dat de sessie verlopen is. Probeer het nog eens in een ander'
    ' venster, en laat weten of dat helpt.',
    true,
    t.assigned_to_id,
    interval '10 minutes'
FROM helpdesk_ticket t CROSS JOIN generate_series(1, %(follow_ups)s) AS number
ORDER BY number, t.id
"""


@transaction.atomic
def fill(tickets: int, queues: int, opened: int) -> None:
    """Make queues, agents who may each see their own queue, tickets and follow-ups."""
    # By save(), not in bulk: it makes the permission of the queue.
    made = [Queue(title=f"Afdeling {n}", slug=f"afdeling-{n}") for n in range(1, queues + 1)]
    for queue in made:
        queue.save()
    people = User.objects.bulk_create(
        User(username=f"agent{n}", email=f"agent{n}@bench.example", is_staff=True)
        for n in range(queues * AGENTS_PER_QUEUE)
    )
    UserSettings.objects.bulk_create(UserSettings(user=agent) for agent in people)
    for number, agent in enumerate(people):
        queue = made[number // AGENTS_PER_QUEUE]
        codename = queue.permission_name.removeprefix("helpdesk.")
        agent.user_permissions.add(Permission.objects.get(codename=codename))
    # The head of the helpdesk sees all queues, and has tickets too.
    User.objects.filter(pk=people[0].pk).update(is_superuser=True)
    numbers = {"tickets": tickets, "queues": queues, "open": opened, "first": people[0].pk}
    with connection.cursor() as cursor:
        cursor.execute(TICKETS, numbers | {"agents": AGENTS_PER_QUEUE})
        cursor.execute(FOLLOW_UP_ROWS, {"follow_ups": FOLLOW_UPS})


def settle() -> None:
    """Give the planner its figures, and sequences the number after the last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('helpdesk_ticket', 'id'), max(id))"
            " FROM helpdesk_ticket"
        )
        cursor.execute("VACUUM ANALYZE")


def sign_in(username: str) -> str:
    """Return the key of a session in which somebody is signed in."""
    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


if __name__ == "__main__":
    fill(*map(int, sys.argv[1:4]))
    settle()
    # Agent 1 has the first queue alone; agent 0 has it too, and sees all.
    print(json.dumps({"all": sign_in("agent0"), "queue": sign_in("agent1")}))
