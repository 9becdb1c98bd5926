"""The contact book: with whom a school works, and how to reach them."""

import uuid
from datetime import date, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from cases.contact_book.organisations import Organisation
from cases.querysets import ContactQuerySet

# How long an entry is trusted, in days.
TRUSTED = timedelta(days=365)


def last_year(today: date) -> date:
    """Return the day since which an entry must have been checked."""
    return today - TRUSTED


class Contact(models.Model):
    """One entry of a school's contact book. Removed ones stay: records name them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="contacts")
    organisation = models.CharField(_("organisation"), max_length=20, choices=Organisation.choices)
    name = models.CharField(_("name"), max_length=120)
    telephone = models.CharField(_("telephone"), max_length=20)
    hours = models.CharField(_("when they answer"), max_length=120, blank=True)
    at_night = models.BooleanField(_("may be called at night"), default=False)
    # Somebody looked whether it is still right: once a year.
    checked_on = models.DateField(_("checked on"))
    # When those who look after the book were last asked to look at this entry.
    reminded_on = models.DateField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    # A form carries a key made when it was shown: sent twice, it adds one entry.
    idempotency_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("organisation", "name", "id")
        constraints = (
            models.CheckConstraint(
                name="contact_has_a_name_and_a_telephone",
                condition=~models.Q(name="") & ~models.Q(telephone=""),
                violation_error_message=_("Fill in a name and a telephone number."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def needs_check(self) -> bool:
        """Tell whether nobody looked at it for a year."""
        return self.checked_on <= last_year(timezone.localdate())

    @property
    def telephone_href(self) -> str:
        """Return the number as a ``tel:`` link takes it: digits, and a plus in front."""
        return "".join(c for c in self.telephone if c.isdigit() or c == "+")
