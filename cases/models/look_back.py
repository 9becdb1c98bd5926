"""Looking back: at a single signal, and some time after a case was closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from cases.models.record import Record


class LookBack(Record):
    """What somebody sees of the pupil when the time to look back has come (R1, R44)."""

    class Result(models.TextChoices):
        """What follows from it."""

        WATCH = "watch", _("I stay watchful and look again later")
        QUIET = "quiet", _("Nothing more was seen")
        CONCERN = "concern", _("There is something new")

    seen = NarrativeField(_("what you see of the pupil now"))
    child_words = NarrativeField(_("the pupil's own words"), blank=True, default="", db_default="")
    result = models.CharField(_("what follows from it"), max_length=8, choices=Result.choices)

    class Meta(Record.Meta):
        verbose_name = _("look back")
        verbose_name_plural = _("looking back")
