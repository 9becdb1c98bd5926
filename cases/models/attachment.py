"""A file that belongs to a case: a letter, a report of absence, a screenshot."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField, NarrativeLine
from cases.files.kinds import KINDS, FileKind
from cases.models.record import Record
from cases.querysets import AttachmentQuerySet

FOLDER = "attachments"


def random_name(instance: models.Model | None = None, filename: str = "") -> str:
    """Return a name under which a file is stored: nothing of its own name, and no extension."""
    return f"{FOLDER}/{secrets.token_hex(24)}"


class Attachment(Record):
    """A file, judged and cleaned by ``cases.files.content`` before it was kept.

    Filed by mistake, it is withdrawn: it is served to nobody any more, and its row says who did so
    and why.
    """

    settable_after_filing = frozenset({"withdrawn_at", "withdrawn_by", "withdrawn_why"})

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Counts within the case, so that people can say "file 3".
    number = models.PositiveIntegerField(_("number"))
    title = NarrativeLine(_("what is it"), max_length=120)
    kind = models.CharField(
        _("kind"), max_length=8, choices=[(kind.code, kind.name) for kind in KINDS.values()]
    )
    # In bytes, of what was kept.
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=random_name, unique=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_why = NarrativeField(_("why it does not belong here"), blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="one_file_per_number"),
            models.CheckConstraint(
                name="withdrawn_file_has_its_reason",
                condition=models.Q(
                    withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why=""
                )
                | (
                    models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~models.Q(withdrawn_why="")
                ),
                violation_error_message=_("Write down why it does not belong here."),
            ),
        )

    @property
    def file_kind(self) -> FileKind:
        """Return the row of the table of kinds."""
        return KINDS[self.kind]

    @property
    def served_name(self) -> str:
        """Return the name under which it is downloaded: ASCII, and no word of anybody's."""
        return f"{self.case.reference}-bestand-{self.number}.{self.file_kind.extension}"
