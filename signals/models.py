"""Step 1: the signal."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Record
from cases.references import signal_reference
from signals.categories import BY_CODE, CATEGORIES
from signals.querysets import SignalQuerySet


class Signal(Record):
    """What somebody saw, heard or was told. Facts, words, hearsay and opinion apart (R7)."""

    reference = models.CharField(
        _("reference"), max_length=8, unique=True, default=signal_reference, editable=False
    )
    facts = models.TextField(_("what you saw or heard"), blank=True)
    child_words = models.TextField(_("the pupil's own words"), blank=True)
    interpretation = models.TextField(_("what you make of it"), blank=True)
    hearsay_from = models.CharField(_("who told you"), max_length=160, blank=True)
    observed_at = models.DateTimeField(_("when"))
    place = models.CharField(_("where"), max_length=120, blank=True)
    severe = models.BooleanField(_("severe"), default=False)
    # Danger now (R4): a severe signal of its own kind.
    acute = models.BooleanField(_("danger right now"), default=False)
    # Of a correction: since when it counts, and since when as severe: it buys no time. And when it
    # was last made more severe: what was advised before that was on less.
    counts_since = models.DateTimeField(null=True, blank=True)
    severe_since = models.DateTimeField(null=True, blank=True)
    raised_at = models.DateTimeField(null=True, blank=True)
    # It points at somebody who works at the school: outside the Meldcode (R9).
    about_staff = models.BooleanField(_("about somebody who works at the school"), default=False)

    objects = SignalQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        constraints = (
            models.CheckConstraint(
                name="acute_signal_is_severe",
                condition=models.Q(acute=False) | models.Q(severe=True),
            ),
            models.CheckConstraint(
                name="signal_says_something",
                condition=~models.Q(facts="") | ~models.Q(child_words=""),
                violation_error_message=_("Write down what you saw or heard."),
            ),
        )
        indexes = (models.Index(fields=("author", "-recorded_at"), name="signals_by_author"),)

    @property
    def counts_from(self) -> datetime:
        """Return since when the signal counts."""
        return self.counts_since or self.recorded_at

    @property
    def severe_from(self) -> datetime:
        """Return since when it is severe, if it is."""
        return self.severe_since or self.counts_from

    @property
    def newest_at(self) -> datetime:
        """Return when it said last what it says now."""
        return self.raised_at or self.counts_from

    @property
    def severity_label(self) -> str:
        """Return how severe it is, in words; empty for a mild signal."""
        if self.acute:
            return gettext("Danger right now")
        return gettext("Severe") if self.severe else ""


class SignalFinding(Record):
    """That a signal turned out unfounded (R10): it stays as it was, and no longer counts."""

    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, related_name="finding")
    grounds = models.TextField(_("grounds"))

    class Meta(Record.Meta):
        verbose_name = _("finding on a signal")
        verbose_name_plural = _("findings on signals")
        constraints = (
            models.CheckConstraint(
                name="finding_has_grounds",
                condition=~models.Q(grounds=""),
                violation_error_message=_("Write down your grounds."),
            ),
        )


class SignalCategory(models.Model):
    """One category that a signal was given."""

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(max_length=20, choices=[(c.code, c.label) for c in CATEGORIES])

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = (
            models.UniqueConstraint(fields=("signal", "code"), name="one_category_once"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """Return the category in words."""
        return str(BY_CODE[self.code].label)
