"""Step 2: the consultation, its invitations, and the advice given in it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField, NarrativeLine
from accounts.models import Buurtteam
from cases.errors import Immutable
from cases.models import Contact, Record
from cases.references import consultation_reference
from consultations.meetings.models import AgendaItem, Meeting
from consultations.querysets import (
    ConsultationQuerySet,
    InvitationQuerySet,
    ProposedTimeQuerySet,
    ReadMarkQuerySet,
)

# Their models stand in rooms of their own; Django finds them here.
__all__ = [
    "Advice",
    "AgendaItem",
    "Consultation",
    "Invitation",
    "Meeting",
    "Mention",
    "ProposedTime",
    "ReadMark",
    "SharedPiece",
    "TimeAnswer",
]


class Consultation(Record):
    """A question to others, what is shared with them, and what came of it (R11 to R15)."""

    # What is set once, when the outcome is recorded.
    CONCLUSION = frozenset(
        {"held_at", "outcome", "decided_by", "talk", "next_talk", "closed_at", "closed_by"}
    )
    # When and where it is held, as agreed: it may be agreed anew.
    MEETING = frozenset({"planned_at", "minutes", "place"})
    settable_after_filing = CONCLUSION | MEETING

    class Kind(models.TextChoices):
        """Who is consulted."""

        CARE_TEAM = "care_team", _("Internal care team")
        COLLEAGUE = "colleague", _("Expert colleague")
        FAMILY_WORKER = "family_worker", _("Family worker of the buurtteam")
        VEILIG_THUIS = "veilig_thuis", _("Veilig Thuis (advice)")
        OTHER = "other", _("Somebody of our contact book")
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
    # Who it is, of the school's own contact book: a youth doctor, the police youth officer.
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consultations",
    )
    question = NarrativeField(_("your question"))
    shared = NarrativeField(_("what you share"), blank=True)
    # R14: outside consultation goes without the family's names, unless there is a ground.
    named = models.BooleanField(_("share the pupil's name"), default=False)
    naming_ground = NarrativeLine(_("ground for sharing the name"), max_length=300, blank=True)
    # Words that look like the family's names, of which the writer said that they are not.
    confirmed_words = NarrativeField(_("words that are no names"), blank=True)
    # Set once, when the outcome is recorded.
    held_at = models.DateTimeField(_("when it was held"), null=True, blank=True)
    # Of a call: who answered, and under which number they keep it.
    spoken_to = models.CharField(_("to whom you spoke"), max_length=120, blank=True)
    their_reference = models.CharField(_("their reference"), max_length=80, blank=True)
    planned_at = models.DateTimeField(_("when it will be held"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("duration in minutes"), null=True, blank=True)
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    outcome = NarrativeField(_("outcome"), blank=True)
    decided_by = models.CharField(_("who decided it"), max_length=200, blank=True)
    talk = models.CharField(
        _("advice on the talk"), max_length=8, choices=Talk.choices, default=Talk.NOW
    )
    next_talk = NarrativeField(_("who holds the conversation, or why nobody yet"), blank=True)
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
                | ~models.Q(kind__in=("family_worker", "other"))
                | ~models.Q(naming_ground=""),
                violation_error_message=_("Write down on which ground you share the name."),
            ),
            models.CheckConstraint(
                name="closed_consultation_has_its_outcome",
                condition=models.Q(closed_at__isnull=True) | ~models.Q(outcome=""),
                violation_error_message=_("Write down the outcome."),
            ),
            models.CheckConstraint(
                name="consultation_of_the_contact_book_names_its_contact",
                condition=models.Q(kind="other", contact__isnull=False)
                | (~models.Q(kind="other") & models.Q(contact__isnull=True)),
                violation_error_message=_("Choose somebody of the contact book."),
            ),
            models.CheckConstraint(
                name="planned_consultation_has_its_duration",
                condition=models.Q(planned_at__isnull=True)
                | models.Q(minutes__isnull=False, minutes__gt=0),
                violation_error_message=_("Fill in how long it takes."),
            ),
        )

    @property
    def is_open(self) -> bool:
        """Tell whether advice can still be given."""
        return self.closed_at is None

    @property
    def ends_at(self) -> datetime | None:
        """Return when the meeting that was agreed is over."""
        return self.planned_at and self.planned_at + timedelta(minutes=self.minutes)

    @property
    def whom(self) -> str:
        """Return who is consulted, in words: the kind, or who of the contact book it is."""
        if self.contact is None:
            return self.get_kind_display()
        return f"{self.contact.name} ({self.contact.get_organisation_display()})"


class SharedPiece(models.Model):
    """A piece of the case that went along with the question, as it was sent: it never changes."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="pieces")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=160)
    text = NarrativeField(_("text"))

    class Meta:
        verbose_name = _("shared piece")
        verbose_name_plural = _("shared pieces")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "position"), name="one_shared_piece_per_position"
            ),
        )

    def __str__(self) -> str:
        return f"shared piece {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the piece once. Raises ``Immutable`` on anything else: it was read like this."""
        if not self._state.adding:
            raise Immutable(_("What was shared cannot be changed."))
        super().save(*args, **kwargs)


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
    # By whoever chairs, or with the role or by the conflict of interest that ended it.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_why = NarrativeField(_("why you cannot"), blank=True)
    # To a colleague of the same team, whose own invitation says in whose place it stands.
    handed_over_at = models.DateTimeField(null=True, blank=True)
    in_place_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="handed_to"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "user"), name="one_invitation_per_person"
            ),
            models.CheckConstraint(
                name="declined_invitation_has_its_reason",
                condition=models.Q(declined_at__isnull=True) | ~models.Q(declined_why=""),
                violation_error_message=_("Write down why you cannot."),
            ),
            models.CheckConstraint(
                name="invitation_declined_or_handed_over",
                condition=models.Q(declined_at__isnull=True)
                | models.Q(handed_over_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.public_id}"

    @property
    def stands(self) -> bool:
        """Tell whether nobody ended it: not whoever chairs, and not the one invited."""
        return not (self.withdrawn_at or self.declined_at or self.handed_over_at)

    @property
    def waits(self) -> bool:
        """Tell whether it waits for an answer."""
        return self.stands and self.accepted_at is None


class Advice(models.Model):
    """Written advice in a consultation. It stays when its author's access ends."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="advices")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = NarrativeField(_("your advice"))
    written_at = models.DateTimeField(default=timezone.now)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = _("advice")
        verbose_name_plural = _("advices")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"advice {self.pk}"


class Mention(models.Model):
    """That an advice asks for the eye of somebody who took part when it was written."""

    advice = models.ForeignKey(Advice, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("advice", "user"), name="mentioned_once"),)

    def __str__(self) -> str:
        return f"mention {self.pk}"


class ReadMark(models.Model):
    """When somebody who takes part read a consultation last."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    objects = ReadMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        ordering = ("read_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("consultation", "user"), name="one_read_mark"),
        )

    def __str__(self) -> str:
        return f"read mark {self.pk}"


class ProposedTime(models.Model):
    """A moment at which a consultation could be held, proposed by whoever chairs it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="times")
    starts_at = models.DateTimeField(_("when"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)

    objects = ProposedTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed time")
        verbose_name_plural = _("proposed times")
        ordering = ("starts_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "starts_at"), name="one_proposal_per_moment"
            ),
        )

    def __str__(self) -> str:
        return f"proposed time {self.public_id}"


class TimeAnswer(models.Model):
    """Whether somebody who was invited can at a proposed time: as they said it last."""

    time = models.ForeignKey(ProposedTime, on_delete=models.CASCADE, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    can = models.BooleanField(_("can be there"))
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answer on a time")
        verbose_name_plural = _("answers on times")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("time", "user"), name="one_answer_a_time"),)

    def __str__(self) -> str:
        return f"answer on a time {self.pk}"
