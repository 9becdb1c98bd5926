"""The forms of times: proposing, answering, agreeing."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.forms import MeldcodeForm, MomentField, PublicIdField
from cases.names import Family
from consultations.forms import ManyByPublicId, NamelessForm
from consultations.models import Consultation, ProposedTime


class ComingMomentField(MomentField):
    """A moment that lies ahead, within a year."""

    FURTHEST = timedelta(days=366)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(initial=None, **kwargs)

    def validate(self, value: datetime | None) -> None:
        """Refuse a moment that is past, or further away than anybody plans."""
        forms.DateTimeField.validate(self, value)
        if value is None:
            return
        if value <= timezone.now():
            raise ValidationError(_("Choose a moment that is still to come."))
        if value > timezone.now() + self.FURTHEST:
            raise ValidationError(_("Choose a moment within a year."))


def in_words(time: ProposedTime) -> str:
    """Return a proposed time as one says it."""
    return date_format(timezone.localtime(time.starts_at), "l j F Y, H:i")


class OneTimeField(PublicIdField):
    """One of the proposed times."""

    def label_from_instance(self, time: ProposedTime) -> str:
        """Return the time, and who can."""
        names = ", ".join(answer.user.name for answer in time.answers.all() if answer.can)
        return f"{in_words(time)} · {names}" if names else in_words(time)


class TimesField(ManyByPublicId):
    """Some of the proposed times."""

    def label_from_instance(self, time: ProposedTime) -> str:
        """Return the time."""
        return in_words(time)


class ProposeForm(MeldcodeForm):
    """One to three times; for more one comes again."""

    first = ComingMomentField(label=_("First time"))
    second = ComingMomentField(label=_("Second time"), required=False)
    third = ComingMomentField(label=_("Third time"), required=False)

    @property
    def moments(self) -> list[datetime]:
        """Return the times that were filled in."""
        given = (self.values[name] for name in ("first", "second", "third"))
        return [moment for moment in given if moment]


class AnswerForm(MeldcodeForm):
    """At which of the proposed times one can be there."""

    can = TimesField(
        label=_("When can you be there?"),
        help_text=_("Tick each time at which you can."),
        queryset=ProposedTime.objects.none(),
    )
    none = forms.BooleanField(label=_("I can at none of these times"), required=False)

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        times = consultation.times.to_choose()
        self.fields["can"].queryset = times
        said = times.filter(answers__user=self.user, answers__can=True)
        self.initial.setdefault("can", list(said.values_list("public_id", flat=True)))

    def clean(self) -> dict[str, Any]:
        """Ask for a time, or for the word that there is none: an empty form says neither."""
        cleaned = super().clean()
        can, none = cleaned.get("can"), cleaned.get("none")
        if not can and not none and "can" not in self.errors:
            self.add_error("can", _("Tick a time, or that you can at none."))
        if can and none:
            self.add_error("none", _("You ticked a time too. Which is it?"))
        return cleaned


class AgreeForm(NamelessForm):
    """The time that was agreed, how long, and where: a calendar far away may show it."""

    looked_at = ("place",)

    time = OneTimeField(
        label=_("Which time is it?"),
        queryset=ProposedTime.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the proposed times.")},
    )
    minutes = forms.IntegerField(
        label=_("How many minutes?"), initial=45, min_value=5, max_value=480,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    place = forms.CharField(
        label=_("Where?"),
        help_text=_("A room, a telephone number or a link. Nothing about the family."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation = consultation
        times = consultation.times.to_choose().prefetch_related("answers__user")
        self.fields["time"].queryset = times

    def clean(self) -> dict[str, Any]:
        """Find the family in the place: it is read by whoever was invited."""
        cleaned = super().clean()
        self.find_names(Family.of(self.consultation.case.pupil))
        return cleaned
