"""Adding a file to a case, and withdrawing one that was filed by mistake."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.models import User
from cases import jobs
from cases.actions import check, file_record, lock
from cases.dossier.enclosed import may_hold
from cases.errors import ActionError
from cases.files.content import Content
from cases.files.kinds import LIMIT_OF_CASE, MEGABYTE
from cases.models import Attachment, Case, DossierExport
from cases.models.attachment import FOLDER, random_name

logger = logging.getLogger(__name__)

# Long enough to see that the database was restored from a backup that is older than its files.
ORPHANED_FOR = timedelta(days=7)
AT_ONCE = 500


def attach(case: Case, by: User, key: UUID, *, title: str, content: Content) -> Attachment:
    """Add a file to an open case. Sent twice, it is filed once.

    The file is written before the row is committed; where that fails, the file goes again.
    Raises ``ActionError`` when the case has no room left.
    """
    with gone_unless_filed() as stored, transaction.atomic(durable=True):
        check(by, Permission.ATTACH_FILE, case)
        return attach_to(lock(case), by, key, stored, title=title, content=content)


def attach_to(
    case: Case, by: User, key: UUID, stored: list[str], *, title: str, content: Content
) -> Attachment:
    """Add a file to a case that is locked, within ``gone_unless_filed``, which hears its name."""
    fields = {}
    if not Attachment.objects.filter(idempotency_key=key).exists():
        number = _next_number(case, by, content)
        stored.append(default_storage.save(random_name(), File(content.file)))
        fields = {
            "number": number, "title": title, "kind": content.kind.code,
            "size": content.size, "sha256": content.sha256, "file": stored[-1],
        }  # fmt: skip
    return file_record(Attachment, case, by, key, **fields)[0]


@contextmanager
def gone_unless_filed() -> Iterator[list[str]]:
    """Delete what was stored under the names in the list, if what follows does not succeed."""
    stored: list[str] = []
    try:
        yield stored
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise


def _next_number(case: Case, by: User, content: Content) -> int:
    """Return the number of a new file in a locked case, if there is room for it.

    Of who does not see the case (they take a dossier in for the pupil) their own files about the
    pupil count, in whatever case and withdrawn or not: the answer would tell how much is in it,
    whether it runs, and what became of theirs.

    What was withdrawn stays on disk. It takes the room of whoever filed it, so that nobody fills
    the disk with one case; and no room of others, so that nobody fills the case for them.
    """
    if Case.objects.visible_to(by).filter(pk=case.pk).exists():
        counted = case.attachments.filter(Q(withdrawn_at__isnull=True) | Q(author=by))
    else:
        counted = Attachment.objects.filter(author=by, case__pupil=case.pupil_id)
    size = counted.aggregate(size=Sum("size", default=0))["size"]
    if size + content.size > LIMIT_OF_CASE:
        raise ActionError(
            _("The files of one case may be %(megabytes)s MB together. This one does not fit.")
            % {"megabytes": LIMIT_OF_CASE // MEGABYTE},
            field="file",
        )
    return case.attachments.aggregate(last=Max("number", default=0))["last"] + 1


@transaction.atomic
def withdraw(attachment: Attachment, by: User, *, why: str) -> Attachment:
    """Let nobody open a file any more that does not belong here. Sent twice: once.

    Whoever filed it may, and whoever runs the case; in a closed case too, for what is about
    another child must go from sight whenever somebody sees it.
    """
    check(by, Permission.ATTACH_FILE, attachment.case)
    lock(attachment.case, to_change=False)
    attachment = Attachment.objects.withdrawable_by(by).select_related("case").filter(
        pk=attachment.pk
    ).first()  # fmt: skip
    if attachment is None:
        raise PermissionDenied
    if attachment.withdrawn_at is None:
        attachment.withdrawn_at, attachment.withdrawn_by = timezone.now(), by
        attachment.withdrawn_why = why
        attachment.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        # A paper that may hold it is asked for anew: that one is made without.
        papers = DossierExport.objects.filter(case=attachment.case_id, state=jobs.State.READY)
        for paper in papers.order_by("pk"):
            if may_hold(paper, attachment):
                transaction.on_commit(partial(jobs.remove, paper))
    return attachment


def remove_orphans(now: datetime) -> int:
    """Remove old files that no attachment names; return how many.

    A failed request removes its file itself; one whose process died could not.
    """
    if not default_storage.exists(FOLDER):
        return 0
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    removed = 0
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        known = set(Attachment.objects.filter(file__in=some).values_list("file", flat=True))
        for name in set(some) - known:
            if default_storage.get_modified_time(name) < now - ORPHANED_FOR:
                default_storage.delete(name)
                removed += 1
    if removed:
        logger.warning("Removed %s files that no attachment names", removed)
    return removed
