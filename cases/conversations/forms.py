"""The forms of step 3: a talk that was held, and one that is not safe now."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms import ComingDayField, LongTextField, MeldcodeForm, MomentField
from cases.conversations.consulted import Consulted
from cases.forms import StepForm
from cases.models import Conversation
from cases.protocol.ages import Party, consent_missing, consents

Consent, Kind = Conversation.Consent, Conversation.Kind
CONSENT_FIELDS = {Party.PARENTS: "consent_parents", Party.PUPIL: "consent_pupil"}
# What is asked in a talk of three only.
OF_THREE = (*CONSENT_FIELDS.values(), "consent_how", "consent_about", "hand_over_grounds")
WITH_PUPIL = frozenset({Kind.PUPIL, Kind.PUPIL_AND_PARENTS, Kind.THREE_WAY})
# Where one party sat at the table, it is clear who refuses.
REFUSES_IN = {
    Kind.PUPIL: Conversation.RefusedBy.PUPIL,
    Kind.PARENTS: Conversation.RefusedBy.PARENTS,
}


class ConversationForm(StepForm):
    """A conversation held (R16 to R21). What only matters with one answer comes with that answer.

    ``pupil_age``: whose consent it takes; nobody else is asked for it.
    """

    kind = forms.ChoiceField(
        label=_("With whom did you talk?"),
        choices=[c for c in Kind.choices if c[0] != Kind.SKIPPED],
        widget=forms.RadioSelect,
    )
    family_there = forms.ChoiceField(
        label=_("Who of the family was there?"),
        choices=Conversation.FamilyThere.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    held_at = MomentField(label=_("When was it?"))
    attendees = forms.CharField(
        label=_("Who were there?"),
        help_text=_("Names and roles, for example: mother, mentor, family worker."),
        max_length=300,
    )
    interpreter = forms.CharField(
        label=_("Was there an interpreter?"),
        help_text=_("For which language, and who. Leave empty when there was none."),
        max_length=120,
        required=False,
    )
    facts_brought = LongTextField(
        label=_("Which facts did you bring?"),
        help_text=_(
            "What you saw and heard, without your opinion. Each fact on a line of its own."
        ),
    )
    reactions = LongTextField(
        label=_("How did they react?"),
        help_text=_("In their own words where you can. Also what they see differently than you."),
    )
    parents_reactions = LongTextField(
        label=_("And how did the parents react?"),
        help_text=_("Were both there? Then keep the pupil's words above and the parents' here."),
        required=False,
    )
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
    refused_by = forms.ChoiceField(
        label=_("Who refuses?"),
        choices=Conversation.RefusedBy.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    buurtteam_contact = forms.CharField(
        label=_("Who of the buurtteam was there?"), required=False, max_length=120
    )
    consent_parents = forms.ChoiceField(
        label=_("Do the parents consent to help by the buurtteam?"),
        help_text=_("All parents with authority. Then the buurtteam is responsible from now on."),
        choices=Consent.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    consent_pupil = forms.ChoiceField(
        label=_("Does the pupil consent to help by the buurtteam?"),
        help_text=_("From 12 years on the pupil consents too; from 16 the pupil alone."),
        choices=Consent.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    consent_how = forms.ChoiceField(
        label=_("How did they consent?"),
        choices=Conversation.ConsentHow.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    consent_about = LongTextField(
        label=_("To what exactly do they consent, and to what not?"),
        help_text=_("For example: yes to talks at home, no to a call with the family doctor."),
        required=False,
        rows=2,
    )
    hand_over_grounds = LongTextField(
        label=_("Is somebody's consent missing, and does the buurtteam take over all the same?"),
        help_text=_("Write down why, and who decided so. Empty: your school stays responsible."),
        required=False,
        rows=2,
    )
    home_safe = forms.ChoiceField(
        label=_("Is it safe for the pupil to go home today?"),
        help_text=_("No? Then call 112 or Veilig Thuis (0800-2000) now. Writing comes later."),
        choices=Conversation.HomeSafe.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    home_agreed = LongTextField(
        label=_("What did you agree, so that it is safe?"),
        help_text=_("Where the pupil is today, who is there, and until when."),
        required=False,
        rows=2,
    )
    agreements = LongTextField(
        label=_("What did you agree?"),
        help_text=_("Who does what, and by when. Also when you speak each other again."),
        required=False,
        rows=2,
    )

    def __init__(self, *args: Any, pupil_age: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pupil_age = pupil_age
        for party, field in CONSENT_FIELDS.items():
            if party not in consents(pupil_age):
                self.hide(field)

    @property
    def missing(self) -> tuple[Party, ...]:
        """Return whose consent is missing in a talk of three, of those whom it takes."""
        said = {party: self.cleaned_data.get(name) for party, name in CONSENT_FIELDS.items()}
        return consent_missing(self.pupil_age, said)

    @property
    def responsible_now(self) -> Promise | None:
        """Return who is responsible after a talk of three, in words; of another talk nothing."""
        if not self.is_valid() or self.cleaned_data["kind"] != Kind.THREE_WAY:
            return None
        if self.missing and not self.cleaned_data["hand_over_grounds"]:
            return _(
                "Not everybody consents whose consent it takes: your school stays responsible."
            )
        return _("The buurtteam is responsible from this talk on. Your school stays in touch.")

    def clean(self) -> dict[str, Any]:
        """Ask for what each answer needs, at its own field."""
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind == Kind.THREE_WAY:
            self._clean_three_way(cleaned)
        elif kind:
            for name in OF_THREE:
                if cleaned.get(name):
                    self.add_error(
                        name, _("They consent in a talk of three: with somebody of the buurtteam.")
                    )
            cleaned["family_there"] = ""
        spoken_with = Conversation(
            kind=kind or "", family_there=cleaned.get("family_there") or ""
        ).with_whom
        self._need(
            "parents_reactions",
            spoken_with == Kind.PUPIL_AND_PARENTS,
            _("Write down how the parents reacted, apart from the pupil."),
        )
        if spoken_with == Kind.PUPIL and cleaned.get("parents_reactions"):
            message = _("The parents were not there. What they said is a talk of its own.")
            self.add_error("parents_reactions", message)
        if spoken_with == Kind.PARENTS and cleaned.get("parents_reactions"):
            message = _("The pupil was not there: write above how the parents reacted.")
            self.add_error("parents_reactions", message)
        self._need("home_safe", kind in WITH_PUPIL, _("Say whether it is safe to go home."))
        self._need(
            "home_agreed",
            cleaned.get("home_safe") == Conversation.HomeSafe.AGREED,
            _("Write down what you agreed, so that it is safe."),
        )
        self._clean_refusal(cleaned, kind)
        return cleaned

    def _clean_refusal(self, cleaned: dict[str, Any], kind: str | None) -> None:
        """Know who refuses all help; nobody who does not."""
        if cleaned.get("help_wanted") != Conversation.HelpWanted.NO:
            cleaned["refused_by"] = ""
        elif kind in REFUSES_IN:
            cleaned["refused_by"] = REFUSES_IN[kind]
        else:
            self._need("refused_by", bool(kind), _("Choose who refuses."))

    def _clean_three_way(self, cleaned: dict[str, Any]) -> None:
        """Ask whose consent it takes, to what, and how; consent and refusal exclude each other."""
        self._need("family_there", True, _("Choose who of the family was there."))
        self._need("buurtteam_contact", True, _("Fill in who was there for the buurtteam."))
        asked = [CONSENT_FIELDS[party] for party in consents(self.pupil_age)]
        for name in asked:
            self._need(name, True, _("Choose what was said."))
        said = {cleaned.get(name) for name in asked}
        self._need(
            "consent_how",
            bool(said & {Consent.GIVEN, Consent.PARTLY}),
            _("Choose how they consented."),
        )
        self._need(
            "consent_about",
            Consent.PARTLY in said,
            _("Write down to what they consent, and to what not."),
        )
        grounds = cleaned.get("hand_over_grounds")
        if grounds and not self.missing:
            self.add_error("hand_over_grounds", _("Everybody consents: leave this empty."))
        refused = cleaned.get("help_wanted") == Conversation.HelpWanted.NO
        if refused and (grounds or not self.missing):
            self.add_error(
                "hand_over_grounds" if grounds else asked[-1],
                _("They refuse all help, so they cannot consent here."),
            )

    def _need(self, field: str, needed: bool, message: str) -> None:
        """Say at a field that it cannot be left empty, where an answer asks for it."""
        if needed and not self.cleaned_data.get(field) and field not in self.errors:
            self.add_error(field, message)


class SkipConversationForm(MeldcodeForm):
    """No conversation: it is not safe now (R19). ``consulted``: with whom it can be weighed."""

    skip_reason = LongTextField(
        label=_("Why is a talk not safe now?"),
        help_text=_("Write down the facts on which you base this."),
    )
    weighed_where = forms.ChoiceField(
        label=_("With whom did you weigh that?"),
        help_text=_("Nobody from outside yet? Then the buurtteam or Veilig Thuis comes first."),
        widget=forms.RadioSelect,
    )
    weighed_with = forms.CharField(
        label=_("Who was that?"),
        help_text=_("Name and function. Not needed for who was consulted in this case."),
        max_length=200,
        required=False,
    )
    look_again_on = ComingDayField(
        label=_("When do you look again whether a talk is safe?"),
        help_text=_("You are reminded of that day."),
    )

    def __init__(self, *args: Any, consulted: list[Consulted], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consulted = {one.reference: one for one in consulted}
        self.fields["weighed_where"].choices = [
            *((one.reference, one.name) for one in consulted),
            *Conversation.WeighedWhere.choices,
        ]

    def clean(self) -> dict[str, Any]:
        """Put who was consulted in this case in words; of anybody else ask the name."""
        cleaned = super().clean()
        where, who = cleaned.get("weighed_where"), cleaned.get("weighed_with")
        if one := self.consulted.get(where):
            names = f"{one.name}; {who}" if who else one.name
            cleaned |= {"weighed_where": one.where, "weighed_with": names[:200]}
        elif where and where != Conversation.WeighedWhere.NOBODY and not who:
            self.add_error("weighed_with", _("Write down who it was."))
        return cleaned
