"""A school whose records say as much as people write, in words that stand in many of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

BEGIN = datetime(2024, 9, 2, 9, tzinfo=UTC)
# Of each text, in words.
SHORTEST, LONGEST = 40, 140
# So many words there are beside those below; the further on, the rarer.
RARE = 3_000
COMMON = """
    de het een en van op in is was niet dat zij hij moeder vader school thuis kind
    zei arm blauwe plek gisteren vandaag huilde stil bang moe honger jas klas juf gesprek telefoon
    keek buur broertje zusje avond morgen trap vallen slapen eten geld werk ruzie schreeuwen deur
    les
""".split()  # noqa: SIM905 - a text to read
LONG = "Lang"


def plant(cases: int, records: int, longest: int, say: Callable[[str], object]) -> None:
    """Make one school with so many cases of so many records, and one that is longer."""
    from accounts.roles import Role
    from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

    chance, school = Random(7), SchoolFactory(name="De Vertelling")
    coordinator = member(Role.COORDINATOR, school, name="Corrie Coördinator")
    for number in range(cases + 1):
        name = LONG if number == cases else f"Kind{number}"
        pupil = PupilFactory(school=school, given_name=name, family_name="van Verhaal")
        case = CaseFactory(pupil=pupil, opened_at=BEGIN)
        _fill(case, coordinator, longest if name == LONG else records, chance)
        if number % 100 == 0:
            say(f"{number} cases")


def _fill(case: object, author: object, length: int, chance: Random) -> None:
    from cases.models import Conversation, Deviation
    from consultations.models import Consultation
    from referrals.models import Feedback
    from signals.models import Signal

    def text() -> str:
        return narrative(chance)

    rows: dict[type, list] = {}
    for number in range(length):
        at = BEGIN + timedelta(hours=7 * number)
        model, fields = (
            (Signal, lambda at: {"observed_at": at, "facts": text(), "child_words": text(),
                                 "interpretation": text(), "place": "Lokaal 114"}),
            (Signal, lambda at: {"observed_at": at, "facts": text()}),
            (Consultation, lambda at: {
                "kind": "care_team", "question": text(), "shared": text(), "closed_at": at,
                "held_at": at, "outcome": text(), "decided_by": "het team", "closed_by": author}),
            (Conversation, lambda at: {
                "kind": "parents", "held_at": at, "facts_brought": text(), "reactions": text(),
                "concern": "stays", "help_wanted": "unsure", "agreements": text()}),
            (Deviation, lambda at: {"kind": "not_done", "step": 2, "rule": "R12",
                                    "grounds": text()}),
            (Feedback, lambda at: {
                "received_at": at, "heard_from": "school", "source": "de juf", "text": text(),
                "effect": "unknown", "helped_by": "school"}),
        )[number % 6]  # fmt: skip
        common = {"case": case, "author": author, "recorded_at": at}
        rows.setdefault(model, []).append(model(**common, **fields(at)))
    for model, made in rows.items():
        model.objects.bulk_create(made)


def narrative(chance: Random) -> str:
    """Return a text as long as people write one."""
    words = [
        f"woord{int(RARE ** chance.random())}" if chance.random() < 0.4 else chance.choice(COMMON)
        for __ in range(chance.randint(SHORTEST, LONGEST))
    ]
    return " ".join(words).capitalize() + "."
