"""Step 2: the consultation, its invitations, and the advice given in it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Buurtteam
from cases.models import Record
from cases.references import consultation_reference
from consultations.meetings.models import AgendaItem, Meeting
from consultations.querysets import ConsultationQuerySet, InvitationQuerySet

# Their models stand in rooms of their own; Django finds them here.
__all__ = ["Advice", "AgendaItem", "Consultation", "Invitation", "Meeting"]


class Consultation(Record):
    """A question to others, what is shared with them, and what came of it (R11 to R15)."""

    settable_after_filing = frozenset(
        {"held_at", "outcome", "talk", "next_talk", "closed_at", "closed_by"}
    )

    class Kind(models.TextChoices):
        """Who is consulted."""

        CARE_TEAM = "care_team", _("Internal care team")
        COLLEAGUE = "colleague", _("Expert colleague")
        FAMILY_WORKER = "family_worker", _("Family worker of the buurtteam")
        VEILIG_THUIS = "veilig_thuis", _("Veilig Thuis (advice)")
        EMERGENCY = "emergency", "112"

    class Talk(models.TextChoices):
        """What came of it for the conversation (R15, R19)."""

        NOW = "now", _("Talk with pupil and parents")
        PUPIL = "pupil", _("With the pupil only; not with the parents yet")
        WAIT = "wait", _("No talk yet")

    reference = models.CharField(
        _("reference"), max_length=8, unique=True, default=consultation_reference, editable=False
    )
    kind = models.CharField(_("whom you consult"), max_length=20, choices=Kind.choices)
    question = models.TextField(_("your question"))
    shared = models.TextField(_("what you share"), blank=True)
    # R14: outside consultation goes without the family's names, unless there is a ground.
    named = models.BooleanField(_("share the pupil's name"), default=False)
    naming_ground = models.CharField(_("ground for sharing the name"), max_length=300, blank=True)
    # Words that look like the family's names, of which the writer said that they are not.
    confirmed_words = models.TextField(_("words that are no names"), blank=True)
    # Set once, when the outcome is recorded.
    held_at = models.DateTimeField(_("when it was held"), null=True, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    talk = models.CharField(
        _("advice on the talk"), max_length=8, choices=Talk.choices, default=Talk.NOW
    )
    next_talk = models.TextField(_("who holds the conversation, or why nobody yet"), blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ConsultationQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        constraints = (
            models.CheckConstraint(
                name="naming_outside_has_its_ground",
                condition=models.Q(named=False)
                | ~models.Q(kind="family_worker")
                | ~models.Q(naming_ground=""),
                violation_error_message=_("Write down on which ground you share the name."),
            ),
            models.CheckConstraint(
                name="closed_consultation_has_its_outcome",
                condition=models.Q(closed_at__isnull=True) | ~models.Q(outcome=""),
                violation_error_message=_("Write down the outcome."),
            ),
        )

    @property
    def is_open(self) -> bool:
        """Tell whether advice can still be given."""
        return self.closed_at is None


class Invitation(models.Model):
    """That one person may join one consultation, while it lasts."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="invitations"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations"
    )
    # Through which buurtteam; empty for a colleague of the school.
    buurtteam = models.ForeignKey(
        Buurtteam, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "user"), name="one_invitation_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.public_id}"


class Advice(models.Model):
    """Written advice in a consultation. It stays when its author's access ends."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="advices")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("your advice"))
    written_at = models.DateTimeField(default=timezone.now)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = _("advice")
        verbose_name_plural = _("advices")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"advice {self.pk}"
