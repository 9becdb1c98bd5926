"""A filter of the dashboard that somebody gave a name."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.querysets import SavedViewQuerySet


class SavedView(models.Model):
    """A view of the dashboard that one person saved for themselves.

    Its name may be a child's: it stands in no address, mail, log or audit row. Words that were
    searched are not kept with it.
    """

    # How many one person has at most: more are not found again.
    MOST = 20

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=80)
    # The filter as it stands in an address (``cases.dashboard.filters``).
    query = models.CharField(max_length=400, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "name"),
                name="one_saved_view_per_name",
                violation_error_message=_("You have a view of this name already."),
            ),
        )

    def __str__(self) -> str:
        return f"saved view {self.public_id}"
