"""Step 5 and after: the decision, the help plan, the referral, and what was heard back."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Record


class Decision(Record):
    """Two decisions, each with grounds (R28): is a report necessary, is help possible (too)?"""

    class Help(models.TextChoices):
        """Which help is organised."""

        OWN = "own", _("Help by the school itself")
        BUURTTEAM = "buurtteam", _("Help by the buurtteam")
        SAVE = "save", _("The SAVE team joins, asked for by the buurtteam")
        NONE = "none", _("No help now")

    decided_at = models.DateTimeField(_("when"))
    report = models.BooleanField(_("report to Veilig Thuis"))
    report_grounds = models.TextField(_("grounds"))
    help = models.CharField(_("which help"), max_length=12, choices=Help.choices)
    help_grounds = models.TextField(_("grounds"))
    # What counts as effect, and who watches over it (R31, R32).
    results = models.TextField(_("agreed results, and by when"), blank=True)
    case_manager = models.CharField(_("case manager"), max_length=120, blank=True)
    follow_up_on = models.DateField(_("review on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = (
            models.CheckConstraint(
                name="decision_has_grounds",
                condition=~models.Q(report_grounds="") & ~models.Q(help_grounds=""),
                violation_error_message=_("Write down your grounds."),
            ),
        )


class HelpPlan(models.Model):
    """Own help: what is done, by whom (R32)."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="plan")
    goals = models.TextField(_("goals, and who does what by when"))

    class Meta:
        verbose_name = _("help plan")
        verbose_name_plural = _("help plans")

    def __str__(self) -> str:
        return f"plan {self.pk}"


class Referral(models.Model):
    """The case handed to somebody else: an object of its own, with its own state."""

    class To(models.TextChoices):
        """To whom."""

        BUURTTEAM = "buurtteam", _("Buurtteam")
        VEILIG_THUIS = "veilig_thuis", _("Veilig Thuis (report)")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="referrals")
    to = models.CharField(_("to whom"), max_length=20, choices=To.choices)
    # A report is under one's own name; without only for a reason (R37).
    anonymous = models.BooleanField(_("without your name towards the family"), default=False)
    anonymous_reason = models.TextField(_("why without your name"), blank=True)
    # R36: discussed beforehand, or why not.
    family_told = models.BooleanField(_("pupil and parents know of it"), default=False)
    not_told_reason = models.TextField(_("why they do not know of it"), blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The receiver said that it came in.
    confirmed_at = models.DateTimeField(_("received"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    # Overtaken by a later decision, or not made after all, with why.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.TextField(_("why it was withdrawn"), blank=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = (
            models.UniqueConstraint(fields=("decision", "to"), name="one_referral_per_receiver"),
            models.CheckConstraint(
                name="anonymous_report_has_its_reason",
                condition=models.Q(anonymous=False) | ~models.Q(anonymous_reason=""),
                violation_error_message=_("Write down why you report without your name."),
            ),
            models.CheckConstraint(
                name="referral_received_after_it_was_sent",
                condition=models.Q(confirmed_at__isnull=True) | models.Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="withdrawn_referral_was_not_sent_and_has_its_reason",
                condition=models.Q(withdrawn_at__isnull=True)
                | (models.Q(sent_at__isnull=True) & ~models.Q(withdrawn_reason="")),
                violation_error_message=_("Write down why."),
            ),
            models.CheckConstraint(
                name="untold_report_has_its_reason",
                condition=~models.Q(to="veilig_thuis")
                | models.Q(family_told=True)
                | ~models.Q(not_told_reason=""),
                violation_error_message=_("Write down why they do not know of it."),
            ),
        )

    def __str__(self) -> str:
        return f"referral {self.public_id}"


class Feedback(Record):
    """What was heard or seen afterwards: does the help work? (R31, R41, R42)"""

    class Effect(models.TextChoices):
        """What the help does."""

        WORKS = "works", _("It works: safer, and better off")
        UNKNOWN = "unknown", _("Too early to say")
        FAILS = "fails", _("It does not work (enough)")

    class Party(models.TextChoices):
        """Who helps or decides, along the chain (R38 to R40)."""

        SCHOOL = "school", _("The school")
        BUURTTEAM = "buurtteam", _("The buurtteam")
        SAVE = "save", _("The SAVE team")
        VEILIG_THUIS = "veilig_thuis", "Veilig Thuis"
        RAAD = "raad", _("The Raad voor de Kinderbescherming")
        OTHER = "other", _("Somebody else")

    class Willing(models.TextChoices):
        """How the family stands towards help."""

        YES = "yes", _("They take part")
        UNSURE = "unsure", _("Not sure, or not spoken of")
        NO = "no", _("They refuse help, or the next step")

    class Investigation(models.TextChoices):
        """What Veilig Thuis does with a report."""

        BEGUN = "begun", _("Veilig Thuis investigates")
        DONE = "done", _("Veilig Thuis told the outcome")

    received_at = models.DateTimeField(_("when"))
    heard_from = models.CharField(_("from where"), max_length=12, choices=Party.choices)
    source = models.CharField(_("from whom"), max_length=160, blank=True)
    text = models.TextField(_("what you heard or saw"))
    effect = models.CharField(_("does the help work"), max_length=10, choices=Effect.choices)
    helped_by = models.CharField(_("who helps now"), max_length=12, choices=Party.choices)
    willing = models.CharField(
        _("do they take part"), max_length=8, choices=Willing.choices, default=Willing.UNSURE
    )
    # Said by Veilig Thuis: whether it looks further into the report (R40).
    investigation = models.CharField(
        _("what Veilig Thuis says of the report"),
        max_length=8,
        choices=Investigation.choices,
        blank=True,
    )
    next_review_on = models.DateField(_("review again on"), null=True, blank=True)

    @property
    def heard(self) -> str:
        """Return from where and whom it was heard."""
        return " · ".join(part for part in (self.get_heard_from_display(), self.source) if part)

    class Meta(Record.Meta):
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")


# The models of the report, in a room of their own: Django looks for models here.
from referrals.report.models import Report, ReportCopy, ReportText  # noqa: E402, F401
