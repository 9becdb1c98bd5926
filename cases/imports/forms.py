"""Which file, what its columns mean, and who is meant where that is not certain."""

import hashlib
import uuid
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import MeldcodeForm
from accounts.tables import Table, Unreadable, read_table
from cases.imports.actions import MOST_DECIDED, FileRead
from cases.imports.edexml import read_edexml
from cases.imports.fields import BORN, FIELDS, KEY, NEEDED, guess
from cases.imports.leaving import wrong_day
from cases.imports.plan import NEW
from cases.imports.read import without_bsn
from cases.imports.rows import Problem
from cases.models import Pupil

MEGABYTE = 1024 * 1024
# Of 5,000 pupils an EDEXML has some four.
LARGEST = 10 * MEGABYTE
SOMEBODY_NEW = "new"
LONGEST_EXAMPLE = 30


class FileForm(MeldcodeForm):
    """A file out of the school's administration, and whether all pupils stand in it."""

    file = forms.FileField(
        label=_("The file from your administration"),
        help_text=_("EDEXML (XML) or CSV, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.txt", "data-largest": LARGEST}),
    )
    full_list = forms.ChoiceField(
        label=_("Do all pupils of your school stand in this file?"),
        choices=(
            ("no", _("No, or I am not sure. Nobody is marked as left.")),
            ("yes", _("Yes, all of them. Who is missing left the school.")),
        ),
        widget=forms.RadioSelect,
    )
    left_on = forms.DateField(
        label=_("On which day did those who are missing leave?"),
        help_text=_(
            "Only when all pupils stand in the file. From this day counts how long a dossier is"
            " kept."
        ),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )

    # What was read; there once the file is found to be right.
    found: FileRead | None = None
    _sha256 = ""

    def clean_file(self) -> UploadedFile:
        """Read the file, whatever it is called."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise ValidationError(_("This file is too large. Send it in parts of up to 10 MB."))
        content = upload.read()
        self._sha256 = hashlib.sha256(content).hexdigest()
        try:
            self.found = _read(content)
        except Unreadable as refused:
            raise ValidationError(refused.message, code="unreadable") from refused
        return upload

    def clean(self) -> dict[str, Any]:
        """Ask on which day those who are missing left."""
        cleaned = super().clean()
        if cleaned.get("full_list") == "yes" and "left_on" not in self.errors:
            left_on = cleaned.get("left_on")
            if wrong := wrong_day(left_on, timezone.localdate()):
                self.add_error("left_on", wrong)
        return cleaned

    @property
    def key(self) -> uuid.UUID:
        """Return the key of this form with this file: another file is not taken for the first."""
        return uuid.uuid5(super().key, self._sha256)


def _read(content: bytes) -> FileRead:
    start = content[:200].removeprefix(BOM_UTF8).removeprefix(BOM_UTF16_LE)
    if start.removeprefix(BOM_UTF16_BE).lstrip(b"\x00 \t\r\n").startswith(b"<"):
        read = read_edexml(content, timezone.localdate())
        return FileRead(read=read, bsn=read.bsn)
    table, bsn = without_bsn(read_table(content))
    return FileRead(table=table, bsn=bsn)


class ColumnsForm(MeldcodeForm):
    """Which column of a table holds what: guessed, or as the school said of its last file."""

    def __init__(
        self, *args: Any, table: Table, kept: Mapping[str, str] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        choices = [("", gettext("Not in this file")), *_columns(table)]
        guessed = guess(table.headings, kept)
        for code, field in FIELDS.items():
            self.fields[code] = forms.ChoiceField(
                label=field.label,
                choices=choices,
                required=code in NEEDED,
                initial=str(guessed[code]) if code in guessed else "",
                error_messages={"required": _("Choose the column. Without it no pupil is known.")},
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a column that is two things, and a list in which nobody is recognised."""
        cleaned = super().clean()
        chosen: dict[str, str] = {}
        for code in FIELDS:
            if place := cleaned.get(code):
                if place in chosen:
                    self.add_error(code, _("This column was chosen above. Choose another one."))
                chosen.setdefault(place, code)
        if not self.errors and not cleaned.get(KEY) and not cleaned.get(BORN):
            self.add_error(
                KEY, _("Choose the number or the birth date: by these a pupil is recognised.")
            )
        return cleaned

    @property
    def columns(self) -> dict[str, int]:
        """Return the place of the column of each field."""
        return {code: int(self.values[code]) for code in FIELDS if self.values[code]}

    @property
    def unread(self) -> list[str]:
        """Return the headings that nothing is read of, as it is guessed now."""
        read = {self[code].value() for code in FIELDS}
        return [
            heading
            for place, heading in enumerate(self.table.headings)
            if heading and str(place) not in read
        ]


def _columns(table: Table) -> Iterable[tuple[str, str]]:
    for place, heading in enumerate(table.headings):
        cells = (" ".join(row.cells[place].split()) for row in table.rows)
        example = next(filter(None, cells), "")[:LONGEST_EXAMPLE]
        name = heading or gettext("Column %s") % (place + 1)
        yield str(place), gettext("%(heading)s (as: %(example)s)") % {
            "heading": name, "example": example,
        } if example else name  # fmt: skip


class WhoForm(MeldcodeForm):
    """Who is meant on lines of a file where that is not certain. What is left open stays out."""

    def __init__(self, *args: Any, problems: Iterable[Problem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doubtful = [one for one in problems if one.among][:MOST_DECIDED]
        keys = {pk for one in self.doubtful for pk in one.among}
        self.pupils = Pupil.objects.in_bulk(keys)
        for problem in self.doubtful:
            pupils = [self.pupils[pk] for pk in problem.among if pk in self.pupils]
            self.fields[_name(problem)] = forms.ChoiceField(
                label=_("Line %(line)s: %(name)s") % {"line": problem.line, "name": problem.name},
                help_text=problem.reason,
                choices=[
                    ("", gettext("Not decided: leave this row out")),
                    *((str(pupil.public_id), _in_words(pupil)) for pupil in pupils),
                    (SOMEBODY_NEW, gettext("Somebody else: a new pupil")),
                ],
                # The number alone is another: proposed, and kept when somebody says so.
                initial=str(pupils[0].public_id) if problem.code == "renumbered" and pupils else "",
                required=False,
            )

    @property
    def decided(self) -> dict[int, int]:
        """Return line → key of the pupil, or ``NEW``, of the lines that were decided on."""
        keys = {str(pupil.public_id): pk for pk, pupil in self.pupils.items()}
        keys[SOMEBODY_NEW] = NEW
        return {
            one.line: keys[self.values[_name(one)]]
            for one in self.doubtful
            if self.values[_name(one)]
        }


def _name(problem: Problem) -> str:
    return f"line_{problem.line}"


def _in_words(pupil: Pupil) -> str:
    said = [pupil.name, pupil.class_name]
    if pupil.birth_date:
        said.append(gettext("born %s") % date_format(pupil.birth_date, "j F Y"))
    if pupil.left_on:
        said.append(gettext("left on %s") % date_format(pupil.left_on, "j F Y"))
    return ", ".join(filter(None, said))


class AgreeForm(MeldcodeForm):
    """That what was shown is to be done: its checksum, and a word more where many leave."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    many = forms.BooleanField(label=_("Yes, so many pupils left the school."), required=False)

    def __init__(self, *args: Any, ask_many: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_many:
            del self.fields["many"]
