"""The forms of steps 3 and 4, of taking part, and of closing."""

from typing import Any

from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission, Scope
from accounts.forms import LongTextField, MeldcodeForm, MomentField, PublicIdField
from accounts.models import User
from cases.models import Case, Conversation
from cases.protocol import QUESTIONS


class ConversationForm(MeldcodeForm):
    """A conversation held (R16 to R21)."""

    kind = forms.ChoiceField(
        label=_("With whom did you talk?"),
        choices=[c for c in Conversation.Kind.choices if c[0] != Conversation.Kind.SKIPPED],
        widget=forms.RadioSelect,
    )
    held_at = MomentField(label=_("When was it?"))
    attendees = forms.CharField(
        label=_("Who were there?"),
        help_text=_("Names and roles, for example: mother, mentor, family worker."),
        max_length=300,
    )
    facts_brought = LongTextField(
        label=_("Which facts did you bring?"),
        help_text=_("What you saw and heard, without your opinion."),
    )
    reactions = LongTextField(label=_("How did they react?"))
    concern = forms.ChoiceField(
        label=_("What is left of the concern?"),
        choices=Conversation.Concern.choices,
        widget=forms.RadioSelect,
    )
    help_wanted = forms.ChoiceField(
        label=_("Do they want help?"),
        choices=Conversation.HelpWanted.choices,
        widget=forms.RadioSelect,
    )
    agreements = LongTextField(label=_("What did you agree?"), required=False, rows=2)
    buurtteam_contact = forms.CharField(
        label=_("Who of the buurtteam was there?"), required=False, max_length=120
    )
    buurtteam_consent = forms.BooleanField(
        label=_("They consent to help by the buurtteam"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A three-way talk names who was there for the buurtteam; consent and refusal exclude."""
        cleaned = super().clean()
        three_way = cleaned.get("kind") == Conversation.Kind.THREE_WAY
        if three_way and not cleaned.get("buurtteam_contact"):
            self.add_error("buurtteam_contact", _("Fill in who was there for the buurtteam."))
        refused = cleaned.get("help_wanted") == Conversation.HelpWanted.NO
        if refused and cleaned.get("buurtteam_consent"):
            self.add_error(
                "buurtteam_consent", _("They refuse all help, so they cannot consent here.")
            )
        return cleaned


class SkipConversationForm(MeldcodeForm):
    """No conversation: it is not safe now (R19)."""

    skip_reason = LongTextField(
        label=_("Why is a talk not safe now?"),
        help_text=_("Write down the facts on which you base this."),
    )
    weighed_with = forms.CharField(
        label=_("With whom did you weigh that?"),
        help_text=_("For example: the family worker, Veilig Thuis."),
        max_length=200,
    )


class AssessmentForm(MeldcodeForm):
    """Every question of the table with its answer and grounds (R23 to R27)."""

    consulted = forms.CharField(
        label=_("Who was consulted for it?"),
        help_text=_("The family worker or Veilig Thuis can make a first assessment with you."),
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[f"{question.code}_answer"] = forms.ChoiceField(
                label=question.text,
                help_text=question.help,
                choices=question.answers,
                widget=forms.RadioSelect,
            )
            self.fields[f"{question.code}_grounds"] = LongTextField(label=_("Your grounds"), rows=2)
        self.order_fields([*[name for name in self.fields if name != "consulted"], "consulted"])
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        blocks = [
            Div(
                HTML(f'<p class="question-number">{number}</p>'),
                Field(f"{question.code}_answer"),
                Field(f"{question.code}_grounds"),
                css_class="question-card",
            )
            for number, question in enumerate(QUESTIONS, start=1)
        ]
        hidden = (Field("idempotency_key"), Field("typed_by"))
        return Layout(*hidden, *blocks, Fieldset("", "consulted"))

    @property
    def answers(self) -> dict[str, tuple[str, str]]:
        """Return answer and grounds by the question's code."""
        data = self.cleaned_data
        return {q.code: (data[f"{q.code}_answer"], data[f"{q.code}_grounds"]) for q in QUESTIONS}


class CloseForm(MeldcodeForm):
    """Closing: outcome, grounds, agreements (R44)."""

    outcome = forms.ChoiceField(
        label=_("How does this case end?"), choices=Case.Outcome.choices, widget=forms.RadioSelect
    )
    grounds = LongTextField(label=_("On which grounds?"))
    agreements = LongTextField(
        label=_("What did you agree on watching on?"),
        help_text=_("Who keeps an eye on the pupil, and who told the pupil and the parents what?"),
        required=False,
    )


class ParticipantForm(MeldcodeForm):
    """A colleague who comes to take part."""

    person = PublicIdField(
        label=_("Which colleague?"),
        queryset=User.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={"invalid_choice": _("Choose a colleague of this school.")},
    )
    hand_over = forms.BooleanField(
        label=_("Hand the case over: this colleague may also talk, weigh and decide"),
        required=False,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.with_role_at(
            case.school_id, access.roles_at(Permission.SEE_CASE, Scope.TAKES_PART)
        )
