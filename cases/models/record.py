"""What all records of a case have in common."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from cases.errors import Immutable
from cases.models.case import Case
from cases.querysets import RecordQuerySet


class Record(models.Model):
    """A record: author, moment recorded, case, cycle. What was filed is never overwritten."""

    # What may still be set after filing, by an action of its own (a state, never a narrative).
    settable_after_filing: frozenset[str] = frozenset()

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="%(class)ss")
    cycle = models.PositiveSmallIntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    # A form carries a key made when it was shown: sent twice, it files one record.
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction"
    )
    correction_reason = NarrativeField(_("why you correct it"), blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("recorded_at", "id")

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """File the record, or set a state that may be set after filing.

        Raises ``Immutable`` on anything else: a correction is a new record (design §4).
        """
        fields = kwargs.get("update_fields")
        if not self._state.adding and not (fields and set(fields) <= self.settable_after_filing):
            raise Immutable(_("What was recorded cannot be changed; file a correction."))
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Refuse: what was filed goes with its case, by ``cases.destruction.erasing`` alone."""
        raise Immutable(_("What was recorded goes with its case, and not before."))
