"""What must be true after every fault, whatever it was."""

import re
from collections import Counter
from datetime import datetime

from django.utils import timezone, translation

from accounts.models import User
from cases.deadlines import running
from cases.facts import facts_for_many
from cases.models import Case, Envelope, OutboxMessage, Reminder
from cases.notifications.kinds import KINDS, REMINDER
from cases.protocol import guide
from cases.reminders.ladder import members_of, recipients
from tests.faults.letterbox import Letterbox

REFERENCE = re.compile(r"\bM-[A-Z0-9]{6}\b")


Owed = dict[tuple, set[str]]


def owed(now: datetime | None = None) -> Owed:
    """Return each reminder that is due by the protocol, with the addresses of whom it is for.

    From the cases and what was recorded in them alone: what the sweep wrote is not looked at.
    """
    now = now or timezone.now()
    cases = list(Case.objects.select_related("pupil"))
    facts = facts_for_many(cases, now)
    members = members_of(cases, now)
    addresses = dict(User.objects.values_list("pk", "email"))
    found = {}
    for case in cases:
        for period in running(guide(facts[case.pk])):
            level = period.level(now)
            if level is not None:
                key = (case.reference, period.deadline.period.code, period.due, level)
                told = recipients(case, level, members[case.school_id])
                found[key] = {addresses[pk] for pk in told}
    return found


def everything_was_told_once(letterbox: Letterbox, expected: Owed) -> None:
    """Assert that whoever is to hear of a case had one letter of it, or it stands given up.

    One letter: one Message-ID. Nobody else was reminded, and nothing is left waiting.
    """
    given = Reminder.objects.values_list("case__reference", "period", "deadline", "level")
    assert Counter(given) == Counter(expected.keys())
    assert not OutboxMessage.objects.filter(envelope=None).exists(), "it is in no envelope"
    assert not Envelope.objects.unsent().exists(), "an envelope is neither sent nor given up"
    letters: dict[tuple[str, str], set[str]] = {}
    with translation.override("nl"):
        reminds = str(KINDS[REMINDER].said)
    for letter in letterbox.accepted:
        if reminds not in letter.body:
            continue  # as that a dossier is made
        for reference in set(REFERENCE.findall(letter.body)):
            letters.setdefault((letter.address, reference), set()).add(letter.message_id)
    dead = Counter(
        Envelope.objects.dead()
        .filter(messages__notification__kind=REMINDER)
        .values_list("recipient__email", "messages__notification__case__reference")
        .distinct()
    )
    pairs = {(address, key[0]) for key, people in expected.items() for address in people}
    assert pairs, "nothing was to be told: the test asks nothing"
    assert Counter({pair: len(ids) for pair, ids in letters.items()}) + dead == Counter(pairs)


def copies(letterbox: Letterbox) -> Counter:
    """Return how often each letter arrived, by Message-ID."""
    return Counter(letter.message_id for letter in letterbox.accepted)
