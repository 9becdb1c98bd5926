"""The decision of step 5, and what is heard afterwards."""

from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.forms import NOT_CHOSEN, ComingDayField, LongTextField, MeldcodeForm, MomentField
from cases.forms import ChildWordsField, StepForm
from cases.models import Case
from cases.together import read_together
from referrals.fields import ContactField, LettersField, letters_of
from referrals.models import Decision, Feedback, Goal, GoalEffect, HelpPlan, Referral

YES, NO = "yes", "no"
# Of the first goal of a plan, beside what it is.
GOAL_FIELDS = {"goal_who": "who", "goal_by": "by_day", "goal_seen": "seen_by"}
REPORT_FIELDS = ("anonymous", "anonymous_reason", "family_told", "not_told_reason")


class DecisionForm(StepForm):
    """Two decisions, each with grounds (R28), and how they are carried out (R32 to R37).

    Where the weighing leads to a report, that is chosen beforehand; whoever decides otherwise says
    why in a field of its own.
    """

    report = forms.ChoiceField(
        label=_("Decision 1: is a report to Veilig Thuis necessary?"),
        choices=((YES, _("Yes, we report")), (NO, _("No, a report is not necessary"))),
        widget=forms.RadioSelect,
    )
    report_grounds = LongTextField(
        label=_("On which grounds?"),
        help_text=_("The facts that weigh most, and what the weighing said of safety."),
        rows=2,
    )
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
    not_told_reason = LongTextField(
        label=_("Why do they not know of it?"),
        help_text=_("For example: somebody would be in danger, or would break off contact."),
        required=False,
        rows=2,
    )
    help = forms.ChoiceField(
        label=_("Decision 2: which help is possible (too)?"),
        choices=Decision.Help.choices,
        widget=forms.RadioSelect,
    )
    help_grounds = LongTextField(
        label=_("On which grounds?"),
        help_text=_(
            "Why this help is enough for the pupil to be safe. Or why help is not possible."
        ),
        rows=2,
    )
    contact = ContactField(
        label=_("Who helps?"), help_text=_("Only for help by somebody of the contact book.")
    )
    plan = LongTextField(
        label=_("The plan: what is the first goal?"),
        help_text=_("Only for help by the school itself. You can add more goals afterwards."),
        required=False,
        rows=2,
    )
    goal_who = forms.CharField(
        label=_("Who does it?"),
        help_text=_("Name and role; more than one may."),
        required=False,
        max_length=200,
    )
    goal_by = ComingDayField(label=_("By when?"), required=False)
    goal_seen = LongTextField(
        label=_("How do you see it?"),
        help_text=_("What one can see or count."),
        required=False,
        rows=2,
    )
    results = LongTextField(
        label=_("What must be better, and by when?"),
        help_text=_(
            "What counts as effect: for the pupil's safety and well-being. See or hear it."
        ),
        required=False,
        rows=2,
    )
    case_manager = forms.CharField(
        label=_("Who is case manager?"),
        help_text=_("Name and role of who watches over the plan."),
        required=False,
        max_length=120,
    )
    follow_up_on = ComingDayField(
        label=_("When do you review whether it works?"),
        help_text=_("Leave empty only when no help is organised and nothing is reported."),
        required=False,
    )
    override_grounds = LongTextField(
        label=_("You decide otherwise than follows from the weighing. Why?"),
        help_text=_("Only then. With whom did you weigh it, and what protects the pupil?"),
        required=False,
        rows=2,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].offer(case.school)
        if not self.fields["contact"].contacts:
            del self.fields["contact"]
            choices = [c for c in Decision.Help.choices if c[0] != Decision.Help.OTHER]
            self.fields["help"].choices = choices
        two = self.guidance.decisions
        if two.weighed:
            self.initial.setdefault("report", YES if two.report else NO)
        else:
            self.hide("override_grounds")

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
        elsewhere = cleaned.get("help") == Decision.Help.OTHER
        self._need("contact", elsewhere, _("Choose who helps."))
        self._need("results", helps, _("Write down what must be better, and by when."))
        self._need("case_manager", helps, _("Fill in who is case manager."))
        self._need("follow_up_on", reports or helps, _("Choose the day of the review."))
        if not {"report", "help"} & set(self.errors):
            against = self.guidance.decisions.overridden(report=reports, helps=helps)
            self._need(
                "override_grounds",
                bool(against),
                _("This is not what follows from the weighing. Write down your grounds."),
            )
        return cleaned

    def _need(self, name: str, needed: bool, message: Any) -> None:
        if needed and name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, message)

    def decision(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = dict(self.values)
        report = {name: data.pop(name) for name in REPORT_FIELDS}
        goal = {field: data.pop(name) for name, field in GOAL_FIELDS.items()}
        without_name = report["anonymous"] == YES
        told = report["family_told"] == YES
        return {
            **data,
            "report": data["report"] == YES,
            "goal": goal,
            "report_fields": {
                "anonymous": without_name,
                "anonymous_reason": report["anonymous_reason"] if without_name else "",
                "family_told": told,
                "not_told_reason": "" if told else report["not_told_reason"],
            },
        }


class WithdrawForm(MeldcodeForm):
    """Why something decided is not carried out after all."""

    reason = LongTextField(
        label=_("Why is this not sent?"),
        help_text=_("Write down the facts, and with whom you weighed it."),
    )


class FeedbackForm(MeldcodeForm):
    """What was heard or seen after the decision (R31, R41, R42).

    With own help, each goal of the plan is looked at too.
    """

    referral = forms.ChoiceField(
        label=_("About which referral?"),
        help_text=_("Leave empty when it is about the school's own help."),
        required=False,
    )
    received_at = MomentField(label=_("When was it?"))
    heard_from = forms.ChoiceField(
        label=_("From where did you hear it?"),
        choices=[
            NOT_CHOSEN,
            (Feedback.Party.SCHOOL, _("What we see at school")),
            *[c for c in Feedback.Party.choices if c[0] != Feedback.Party.SCHOOL],
        ],
    )
    source = forms.CharField(
        label=_("From whom?"),
        help_text=_("Name and role, for example of the family worker."),
        required=False,
        max_length=160,
    )
    text = LongTextField(label=_("What did you hear or see?"))
    child_words = ChildWordsField()
    letters = LettersField(
        label=_("Which letters came with it?"),
        help_text=_("First add a letter to the files of the case; then choose it here."),
    )
    effect = forms.ChoiceField(
        label=_("Does the help work?"), choices=Feedback.Effect.choices, widget=forms.RadioSelect
    )
    helped_by = forms.ChoiceField(
        label=_("Whose help is it now?"),
        help_text=_("Who works with the family, or decides, from now on."),
        choices=[NOT_CHOSEN, *Feedback.Party.choices],
    )
    willing = forms.ChoiceField(
        label=_("Does the family take part?"),
        choices=Feedback.Willing.choices,
        initial=Feedback.Willing.UNSURE,
        widget=forms.RadioSelect,
    )
    investigation = forms.ChoiceField(
        label=_("What does Veilig Thuis say of the report?"),
        help_text=_("Only when they told you. After an investigation begins they have ten weeks."),
        choices=[NOT_CHOSEN, *Feedback.Investigation.choices],
        required=False,
    )
    next_review_on = ComingDayField(label=_("When do you look again?"), required=False)

    def __init__(self, *args: Any, case: Case, about: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letters, told = letters_of(case), Referral.objects.of(case).told().select_related("contact")
        goals = Goal.objects.filter(plan__in=HelpPlan.objects.newest_of(case).values("pk"))
        read_together(letters, told, goals)
        self.fields["letters"].show(letters)
        if not self.fields["letters"].choices:
            del self.fields["letters"]
        self.referrals = {str(referral.public_id): referral for referral in told}
        self.fields["referral"].choices = [
            NOT_CHOSEN, *((code, found.receiver) for code, found in self.referrals.items()),
        ]  # fmt: skip
        if not self.referrals:
            self.fields["referral"].widget = forms.HiddenInput()
            self.fields["investigation"].widget = forms.HiddenInput()
        if referral := self.referrals.get(about):
            self.initial.setdefault("referral", str(referral.public_id))
            self.initial.setdefault("heard_from", referral.to)
        self.goals = {f"goal_{goal.number}": goal for goal in goals}
        for name, goal in self.goals.items():
            self.fields[name] = forms.ChoiceField(
                label=_("Goal %(number)s: %(what)s")
                % {
                    "number": goal.number,
                    "what": Truncator(goal.what).words(30),
                },
                choices=[("", _("Not looked at")), *GoalEffect.Effect.choices],
                required=False,
            )

    def feedback(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = dict(self.values)
        given = {goal: data.pop(name) for name, goal in self.goals.items()}
        data["referral"] = self.referrals.get(data["referral"])
        return {**data, "effects": {goal: effect for goal, effect in given.items() if effect}}

    def clean(self) -> dict[str, Any]:
        """As long as it does not work yet, somebody looks again."""
        cleaned = super().clean()
        works = cleaned.get("effect") == Feedback.Effect.WORKS
        looks_again = cleaned.get("next_review_on") or "next_review_on" in self.errors
        if cleaned.get("effect") and not works and not looks_again:
            self.add_error("next_review_on", _("Choose when you look again."))
        heard_from = cleaned.get("heard_from")
        told = heard_from and heard_from != Feedback.Party.SCHOOL
        if told and not cleaned.get("source") and "source" not in self.errors:
            self.add_error("source", _("Write down from whom you heard it."))
        elsewhere = heard_from not in (None, "", Feedback.Party.VEILIG_THUIS)
        if cleaned.get("investigation") and elsewhere:
            self.add_error("investigation", _("Only Veilig Thuis can say this."))
        return cleaned
