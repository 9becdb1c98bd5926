"""The vacations of a school as one fills them in: a region, one vacation, lines, a file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm
from cases.protocol.vacations import REGIONS, Vacation
from cases.vacations.reading import LARGEST, MOST_LINES, Unreadable, lines_of, read, wrong_days


class RegionForm(MeldcodeForm):
    """In which region the school is."""

    region = forms.ChoiceField(
        label=_("In which region is your school?"),
        choices=list(REGIONS.items()),
        widget=forms.RadioSelect,
    )


def day_field(label: Any) -> forms.DateField:
    """Return a field for a day, as a browser picks one."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class VacationForm(MeldcodeForm):
    """A vacation, or a study day: then the first day is the last."""

    name = forms.CharField(
        label=_("What is it?"), help_text=_("As: May vacation, or study day."), max_length=80
    )
    first_day = day_field(_("First day"))
    last_day = day_field(_("Last day"))

    def clean(self) -> dict[str, Any]:
        """Refuse days that cannot be a vacation."""
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and (wrong := wrong_days(first, last, timezone.localdate())):
            self.add_error("last_day", wrong)
        return cleaned


class LinesForm(MeldcodeForm):
    """A list of vacations: typed, pasted, or read from a file."""

    lines = LongTextField(
        label=_("One vacation or study day on each line"),
        help_text=_("Name; first day; last day. As: May vacation; 24-04-2027; 09-05-2027."),
        rows=12,
    )

    # What stands on the lines, once all of them are right.
    vacations: tuple[Vacation, ...] = ()

    def clean_lines(self) -> str:
        """Read each line; say of each that is wrong what is."""
        text = self.cleaned_data["lines"]
        found = read(text, timezone.localdate())
        wrong = [
            ValidationError(
                _("Line %(number)s: %(wrong)s"),
                params={"number": line.number, "wrong": line.wrong},
                code="line",
            )
            for line in found
            if line.wrong
        ]
        if wrong:
            raise ValidationError(wrong[:20])
        if not found or len(found) > MOST_LINES:
            raise ValidationError(
                _("Write 1 to %(most)s lines."), params={"most": MOST_LINES}, code="count"
            )
        self.vacations = tuple(line.vacation for line in found if line.vacation)
        return text


class FileForm(MeldcodeForm):
    """A file with vacations, as a calendar or a table program writes it."""

    file = forms.FileField(
        label=_("A calendar file (.ics) or a list (.csv)"),
        help_text=_("You see what was read before anything is kept."),
        widget=forms.FileInput(
            attrs={"accept": ".ics,.csv,.txt,text/calendar,text/csv", "data-largest": LARGEST}
        ),
    )

    # The lines of the file, and how many of its events were left out.
    lines = ""
    left_out = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on one page with the lines: no id twice.
        super().__init__(*args, auto_id="upload_%s", **kwargs)

    def clean_file(self) -> Any:
        """Read the file, no further than it may be large."""
        upload = self.cleaned_data["file"]
        try:
            self.lines, self.left_out = lines_of(upload.read(LARGEST + 1))
        except Unreadable as error:
            raise ValidationError(str(error), code="unreadable") from error
        return upload
