"""What must be true after every fault, whatever it was."""

from collections import Counter
from datetime import datetime

from django.utils import timezone

from accounts.models import Membership
from cases.deadlines import running
from cases.facts import facts_for_many
from cases.models import Case, Envelope, OutboxMessage, Reminder
from cases.protocol import guide
from cases.reminders.ladder import recipients
from tests.faults.letterbox import Letterbox


def owed(now: datetime) -> dict[tuple, set[str]]:
    """Return each reminder that is due by the protocol, with the addresses of whom it is for.

    From the cases and what was recorded in them alone: what the sweep wrote is not looked at.
    """
    cases = list(Case.objects.select_related("pupil"))
    facts = facts_for_many(cases, now)
    found = {}
    for case in cases:
        members = list(Membership.objects.current().filter(school=case.school_id))
        people = {member.user_id: member.user.email for member in members}
        for period in running(guide(facts[case.pk])):
            level = period.level(now)
            if level is not None:
                key = (case.reference, period.deadline.period.code, period.due, level)
                found[key] = {people[pk] for pk in recipients(case, level, members)}
    return found


def everything_was_told_once(letterbox: Letterbox, now: datetime | None = None) -> None:
    """Assert that whoever is to hear of a case had one letter of it, or it stands given up.

    One letter: one Message-ID. Nothing else was told, to nobody else, and nothing is left waiting.
    """
    now = now or timezone.now()
    expected = owed(now)
    given = Reminder.objects.values_list("case__reference", "period", "deadline", "level")
    assert Counter(given) == Counter(expected.keys())
    assert not OutboxMessage.objects.to_seal(now).exists(), "something due is in no envelope"
    assert not Envelope.objects.unsent().exists(), "an envelope is neither sent nor given up"
    letters: dict[tuple[str, str], set[str]] = {}
    for letter in letterbox.accepted:
        for reference in Case.objects.values_list("reference", flat=True):
            if reference in letter.body:
                told = letters.setdefault((letter.address, reference), set())
                told.add(letter.message_id)
    dead = Counter(
        Envelope.objects.dead()
        .values_list("recipient__email", "messages__notification__case__reference")
        .distinct()
    )
    pairs = {(address, key[0]) for key, people in expected.items() for address in people}
    assert Counter({pair: len(ids) for pair, ids in letters.items()}) + dead == Counter(pairs)


def copies(letterbox: Letterbox) -> Counter:
    """Return how often each letter arrived, by Message-ID."""
    return Counter(letter.message_id for letter in letterbox.accepted)
