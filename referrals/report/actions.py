"""Writing a report: each function is one change, in one transaction; first the case is locked, then
the referral, then the report."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.models import User
from audit.kinds import Kind
from audit.log import record_read
from cases import jobs
from cases.actions import BOARD_ONLY, check, lock, refresh
from cases.errors import KEY_USED, ActionError, Immutable
from cases.models import Case
from referrals.models import Referral
from referrals.report.facts_check import opinions_in
from referrals.report.fields import FIELDS, OF_THE_REFERRAL, YES, missing
from referrals.report.fill import LANGUAGE, Texts, filled, of_the_referral
from referrals.report.models import Report, ReportCopy, ReportText
from referrals.report.versions import Merged, merge


class Conflict(ActionError):
    """Somebody else changed the same fields meanwhile; nothing was saved."""

    def __init__(self, report: Report, now: Texts, merged: Merged) -> None:
        super().__init__(
            _("Somebody else changed this meanwhile. Nothing is saved yet: look at both texts.")
        )
        self.report, self.now, self.merged = report, now, merged


@transaction.atomic
def start_report(referral: Referral, by: User) -> Report:
    """Return the report of a referral; begin a draft that says what the case knows, once."""
    referral = _locked(referral, by)
    newest = referral.reports.last()
    if newest is not None:
        return newest
    if referral.to != Referral.To.VEILIG_THUIS:
        raise ActionError(_("Only to Veilig Thuis a report is made."))
    if referral.withdrawn_at is not None:
        raise ActionError(_("This was withdrawn."))
    report = Report.objects.create(referral=referral, started_by=by, saved_by=by)
    write_texts(report, {**filled(referral, by), **_of_a_withdrawn_one(referral)})
    return report


def _of_a_withdrawn_one(referral: Referral) -> Texts:
    """Return what was written for a decision that was taken anew: it is not typed twice."""
    before = Report.objects.filter(
        referral__decision__case=referral.decision.case,
        referral__to=referral.to,
        referral__withdrawn_at__isnull=False,
    ).last()
    texts = before.contents if before else {}
    return {code: text for code, text in texts.items() if code not in OF_THE_REFERRAL and text}


@transaction.atomic
def save_draft(
    report: Report, by: User, texts: Mapping[str, str], seen: Mapping[str, str]
) -> Merged:
    """Save a draft. ``seen``: what the writer had before their eyes (``versions.seen_of``).

    What others changed in other fields stays; raises ``Conflict`` where they changed the same.
    """
    report = _locked_report(report, by)
    if not report.is_draft:
        raise ActionError(_("This was filed meanwhile. What was filed cannot be changed."))
    now = report.contents
    merged = merge({code: texts[code] for code in FIELDS if code in texts}, now, seen)
    if merged.conflicts:
        raise Conflict(report, now, merged)
    changed = {code: text for code, text in merged.texts.items() if now.get(code, "") != text}
    if changed:
        write_texts(report, changed)
        report.revision += 1
        report.saved_by, report.saved_at = by, timezone.now()
        report.save(update_fields=["revision", "saved_by", "saved_at"])
    return merged


@transaction.atomic
def file_report(
    report: Report,
    by: User,
    *,
    revision: int | None,
    why_incomplete: str = "",
    looked_at: bool = False,
) -> Report:
    """File a draft: from now on it never changes. Filed already, nothing happens.

    ``revision``: of the text that was looked at; with another one it is refused.
    """
    report = _locked_report(report, by)
    if not report.is_draft:
        return report
    if report.referral.withdrawn_at is not None:
        raise ActionError(_("This was withdrawn."))
    if revision is not None and revision != report.revision:
        raise ActionError(_("The text was changed while you looked at it. Look once more."))
    texts = report.contents
    _complete(texts, why_incomplete)
    words = [mark.word for __, marks in opinions_in(texts).items() for mark in marks]
    if words and not looked_at:
        raise ActionError(_("Look at the marked words first."), field="looked_at")
    report.why_incomplete = why_incomplete
    report.confirmed_words = ", ".join(dict.fromkeys(words))
    report.decided_before = _tell_the_referral(report.referral, texts)
    report.filed_at, report.filed_by = timezone.now(), by
    report.save(
        update_fields=[
            "why_incomplete", "confirmed_words", "decided_before", "filed_at", "filed_by",
        ]
    )  # fmt: skip
    refresh(report.referral.decision.case, by)
    return report


def _complete(texts: Texts, why_incomplete: str) -> None:
    """Raise unless all is there, or the writer says why it is not; some things must be."""
    empty = missing(texts)
    hard = [str(field.label) for field in empty if field.hard]
    if hard:
        raise ActionError(_("Fill this in first: %s") % " ".join(hard))
    if empty and not why_incomplete:
        raise ActionError(_("Write down why this is left empty."), field="why_incomplete")


def _tell_the_referral(referral: Referral, texts: Texts) -> str:
    """Let the referral say of name and family what the report says; return what it said before."""
    before = of_the_referral(referral)
    after = {code: texts.get(code) or before[code] for code in OF_THE_REFERRAL}
    referral.anonymous = after["anonymous"] == YES
    referral.anonymous_reason = after["anonymous_reason"] if referral.anonymous else ""
    referral.family_told = after["family_told"] == YES
    referral.not_told_reason = "" if referral.family_told else after["not_told_reason"]
    if of_the_referral(referral) == before:
        return ""
    referral.save(update_fields=list(OF_THE_REFERRAL))
    with translation.override(LANGUAGE):
        said = [(FIELDS[code].label, FIELDS[code].words(before[code])) for code in OF_THE_REFERRAL]
        return "\n".join(f"{label} {' '.join(words)}" for label, words in said if words)


@transaction.atomic
def correct_report(report: Report, by: User, *, reason: str) -> Report:
    """Begin a correction of what was filed: a draft with its texts; asked twice, there is one."""
    report = _locked_report(report, by)
    newest = report.referral.reports.last()
    if newest.is_draft:
        return newest
    if report.referral.withdrawn_at is not None:
        raise ActionError(_("This was withdrawn."))
    draft = Report.objects.create(
        referral=report.referral,
        number=newest.number + 1,
        corrects=newest,
        correction_reason=reason,
        started_by=by,
        saved_by=by,
    )
    write_texts(draft, {**newest.contents, **of_the_referral(report.referral)})
    return draft


@transaction.atomic
def request_copy(report: Report, by: User, key: UUID, reason: str) -> ReportCopy:
    """Ask for the PDF of a filed report; the reason stays in the case and in the audit."""
    case = report.referral.decision.case
    check(by, Permission.MOVE_CASE, case)  # of two at once the second counts the first
    lock(case, to_change=False)  # of two clicks at once, the second finds the first
    asked = ReportCopy.objects.filter(idempotency_key=key).first()
    if asked is not None:
        if (asked.requested_by_id, asked.report_id) != (by.pk, report.pk):
            raise ActionError(KEY_USED)
        return asked
    if report.is_draft:
        raise ActionError(_("File the report first."))
    jobs.make_room(ReportCopy.objects.all(), by)
    copy = ReportCopy.objects.create(
        report=report, requested_by=by, idempotency_key=key, reason=reason
    )
    record_read(by, report, why=reason, kind=Kind.EXPORTED)
    transaction.on_commit(partial(jobs.queue, copy))
    return copy


def look_after(now: datetime) -> None:
    """Queue the copies that wait, take back what hangs, remove files that are old."""
    jobs.look_after(ReportCopy.objects.all(), now)


def _locked(referral: Referral, by: User) -> Referral:
    """Return a referral, locked after its case, for who may write its report."""
    case: Case = referral.decision.case
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    if case.restricted:
        raise ActionError(BOARD_ONLY)
    referrals = Referral.objects.select_for_update(of=("self",))
    return referrals.select_related("decision__case__pupil", "decision__case__school").get(
        pk=referral.pk
    )


def _locked_report(report: Report, by: User) -> Report:
    """Return a report, locked after its case and referral."""
    referral = _locked(report.referral, by)
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    report.referral = referral
    return report


def write_texts(report: Report, texts: Texts) -> None:
    """Set texts of a draft. Raises ``Immutable`` when it was filed."""
    if not report.is_draft:
        raise Immutable(_("What was filed cannot be changed; file a correction."))
    ReportText.objects.bulk_create(
        [ReportText(report=report, field=code, text=text) for code, text in texts.items()],
        update_conflicts=True,
        unique_fields=["report", "field"],
        update_fields=["text"],
    )
