"""Whom to shut out and why; which case to open in an emergency and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm, PublicIdField
from accounts.models import School, User
from cases.models import Case, ShutOut
from cases.need_to_know.actions import people_at
from cases.references import typed_reference


class ShutOutForm(MeldcodeForm):
    """A person, and what interest they have in the pupil."""

    person = PublicIdField(
        label=_("Who must not see this?"),
        queryset=User.objects.none(),
        empty_label=_("Choose a person"),
        error_messages={"invalid_choice": _("Choose somebody who works with this school.")},
    )
    ground = forms.ChoiceField(
        label=_("Why?"), choices=ShutOut.Ground.choices, widget=forms.RadioSelect
    )
    explanation = LongTextField(
        label=_("Explanation"),
        help_text=_(
            "Who looks after conflicts of interest reads this: the care team, and who leads. The "
            "person does not, for as long as it lasts."
        ),
        required=False,
        max_length=2000,
        rows=2,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_at(case)

    def clean(self) -> dict[str, Any]:
        """Ask what another interest is."""
        cleaned = super().clean()
        if cleaned.get("ground") == ShutOut.Ground.OTHER and not cleaned.get("explanation"):
            self.add_error("explanation", _("Write down which interest this person has."))
        return cleaned


class EndForm(MeldcodeForm):
    """Why a person is no longer shut out."""

    why = LongTextField(label=_("Why does it end?"), max_length=2000, rows=2)


class EmergencyForm(MeldcodeForm):
    """Which case of a sister school, and why now."""

    school = forms.ModelChoiceField(
        label=_("Which school?"),
        queryset=School.objects.none(),
        empty_label=_("Choose a school"),
        error_messages={"invalid_choice": _("Choose a school of your own board.")},
    )
    reference = forms.CharField(
        label=_("The reference of the case"),
        max_length=20,
        help_text=_("As M-7K3QX2. It stands in mails and on the dossier; no name is asked here."),
    )
    reason = LongTextField(
        label=_("What is the emergency?"),
        help_text=_("Everyone who takes part in the case reads this, with your name."),
        min_length=20,
        max_length=2000,
        error_messages={"min_length": _("Write a few words more: what happens, and who asks you.")},
    )

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools

    def clean_reference(self) -> str:
        """Return the reference as it is written, however somebody in haste typed it."""
        return typed_reference(self.cleaned_data["reference"])
