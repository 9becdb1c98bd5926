"""A dossier that another school handed over: what was in its package (``cases.transfer``)."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField, NarrativeJSONField
from cases.models.attachment import Attachment
from cases.models.record import Record
from cases.transfer.contents import chapters_of

if TYPE_CHECKING:
    from cases.transfer.contents import Chapter

# Letters that a signal has room for of who told it: here, which school.
CALLED = 160


def signal_key_of(key: UUID) -> UUID:
    """Return under which key the signal is filed of a dossier that is filed under this one."""
    return uuid5(key, "signal")


class ReceivedDossier(Record):
    """The records of another school, as they came: to read, and no records of this case.

    The paper of the package is a file of the case. Where that is withdrawn, nothing of this is
    shown any more either: it was somebody else's.
    """

    file = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="received")
    sender = models.CharField(_("which school sent it"), max_length=200)
    number = models.CharField(_("its number there"), max_length=40)
    made_at = models.DateTimeField(_("made on"))
    reason = NarrativeField(_("why it was handed over"))
    # Of the package, as both schools can read it to one another.
    sha256 = models.CharField(max_length=64)
    contents = NarrativeJSONField(_("what stands in it"))

    class Meta(Record.Meta):
        verbose_name = _("received dossier")
        verbose_name_plural = _("received dossiers")

    @property
    def signal_key(self) -> UUID:
        """Return the key of the signal that it was filed with.

        Nothing in that signal's words says so: anybody can write of a school that one is called so.
        """
        return signal_key_of(self.idempotency_key)

    @property
    def chapters(self) -> "tuple[Chapter, ...]":
        """Return the records by step, as they were handed over."""
        return chapters_of(self.contents)

    @property
    def records(self) -> int:
        """Return how many records were handed over."""
        return sum(len(chapter["parts"]) for chapter in self.contents)
