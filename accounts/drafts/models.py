"""The one table of drafts, and how long they are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.crypto import cipher

SALT = "accounts.drafts"
# The forms that have drafts.
SIGNAL = "signal"


@dataclass(frozen=True, slots=True)
class Period:
    """How long something is kept, and why so long and no longer."""

    lasts: timedelta
    why: str


KEPT = Period(
    timedelta(days=14),
    "Long enough to finish after a week of illness or of holidays. What was worth telling is told "
    "by then; a sentence about a child that nobody stands for is not kept beside the signals.",
)


class DraftQuerySet(models.QuerySet):
    """Questions about drafts. Each is asked for one person, by that person."""

    def standing(self, owner: models.Model, form: str) -> "DraftQuerySet":
        """Return what somebody can go on with in a form: one row, or none."""
        since = timezone.now() - KEPT.lasts
        return self.filter(owner=owner, form=form, saved_at__gte=since).exclude(sealed="")

    def old(self, now: datetime | None = None) -> "DraftQuerySet":
        """Return those whose time is over, and those of people who may not sign in any more."""
        before = (now or timezone.now()) - KEPT.lasts
        return self.filter(models.Q(saved_at__lt=before) | models.Q(owner__is_active=False))


class Draft(models.Model):
    """The draft of somebody in one form, sealed. Empty once it was sent or thrown away.

    The empty row stays for as long: what was saved on the same page and arrives late, while the
    page was sent already, brings nothing back.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    form = models.CharField(max_length=40)
    # The idempotency key that the page of the form was shown with.
    page = models.UUIDField()
    sealed = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = (
            models.UniqueConstraint(fields=("owner", "form"), name="one_draft_per_person_and_form"),
        )

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def is_of_today(self) -> bool:
        """Tell whether its time alone says when it was kept."""
        return timezone.localdate(self.saved_at) == timezone.localdate()

    @property
    def until(self) -> datetime:
        """Return when it goes by itself."""
        return self.saved_at + KEPT.lasts

    def seal(self, fields: bytes) -> None:
        """Keep what a form brought, so that only its owner's page reads it again."""
        self.sealed = self._cipher.encrypt(fields).decode()

    def fields(self) -> QueryDict | None:
        """Return what was typed; None when it cannot be read (another SECRET_KEY, or owner)."""
        try:
            return QueryDict(self._cipher.decrypt(self.sealed.encode()).decode())
        except InvalidToken:
            return None

    @property
    def _cipher(self) -> MultiFernet:
        # Moved to another owner or form, a row says nothing.
        return cipher(f"{SALT}:{self.owner_id}:{self.form}")
