"""The clock of a request: who keeps the register is told a week before, a day before, and late."""

from datetime import date

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership
from cases.models import RightsRequest, ShutOut
from cases.notifications.kinds import REQUEST_DUE
from cases.notifications.telling import notify

# Days left → the stage, said once each.
STAGES = ((-1, "late"), (1, "day"), (7, "week"))


def remind(today: date) -> int:
    """Tell whoever answers what is due soon, and return how many were told. Twice: once."""
    told = 0
    for asked in RightsRequest.objects.open().order_by("pk").iterator(chunk_size=200):
        left = (asked.due_on - today).days
        stage = next((name for days, name in STAGES if left <= days), "")
        if stage:
            key = f"{asked.public_id} {asked.due_on} {stage}"
            told += notify(REQUEST_DUE, keepers(asked, today), key, about=str(asked.public_id))
    return told


def keepers(asked: RightsRequest, today: date) -> set[int]:
    """Return who keeps the register of the school and had no interest in the pupil when it came.

    And who took the letter: they see it as they see others, and the one whose clock they alone hear
    nothing of would tell them.
    """
    roles = access.roles_at(Permission.KEEP_REQUESTS, Scope.SCHOOL)
    members = Membership.objects.current(today).filter(school=asked.school_id, role__in=roles)
    shut_out = ShutOut.objects.ever_since(asked.registered_at).filter(pupil=asked.pupil_id)
    hidden_from = shut_out.exclude(user=asked.registered_by_id).values("user")
    gone_since = asked.kept_from.exclude(pk=asked.registered_by_id)
    members = members.exclude(user__in=hidden_from).exclude(user__in=gone_since)
    return set(members.values_list("user_id", flat=True))
