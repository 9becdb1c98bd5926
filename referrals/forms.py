"""The decision of step 5, and what is heard afterwards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ComingDayField, LongTextField, MeldcodeForm, MomentField
from referrals.models import Decision, Feedback

YES, NO = "yes", "no"
REPORT_FIELDS = ("anonymous", "anonymous_reason", "family_told", "not_told_reason")


class DecisionForm(MeldcodeForm):
    """Two decisions, each with grounds (R28), and how they are carried out (R32 to R37)."""

    report = forms.ChoiceField(
        label=_("Decision 1: is a report to Veilig Thuis necessary?"),
        choices=((YES, _("Yes, we report")), (NO, _("No, a report is not necessary"))),
        widget=forms.RadioSelect,
    )
    report_grounds = LongTextField(label=_("On which grounds?"), rows=2)
    anonymous = forms.ChoiceField(
        label=_("Under whose name do you report?"),
        help_text=_("Only for a report. Your own name is the rule."),
        choices=(
            (NO, _("Under our own name")),
            (YES, _("Without our name towards the family")),
        ),
        initial=NO,
        required=False,
        widget=forms.RadioSelect,
    )
    anonymous_reason = LongTextField(
        label=_("Why without your name?"),
        help_text=_("For example: you may be in danger when the family knows."),
        required=False,
        rows=2,
    )
    family_told = forms.ChoiceField(
        label=_("Do the pupil and the parents know of the report?"),
        choices=((YES, _("Yes, we discussed it")), (NO, _("No, that is not safe"))),
        required=False,
        widget=forms.RadioSelect,
    )
    not_told_reason = LongTextField(label=_("Why do they not know of it?"), required=False, rows=2)
    help = forms.ChoiceField(
        label=_("Decision 2: which help is possible (too)?"),
        choices=Decision.Help.choices,
        widget=forms.RadioSelect,
    )
    help_grounds = LongTextField(label=_("On which grounds?"), rows=2)
    plan = LongTextField(
        label=_("The plan: which goals, and who does what by when?"),
        help_text=_("Only for help by the school itself."),
        required=False,
    )
    follow_up_on = ComingDayField(
        label=_("When do you review whether it works?"),
        help_text=_("Leave empty only when no help is organised and nothing is reported."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for what each decision needs, at its own field."""
        cleaned = super().clean()
        reports = cleaned.get("report") == YES
        if reports:
            self._need(
                "anonymous_reason",
                cleaned.get("anonymous") == YES,
                _("Write down why you report without your name."),
            )
            self._need("family_told", True, _("Say whether they know of the report."))
            self._need(
                "not_told_reason",
                cleaned.get("family_told") == NO,
                _("Write down why they do not know of it."),
            )
        helps = cleaned.get("help") not in (None, "", Decision.Help.NONE)
        self._need(
            "plan",
            cleaned.get("help") == Decision.Help.OWN,
            _("Write down the plan: goals, who does what, by when."),
        )
        self._need("follow_up_on", reports or helps, _("Choose the day of the review."))
        return cleaned

    def _need(self, name: str, needed: bool, message: Any) -> None:
        if needed and name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, message)

    def decision(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = dict(self.values)
        report = {name: data.pop(name) for name in REPORT_FIELDS}
        without_name = report["anonymous"] == YES
        told = report["family_told"] == YES
        return {
            **data,
            "report": data["report"] == YES,
            "report_fields": {
                "anonymous": without_name,
                "anonymous_reason": report["anonymous_reason"] if without_name else "",
                "family_told": told,
                "not_told_reason": "" if told else report["not_told_reason"],
            },
        }


class FeedbackForm(MeldcodeForm):
    """What was heard or seen after the decision (R31, R41, R42)."""

    received_at = MomentField(label=_("When was it?"))
    source = forms.CharField(
        label=_("From whom did you hear it?"),
        help_text=_("For example: the family worker, Veilig Thuis, what you see yourself."),
        max_length=160,
    )
    text = LongTextField(label=_("What did you hear or see?"))
    effect = forms.ChoiceField(
        label=_("Does the help work?"), choices=Feedback.Effect.choices, widget=forms.RadioSelect
    )
    next_review_on = ComingDayField(label=_("When do you look again?"), required=False)

    def clean(self) -> dict[str, Any]:
        """As long as it does not work yet, somebody looks again."""
        cleaned = super().clean()
        works = cleaned.get("effect") == Feedback.Effect.WORKS
        looks_again = cleaned.get("next_review_on") or "next_review_on" in self.errors
        if cleaned.get("effect") and not works and not looks_again:
            self.add_error("next_review_on", _("Choose when you look again."))
        return cleaned
