"""The forms of step 4, of looking back, taking part and closing. Step 3: cases.conversations."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission, Scope
from accounts.forms import LongTextField, MeldcodeForm, PublicIdField
from accounts.models import User
from cases.models import Case, LookBack, RightsRequest
from cases.protocol import PERIODS, QUESTIONS, STEPS, Guidance, Question, Rule, Step
from cases.protocol.periods import RETENTION_BOUND_YEARS, RETENTION_YEARS
from cases.protocol.questions import asked


class ChildWordsField(LongTextField):
    """What the pupil said, apart from the facts (R7): a paper for the parents leaves it out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("What did the pupil say, literally?"),
            help_text=_(
                "Word for word, as far as you remember. Leave empty when nothing was said."
            ),
            required=False,
            rows=2,
            **kwargs,
        )


class StepForm(MeldcodeForm):
    """The record of a step. Taken before another step, it asks why (comply or explain)."""

    def __init__(self, *args: Any, guidance: Guidance, step: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guidance = guidance
        waiting, blocked = guidance.waiting_before(step), guidance.blocked_before(step)
        self.fields["motivation"] = LongTextField(
            label=_("Why do you take this step now?"),
            help_text=self._why(waiting, blocked),
            rows=2,
            required=bool(waiting or blocked),
        )
        self.order_fields(["motivation", *self.fields])
        if not waiting and not blocked:
            self.hide("motivation")

    def _why(self, waiting: tuple[Step, ...], blocked: tuple[Rule, ...]) -> str:
        """Return what comes first: for somebody's safety, or by the order of the steps."""
        if blocked:
            return str(blocked[0].asks)
        steps = ", ".join(f"{before.number} ({before.short_name})" for before in waiting)
        text = _("This comes before step %(steps)s. You may; your reason stands in the case.")
        return str(text) % {"steps": steps}

    def hide(self, name: str) -> None:
        """Do not ask for a field now, and keep what was sent in it.

        It stays a field of the form: sent twice, a form must say the same words both times.
        """
        self.fields[name].widget = forms.HiddenInput()


class AssessmentForm(StepForm):
    """The questions of the table with answer and grounds, along their branches (R23 to R31).

    A question that is not asked after the answers before it is not judged, and not kept.
    """

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
                choices=[(answer.code, answer.label) for answer in question.answers],
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"{question.code}_grounds"] = LongTextField(
                label=_("Your grounds"), required=False, rows=2
            )
        last = [name for name in ("consulted", "motivation") if name in self.fields]
        self.order_fields([name for name in self.fields if name not in last] + last)

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Return the questions with their fields, and what follows from each answer."""
        return [
            {
                "question": question,
                "needs": "; ".join(
                    f"{code}: {' '.join(sorted(answers))}"
                    for code, answers in question.needs.items()
                ),
                "answer": self[f"{question.code}_answer"],
                "grounds": self[f"{question.code}_grounds"],
            }
            for question in QUESTIONS
        ]

    def clean(self) -> dict[str, Any]:
        """Ask answer and grounds for each question on the way, and for none beside it."""
        cleaned = super().clean()
        for question in self._asked(cleaned):
            answer, grounds = f"{question.code}_answer", f"{question.code}_grounds"
            if not cleaned.get(answer) and answer not in self.errors:
                self.add_error(answer, _("Choose an answer."))
            if not cleaned.get(grounds) and grounds not in self.errors:
                self.add_error(grounds, _("Write down on which facts you base this."))
        return cleaned

    def _asked(self, data: Mapping[str, Any]) -> tuple[Question, ...]:
        given = {q.code: data.get(f"{q.code}_answer", "") for q in QUESTIONS}
        return asked({code: answer for code, answer in given.items() if answer})

    @property
    def answers(self) -> dict[str, tuple[str, str]]:
        """Return answer and grounds by the question's code, of the questions that are asked."""
        data = self.cleaned_data
        return {
            q.code: (data[f"{q.code}_answer"], data[f"{q.code}_grounds"]) for q in self._asked(data)
        }


class ExplainForm(MeldcodeForm):
    """Comply or explain: why something that is asked is not done."""

    grounds = LongTextField(
        label=_("Why is this not done?"),
        help_text=_("Write down the facts on which you base it, and with whom you weighed it."),
    )


class LookBackForm(MeldcodeForm):
    """What one sees of the pupil when the time to look back has come (R1, R44)."""

    seen = LongTextField(
        label=_("What do you see of the pupil now?"),
        help_text=_("Ask the mentor too. Facts first, also when all is well."),
    )
    child_words = ChildWordsField()
    result = forms.ChoiceField(
        label=_("What follows from it?"),
        choices=LookBack.Result.choices,
        widget=forms.RadioSelect,
    )


class StatementForm(MeldcodeForm):
    """What a parent or pupil says beside what was recorded, in their own words."""

    step = forms.TypedChoiceField(
        label=_("Beside which step does it stand?"),
        choices=[(step.number, f"{step.number}. {step.name}") for step in STEPS],
        coerce=int,
        widget=forms.RadioSelect,
    )
    about = forms.CharField(
        label=_("What is it about?"),
        help_text=_("For example: the talk of 3 May, what father said."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    said_by = forms.ChoiceField(
        label=_("Whose statement is it?"),
        choices=RightsRequest.Asker.choices,
        widget=forms.RadioSelect,
    )
    text = LongTextField(
        label=_("The statement"),
        help_text=_("In their own words. What was recorded before stays as it is."),
    )


class CycleForm(MeldcodeForm):
    """Why the steps are walked again (R33)."""

    grounds = LongTextField(
        label=_("Why do you walk the steps again?"),
        help_text=_("What was tried, and what it did not bring."),
    )


class PeriodsForm(MeldcodeForm):
    """The periods of a school, each within its bounds."""

    def __init__(self, *args: Any, own: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for period in PERIODS.values():
            if period.adjustable:
                self.fields[period.code] = forms.IntegerField(
                    label=period.label,
                    help_text=_("Business days: usually %(days)s, at most %(bound)s.")
                    % {"days": period.days, "bound": period.bound},
                    min_value=1,
                    max_value=period.bound,
                    initial=period.in_days(own),
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )


class CloseForm(MeldcodeForm):
    """Closing: outcome, grounds, agreements, and who was told what (R44)."""

    outcome = forms.ChoiceField(label=_("How does this case end?"), widget=forms.RadioSelect)
    grounds = LongTextField(
        label=_("On which grounds?"),
        help_text=_("Which facts show that the pupil is safe now, or who watches from here."),
    )
    agreements = LongTextField(
        label=_("What did you agree on watching on?"),
        help_text=_("Who keeps an eye on the pupil, and what do they do when they see something?"),
    )
    told = LongTextField(
        label=_("Who told the pupil and the parents what?"),
        help_text=_("Or why they were not told."),
        rows=2,
    )
    retention_years = forms.IntegerField(
        label=_("How many years after the pupil leaves is the dossier kept?"),
        required=False,
        min_value=1,
        max_value=RETENTION_BOUND_YEARS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    retention_reason = LongTextField(label=_("Why is it kept longer?"), rows=2, required=False)

    signals_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        allowed: list[Case.Outcome],
        signals: int,
        rule: int = RETENTION_YEARS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.signals, self.rule = signals, rule
        least = min(RETENTION_YEARS, rule)
        years = self.fields["retention_years"]
        years.min_value = years.widget.attrs["min"] = least
        years.validators.append(MinValueValidator(least))
        self.initial.setdefault("retention_years", rule)
        self.initial.setdefault("signals_seen", signals)
        numbers = {"years": rule, "bound": RETENTION_BOUND_YEARS}
        rule = _("%(years)s is the rule; longer takes a reason, and %(bound)s is the most.")
        self.fields["retention_years"].help_text = str(rule) % numbers
        self.fields["outcome"].choices = [(outcome.value, outcome.label) for outcome in allowed]

    def clean(self) -> dict[str, Any]:
        """Ask why it is kept longer. Stop once at a signal that came in meanwhile.

        Who read that may send the words again.
        """
        cleaned = super().clean()
        if "retention_years" not in self.errors:
            cleaned["retention_years"] = cleaned.get("retention_years") or self.rule
        longer = cleaned.get("retention_years", 0) > max(self.rule, RETENTION_YEARS)
        if longer and not cleaned.get("retention_reason"):
            self.add_error("retention_reason", _("Write down why it is kept longer."))
        seen = cleaned.get("signals_seen")
        if seen is not None and seen != self.signals:
            self.data = self.data.copy()
            self.data["signals_seen"] = self.signals
            self.add_error(None, _("A signal came in while you wrote this. Read it first."))
        return cleaned


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
        kept_out = case.pupil.shut_outs.standing().values("user")
        colleagues = User.objects.with_role_at(
            [case.school_id], access.roles_at(Permission.SEE_CASE, Scope.TAKES_PART)
        ).exclude(pk=self.user.pk)
        self.fields["person"].queryset = colleagues.exclude(pk__in=kept_out)
