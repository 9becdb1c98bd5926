"""Who was consulted in a case: with whom it can have been weighed that a talk is not safe."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from cases.models import Case, Conversation

Where = Conversation.WeighedWhere
# Kind of consultation → where they work; what stands here not is somebody else.
WHERE = {
    "veilig_thuis": Where.VEILIG_THUIS,
    "family_worker": Where.BUURTTEAM,
    "care_team": Where.SCHOOL,
    "colleague": Where.SCHOOL,
}
# A call that saves somebody is no consultation (R11).
NO_CONSULTATION = "emergency"


@dataclass(frozen=True, slots=True)
class Consulted:
    """Somebody who was consulted: the consultation, who, and where they work."""

    reference: str
    name: str
    where: Conversation.WeighedWhere


def consulted_in(case: Case) -> list[Consulted]:
    """Return who was heard in a case or joined a consultation that still runs, the newest first."""
    consultations = case.consultations.exclude(kind=NO_CONSULTATION)
    found = []
    for one in consultations.prefetch_related("invitations__user").order_by("-recorded_at"):
        joined = [i.user.name for i in one.invitations.all() if i.accepted_at]
        if joined or one.closed_at:
            day = date_format(timezone.localtime(one.closed_at or one.recorded_at), "j F")
            names = ", ".join([*joined, one.get_kind_display()])
            found.append(
                Consulted(one.reference, f"{names}, {day}", WHERE.get(one.kind, Where.OTHER))
            )
    return found
