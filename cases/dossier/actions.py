"""Asking for a dossier; the worker makes it (``cases.jobs``)."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.crypto import opened_number, sealed_number
from accounts.models import User
from audit import sight
from audit.kinds import Kind
from audit.log import record_read
from audit.models import LogEntry
from audit.querysets import SYSTEM
from cases import jobs
from cases.actions import check, lock
from cases.dossier.contents import offered
from cases.dossier.enclosed import check_size, files_for
from cases.dossier.grounds import GROUNDS_TO_HAND_OVER
from cases.dossier.lock import seal
from cases.dossier.variants import VARIANTS, Also, Code
from cases.errors import KEY_USED, ActionError
from cases.models import Case, DossierExport, YearExport


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: which kind of dossier, and what goes with it."""

    variant: str = Code.WHOLE
    chosen: tuple[str, ...] = ()
    hidden_words: str = ""
    with_files: bool = False
    # Of a family's paper: what stands there because somebody says so.
    also: tuple[str, ...] = ()
    # How and when a pupil of 16 or over consented to what their parents get.
    consent: str = ""
    # Said by somebody who may not know how old the pupil is: younger than 16.
    younger: bool = False
    # Of a package: for whom, on which ground (``cases.dossier.grounds``), and how that is known.
    receiver: str = ""
    ground: str = ""
    account: str = ""
    password: str = field(default="", repr=False)


WHOLE = Wish()


@transaction.atomic
def request_export(
    case: Case, by: User, key: UUID, reason: str, wish: Wish = WHOLE, *, seen: str | None = None
) -> DossierExport:
    """Ask for the dossier of a case; the reason stays in the case and in the audit.

    ``seen``: up to where the case was written when its page was shown (``mark``); of a paper that
    goes out it is refused where that is not so any more, or not known.

    Raises ``ActionError`` when its files are too large, or a record that was chosen is not there.
    Whoever may not know how old the pupil is, is refused nothing for it, which would tell: that
    they asked stands in the trail, and then it is not made.
    """
    check(by, Permission.EXPORT_DOSSIER, case)  # of two at once the second counts the first
    _check_filled(wish)
    case = lock(case, to_change=False)  # of two clicks at once, the second finds the first
    asked = DossierExport.objects.filter(idempotency_key=key).first()
    if asked is not None:
        if (asked.requested_by_id, asked.case_id) != (by.pk, case.pk):
            raise ActionError(KEY_USED)
        return asked
    if seen is not None and VARIANTS[Code(wish.variant)].goes_out:
        _check_seen(case, by, seen)
    # Those of a year are made in a row, by one wish of its own.
    jobs.make_room(DossierExport.objects.filter(of_year__isnull=True), by)
    _check_age(case, by, wish)
    _check_wish(case, wish)
    if wish.consent:  # stands with the reason: on the cover, in the case and in the trail
        reason = f"{reason}\n{_('Consent of the pupil:')} {wish.consent}"
    elif wish.younger:
        reason = f"{reason}\n{_('The pupil is younger than 16')}"
    elif VARIANTS[Code(wish.variant)].package:
        said = f"{GROUNDS_TO_HAND_OVER[wish.ground].title}: {wish.account}"
        to = _("To: %(receiver)s") % {"receiver": wish.receiver}
        reason = f"{to}\n{reason}\n{said}"
    export = DossierExport.objects.create(
        case=case,
        requested_by=by,
        idempotency_key=key,
        number=DossierExport.objects.free_number(case),
        reason=reason,
        variant=wish.variant,
        chosen=list(wish.chosen),
        hidden_words=wish.hidden_words,
        with_files=wish.with_files,
        also=[Also(said).value for said in wish.also],
        protected=bool(wish.password),
        sealed_password=seal(wish.password),
    )
    record_read(by, case, why=reason, kind=Kind.EXPORTED)
    if _fits_age(case, wish):
        transaction.on_commit(partial(jobs.queue, export))
    else:
        jobs.fail(export)
    return export


def known_age(case: Case, *, sees_case: bool) -> int | None:
    """Return how old the pupil is to somebody who sees the case; to others nobody knows it.

    Of who sees its reference alone each form asks the same, however old the pupil is.
    """
    return case.pupil.age(timezone.localdate()) if sees_case else None


def _check_age(case: Case, by: User, wish: Wish) -> None:
    """Raise ``ActionError`` where it is not, or not alone, whoever it is for who may ask for it."""
    sees_case = Case.objects.visible_to(by).filter(pk=case.pk).exists()
    variant, age = VARIANTS[Code(wish.variant)], known_age(case, sees_case=sees_case)
    if variant.is_too_young(age):
        raise ActionError(
            _("A pupil under 12 does not ask for this alone: make the paper for the parents.")
        )
    if variant.asks_consent(age) and not (wish.consent or (wish.younger and age is None)):
        raise ActionError(
            _("From 16 on the pupil decides. Write down how and when they consented."),
            field="consent",
        )


def _fits_age(case: Case, wish: Wish) -> bool:
    """Tell whether the pupil is as old as it takes; where nobody knows, what was said holds."""
    variant, age = VARIANTS[Code(wish.variant)], case.pupil.age(timezone.localdate())
    consents = age is None or bool(wish.consent) or not variant.asks_consent(age)
    return consents and not variant.is_too_young(age)


def _check_filled(wish: Wish) -> None:
    """Raise ``ActionError`` for what is wrong whatever stands in the case: before that is held.

    By forms that are refused behind its lock, and leave nothing, one would know for whom else it
    waits.
    """
    variant = VARIANTS[Code(wish.variant)]
    if variant.package:
        _check_package(wish)
    if variant.chosen and not wish.chosen:
        raise ActionError(_("Choose at least one record."), field="chosen")


def _check_wish(case: Case, wish: Wish) -> None:
    variant = VARIANTS[Code(wish.variant)]
    if variant.chosen:
        whole = Case.objects.with_records().get(pk=case.pk)
        there = {key for key, _name in offered(whole, sees_case=False, code=variant.code)}
        if not set(wish.chosen) <= there:
            message = _("One of these records is not there any more. Look at the list again.")
            raise ActionError(message, field="chosen")
    if wish.with_files:
        check_size(files_for(case, wish.variant, wish.chosen))


def _check_package(wish: Wish) -> None:
    """Raise ``ActionError`` unless it is said for whom, on which ground, and behind a password."""
    for name in ("receiver", "account", "password"):
        if not getattr(wish, name):
            raise ActionError(_("Fill this in: without it nothing is handed over."), field=name)
    if wish.ground not in GROUNDS_TO_HAND_OVER:
        raise ActionError(_("Choose on which ground you hand it over."), field="ground")


def claim(public_id: UUID | str) -> DossierExport | None:
    """Take an export up, once: None when another worker has it or it is finished."""
    return jobs.claim(DossierExport, public_id)


def look_after(now: datetime) -> None:
    """Queue the exports that wait, take back what hangs, remove files that are old."""
    jobs.look_after(DossierExport.objects.filter(of_year__isnull=True), now)
    jobs.look_after(YearExport.objects.all(), now)


def was_written_in_since(export: DossierExport) -> bool:
    """Tell whether anybody wrote anything in the case since a paper was asked for that goes out.

    Who asked for a family's ticked what they may read of what stood there, and for another's chose
    among it: it is not made of more than that.
    """
    if not export.kind.goes_out:
        return False
    rows = _rows_for(export.case, export.requested_by)
    return _written(rows).filter(timestamp__gt=export.requested_at).exists()


def _written(rows: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
    """Return those rows of a trail that say that somebody wrote."""
    rows = rows.filter(kind__in=(Kind.MADE, Kind.CHANGED, Kind.REMOVED))
    # By a colleague, or another system: what the program does by itself writes no word.
    rows = rows.filter(Q(actor__isnull=False) | Q(additional_data__has_key=SYSTEM))
    return rows.exclude(content_type__in=sight.types_of_reading())


def mark(case: Case, by: User) -> str:
    """Return up to where a case is written now, sealed for who is shown its page.

    By how many rows say so, of which none ever goes, and not by the clock: a row can bear a moment
    of before a page was shown, and be there after it alone.
    """
    return sealed_number(_written(_rows_for(case, by)).count(), _purpose(case, by))


def _check_seen(case: Case, by: User, seen: str) -> None:
    """Raise ``ActionError`` where somebody wrote in a case since a page was shown, or that page
    does not say which: ticked or chosen was what stood there then.
    """
    if opened_number(seen, _purpose(case, by)) != _written(_rows_for(case, by)).count():
        raise ActionError(
            _(
                "Something was written in this case since you opened this page. Look at what "
                "stands there now, and ask again."
            )
        )


def _rows_for(case: Case, by: User) -> QuerySet[LogEntry]:
    """Return the rows of a case: to who does not see it, those that the trail of the school shows
    as being about it.

    Refused for another, they would know in which case a signal is that they sent themselves, or
    which cases are one pupil's.
    """
    rows = LogEntry.objects.of_case(case.reference)
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        shown = LogEntry.objects.of_school(case.school, by).of_case(case.reference)
        return shown.filter(shown_reference=case.reference)
    return rows


def _purpose(case: Case, by: User) -> str:
    return f"cases.dossier.mark:{by.pk}:{case.pk}"
