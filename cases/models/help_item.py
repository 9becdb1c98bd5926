"""What the help page of a school says beside the steps: organisations, training, reading."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import School


class HelpItem(models.Model):
    """One piece of a school's own help page. Without any, the school has those of the house.

    The texts of the house stand in ``cases.help_page.defaults``.
    """

    class Section(models.TextChoices):
        """Where it stands on the page."""

        WHO = "who", _("Who does what")
        READING = "reading", _("Training and reading")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="help_items")
    section = models.CharField(_("place"), max_length=10, choices=Section.choices)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), blank=True)
    url = models.URLField(_("address"), max_length=300, blank=True)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = _("part of the help page")
        verbose_name_plural = _("parts of the help page")
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                name="help_leads_over_https",
                condition=models.Q(url="") | models.Q(url__startswith="https://"),
                violation_error_message=_("Give an address that begins with https://."),
            ),
        )

    def __str__(self) -> str:
        return self.title
