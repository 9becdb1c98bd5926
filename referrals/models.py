"""Step 5 and after: the decision, the help plan, the referral, and what was heard back."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField, NarrativeLine
from accounts.models import User
from cases.models import Attachment, Contact, Record
from cases.protocol.parties import PARTIES
from referrals.chain import MOVES, State
from referrals.querysets import HelpPlanQuerySet, ReferralQuerySet
from referrals.report.fields import NO, YES


class Decision(Record):
    """Two decisions, each with grounds (R28): is a report necessary, is help possible (too)?"""

    class Help(models.TextChoices):
        """Which help is organised."""

        OWN = "own", _("Help by the school itself")
        BUURTTEAM = "buurtteam", _("Help by the buurtteam")
        SAVE = "save", _("The SAVE team joins, asked for by the buurtteam")
        OTHER = "other", _("Help by somebody else, from the contact book")
        NONE = "none", _("No help now")

    decided_at = models.DateTimeField(_("when"))
    report = models.BooleanField(_("report to Veilig Thuis"))
    report_grounds = NarrativeField(_("grounds"))
    help = models.CharField(_("which help"), max_length=12, choices=Help.choices)
    help_grounds = NarrativeField(_("grounds"))
    # What counts as effect, and who watches over it (R31, R32).
    results = NarrativeField(_("agreed results, and by when"), blank=True)
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
    """Own help (R32): its goals hang under it, and its review stands with decision and effect."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="plan")

    objects = HelpPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("help plan")
        verbose_name_plural = _("help plans")

    def __str__(self) -> str:
        return f"plan {self.pk}"


class Goal(models.Model):
    """One goal of a plan: what, who does it, by when, and how one sees it."""

    plan = models.ForeignKey(HelpPlan, on_delete=models.CASCADE, related_name="goals")
    # Counts within the plan, so that people can say "goal 2".
    number = models.PositiveSmallIntegerField(_("number"))
    what = NarrativeField(_("what must be better"))
    who = models.CharField(_("who does it"), max_length=200, blank=True)
    by_day = models.DateField(_("by when"), null=True, blank=True)
    seen_by = NarrativeField(_("how one sees it"), blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ("number", "id")
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="one_goal_per_number"),
        )

    def __str__(self) -> str:
        return f"goal {self.number}"

    @property
    def last_effect(self) -> "GoalEffect | None":
        """Return what was seen of it last."""
        return next(reversed(self.effects.all()), None)


class ReferralMoments(models.Model):
    """When each state of a referral began and who recorded it. Each comes once at most.

    That none comes before it was sent is watched by the database (``Referral.Meta``).
    """

    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The receiver said that it came in.
    confirmed_at = models.DateTimeField(_("received"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assessing_at = models.DateTimeField(_("in assessment"), null=True, blank=True)
    assessing_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(_("taken on"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    passed_on_at = models.DateTimeField(_("passed on"), null=True, blank=True)
    passed_on_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Overtaken by a later decision, or not made after all, with why.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def history(self) -> "list[Moment]":
        """Return which states it had, since when and by whom recorded, the first one first."""
        return [
            Moment(state, at, getattr(self, f"{name}_by"))
            for state, name in MOMENTS.items()
            if (at := getattr(self, f"{name}_at"))
        ]

    @property
    def state(self) -> State:
        """Return where it stands now: the last state of the chain that it reached."""
        reached = [s for s, name in MOMENTS.items() if getattr(self, f"{name}_at")]
        return reached[-1] if reached else State.PREPARED

    @property
    def is_with_them(self) -> bool:
        """Tell whether it left the school and did not end or go on: more can be heard of it."""
        return State.CLOSED in MOVES[self.state]

    def reach(self, state: State, by: User, at: datetime | None = None) -> None:
        """Write down that it reached a state, now unless told; saved by whoever calls it."""
        setattr(self, f"{MOMENTS[state]}_at", at or timezone.now())
        setattr(self, f"{MOMENTS[state]}_by", by)


@dataclass(frozen=True, slots=True)
class Moment:
    """A state that a referral reached, when, and who recorded it."""

    state: State
    at: datetime
    by: User | None


# State → the columns that keep its moment, in the order of the chain.
MOMENTS: dict[State, str] = {
    State.SENT: "sent",
    State.RECEIVED: "confirmed",
    State.IN_ASSESSMENT: "assessing",
    State.ACCEPTED: "accepted",
    State.PASSED_ON: "passed_on",
    State.CLOSED: "closed",
    State.WITHDRAWN: "withdrawn",
}


def _after_it_was_sent(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"referral_{name}_after_it_was_sent",
        condition=models.Q(**{f"{name}_at__isnull": True}) | models.Q(sent_at__isnull=False),
    )


class Referral(ReferralMoments):
    """The case handed to somebody else: an object of its own, with its own state.

    What somebody of the chain passes on is the next referral (``passed_on_from``), recorded by the
    school as it heard of it.
    """

    class To(models.TextChoices):
        """To whom."""

        BUURTTEAM = "buurtteam", _("Buurtteam")
        VEILIG_THUIS = "veilig_thuis", _("Veilig Thuis (report)")
        SAVE = "save", _("SAVE team")
        RAAD = "raad", "Raad voor de Kinderbescherming"
        OTHER = "other", _("Somebody else")

    class Consent(models.TextChoices):
        """What the family said to it."""

        GIVEN = "given", _("Asked, and they consent")
        REFUSED = "refused", _("Asked, and they refuse")
        NOT_ASKED = "not_asked", _("Not asked")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="referrals")
    to = models.CharField(_("to whom"), max_length=20, choices=To.choices)
    # A report is under one's own name; without only for a reason (R37).
    anonymous = models.BooleanField(_("without your name towards the family"), default=False)
    anonymous_reason = NarrativeField(_("why without your name"), blank=True)
    # R36: discussed beforehand, or why not.
    family_told = models.BooleanField(_("pupil and parents know of it"), default=False)
    not_told_reason = NarrativeField(_("why they do not know of it"), blank=True)
    # Empty as long as nobody noted it.
    consent = models.CharField(_("consent"), max_length=10, choices=Consent.choices, blank=True)
    consent_of = NarrativeLine(_("who was asked"), max_length=200, blank=True)
    consent_ground = NarrativeField(_("ground for acting without consent"), blank=True)
    handed_over = NarrativeField(_("what is handed over"), blank=True)
    letters = models.ManyToManyField(
        Attachment, verbose_name=_("letters"), blank=True, related_name="referrals"
    )
    # Whom of the contact book it goes to.
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    passed_on_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="passed_on_to"
    )
    # Name and role of who takes it on, there.
    taken_on_by = models.CharField(_("who takes it on"), max_length=200, blank=True)
    closed_why = NarrativeField(_("why it ended"), blank=True)
    # Who is responsible from then on, a code of PARTIES.
    closed_to = models.CharField(
        _("who is responsible after it"), max_length=12, choices=list(PARTIES.items()), blank=True
    )
    withdrawn_reason = NarrativeField(_("why it was withdrawn"), blank=True)
    # Grows with each change of what is prepared: a stale page does not overwrite it.
    version = models.PositiveSmallIntegerField(default=1)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ("id",)
        constraints = (
            # What is passed on may come back to somebody who had it before.
            models.UniqueConstraint(
                fields=("decision", "to"),
                condition=models.Q(passed_on_from__isnull=True),
                name="one_referral_per_receiver",
            ),
            *map(_after_it_was_sent, ("assessing", "accepted", "passed_on", "closed")),
            models.CheckConstraint(
                name="referral_passed_on_or_ended",
                condition=models.Q(passed_on_at__isnull=True) | models.Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="referral_without_consent_has_its_ground",
                condition=~models.Q(consent__in=("refused", "not_asked"))
                | ~models.Q(consent_ground=""),
                violation_error_message=_("Write down why you act without consent."),
            ),
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
                | models.Q(passed_on_from__isnull=False)
                | models.Q(family_told=True)
                | ~models.Q(not_told_reason=""),
                violation_error_message=_("Write down why they do not know of it."),
            ),
        )

    def __str__(self) -> str:
        return f"referral {self.public_id}"

    @property
    def lacks_consent(self) -> bool:
        """Tell whether nobody noted yet what the family said of it, or why they were not asked.

        A report needs no consent: there is a right to report (Wmo 2015, art. 5.2.6).
        """
        return self.to != self.To.VEILIG_THUIS and not self.consent

    @cached_property
    def _drafted(self) -> dict[str, str]:
        """Return what the draft of its report says: of name and family that holds once it is
        filed, and it may be read out by telephone before."""
        return next((one.contents for one in self.reports.all() if one.is_draft), {})

    @property
    def is_unnamed(self) -> bool:
        """Tell whether the family may not know from whom it comes, or a draft says so already."""
        return self.anonymous or self._drafted.get("anonymous") == YES

    @property
    def is_told(self) -> bool:
        """Tell whether the family knows of it, and no draft says otherwise."""
        return self.family_told and self._drafted.get("family_told") != NO

    @property
    def receiver(self) -> str:
        """Return to whom it goes, by name where the contact book knows it."""
        to = self.get_to_display()
        if self.passed_on_from_id:
            to = str(PARTIES[self.to])  # "Veilig Thuis (report)" is a report of the school
        return f"{to}: {self.contact.name}" if self.contact else to


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
    source = NarrativeLine(_("from whom"), max_length=160, blank=True)
    text = NarrativeField(_("what you heard or saw"))
    # Apart from the facts, as in a signal: parents do not read what was said in confidence.
    child_words = NarrativeField(_("the pupil's own words"), blank=True, default="", db_default="")
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
    # What it is about, when it is about one; and the letters that came with it.
    referral = models.ForeignKey(
        Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="feedbacks"
    )
    letters = models.ManyToManyField(
        Attachment, verbose_name=_("letters"), blank=True, related_name="feedbacks"
    )

    @property
    def heard(self) -> str:
        """Return from where and whom it was heard."""
        return " · ".join(part for part in (self.get_heard_from_display(), self.source) if part)

    class Meta(Record.Meta):
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")


class GoalEffect(models.Model):
    """What was seen of one goal, when its plan was reviewed."""

    class Effect(models.TextChoices):
        """How far it is."""

        REACHED = "reached", _("Reached")
        PARTLY = "partly", _("Partly")
        NOT = "not", _("Not")

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="goal_effects")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="effects")
    effect = models.CharField(_("how far"), max_length=8, choices=Effect.choices)

    class Meta:
        verbose_name = _("effect of a goal")
        verbose_name_plural = _("effects of goals")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("feedback", "goal"), name="one_effect_per_goal"),
        )

    def __str__(self) -> str:
        return f"effect {self.pk}"


# The models of the report, in a room of their own: Django looks for models here.
from referrals.report.models import Report, ReportCopy, ReportText  # noqa: E402, F401
