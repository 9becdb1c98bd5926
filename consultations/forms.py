"""Asking, advising, and recording the outcome."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission, Scope
from accounts.forms import LongTextField, MeldcodeForm, MomentField
from accounts.models import Membership
from accounts.roles import Role
from cases.models import Case, Pupil
from consultations.models import Consultation

# Who comes from outside the school: R14 keeps the family's names from them.
OUTSIDE = frozenset({Consultation.Kind.FAMILY_WORKER, Consultation.Kind.VEILIG_THUIS})
# Whom one calls and has an answer from at once.
CALLED = OUTSIDE | {Consultation.Kind.EMERGENCY}
SHORTEST_NAME = 3


class PersonField(forms.ModelMultipleChoiceField):
    """People to invite, shown with their role and place."""

    def label_from_instance(self, membership: Membership) -> str:
        """Return name and role."""
        return f"{membership.user.name}, {membership}"

    def clean(self, value: Any) -> Any:
        """Refuse a number that is too large for the database as one that nobody has."""
        try:
            return super().clean(value)
        except OverflowError as error:
            message = self.error_messages["invalid_choice"]
            raise ValidationError(message, "invalid_choice", {"value": value}) from error


class ConsultationForm(MeldcodeForm):
    """A question, what is shared with it, and who is invited."""

    kind = forms.ChoiceField(
        label=_("Whom do you consult?"),
        choices=[c for c in Consultation.Kind.choices if c[0] != Consultation.Kind.EMERGENCY],
        widget=forms.RadioSelect,
    )
    question = LongTextField(
        label=_("What is your question?"), help_text=_("One clear question helps most."), rows=2
    )
    shared = LongTextField(
        label=_("What do you share?"),
        help_text=_("Only what they need to answer. Facts first. No names of the family."),
        required=False,
        rows=5,
    )
    invitees = PersonField(
        label=_("Whom do you invite?"),
        help_text=_("They see this question and what you share here, and nothing else."),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    named = forms.BooleanField(
        label=_("Share the pupil's name"),
        help_text=_("Only with consent, or with a ground that you write down."),
        required=False,
    )
    naming_ground = forms.CharField(
        label=_("On which ground do you share the name?"), required=False, max_length=300
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        chairs = Case.objects.permitted(self.user, Permission.CHAIR_CONSULTATION)
        if chairs.filter(pk=case.pk).exists():
            self.fields["invitees"].queryset = invitable(case, self.user)
        else:
            del self.fields["invitees"]

    def clean(self) -> dict[str, Any]:
        """Ask a ground for a name that goes outside, and find names that slipped into a text."""
        cleaned = super().clean()
        kind = cleaned.get("kind")
        self._check_invitees(kind, cleaned.get("invitees") or [])
        if cleaned.get("named") and not cleaned.get("naming_ground"):
            self.add_error("naming_ground", _("Write down on which ground you share the name."))
        if kind in OUTSIDE and not cleaned.get("named"):
            for name in ("question", "shared"):
                found = names_in(cleaned.get(name, ""), self.case.pupil)
                if found:
                    self.add_error(
                        name,
                        _("The pupil's name stands in this text: %(names)s. Leave it out.")
                        % {"names": ", ".join(found)},
                    )
        return cleaned

    def _check_invitees(self, kind: str | None, invitees: list[Membership]) -> None:
        outside = [m for m in invitees if m.role == Role.BUURTTEAM_WORKER]
        if kind == Consultation.Kind.FAMILY_WORKER and "invitees" in self.fields and not outside:
            self.add_error("invitees", _("Choose the family worker whom you invite."))
        if kind and kind != Consultation.Kind.FAMILY_WORKER and outside:
            self.add_error(
                "invitees", _("A family worker is invited to a consultation of that kind only.")
            )


def invitable(case: Case, user: Any) -> Any:
    """Return the memberships that may be invited: colleagues, and the school's buurtteam."""
    current = Membership.objects.current().exclude(user=user)
    roles = access.roles_at(Permission.ADVISE, Scope.INVITED)
    team = case.school.buurtteam_id
    at_school = current.filter(school_id=case.school_id, role__in=roles)
    people = at_school | current.filter(buurtteam_id=team, role__in=roles) if team else at_school
    return people.select_related("user", "school", "buurtteam").order_by("-buurtteam", "user__name")


def names_in(text: str, pupil: Pupil) -> list[str]:
    """Return the pupil's names that occur in a text as whole words."""
    names = {*pupil.given_name.split(), *pupil.family_name.split()[-1:]}
    return sorted(
        name
        for name in names
        if len(name) >= SHORTEST_NAME
        and re.search(rf"\b{re.escape(name)}\b", text, flags=re.IGNORECASE)
    )


class CallForm(MeldcodeForm):
    """A call that was made: whom, what was asked, what they said (R3, R4, R13)."""

    kind = forms.ChoiceField(
        label=_("Whom did you call?"),
        choices=[c for c in Consultation.Kind.choices if c[0] in CALLED],
        widget=forms.RadioSelect,
    )
    held_at = MomentField(label=_("When was it?"))
    question = LongTextField(label=_("What did you tell or ask?"), rows=2)
    outcome = LongTextField(label=_("What did they say, and what did you agree?"))
    talk = forms.ChoiceField(
        label=_("What does it mean for the talk?"),
        choices=Consultation.Talk.choices,
        widget=forms.RadioSelect,
    )
    next_talk = LongTextField(
        label=_("Who holds the conversation?"),
        help_text=_("Name and role; or why there is none (yet). Leave empty when not known yet."),
        required=False,
        rows=2,
    )
    named = forms.BooleanField(
        label=_("You gave the pupil's name"),
        help_text=_("In danger you may: then the danger is the ground."),
        required=False,
    )
    naming_ground = forms.CharField(
        label=_("On which ground did you give the name?"), required=False, max_length=300
    )

    def clean(self) -> dict[str, Any]:
        """Ask a ground for a name that was given outside (R14)."""
        cleaned = super().clean()
        if cleaned.get("named") and not cleaned.get("naming_ground"):
            self.add_error("naming_ground", _("Write down on which ground you gave the name."))
        return cleaned


class AdviceForm(MeldcodeForm):
    """Written advice."""

    text = LongTextField(label=_("Your advice"), rows=5)


class OutcomeForm(MeldcodeForm):
    """What came of a consultation (R11, R15)."""

    held_at = MomentField(label=_("When was it held?"))
    outcome = LongTextField(
        label=_("What came of it?"), help_text=_("The advice, and what you decided together.")
    )
    talk = forms.ChoiceField(
        label=_("What does it mean for the talk?"),
        choices=Consultation.Talk.choices,
        widget=forms.RadioSelect,
    )
    next_talk = LongTextField(
        label=_("Who holds the conversation?"),
        help_text=_("Name and role; or why there is no conversation (yet)."),
        rows=2,
    )
