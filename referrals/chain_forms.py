"""What one writes down of a referral: what is handed over, what they do with it, to whom it goes;
and the goals of a plan of own help."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import NOT_CHOSEN, ComingDayField, LongTextField, MeldcodeForm
from cases.protocol.parties import PARTIES
from referrals import chain
from referrals.chain import State, Verdict
from referrals.fields import ContactField, LettersField
from referrals.models import Referral

UNKNOWN_WAY = _("The chain does not know this way. Write down why it goes so.")


class ConsentForm(MeldcodeForm):
    """What all that is handed over has: consent, or the ground for acting without it."""

    consent = forms.ChoiceField(
        label=_("Does the family consent?"),
        choices=Referral.Consent.choices,
        widget=forms.RadioSelect,
    )
    consent_of = forms.CharField(
        label=_("Who was asked?"),
        help_text=_("For example: mother and the pupil. Ask a pupil of 12 or older too."),
        required=False,
        max_length=200,
    )
    consent_ground = LongTextField(
        label=_("Why without consent?"),
        help_text=_("Only without consent: what is needed for the pupil's safety, and why now."),
        required=False,
        rows=2,
    )
    handed_over = LongTextField(
        label=_("What is handed over?"),
        help_text=_("Facts and what was done. No more than they need."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Without consent there is a ground; with it, somebody gave it."""
        cleaned = super().clean()
        consent = cleaned.get("consent")
        if consent in (Referral.Consent.REFUSED, Referral.Consent.NOT_ASKED):
            self.need("consent_ground", _("Write down why you act without consent."))
        if consent in (Referral.Consent.GIVEN, Referral.Consent.REFUSED):
            self.need("consent_of", _("Write down who was asked."))
        return cleaned

    def need(self, name: str, message: Any) -> None:
        """Ask for a field that is empty, at the field."""
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, message)


class PrepareForm(ConsentForm):
    """What is handed over, on which consent or ground, before it is sent."""

    letters = LettersField(
        label=_("Which files go along?"), help_text=_("They stay in the case as well.")
    )
    # As it was when the form was shown.
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["letters"].offer(referral.decision.case)
        if not self.fields["letters"].choices:
            del self.fields["letters"]
        kept = ("consent", "consent_of", "consent_ground", "handed_over", "version")
        for name in kept:
            self.initial.setdefault(name, getattr(referral, name))
        self.initial.setdefault("letters", [str(f.number) for f in referral.letters.all()])


class MoveForm(MeldcodeForm):
    """What the receiver does with a referral."""

    state = forms.ChoiceField(
        label=_("What do they do?"),
        choices=(
            (State.RECEIVED, _("It came in")),
            (State.IN_ASSESSMENT, _("They look into it")),
            (State.ACCEPTED, _("They take it on, and are responsible from now on")),
            (State.CLOSED, _("They end, or do not take it on")),
        ),
        widget=forms.RadioSelect,
    )
    taken_on_by = forms.CharField(
        label=_("Who takes it on?"),
        help_text=_("Name and role of the person there, when you know."),
        required=False,
        max_length=200,
    )
    closed_why = LongTextField(
        label=_("Why does it end?"), help_text=_("Only when it ends."), required=False, rows=2
    )
    closed_to = forms.ChoiceField(
        label=_("Who is responsible after it?"),
        help_text=_("Only when it ends. When SAVE ends, that is the buurtteam."),
        choices=[NOT_CHOSEN, *PARTIES.items()],
        required=False,
    )
    grounds = LongTextField(
        label=_("Does it go otherwise than usual? Why?"),
        help_text=_("Only Veilig Thuis, SAVE and the Raad look into something first."),
        required=False,
        rows=2,
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.referral = referral
        self.initial.setdefault("closed_to", chain.after_end(referral.to))
        if not self.is_bound:  # what was recorded meanwhile is said by the action, in its words
            possible = chain.MOVES[referral.state]
            self.fields["state"].choices = [
                choice for choice in self.fields["state"].choices if choice[0] in possible
            ]

    def clean(self) -> dict[str, Any]:
        """What ends has a reason and somebody after it."""
        cleaned = super().clean()
        state = cleaned.get("state")
        if state == State.CLOSED and not cleaned.get("closed_why"):
            self.add_error("closed_why", _("Write down why it ends."))
        if state == State.CLOSED and not cleaned.get("closed_to"):
            self.add_error("closed_to", _("Choose who is responsible after it."))
        if state and not cleaned.get("grounds"):
            now = self.referral.state
            if chain.judge_move(self.referral.to, now, State(state)) is Verdict.UNUSUAL:
                self.add_error("grounds", UNKNOWN_WAY)
        return cleaned


class PassOnForm(ConsentForm):
    """To whom a receiver passed the case on (R38 to R40)."""

    to = forms.ChoiceField(
        label=_("To whom do they pass it on?"),
        choices=[(code, name) for code, name in PARTIES.items() if code != "school"],
        widget=forms.RadioSelect,
    )
    contact = ContactField(
        label=_("Who is that in the contact book?"),
        help_text=_("Needed for somebody else; for the others when you know."),
    )
    state = forms.ChoiceField(
        label=_("How far is it with them?"),
        choices=(
            (State.SENT, _("Asked, no answer yet")),
            (State.IN_ASSESSMENT, _("They look into it")),
            (State.ACCEPTED, _("They took it on, and are responsible from now on")),
        ),
        initial=State.SENT,
        widget=forms.RadioSelect,
    )
    taken_on_by = forms.CharField(
        label=_("Who takes it on?"),
        help_text=_("Name and role of the person there, when you know."),
        required=False,
        max_length=200,
    )
    grounds = LongTextField(
        label=_("Does it go otherwise than usual? Why?"),
        help_text=_("Only when the chain does not know this way."),
        required=False,
        rows=2,
    )

    field_order = (
        "to", "contact", "consent", "consent_of", "consent_ground", "handed_over", "state",
        "taken_on_by", "grounds",
    )  # fmt: skip

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.referral = referral
        self.fields["contact"].offer(referral.decision.case.school)
        if not self.fields["contact"].contacts:
            del self.fields["contact"]

    def clean(self) -> dict[str, Any]:
        """Somebody else has a name; what the chain does not know has grounds."""
        cleaned = super().clean()
        to, consent, state = (cleaned.get(name) for name in ("to", "consent", "state"))
        if to == Referral.To.OTHER:
            # An empty contact book keeps nobody from writing down who it is.
            known = "contact" in self.fields
            self.need("contact" if known else "taken_on_by", _("Choose who it is."))
        if to and consent and state and not cleaned.get("grounds"):
            consented = consent == Referral.Consent.GIVEN
            route = chain.judge_route(self.referral.to, to, consented=consented)
            if Verdict.UNUSUAL in (route, chain.judge_start(to, State(state))):
                self.add_error("grounds", UNKNOWN_WAY)
        return cleaned


class GoalForm(MeldcodeForm):
    """One goal of a plan of own help (R32)."""

    what = LongTextField(label=_("What must be better?"), rows=2)
    who = forms.CharField(
        label=_("Who does it?"), help_text=_("Name and role; more than one may."), max_length=200
    )
    by_day = ComingDayField(label=_("By when?"))
    seen_by = LongTextField(
        label=_("How do you see it?"), help_text=_("What one can see or count."), rows=2
    )
