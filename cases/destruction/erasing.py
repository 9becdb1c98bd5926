"""Removing all that there is of a case, or of a pupil: the one way past what refuses it.

``Case`` and every ``Record`` refuse ``delete``; foreign keys protect them too. Only what stands
here goes below that (``Found.erase``), and only ``work`` and the replay of tombstones call it.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.drafts.models import Draft
from accounts.models import User
from audit.about import told_in
from audit.kinds import Kind
from audit.log import forget_reasons, record_read
from cases.destruction import counts
from cases.destruction.fates import Found
from cases.models import Case, DueItem, Pupil, RightsRequest, ShutOut, Tombstone, YearExport

CASE, PUPIL = "case", "pupil"


@dataclass(slots=True)
class Erased:
    """What went: rows by model and how many files, as a certificate counts them; and the names of
    files that are still to be removed.
    """

    rows: dict[str, int]
    counted_files: int
    files: list[str]

    @classmethod
    def all_of(cls, found: Found) -> "Erased":
        """Remove what was found, and return what that was."""
        found.erase()
        return cls(found.counts, found.counted_files, found.files)


def erase_case(case: Case, certificate: str, by: User | None, *, counted: bool = False) -> Erased:
    """Remove a case and all that hangs on it, in a transaction; its files by whoever calls it.

    ``counted``: what it counts for in the figures stands already.
    """
    record_read(by, case, note=certificate, kind=Kind.DESTROYED)
    kept_from = _kept_out(case)
    if not counted:
        counts.keep(case, kept_from)
    stone = _bury(CASE, case.reference, case.pk, certificate)
    stone.kept_from.add(*kept_from)
    found = Found.of(CASE, case.pk)
    _stop_years(case)
    _loosen(case)
    _drafts(case).delete()
    forget_reasons(case.reference)
    return Erased.all_of(found)


def erase_pupil(pupil: Pupil, certificate: str, by: User | None) -> Erased:
    """Remove a pupil without a case, in a transaction."""
    record_read(by, pupil, note=certificate, kind=Kind.DESTROYED)
    _bury(PUPIL, str(pupil.public_id), pupil.pk, certificate)
    kept_out = ShutOut.objects.filter(pupil=pupil)
    RightsRequest.objects.filter(pupil=pupil).keep_as_they_are(kept_out)
    DueItem.objects.filter(pupil=pupil).keep_as_they_are(kept_out)
    return Erased.all_of(Found.of(PUPIL, pupil.pk))


def told_with(case: Case | None) -> AbstractContextManager[None]:
    """Let what goes with a case for the board stand in its trail, as a pupil with their last one.

    In the trail of the school, where nothing stands of the case, it would tell of it (R9).
    """
    return told_in(case) if case and case.restricted else nullcontext()


def _bury(kind: str, reference: str, row: int, certificate: str) -> Tombstone:
    stone, __ = Tombstone.objects.get_or_create(
        kind=kind,
        reference=reference,
        row=row,
        defaults={"certificate": certificate, "destroyed_at": timezone.now()},
    )
    return stone


def _kept_out(case: Case) -> set[int]:
    """Return who is kept out of a case: its rows of the audit stay kept from them too."""
    standing = ShutOut.objects.standing().filter(pupil=case.pupil_id)
    return set(standing.values_list("user_id", flat=True))


def _stop_years(case: Case) -> None:
    """Take back the file of a school year that has its dossier in it; or stop its making."""
    years = YearExport.objects.filter(dossiers__case=case)
    busy = (YearExport.State.WAITING, YearExport.State.RUNNING)
    _rows(years.filter(state__in=busy)).update(cancelled_at=timezone.now())
    _rows(years.filter(state=YearExport.State.READY)).update(
        state=YearExport.State.EXPIRED, file=""
    )


def _rows(years: QuerySet) -> QuerySet:
    return YearExport.objects.filter(pk__in=list(years.values_list("pk", flat=True)))


def _drafts(case: Case) -> QuerySet:
    """Return what somebody left unfinished about the case, or about what is in it.

    A draft names what it is about by a reference or an id (``accounts.drafts.pages``), and hangs on
    no row.
    """
    names = [case.reference]
    for relation in ("signals", "consultations"):
        names += getattr(case, relation).values_list("reference", flat=True)
    reports = case.decisions.filter(referrals__reports__isnull=False)
    names += (one.hex for one in reports.values_list("referrals__reports__public_id", flat=True))
    return Draft.objects.filter(reduce(or_, (Q(form__endswith=f":{name}") for name in names)))


def _loosen(case: Case) -> None:
    """Let a conflict of interest that stands in this case hold on in the pupil's others.

    Without what was written of it here; and what ended goes. So does all that was set in a case for
    the board, which is explained there alone (R9): as long as something stands there and there are
    others, such a case does not go (``due.may_go``).
    """
    goes = Q(case=case) if case.restricted else Q(case=case, ended_at__isnull=False)
    # Older ones that ended where nobody knows by now, too.
    goes |= Q(case=None, ended_at__isnull=False)
    gone = ShutOut.objects.filter(goes, pupil=case.pupil_id)
    # What they did not read then, they do not read now.
    for model in (RightsRequest, DueItem):
        model.objects.filter(pupil=case.pupil_id).keep_as_they_are(gone)
    gone._raw_delete(gone.db)
    ShutOut.objects.filter(case=case).update(case=None, explanation="")
