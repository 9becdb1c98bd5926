"""Logging a signal in one screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import SHORT_TEXT, LongTextField, MeldcodeForm, MomentField, PublicIdField
from cases.models import Pupil
from signals.body_forms import BodyMap, MarksField
from signals.categories import grouped_choices

MATCHES_SHOWN = 8
RECENT_SHOWN = 5

NORMAL, SEVERE, ACUTE = "normal", "severe", "acute"


class SignalFields(BodyMap, MeldcodeForm):
    """What a signal says; facts, own words, hearsay and opinion each in a field of its own (R7)."""

    facts = LongTextField(
        label=_("What did you see or hear?"),
        help_text=_("Only facts: what a camera would have recorded. Not what you think of it."),
        required=False,
        rows=4,
    )
    child_words = LongTextField(
        label=_("What did the pupil say, literally?"),
        help_text=_("Word for word, as far as you remember. Leave empty when nothing was said."),
        required=False,
        rows=2,
    )
    marks = MarksField()
    hearsay_from = forms.CharField(
        label=_("Did you hear it from somebody else? From whom?"),
        help_text=_("Leave empty when you saw or heard it yourself."),
        required=False,
        max_length=160,
    )
    interpretation = LongTextField(
        label=_("What do you make of it?"),
        help_text=_("Your own impression. It is kept apart from the facts."),
        required=False,
        rows=2,
    )
    observed_at = MomentField(label=_("When was it?"))
    place = forms.CharField(label=_("Where was it?"), required=False, max_length=120)
    categories = forms.MultipleChoiceField(
        label=_("What is it about?"),
        help_text=_("More than one is possible."),
        choices=grouped_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    urgency = forms.ChoiceField(
        label=_("How severe is it?"),
        choices=(
            (NORMAL, _("A signal, not severe by itself")),
            (SEVERE, _("Severe: this cannot wait for a second signal")),
            (ACUTE, _("There is danger right now")),
        ),
        initial=NORMAL,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a fact or a word of the pupil.

        The moment is not held against the birth date: whoever logs a signal may not know that, and
        by what is refused they would find it.
        """
        cleaned = super().clean()
        texts = ("facts", "child_words")
        if not any(cleaned.get(name) or name in self.errors for name in texts):
            self.add_error("facts", _("Write down what you saw or heard, or what the pupil said."))
        return cleaned

    @property
    def category_groups(self) -> list[dict[str, Any]]:
        """Return the categories in their groups, as chips, with those that are chosen."""
        chosen = set(self["categories"].value() or ())
        return [
            {
                "name": group,
                "options": [
                    {"code": code, "label": label, "chosen": code in chosen}
                    for code, label in choices
                ],
            }
            for group, choices in grouped_choices()
        ]

    def signal_fields(self) -> dict[str, Any]:
        """Return what the action takes."""
        values = dict(self.values)
        for name in ("pupil", "pupil_query", "reason"):
            values.pop(name, None)
        urgency = values.pop("urgency")
        return {**values, "severe": urgency != NORMAL, "acute": urgency == ACUTE}


class SignalForm(SignalFields):
    """A new signal: first of all, about whom."""

    pupil_query = forms.CharField(
        label=_("Search by name or class"), required=False, max_length=SHORT_TEXT
    )
    pupil = PublicIdField(
        label=_("Which pupil is it about?"),
        queryset=Pupil.objects.none(),
        error_messages={
            "required": _("Choose the pupil. Search by name or class when they are not shown."),
            "invalid_choice": _("Choose a pupil of your school."),
        },
    )

    about_staff = forms.BooleanField(
        label=_("It points at somebody who works at this school"),
        help_text=_(
            "Then it goes to the school leader for the school board, and not to the care team. "
            "Is it about the school leader? Go to the board yourself, and do not log it here."
        ),
        required=False,
    )

    field_order = ("pupil_query", "pupil")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pupil"].queryset = Pupil.objects.may_be_signalled_by(self.user)

    def about(self) -> Pupil | None:
        """Return the pupil that was chosen."""
        return self.cleaned_data.get("pupil")

    @property
    def pupil_options(self) -> list[Pupil]:
        """Return the pupils to choose from: the one chosen, then matches, else recent ones."""
        chosen = self._chosen()
        found = pupils_for(self.user, str(self["pupil_query"].value() or ""))
        return ([chosen] if chosen else []) + [p for p in found if p != chosen]

    def _chosen(self) -> Pupil | None:
        try:
            return self.fields["pupil"].clean(self["pupil"].value())
        except forms.ValidationError:
            return None


class UnfoundedForm(MeldcodeForm):
    """Why a signal turned out unfounded (R10)."""

    grounds = LongTextField(
        label=_("How did it turn out to be unfounded?"),
        help_text=_("What explains what was seen, and who knows that?"),
    )


class CorrectionForm(SignalFields):
    """A new version of one's own signal, with the reason."""

    reason = LongTextField(
        label=_("Why do you correct it?"),
        help_text=_("The old text stays readable for those who may see it."),
        rows=2,
    )


def pupils_for(user: Any, query: str) -> list[Pupil]:
    """Return the pupils to offer: those that match, or those of the user's latest signals."""
    pupils = Pupil.objects.may_be_signalled_by(user)
    # It comes unjudged, while one types: no database looks for everything.
    query = query.replace("\x00", "")[:SHORT_TEXT]
    if query.strip():
        return list(pupils.matching(query)[:MATCHES_SHOWN])
    return list(pupils.recently_signalled_by(user)[:RECENT_SHOWN])
