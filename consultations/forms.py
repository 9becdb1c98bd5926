"""Asking, advising, and recording the outcome."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission, Scope
from accounts.forms import (
    LONG_TEXT,
    LongTextField,
    MeldcodeForm,
    MomentField,
    PublicIdField,
    offer,
)
from accounts.models import Membership, User
from accounts.roles import Role
from cases.contact_book.calls import Numbers
from cases.contact_book.organisations import Organisation
from cases.models import Case, Contact
from cases.names import Family, Found, find, segments, without, words_of
from cases.rights import Rights
from cases.together import read_together
from consultations.models import Consultation
from consultations.sharing import Piece, Veil, chosen, pieces_of, recorded

# Who comes from outside the school: R14 keeps the family's names from them.
OUTSIDE = frozenset(
    {
        Consultation.Kind.FAMILY_WORKER,
        Consultation.Kind.VEILIG_THUIS,
        Consultation.Kind.OTHER,
    }
)
# Whom one calls and has an answer from at once.
CALLED = OUTSIDE | {Consultation.Kind.EMERGENCY}


class ManyByPublicId(forms.ModelMultipleChoiceField):
    """Things to tick, known by their ``public_id``; none need be ticked, unless one says so."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"widget": forms.CheckboxSelectMultiple, "required": False, **kwargs}
        super().__init__(to_field_name="public_id", **kwargs)

    def clean(self, value: Any) -> Any:
        """Say in the field's own words that there is no such choice, whatever came."""
        if isinstance(value, list | tuple):
            value = [one for one in value if one]  # an empty one is none
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code == "required":  # nothing was ticked
                raise
            message = self.error_messages["invalid_choice"]
            shown = ", ".join(value) if isinstance(value, list | tuple) else value
            raise ValidationError(message, "invalid_choice", {"value": shown}) from error


class PersonField(ManyByPublicId):
    """People to invite, shown with their role and place."""

    def label_from_instance(self, membership: Membership) -> str:
        """Return name and role."""
        return f"{membership.user.name}, {membership}"


class PeopleField(ManyByPublicId):
    """People to tick, shown by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)

    def label_from_instance(self, user: User) -> str:
        """Return the name."""
        return user.name


class ContactField(PublicIdField):
    """Somebody of the contact book, shown with their organisation."""

    def label_from_instance(self, contact: Contact) -> str:
        """Return name and organisation."""
        return f"{contact.name} ({contact.get_organisation_display()})"


class ChoosesContact:
    """What two forms share: whom of the contact book one consults, where that is the kind."""

    # Who of the contact book is consulted as a kind of its own, which rules look for (R3, R24).
    KINDS_OF_THEIR_OWN = (Organisation.BUURTTEAM, Organisation.VEILIG_THUIS)

    def offer_contacts(self, case: Case, numbers: Numbers) -> None:
        """Add the field; without anybody in the book, leave the kind out."""
        other = Consultation.Kind.OTHER
        found = Contact.objects.standing().filter(school=case.school_id)
        found = found.exclude(organisation__in=self.KINDS_OF_THEIR_OWN)
        shown = [one for one in numbers.book if one.organisation not in self.KINDS_OF_THEIR_OWN]
        self.fields["contact"] = ContactField(
            label=_("Who of the contact book?"), queryset=found, required=False,
            empty_label=_("Nobody of the contact book"),
        )  # fmt: skip
        offer(self.fields["contact"], found, shown)
        self.order_fields(["kind", "contact", *self.fields])
        if not shown:
            kinds = self.fields["kind"]
            kinds.choices = [choice for choice in kinds.choices if choice[0] != other]
            del self.fields["contact"]

    def check_contact(self, cleaned: dict[str, Any]) -> None:
        """Ask who it is for the kind that needs it, and leave it out for all others."""
        if cleaned.get("kind") != Consultation.Kind.OTHER:
            cleaned["contact"] = None
        elif not cleaned.get("contact") and "contact" not in self.errors:
            self.add_error("contact", _("Choose somebody of the contact book."))


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


class ConsultationForm(ChoosesContact, NamelessForm):
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
    share = forms.MultipleChoiceField(
        label=_("Which records go along?"),
        help_text=_("Only what they need. You see first how they will read it."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hidden_words = forms.CharField(
        label=_("Which other names must not go along?"),
        help_text=_(
            "For example of a mother or a classmate, with commas between. In the records that go "
            "along they are replaced. What we know of the pupil is left out already."
        ),
        required=False,
        max_length=300,
    )
    invitees = PersonField(
        label=_("Whom do you invite?"),
        help_text=_("They see this question and what you share here, and nothing else."),
        queryset=Membership.objects.none(),
    )
    named = forms.BooleanField(
        label=_("Share the pupil's name"),
        help_text=_("Only with consent, or with a ground that you write down."),
        required=False,
    )
    naming_ground = forms.CharField(
        label=_("On which ground do you share the name?"), required=False, max_length=300
    )

    def __init__(self, *args: Any, case: Case, numbers: Numbers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        rights = Rights(case, self.user, (Permission.SEE_CASE, Permission.CHAIR_CONSULTATION))
        records = recorded(case)
        chairs = rights.may_hold(Permission.CHAIR_CONSULTATION)
        people = invitable(case, self.user) if chairs else Membership.objects.none()
        read_together(*rights.querysets, numbers.book, *records.values(), people)
        held = rights.held()
        self.offer_contacts(case, numbers)
        self._offer_records(pieces_of(records, Veil()) if Permission.SEE_CASE in held else [])
        if Permission.CHAIR_CONSULTATION in held:
            offer(self.fields["invitees"], people, people)
        else:
            del self.fields["invitees"]

    def clean(self) -> dict[str, Any]:
        """Ask a ground for a name that goes outside, and find names that slipped into a text."""
        cleaned = super().clean()
        self.check_contact(cleaned)
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

    def _offer_records(self, pieces: list[Piece]) -> None:
        self.fields["share"].choices = [(piece.key, piece.label) for piece in pieces]
        if not pieces:
            for name in ("share", "hidden_words"):
                del self.fields[name]

    def pieces(self) -> list[Piece]:
        """Return what would go along, as the receiver reads it; the form is valid."""
        values = self.cleaned_data
        veil = Veil.of(
            self.case, named=values["named"], hidden_words=values.get("hidden_words", ""),
        )  # fmt: skip
        return chosen(self.case, self.user, values.get("share", ()), veil)

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


class CallForm(ChoosesContact, MeldcodeForm):
    """A call that was made: whom, what was asked, what they said (R3, R4, R13)."""

    kind = forms.ChoiceField(
        label=_("Whom did you call?"),
        choices=[c for c in Consultation.Kind.choices if c[0] in CALLED],
        widget=forms.RadioSelect,
    )
    held_at = MomentField(label=_("When was it?"))
    spoken_to = forms.CharField(label=_("To whom did you speak?"), required=False, max_length=120)
    their_reference = forms.CharField(
        label=_("Under which reference do they keep it?"),
        help_text=_("Ask for it: with it they find your question again."),
        required=False,
        max_length=80,
    )
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

    def __init__(self, *args: Any, case: Case, numbers: Numbers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_contacts(case, numbers)

    def clean(self) -> dict[str, Any]:
        """Ask a ground for a name that was given outside (R14)."""
        cleaned = super().clean()
        self.check_contact(cleaned)
        if cleaned.get("named") and not cleaned.get("naming_ground"):
            self.add_error("naming_ground", _("Write down on which ground you gave the name."))
        return cleaned


class AdviceForm(NamelessForm):
    """Written advice. Who knows the family is warned before its name goes to who does not."""

    looked_at = ("text",)

    text = LongTextField(label=_("Your advice"), rows=5)
    mentions = PeopleField(
        label=_("Whose eye do you ask for?"),
        help_text=_("It then stands in their inbox as waiting for them."),
    )

    def __init__(self, *args: Any, family: Family | None, people: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_people(people)
        # None: the writer does not know the family, and a warning would tell its name.
        self.family = family

    def offer_people(self, people: QuerySet) -> None:
        """Offer who takes part, but for the writer; without anybody else, leave it out."""
        others = [person for person in people if person.pk != self.user.pk]
        field = self.fields.pop("mentions", None)
        if others and field:
            offer(field, people.exclude(pk=self.user.pk), others)
            self.fields["mentions"] = field

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
    decided_by = forms.CharField(
        label=_("Who decided it?"),
        help_text=_("Names and roles. Left empty it is you."),
        required=False,
        max_length=200,
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
