"""Step 3: the conversation with pupil and/or parents, or why there was none."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.record import Record


class Conversation(Record):
    """A conversation held, or skipped for safety with its reason (R16 to R21)."""

    class Kind(models.TextChoices):
        """With whom."""

        PUPIL = "pupil", _("With the pupil")
        PARENTS = "parents", _("With the parents")
        PUPIL_AND_PARENTS = "pupil_and_parents", _("With pupil and parents")
        THREE_WAY = "three_way", _("Three-way: school, family and buurtteam")
        SKIPPED = "skipped", _("Not held: not safe now")

    class Concern(models.TextChoices):
        """What is left of the concern after the conversation (R20, R22)."""

        STAYS = "stays", _("The concern stays")
        LESS = "less", _("The concern is less")
        GONE = "gone", _("The concern is gone")

    class HelpWanted(models.TextChoices):
        """Whether they want help (R20)."""

        YES = "yes", _("Yes, they want help")
        UNSURE = "unsure", _("They do not know yet")
        NO = "no", _("No, they refuse all help")

    kind = models.CharField(_("with whom"), max_length=20, choices=Kind.choices)
    held_at = models.DateTimeField(_("when"))
    attendees = models.CharField(_("who were there"), max_length=300, blank=True)
    facts_brought = models.TextField(_("which facts you brought"), blank=True)
    reactions = models.TextField(_("how they reacted"), blank=True)
    agreements = models.TextField(_("what you agreed"), blank=True)
    concern = models.CharField(
        _("what is left of the concern"), max_length=10, choices=Concern.choices, blank=True
    )
    help_wanted = models.CharField(
        _("do they want help"), max_length=10, choices=HelpWanted.choices, blank=True
    )
    buurtteam_contact = models.CharField(
        _("who of the buurtteam was there"), max_length=120, blank=True
    )
    buurtteam_consent = models.BooleanField(
        _("they consent to help by the buurtteam"), default=False
    )
    skip_reason = models.TextField(_("why it is not safe"), blank=True)
    weighed_with = models.CharField(_("whom you weighed that with"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = (
            models.CheckConstraint(
                name="skipped_conversation_has_its_reason",
                condition=~models.Q(kind="skipped") | ~models.Q(skip_reason=""),
                violation_error_message=_("Write down why it is not safe."),
            ),
        )

    @property
    def is_skipped(self) -> bool:
        """Tell whether this records that there was no conversation."""
        return self.kind == self.Kind.SKIPPED
