"""Filing and correcting signals."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import access
from accounts.access import Permission, Scope
from accounts.drafts import actions as drafts
from accounts.drafts.models import SIGNAL
from accounts.models import User
from cases.actions import check, file_record, lock, open_case, refresh
from cases.errors import KEY_USED, ActionError
from cases.models import Case, Pupil, ShutOut
from cases.notifications.kinds import SEVERE
from cases.notifications.telling import notify
from cases.reminders.ladder import care_team_and_responsible
from cases.reminders.sweep import tell
from signals.body import AT_MOST, INJURY, Seen
from signals.categories import DIRECT
from signals.models import InjuryMark, Signal, SignalCategory, SignalFinding

NOBODY_TO_TELL = gettext_lazy(
    "Nobody at your school hears of this in Meldcode. Go to the school board yourself; for a "
    "sexual offence call the confidential inspector, 0900-111 3 111."
)
# One sentence, whatever the reason: it is the care team's, and the author may not know it.
NO_MORE = gettext_lazy(
    "This signal can no longer be corrected. Log a new one, and name this one's reference."
)


TOO_MANY_MARKS = gettext_lazy("Mark at most %(n)s places; describe the others in words.")
NO_SUCH_MARK = gettext_lazy("Choose of each mark where it is, what you saw and how large it was.")


def is_severe(*, severe: bool, acute: bool, categories: Iterable[str]) -> bool:
    """Tell whether a signal is severe: marked so, danger now, or of a direct category (R3-R8)."""
    return severe or acute or bool(DIRECT & set(categories))


def file_signal(
    pupil: Pupil,
    by: User,
    key: UUID,
    *,
    categories: Iterable[str],
    marks: Sequence[Seen] = (),
    **fields: Any,
) -> Signal:
    """File a signal in the pupil's open case; the first one opens the case.

    What hangs on what the author may not know is asked last, when all else would stand: who is
    refused for something else tries as often as they like, and nobody hears of it.
    """
    _check_marks(marks)
    if fields.get("about_staff"):  # then it holds the roles of who leads
        Pupil.objects.wait_for(pupil.pk)
    return _file_signal(pupil, by, key, categories, marks, fields)


@transaction.atomic
def _file_signal(
    pupil: Pupil,
    by: User,
    key: UUID,
    categories: Iterable[str],
    marks: Sequence[Seen],
    fields: dict[str, Any],
) -> Signal:
    # Who reads what is for the board stays until it stands there, and its writer is told when not.
    by.hold_memberships(*(board_line(pupil) if fields.get("about_staff") else ()))
    Pupil.objects.hold(pupil.pk)
    if not Pupil.objects.may_be_signalled_by(by).filter(pk=pupil.pk).exists():
        raise PermissionDenied
    filed = Signal.objects.filter(idempotency_key=key, author=by).select_related("case").first()
    if filed is not None:
        if filed.case.pupil_id != pupil.pk:
            raise ActionError(KEY_USED)
        return filed
    about_staff = fields.get("about_staff", False)
    case = open_case(pupil, by, restricted=about_staff)
    signal = _file(case, by, key, with_injury(categories, marks), marks, fields)
    if about_staff:
        if not told_of(pupil).exists():
            raise ActionError(NOBODY_TO_TELL, field="about_staff")
        tell(signal.case, timezone.now())
    _tell_of_severe(signal)
    return signal


def with_injury(categories: Iterable[str], marks: Sequence[Seen]) -> set[str]:
    """Return what a signal is about: what was marked on a body is an injury (R3, R5)."""
    return {*categories, INJURY} if marks else set(categories)


def file_from_page(
    pupil: Pupil, by: User, key: UUID, page: UUID, *, categories: Iterable[str], **fields: Any
) -> Signal:
    """File the signal of a page, and empty the draft of that page with it."""
    if fields.get("about_staff"):
        Pupil.objects.wait_for(pupil.pk)
    with transaction.atomic():
        signal = file_signal(pupil, by, key, categories=categories, **fields)
        drafts.end(by, SIGNAL, page)
        return signal


def _tell_of_severe(signal: Signal) -> None:
    """Tell the care team at once of a severe signal, or who leads of one for the board alone.

    Of the first for the board they are told apart, however severe; and once only, so that whoever
    it will be about could log a harmless one before.
    """
    if not signal.severe:
        return
    if signal.case.restricted:
        if signal.case.signals.exclude(pk=signal.pk).exists():
            told = told_of(signal.case.pupil).values_list("pk", flat=True)
            notify(SEVERE, told, signal.reference, by=signal.author, case=signal.case)
        return
    told = care_team_and_responsible(signal.case)
    notify(SEVERE, told, signal.reference, by=signal.author, case=signal.case)


def told_of(pupil: Pupil) -> "User.objects":
    """Return who hears of a signal about somebody who works at the pupil's school (R9).

    Not who has an interest in it: a leader whom it concerns is not the one to be told.
    """
    shut_out = ShutOut.objects.standing().filter(pupil=pupil)
    return board_line(pupil).exclude(pk__in=shut_out.values("user"))


def board_line(pupil: Pupil) -> "User.objects":
    """Return who leads the pupil's school today, kept out or not."""
    board = access.roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL)
    return User.objects.with_role_at([pupil.school_id], board)


@transaction.atomic
def correct_signal(
    original: Signal,
    by: User,
    key: UUID,
    *,
    reason: str,
    categories: Iterable[str],
    marks: Sequence[Seen] = (),
    **fields: Any,
) -> Signal:
    """File a new version of one's own signal; the old text stays readable (design §4)."""
    _check_marks(marks)  # before it is said whether it comes too late: see ``file_signal``
    by.hold_memberships()
    if not Signal.objects.logged_by(by).filter(pk=original.pk).exists():
        raise PermissionDenied
    # Sent once more it stands, whatever became of the case since: else one asked so what did.
    filed = Signal.objects.filter(idempotency_key=key, corrects=original, author=by).first()
    if filed is not None:
        return filed
    if Signal.objects.filter(idempotency_key=key).exists():
        raise ActionError(KEY_USED)
    case = _lock_to_correct(original, by, key)
    # What was severe stays so until the care team has answered it: a slip of the pen could have
    # been the truth, and a second thought could be fear.
    before = {category.code for category in original.categories.all()}
    categories = with_injury(categories, marks) | (before & DIRECT)
    fields["severe"] = original.severe or is_severe(
        severe=fields["severe"], acute=fields["acute"], categories=categories
    )
    fields["acute"] = fields["acute"] or original.acute
    more_direct = (categories - before) & DIRECT
    raised = fields["severe"] and (
        not original.severe or (fields["acute"] and not original.acute) or more_direct
    )
    now = timezone.now()
    clock = {
        "counts_since": original.counts_from,
        "severe_since": original.severe_from if original.severe else now,
        "raised_at": now if raised else original.raised_at,
    }
    signal = _file(
        case,
        by,
        key,
        categories,
        marks,
        {
            **fields,
            "about_staff": original.about_staff,
            "came_in_by": original.came_in_by,
            **clock,
            "corrects": original,
            "correction_reason": reason,
        },
    )
    if raised:
        _tell_of_severe(signal)
    return signal


def _lock_to_correct(original: Signal, by: User, key: UUID) -> Case:
    """Return the case, locked. Why it is too late learns only who sees the case (Scenario 2)."""
    case = lock(original.case, to_change=False)
    # But for the same form at this very moment.
    if Signal.objects.filter(corrects=original).exclude(idempotency_key=key).exists():
        raise ActionError(_("This signal was corrected already; correct the newest version."))
    unfounded = SignalFinding.objects.filter(signal=original).exists()
    if case.is_open and not unfounded:
        return case
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise ActionError(NO_MORE)
    if unfounded:
        raise ActionError(_("This signal was found to be unfounded. Log a new one."))
    return lock(case)  # which says that it is closed


@transaction.atomic
def find_unfounded(signal: Signal, by: User, key: UUID, *, grounds: str) -> SignalFinding:
    """Record expressly that a signal turned out unfounded (R10): it stays, and counts no more."""
    check(by, Permission.MOVE_CASE, signal.case)
    case = lock(signal.case)
    if Signal.objects.filter(corrects=signal).exists():
        raise ActionError(_("This signal was corrected; look at the newest version."))
    found = SignalFinding.objects.filter(signal=signal).exclude(idempotency_key=key)
    if found.exists():
        raise ActionError(_("It was recorded already that this signal is unfounded."))
    finding, __ = file_record(SignalFinding, case, by, key, signal=signal, grounds=grounds)
    refresh(case, by)
    return finding


def _file(
    case: Any, by: User, key: UUID, categories: set[str], marks: Sequence[Seen], fields: dict
) -> Signal:
    codes = sorted(categories)
    fields["severe"] = is_severe(severe=fields["severe"], acute=fields["acute"], categories=codes)
    signal, new = file_record(Signal, case, by, key, **fields)
    if new:
        SignalCategory.objects.bulk_create(SignalCategory(signal=signal, code=c) for c in codes)
        _mark(signal, marks)
    refresh(case, by)
    return signal


def _check_marks(marks: Sequence[Seen]) -> None:
    """Raise ``ActionError`` for more marks than a signal takes, or one of which no table knows."""
    if len(marks) > AT_MOST:
        raise ActionError(TOO_MANY_MARKS % {"n": AT_MOST}, field="marks")
    if not all(mark.is_known for mark in marks):
        raise ActionError(NO_SUCH_MARK, field="marks")


def _mark(signal: Signal, marks: Sequence[Seen]) -> None:
    InjuryMark.objects.bulk_create(
        InjuryMark(
            signal=signal,
            number=number,
            region=mark.region,
            kind=mark.kind,
            size=mark.size,
            note=mark.note,
        )
        for number, mark in enumerate(marks, 1)
    )
