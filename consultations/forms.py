"""Asking, advising, and recording the outcome."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission, Scope
from accounts.forms import LONG_TEXT, LongTextField, MeldcodeForm, MomentField
from accounts.models import Membership
from accounts.roles import Role
from cases.models import Case
from consultations.models import Consultation
from consultations.names import Family, Found, find, segments, without, words_of

# Who comes from outside the school: R14 keeps the family's names from them.
OUTSIDE = frozenset({Consultation.Kind.FAMILY_WORKER, Consultation.Kind.VEILIG_THUIS})
# Whom one calls and has an answer from at once.
CALLED = OUTSIDE | {Consultation.Kind.EMERGENCY}


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


class NamelessForm(MeldcodeForm):
    """A form with texts that go outside without the family's name (R14).

    What tells who the family is, is shown. One changes the text, takes over a proposal, or says
    that a word is no name of the family (a pupil called Roos): that is kept with the record.
    """

    # The texts that are looked at.
    looked_at: tuple[str, ...] = ()

    # Which words were shown before the box was ticked: it holds for these, and for no others.
    words_shown = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2000)
    no_names = forms.BooleanField(
        label=_("The words that are marked above are no names of the family"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Per text that tells who the family is: its label, and its pieces.
        self.findings: list[tuple[Any, list[Any]]] = []

    def find_names(self, family: Family) -> str:
        """Return the words that were confirmed to be no names; add errors for all others."""
        places: dict[str, list[Found]] = {
            name: find(self.cleaned_data.get(name) or "", family) for name in self.looked_at
        }
        words = words_of(place for found in places.values() for place in found)
        shown = self.cleaned_data.pop("words_shown", "").splitlines()
        confirmed = self.cleaned_data.pop("no_names", False) and set(words) <= set(shown)
        if not words or confirmed:
            return ", ".join(words)
        for name, found in places.items():
            if found:
                label = self.fields[name].label
                self.findings.append((label, segments(self.cleaned_data[name], found)))
                self.add_error(
                    name,
                    _("This can tell who the family is: %(words)s. Leave it out.")
                    % {"words": ", ".join(words_of(found))},
                )
        self.fields["no_names"].widget = forms.CheckboxInput()
        self.data = self.data.copy()
        self.data[self.add_prefix("words_shown")] = "\n".join(words)
        self.data.pop(self.add_prefix("no_names"), None)
        return ""

    @classmethod
    def replaced(cls, data: QueryDict, family: Family) -> QueryDict:
        """Return what was sent, with what tells who the family is replaced by what it is."""
        changed = data.copy()
        for name in cls.looked_at:
            text = changed.get(name, "")
            if len(text) <= LONG_TEXT:  # what is longer is refused; nobody waits for its names
                changed[name] = without(text, find(text, family))
        return changed


class ConsultationForm(NamelessForm):
    """A question, what is shared with it, and who is invited."""

    looked_at = ("question", "shared")

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
        outside = kind in OUTSIDE and not cleaned.get("named")
        words = self.find_names(Family.of(self.case.pupil)) if outside else ""
        for name in ("words_shown", "no_names"):
            cleaned.pop(name, None)
        cleaned["confirmed_words"] = words
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
    kept_out = case.pupil.shut_outs.standing().values("user")
    current = Membership.objects.current().exclude(user=user).exclude(user__in=kept_out)
    roles = access.roles_at(Permission.ADVISE, Scope.INVITED)
    team = case.school.buurtteam_id
    at_school = current.filter(school_id=case.school_id, role__in=roles)
    people = at_school | current.filter(buurtteam_id=team, role__in=roles) if team else at_school
    return people.select_related("user", "school", "buurtteam").order_by("-buurtteam", "user__name")


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


class AdviceForm(NamelessForm):
    """Written advice. Who knows the family is warned before its name goes to who does not."""

    looked_at = ("text",)

    text = LongTextField(label=_("Your advice"), rows=5)

    def __init__(self, *args: Any, family: Family | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # None: the writer does not know the family, and a warning would tell its name.
        self.family = family

    def clean(self) -> dict[str, Any]:
        """Find names that slipped into the advice."""
        cleaned = super().clean()
        if self.family is not None:
            self.find_names(self.family)
        return cleaned


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
