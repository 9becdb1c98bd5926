"""What a parent or pupil says beside what was recorded: the right to correct (AVG)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField, NarrativeLine
from cases.models.record import Record
from cases.models.rights_request import RightsRequest
from cases.protocol.steps import STEPS


class Statement(Record):
    """A statement of whom a case is about, beside the original: nothing that was filed changes."""

    # The step whose records it stands beside.
    step = models.PositiveSmallIntegerField(
        _("beside which step"), validators=[MinValueValidator(1), MaxValueValidator(len(STEPS))]
    )
    said_by = models.CharField(
        _("whose statement it is"), max_length=16, choices=RightsRequest.Asker.choices
    )
    about = NarrativeLine(_("what it is about"), max_length=200)
    text = NarrativeField(_("the statement, in their own words"))

    class Meta(Record.Meta):
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
