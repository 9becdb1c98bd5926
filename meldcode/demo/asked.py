"""What parents and pupils asked of a demo school: its register, and what waits to be destroyed."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import School, User
from cases.models import Case, DestructionList, DueItem, Pupil, RightsRequest
from cases.protocol.ages import CONSENTS_ALONE
from cases.retention import years_before

Kind, Asker = RightsRequest.Kind, RightsRequest.Asker
Identity, Outcome = RightsRequest.Identity, RightsRequest.Outcome
# Days since each came: of a month a week is left; done with; done with; a week old.
NEARLY_DUE, CORRECTED, DESTROYED, YOUNG = 24, 70, 16, 7
TOOK = timedelta(days=9)


def plant_asked(school: School, crew: dict[str, User], now: datetime) -> None:
    """Fill the register of requests; one of them waits for two people. In a transaction."""
    today, by = timezone.localdate(now), crew["zorgcoordinator"]
    ordinary = Case.objects.filter(school=school, restricted=False).select_related("pupil")
    grown_up = years_before(today, CONSENTS_ALONE)
    young = ordinary.open().filter(pupil__birth_date__gt=grown_up).order_by("pk")
    over = ordinary.filter(closed_at__isnull=False).order_by("pk")

    def register(pupil: Pupil, days: int, **fields: object) -> None:
        received = today - timedelta(days=days)
        if "outcome" in fields:
            fields |= {"answered_by": by, "answered_on": received + TOOK}
        RightsRequest.objects.create(
            school=school, pupil=pupil, registered_by=by, received_on=received,
            registered_at=now - timedelta(days=days), **fields,
        )  # fmt: skip

    first, second = (case.pupil for case in young[:2])
    register(
        first, NEARLY_DUE,
        kind=Kind.SEE, asker=Asker.PARENT, identity=Identity.KNOWN,
        asked_by=f"Mevrouw {first.family_name}, moeder",
    )  # fmt: skip
    register(
        second, YOUNG,
        kind=Kind.OBJECT, asker=Asker.REPRESENTATIVE, identity=Identity.NOT_YET,
        asked_by="Mr. Tjalling Reitsma, namens vader",
    )  # fmt: skip
    late = over.filter(pupil__birth_date__gt=grown_up).first()
    if late is not None:
        register(
            late.pupil, CORRECTED,
            kind=Kind.CORRECT, asker=Asker.PARENT, identity=Identity.DOCUMENT,
            asked_by=f"De heer {late.pupil.family_name}, vader",
            outcome=Outcome.PARTLY, grounds=["facts"],
            words="Wat de docent zag, staat er zoals het gezien is. De datum is verbeterd.",
            handed_over="Een brief; de verklaring van vader is aan het dossier toegevoegd.",
            explained="Vader heeft gezag: moeder bevestigde dat.",
        )  # fmt: skip
    gone = over.filter(pupil__birth_date__lte=grown_up).last()
    if gone is not None:
        register(
            gone.pupil, DESTROYED,
            kind=Kind.DESTROY, asker=Asker.PUPIL, identity=Identity.DOCUMENT,
            asked_by=str(gone.pupil),
            outcome=Outcome.GRANTED, handed_over="Een brief, met uitleg wat er verdwijnt.",
            explained="Kan zelf goed overzien wat dit betekent. Er loopt geen hulp meer.",
        )  # fmt: skip
        begun = now - timedelta(days=DESTROYED) + TOOK
        waiting = DestructionList.objects.create(
            school=school, year=today.year, made_by=by, made_at=begun
        )
        DueItem.objects.create(
            of_list=waiting, case=gone, ground=DueItem.Ground.REQUEST, listed_at=begun
        )
