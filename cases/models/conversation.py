"""Step 3: the conversation with pupil and/or parents, or why there was none."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField, NarrativeLine
from cases.models.record import Record
from cases.protocol.ages import GIVEN, Party, consent_missing, consents


class Conversation(Record):
    """A conversation held, or skipped for safety with its reason (R16 to R21)."""

    class Kind(models.TextChoices):
        """With whom."""

        PUPIL = "pupil", _("With the pupil")
        PARENTS = "parents", _("With the parents")
        PUPIL_AND_PARENTS = "pupil_and_parents", _("With pupil and parents")
        THREE_WAY = "three_way", _("Three-way: school, family and buurtteam")
        SKIPPED = "skipped", _("Not held: not safe now")

    class FamilyThere(models.TextChoices):
        """Who of the family came to a talk of three."""

        PUPIL = "pupil", _("The pupil, without the parents")
        PARENTS = "parents", _("One parent or both, without the pupil")
        BOTH = "both", _("The pupil, and one parent or both")

    class Concern(models.TextChoices):
        """What is left of the concern after the conversation (R20, R22)."""

        STAYS = "stays", _("The concern stays")
        LESS = "less", _("The concern is less")
        GONE = "gone", _("The concern is gone")

    class HelpWanted(models.TextChoices):
        """Whether they want help (R20)."""

        YES = "yes", _("Yes, they want help")
        PARTLY = "partly", _("A part of it: not all help, or not everybody")
        UNSURE = "unsure", _("They do not know yet")
        NO = "no", _("No, they refuse all help")

    class RefusedBy(models.TextChoices):
        """Who refuses all help (R30, R35)."""

        PARENTS = "parents", _("The parents")
        PUPIL = "pupil", _("The pupil")
        BOTH = "both", _("The pupil and the parents")

    class Consent(models.TextChoices):
        """What somebody said to help by the buurtteam (R21)."""

        GIVEN = GIVEN, _("Yes")
        PARTLY = "partly", _("Partly, or one of the parents only")
        REFUSED = "refused", _("No")
        NOT_ASKED = "not_asked", _("Not asked yet")

    class ConsentHow(models.TextChoices):
        """How it was given."""

        SPOKEN = "spoken", _("Spoken, in the talk")
        WRITTEN = "written", _("In writing")

    class HomeSafe(models.TextChoices):
        """Whether the pupil can go home today."""

        YES = "yes", _("Yes")
        AGREED = "agreed", _("Yes, with what we agreed")
        NO = "no", _("No")

    class WeighedWhere(models.TextChoices):
        """With whom it was weighed that a talk is not safe (R19)."""

        VEILIG_THUIS = "veilig_thuis", "Veilig Thuis"
        BUURTTEAM = "buurtteam", _("The buurtteam")
        SCHOOL = "school", _("Somebody of our school")
        OTHER = "other", _("Somebody else")
        NOBODY = "nobody", _("Nobody yet")

    # Who thinks along from outside, as R19 asks.
    OUTSIDE = frozenset({WeighedWhere.VEILIG_THUIS, WeighedWhere.BUURTTEAM})

    kind = models.CharField(_("with whom"), max_length=20, choices=Kind.choices)
    # Of a talk of three. Empty: of before it was asked.
    family_there = models.CharField(
        _("who of the family was there"),
        max_length=10,
        choices=FamilyThere.choices,
        blank=True,
        default="",
        db_default="",
    )
    held_at = models.DateTimeField(_("when"))
    attendees = NarrativeLine(_("who were there"), max_length=300, blank=True)
    facts_brought = NarrativeField(_("which facts you brought"), blank=True)
    reactions = NarrativeField(_("how they reacted"), blank=True)
    # Apart from those of the pupil, where both were there.
    parents_reactions = NarrativeField(_("how the parents reacted"), blank=True)
    interpreter = models.CharField(_("interpreter"), max_length=120, blank=True)
    home_safe = models.CharField(
        _("is it safe to go home today"), max_length=10, choices=HomeSafe.choices, blank=True
    )
    home_agreed = NarrativeField(_("what you agreed for that"), blank=True)
    agreements = NarrativeField(_("what you agreed"), blank=True)
    concern = models.CharField(
        _("what is left of the concern"), max_length=10, choices=Concern.choices, blank=True
    )
    help_wanted = models.CharField(
        _("do they want help"), max_length=10, choices=HelpWanted.choices, blank=True
    )
    refused_by = models.CharField(
        _("who refuses"), max_length=10, choices=RefusedBy.choices, blank=True
    )
    buurtteam_contact = models.CharField(
        _("who of the buurtteam was there"), max_length=120, blank=True
    )
    consent_parents = models.CharField(
        _("consent of the parents"), max_length=10, choices=Consent.choices, blank=True
    )
    consent_pupil = models.CharField(
        _("consent of the pupil"), max_length=10, choices=Consent.choices, blank=True
    )
    consent_how = models.CharField(
        _("how it was given"), max_length=10, choices=ConsentHow.choices, blank=True
    )
    consent_about = NarrativeField(_("to what exactly"), blank=True)
    # All whose consent it takes at the pupil's age gave it: judged when it was filed.
    buurtteam_consent = models.BooleanField(
        _("they consent to help by the buurtteam"), default=False
    )
    # Somebody's consent is missing; the grounds stand in a deviation of their own.
    handed_over_on_grounds = models.BooleanField(default=False)
    skip_reason = NarrativeField(_("why it is not safe"), blank=True)
    weighed_with = models.CharField(_("whom you weighed that with"), max_length=200, blank=True)
    weighed_where = models.CharField(
        _("where they work"), max_length=20, choices=WeighedWhere.choices, blank=True
    )
    look_again_on = models.DateField(_("when you look again"), null=True, blank=True)

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

    @property
    def weighed_outside(self) -> bool | None:
        """Tell whether somebody from outside thought along, as R19 asks; None: nobody said so."""
        return self.weighed_where in self.OUTSIDE if self.weighed_where else None

    @property
    def is_three_way(self) -> bool:
        """Tell whether school, family and buurtteam sat together."""
        return self.kind == self.Kind.THREE_WAY

    @property
    def with_whom(self) -> str:
        """Return as a ``Kind`` with whom of the family it was, or ""; of a talk of three of before
        it was asked nobody knows.
        """
        if not self.is_three_way:
            return self.kind
        return {
            self.FamilyThere.PUPIL: self.Kind.PUPIL,
            self.FamilyThere.PARENTS: self.Kind.PARENTS,
            self.FamilyThere.BOTH: self.Kind.PUPIL_AND_PARENTS,
        }.get(self.family_there, "")

    @property
    def hands_over(self) -> bool:
        """Tell whether the buurtteam is responsible from this talk on (R21)."""
        return self.buurtteam_consent or self.handed_over_on_grounds

    @property
    def pupil_age(self) -> int | None:
        """Return the pupil's age on the day when it was recorded; None when it is unknown."""
        return self.case.pupil.age(timezone.localdate(self.recorded_at))

    @property
    def consent_lacks(self) -> tuple[Party, ...]:
        """Return whose consent a talk of three left missing; who was never asked of, nobody."""
        said = {Party.PARENTS: self.consent_parents, Party.PUPIL: self.consent_pupil}
        if not self.is_three_way or not any(said.values()):
            return ()
        return consent_missing(self.pupil_age, said)

    @property
    def refuses(self) -> bool:
        """Tell whether help was refused by somebody without whom there is none (R30, R35)."""
        if self.is_skipped or self.help_wanted != self.HelpWanted.NO:
            return False
        counts = {*consents(self.pupil_age), self.RefusedBy.BOTH, ""}
        return self.refused_by in counts

    @property
    def statements(self) -> list[str]:
        """Return the facts that were brought, one by one: each line is one."""
        return [line.strip() for line in self.facts_brought.splitlines() if line.strip()]
