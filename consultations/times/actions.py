"""Proposing times, saying which one can, and agreeing on one."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.actions import lock
from cases.errors import ActionError
from consultations.actions import open_consultation
from consultations.kinds import AGREED, TIMES
from consultations.models import Consultation, Invitation, ProposedTime, TimeAnswer
from consultations.querysets import people_in
from consultations.telling import joined, tell

# More than anybody reads on a phone.
AT_MOST = 12


@transaction.atomic
def propose_times(consultation: Consultation, by: User, moments: Iterable[datetime]) -> None:
    """Propose times for a consultation that one chairs. What was proposed already stays as it is.

    Raises ``ActionError`` when there are more than ``AT_MOST`` that lie ahead.
    """
    consultation = _run(consultation, by)
    made = [
        ProposedTime.objects.get_or_create(
            consultation=consultation, starts_at=moment, defaults={"proposed_by": by}
        )
        for moment in moments
    ]
    if consultation.times.to_choose().count() > AT_MOST:
        raise ActionError(_("These are too many times to choose from: keep it to twelve."))
    if new := [time for time, is_new in made if is_new]:
        tell(TIMES, consultation, joined(consultation), str(new[-1].pk), by=by)


@transaction.atomic
def answer_times(consultation: Consultation, by: User, can: Iterable[ProposedTime]) -> None:
    """Say at which of the proposed times one can be there; at all others one cannot."""
    by.hold_memberships()
    lock(consultation.case, to_change=False)
    consultation = open_consultation(consultation)
    if not Invitation.objects.giving_access_to(by).filter(consultation=consultation).exists():
        raise PermissionDenied
    chosen, now = {time.pk for time in can}, timezone.now()
    said = dict(TimeAnswer.objects.filter(user=by).values_list("time", "can"))
    for time in consultation.times.to_choose():
        can = time.pk in chosen
        if said.get(time.pk) != can:
            TimeAnswer.objects.update_or_create(
                time=time, user=by, defaults={"can": can, "answered_at": now}
            )


@transaction.atomic
def agree_time(
    consultation: Consultation, by: User, time: ProposedTime, *, minutes: int, place: str
) -> None:
    """Agree on one of the proposed times. Agreed before: then it moves.

    ``minutes``: how long; ``place``: a room or a link, without anything about anybody.
    """
    consultation = _run(consultation, by)
    if not consultation.times.to_choose().filter(pk=time.pk).exists():
        raise ActionError(_("This time is past. Choose another."), field="time")
    agreed = (time.starts_at, minutes, place)
    if agreed == (consultation.planned_at, consultation.minutes, consultation.place):
        return
    consultation.planned_at, consultation.minutes, consultation.place = agreed
    consultation.save(update_fields=sorted(Consultation.MEETING))
    told = people_in(consultation).values_list("pk", flat=True)
    # Agreed on again after another time, it is told again.
    tell(AGREED, consultation, told, f"{consultation.pk} {timezone.now().isoformat()}", by=by)


def _run(consultation: Consultation, by: User) -> Consultation:
    """Return an open consultation that the user chairs, locked behind its case."""
    by.hold_memberships()
    lock(consultation.case)
    consultation = open_consultation(consultation)
    if not Consultation.objects.run_by(by).filter(pk=consultation.pk).exists():
        raise PermissionDenied
    return consultation
