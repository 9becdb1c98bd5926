"""Step 1: the signal."""

from datetime import datetime

from django.db import models
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField, NarrativeLine
from cases.errors import Immutable
from cases.models import Record
from cases.models.received import CALLED
from cases.references import signal_reference
from signals.body import AT_MOST, KINDS, NOTE_LENGTH, REGIONS, SIZES, described
from signals.body import BY_CODE as BY_REGION
from signals.categories import BY_CODE, CATEGORIES
from signals.drawing import figures
from signals.querysets import SignalQuerySet


class Signal(Record):
    """What somebody saw, heard or was told. Facts, words, hearsay and opinion apart (R7)."""

    reference = models.CharField(
        _("reference"), max_length=8, unique=True, default=signal_reference, editable=False
    )
    facts = NarrativeField(_("what you saw or heard"), blank=True)
    child_words = NarrativeField(_("the pupil's own words"), blank=True)
    interpretation = NarrativeField(_("what you make of it"), blank=True)
    hearsay_from = NarrativeLine(_("who told you"), max_length=CALLED, blank=True)
    observed_at = models.DateTimeField(_("when"))
    place = NarrativeLine(_("where"), max_length=120, blank=True)
    severe = models.BooleanField(_("severe"), default=False)
    # Danger now (R4): a severe signal of its own kind.
    acute = models.BooleanField(_("danger right now"), default=False)
    # Of a correction: since when it counts, and since when as severe: it buys no time. And when it
    # was last made more severe: what was advised before that was on less.
    counts_since = models.DateTimeField(null=True, blank=True)
    severe_since = models.DateTimeField(null=True, blank=True)
    raised_at = models.DateTimeField(null=True, blank=True)
    # The other system of the school that sent it in its author's name; empty: they logged it here.
    came_in_by = models.CharField(_("came in by"), max_length=80, blank=True, db_default="")
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

    @property
    def body_figures(self) -> list[SafeString]:
        """Return the figures on which something was marked, each with a text of its own."""
        return figures(self.marks.all())

    @property
    def marks_in_words(self) -> str:
        """Return what was marked on the body map, a line each; empty when nothing was."""
        return "\n".join(mark.line for mark in self.marks.all())


class SignalFinding(Record):
    """That a signal turned out unfounded (R10): it stays as it was, and no longer counts."""

    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, related_name="finding")
    grounds = NarrativeField(_("grounds"))

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
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("signal", "code"), name="one_category_once"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """Return the category in words."""
        return str(BY_CODE[self.code].label)


class InjuryMark(models.Model):
    """One injury as it was seen, marked on the body map: as it was filed, it stays.

    Numbered within its signal; the figures show the same numbers as the list.
    """

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="marks")
    number = models.PositiveSmallIntegerField()
    region = models.CharField(max_length=24, choices=[(one.code, one.part) for one in REGIONS])
    kind = models.CharField(max_length=12, choices=list(KINDS.items()))
    size = models.CharField(max_length=12, choices=list(SIZES.items()))
    note = NarrativeLine(_("note"), max_length=NOTE_LENGTH, blank=True)

    class Meta:
        verbose_name = _("mark on the body map")
        verbose_name_plural = _("marks on the body map")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("signal", "number"), name="one_mark_per_number"),
            models.CheckConstraint(
                name="few_marks",
                condition=models.Q(number__gte=1, number__lte=AT_MOST),
            ),
        )

    def __str__(self) -> str:
        return f"mark {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """File the mark once. Raises ``Immutable`` on anything else: a correction has its own."""
        if not self._state.adding:
            raise Immutable(gettext("What was recorded cannot be changed; file a correction."))
        super().save(*args, **kwargs)

    @property
    def where(self) -> str:
        """Return where it was, in words."""
        return BY_REGION[self.region].label

    @property
    def what(self) -> str:
        """Return what was seen, how large, and what was noted beside."""
        return described(self.kind, self.size, self.note)

    @property
    def line(self) -> str:
        """Return all of it with its number, as it stands in a text."""
        return f"{self.number}. {self.where} · {self.what}"
