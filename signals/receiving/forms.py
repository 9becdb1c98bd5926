"""The package, its password, and about whom it is where that is not certain."""

import hashlib
import io
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.forms import SHORT_TEXT, MeldcodeForm, PublicIdField
from cases.files.content import Content, look_at
from cases.files.kinds import LARGEST, MEGABYTE, Refused
from cases.models import Pupil
from cases.names import fold
from cases.transfer.contents import Handed, NotAPackage, read
from cases.transfer.sealing import Broken, WrongPassword, opened
from cases.transfer.unlocking import Busy
from signals.forms import NORMAL, URGENCIES, of_schools, pupils_for, severity_of

BROKEN = _(
    "This is no package of Meldcode, or it is not whole. Ask the other school to send it anew."
)


class ReceiveForm(MeldcodeForm):
    """One package, opened by the password that the other school told.

    About whom it is, the package says; somebody chooses only where no pupil, or more than one, has
    that name and birth date.
    """

    file = forms.FileField(
        label=_("The package that you were sent"),
        help_text=_("The zip itself, as it came. Do not unpack it."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip", "data-largest": LARGEST}),
        error_messages={"empty": _("This file is empty. Choose the package itself.")},
    )
    password = forms.CharField(
        label=_("The password that the other school told you"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        max_length=100,
        strip=False,
    )
    urgency = forms.ChoiceField(
        label=_("How severe is it now, by what the other school told you?"),
        help_text=_("What was severe there can be over. You read it next, and can log more."),
        choices=URGENCIES,
        initial=NORMAL,
        widget=forms.RadioSelect,
    )
    pupil_query = forms.CharField(
        label=_("Search by name or class"), required=False, max_length=SHORT_TEXT
    )
    pupil = PublicIdField(
        label=_("Which pupil of your school is it?"),
        queryset=Pupil.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Choose a pupil of your school.")},
    )
    same = forms.BooleanField(
        label=_("Yes, this is the same pupil, though the name or the birth date differs"),
        required=False,
    )

    # What was in it, and the paper to keep; there once the form is found to be right.
    handed: Handed | None = None
    content: Content | None = None
    sha256 = ""
    # Nobody is found by name and birth date alone: then the page asks who it is.
    asks_who = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pupil"].queryset = self._pupils

    @property
    def _pupils(self) -> Any:
        ids = access.school_ids(self.user, Permission.RECEIVE_DOSSIER)
        return Pupil.objects.may_be_signalled_by(self.user).filter(school_id__in=ids)

    def clean_file(self) -> UploadedFile:
        """Refuse what is larger than a package can be."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise ValidationError(
                _("This file is too large. It may be %(megabytes)s MB at most.")
                % {"megabytes": LARGEST // MEGABYTE}
            )
        return upload

    def clean(self) -> dict[str, Any]:
        """Open the package, and find out about whom it is."""
        cleaned = super().clean()
        if cleaned.get("file") and cleaned.get("password") and not self.errors:
            self._open(cleaned["file"], cleaned["password"])
        if self.handed and not self.errors:
            self._find(cleaned)
        return cleaned

    def _open(self, upload: UploadedFile, password: str) -> None:
        try:
            found = opened(upload.file, password)
            self.handed = read(found.contents)
            self.content = look_at(io.BytesIO(found.pdf))
        except WrongPassword:
            message = _(
                "This password does not open the package. Look at capitals and spaces. Is it "
                "right? Then the package was changed on its way: ask the other school to send it "
                "anew."
            )
            self.add_error("password", message)
        except (Broken, NotAPackage, Refused):
            self.add_error("file", BROKEN)
        except Busy:
            message = _("Another package is taken in at this moment. Try again in a minute.")
            self.add_error("file", message)
        else:
            upload.seek(0)
            self.sha256 = hashlib.sha256(upload.read()).hexdigest()

    def _find(self, cleaned: dict[str, Any]) -> None:
        """Say in ``pupil`` about whom it is, or ask."""
        chosen = cleaned.get("pupil")
        if chosen is None:
            found = [
                one
                for one in self._pupils.filter(birth_date=self.handed.birth_date or None)
                if self.handed.birth_date and self._has_that_name(one)
            ]
            if len(found) == 1:
                cleaned["pupil"] = found[0]
                return
            self.asks_who = True
            message = _(
                "This dossier is about %(name)s. Nobody at your school is found by that name and "
                "birth date alone. Search and choose the pupil; is the pupil not there yet, then "
                "ask your administrator to add them first."
            )
            self.add_error("pupil", message % {"name": self.handed.name})
        elif not self._is(chosen) and not cleaned.get("same"):
            self.asks_who = True
            message = _("This dossier is about %(name)s. Is it the same pupil? Then say so below.")
            self.add_error("same", message % {"name": self.handed.name})

    def _is(self, pupil: Pupil) -> bool:
        return pupil.birth_date == self.handed.birth_date and self._has_that_name(pupil)

    def _has_that_name(self, pupil: Pupil) -> bool:
        return fold(pupil.name) == fold(self.handed.name)

    def _filled_in(self, data: QueryDict) -> dict[str, Any]:
        """Leave the password out: the key of the form is kept, and must say nothing of it."""
        filled_in = super()._filled_in(data)
        filled_in.pop("password", None)
        return filled_in

    @property
    def severity(self) -> dict[str, bool]:
        """Return how severe the signal is that it becomes."""
        return severity_of(self.values["urgency"])

    @property
    def key(self) -> uuid.UUID:
        """Return the key of this form with this file: another file is not taken for the first."""
        return uuid.uuid5(super().key, self.sha256)

    @property
    def pupil_options(self) -> list[Pupil]:
        """Return the pupils to choose from: the one chosen, and those that the search finds."""
        query = str(self["pupil_query"].value() or "")
        found = pupils_for(self.user, query) if query.strip() else []
        try:
            chosen = self.fields["pupil"].clean(self["pupil"].value())
        except ValidationError:
            chosen = None
        others = [pupil for pupil in found if pupil != chosen]
        return [*of_schools(self.user, [chosen]), *others] if chosen else others
