"""Comply or explain: what was done otherwise than the protocol asks, with written grounds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from cases.models.record import Record
from cases.protocol.rules import BY_CODE, Rule


class Deviation(Record):
    """One time that somebody did otherwise, knowingly: no order is sacred [B]."""

    class Kind(models.TextChoices):
        """In which way."""

        SKIPPED = "skipped", _("A step left out")
        ORDER = "order", _("A step taken before another")
        NOT_DONE = "not_done", _("Something asked that is not done")
        OVERRIDDEN = "overridden", _("Decided otherwise than the weighing says")

    kind = models.CharField(_("in which way"), max_length=12, choices=Kind.choices)
    # 1 to 5; 6 is what comes after the decision.
    step = models.PositiveSmallIntegerField(_("step"))
    # The rule that was not followed; a step taken before another breaks no rule of its own.
    rule = models.CharField(_("rule"), max_length=4, blank=True)
    grounds = NarrativeField(_("grounds"))

    class Meta(Record.Meta):
        verbose_name = _("explained choice")
        verbose_name_plural = _("explained choices")
        constraints = (
            models.CheckConstraint(
                name="deviation_has_grounds",
                condition=~models.Q(grounds=""),
                violation_error_message=_("Write down your grounds."),
            ),
        )

    @property
    def of_rule(self) -> Rule | None:
        """Return the rule that was not followed, if it is one."""
        return BY_CODE.get(self.rule)
