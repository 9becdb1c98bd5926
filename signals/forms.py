"""Logging a signal in one screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.forms import SHORT_TEXT, LongTextField, MeldcodeForm, PublicIdField
from accounts.models import User
from accounts.when import WhenField
from cases.forms import ChildWordsField
from cases.models import Pupil
from cases.models.received import CALLED
from signals.body_forms import BodyMap, MarksField
from signals.categories import (
    DANGER,
    Category,
    age_group_of_school,
    grouped,
    grouped_choices,
)
from signals.opinions import OPINIONS

MATCHES_SHOWN = 8
RECENT_SHOWN = 5

NORMAL, SEVERE, ACUTE = "normal", "severe", "acute"
URGENCIES = (
    (NORMAL, _("A signal, not severe by itself")),
    (SEVERE, _("Severe: this cannot wait for a second signal")),
    (ACUTE, _("There is danger right now")),
)


@dataclass(frozen=True, slots=True)
class Option:
    """A category as the page shows it."""

    category: Category
    chosen: bool


@dataclass(frozen=True, slots=True)
class CategoryGroup:
    """A group of categories: those of the age group, and the rest of them under "more"."""

    name: Promise
    usual: list[Option]
    more: list[Option]

    @property
    def chosen(self) -> int:
        """Return how many of it are chosen."""
        return sum(option.chosen for option in (*self.usual, *self.more))

    @property
    def more_chosen(self) -> bool:
        """Tell whether one of the rest is chosen: then they are not hidden."""
        return any(option.chosen for option in self.more)

    @property
    def is_danger(self) -> bool:
        """Tell whether it asks to act at once."""
        return self.name is DANGER

    @property
    def in_brief(self) -> str:
        """Return what is in it, for its heading."""
        return ", ".join(str(option.category.label) for option in self.usual)


# What stands behind a heading until somebody needs it: no field that is asked of everybody.
FOLDED = {
    "words": ("child_words",),
    "around": ("place", "hearsay_from"),
    "impression": ("interpretation",),
    "staff": ("about_staff",),
}


class SignalFields(BodyMap, MeldcodeForm):
    """What a signal says; facts, own words, hearsay and opinion each in a field of its own (R7)."""

    facts = LongTextField(
        label=_("What did you see or hear?"),
        help_text=_("Only facts: what a camera would have recorded. Not what you think of it."),
        required=False,
        rows=4,
    )
    child_words = ChildWordsField()
    marks = MarksField()
    hearsay_from = forms.CharField(
        label=_("Did you hear it from somebody else? From whom?"),
        help_text=_("Leave empty when you saw or heard it yourself."),
        required=False,
        max_length=CALLED,
    )
    interpretation = LongTextField(
        label=_("What do you make of it?"),
        help_text=_("Your own impression. It is kept apart from the facts."),
        required=False,
        rows=2,
    )
    observed_at = WhenField(label=_("When was it?"))
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
        choices=URGENCIES,
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
    def category_groups(self) -> list[CategoryGroup]:
        """Return the categories in their groups, those of the age group first."""
        chosen, age = set(self["categories"].value() or ()), self.age_group
        groups = []
        for name, found in grouped().items():
            options = [Option(category, category.code in chosen) for category in found]
            usual = [option for option in options if age in option.category.ages]
            more = [option for option in options if age not in option.category.ages]
            groups.append(CategoryGroup(name, usual, more))
        return groups

    @property
    def age_group(self) -> str:
        """Return of whom the categories are: of the user's school, unless the pupil is known."""
        kinds = kinds_of_schools(self.user).values()
        return age_group_of_school(next(iter(kinds), ""))

    @property
    def unfolded(self) -> set[str]:
        """Return the headings that stand open: something was written there, or is wrong there."""
        return {
            heading
            for heading, names in FOLDED.items()
            if any(
                name in self.fields and (self[name].value() or self[name].errors) for name in names
            )
        }

    @property
    def opinions(self) -> tuple:
        """Return the table of words that are no fact, for the script to look at while one types."""
        return OPINIONS

    def signal_fields(self) -> dict[str, Any]:
        """Return what the action takes."""
        values = dict(self.values)
        for name in ("pupil", "pupil_query", "reason"):
            values.pop(name, None)
        severity = severity_of(values.pop("urgency"))
        return {**values, **severity}


def severity_of(urgency: str) -> dict[str, bool]:
    """Return how severe a signal of that urgency is, as the action takes it."""
    return {"severe": urgency != NORMAL, "acute": urgency == ACUTE}


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
        if chosen is None:
            return found
        return [*of_schools(self.user, [chosen]), *(p for p in found if p != chosen)]

    @property
    def age_group(self) -> str:
        """Return the age group of the school of the pupil that is chosen, else of the user's."""
        chosen = self._chosen()
        if chosen is None:
            return super().age_group
        return age_group_of_school(kinds_of_schools(self.user).get(chosen.school_id, ""))

    def _chosen(self) -> Pupil | None:
        """Return the pupil that is chosen, looked up once."""
        if not hasattr(self, "_pupil"):
            try:
                self._pupil = self.fields["pupil"].clean(self["pupil"].value())
            except forms.ValidationError:
                self._pupil = None
        return self._pupil


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


def pupils_for(user: User, query: str) -> list[Pupil]:
    """Return the pupils to offer: those that match, or those of the user's latest signals."""
    pupils = Pupil.objects.may_be_signalled_by(user)
    # It comes unjudged, while one types: no database looks for everything.
    query = query.replace("\x00", "")[:SHORT_TEXT]
    if query.strip():
        return of_schools(user, pupils.matching(query)[:MATCHES_SHOWN])
    return of_schools(user, pupils.recently_signalled_by(user)[:RECENT_SHOWN])


def of_schools(user: User, pupils: Iterable[Pupil]) -> list[Pupil]:
    """Return pupils with the age group by which the categories follow the choice.

    That of their school, not their own: whoever is offered a pupil would see on which day they
    turn twelve.
    """
    kinds, found = kinds_of_schools(user), list(pupils)
    for pupil in found:
        pupil.age_group = age_group_of_school(kinds.get(pupil.school_id, ""))
    return found


def kinds_of_schools(user: User) -> dict[int, str]:
    """Return the kind of each school at which the user logs signals."""
    return {school.pk: school.kind for school in access.schools(user, Permission.LOG_SIGNAL)}
