"""Taking a dossier of another school in."""

from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import User
from audit.about import apart_from
from cases.actions import file_record, lock
from cases.errors import ActionError
from cases.files.actions import attach_to, gone_unless_filed
from cases.files.content import Content
from cases.models import Case, Pupil, ReceivedDossier
from cases.models.received import CALLED, signal_key_of
from cases.transfer.contents import Handed, as_kept
from signals.actions import file_signal
from signals.models import Signal

# What a signal is about that came with a dossier: others told it.
CATEGORY = "told_others"


def receive(
    pupil: Pupil,
    by: User,
    key: UUID,
    *,
    handed: Handed,
    content: Content,
    sha256: str,
    severe: bool,
    acute: bool,
) -> ReceivedDossier:
    """File a dossier of another school with a pupil: as a signal, so that somebody answers it.

    The paper becomes a file of the case. Sent twice, it is filed once; by who does not see the case
    also in a form of its own.
    Raises ``ActionError`` where the user sees that it is in the case already, or no room is left.
    """
    with gone_unless_filed() as stored, transaction.atomic(durable=True):
        access.check_school(by, Permission.RECEIVE_DOSSIER, pupil.school_id)
        Pupil.objects.hold(pupil.pk)  # of two at once, the second finds the first
        filed = ReceivedDossier.objects.filter(idempotency_key=key, author=by).first()
        if filed is not None:
            return filed
        if before := _before(pupil, by, sha256):
            message = _("This package was taken in already. It stands in case %(reference)s.")
            raise ActionError(message % {"reference": before.reference}, field="file")
        if again := _again(pupil, by, sha256, severe=severe, acute=acute):
            return again
        signal = file_signal(
            pupil,
            by,
            signal_key_of(key),
            categories=[CATEGORY],
            facts=_in_words(handed),
            hearsay_from=handed.sender[:CALLED],
            observed_at=timezone.now().replace(second=0, microsecond=0),  # as a form says it
            severe=severe,
            acute=acute,
        )
        case = lock(signal.case)
        title = _("Dossier of %(school)s") % {"school": handed.sender}
        with apart_from(""):  # nothing else makes a signal and a file at one moment
            file = attach_to(
                case, by, uuid5(key, "file"), stored, title=title[:120], content=content
            )
        received, __ = file_record(
            ReceivedDossier, case, by, key,
            file=file, sender=handed.sender, number=handed.number, made_at=handed.made_at,
            reason=handed.reason, sha256=sha256, contents=as_kept(handed.chapters),
        )  # fmt: skip
    return received


def _before(pupil: Pupil, by: User, sha256: str) -> Case | None:
    """Return the case in which the same package stands, as far as the user may know of it."""
    there = ReceivedDossier.objects.filter(sha256=sha256, file__withdrawn_at__isnull=True)
    return Case.objects.visible_to(by).filter(pupil=pupil, receiveddossiers__in=there).first()


def _again(
    pupil: Pupil, by: User, sha256: str, *, severe: bool, acute: bool
) -> ReceivedDossier | None:
    """Return what somebody took in of the same package into a case that they do not see.

    It fills the case for others, and they cannot know what became of the first: withdrawn, or in a
    case that is closed, it is the same to them. Unless it is more urgent now than they said before:
    that the care team must hear.
    """
    own = ReceivedDossier.objects.filter(author=by, case__pupil=pupil, sha256=sha256)
    unseen = own.exclude(case__in=Case.objects.visible_to(by)).order_by("pk")
    keys = {one.signal_key: one for one in unseen}
    for signal in Signal.objects.filter(idempotency_key__in=keys).order_by("pk"):
        if signal.severe >= severe and signal.acute >= acute:
            return keys[signal.idempotency_key]
    return None


def _in_words(handed: Handed) -> str:
    """Return the facts of the signal: that it came, and no word of what is in it, nor the name by
    which a school calls itself. That stands where it says who told it: among the facts it could go
    on in words of its own.
    """
    return _(
        "A dossier came from another school, made there on %(day)s. Records in it: %(count)s. Read "
        "it under “Files”, and weigh with the care team what it asks of your school."
    ) % {
        "day": date_format(timezone.localtime(handed.made_at), "j F Y"),
        "count": handed.records,
    }
