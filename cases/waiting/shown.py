"""What the page of a case says of waiting on purpose."""

from cases.models import Case, Snooze


def newest_snooze(found: list[Snooze], case: Case) -> Snooze | None:
    """Return the newest of this cycle that waits, or that something ended by itself."""
    snoozes = [snooze for snooze in found if snooze.cycle == case.cycle]
    newest = snoozes[-1] if snoozes and case.is_open else None
    return newest if newest and (newest.waits or newest.ended_by_itself) else None
