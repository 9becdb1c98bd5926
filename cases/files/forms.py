"""A file with what it is called, and why one does not belong in a case."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm
from cases.files.content import Content, look_at
from cases.files.kinds import KINDS, LARGEST, MEGABYTE, Refused, accepts, allowed


def _hint() -> str:
    limits = {"kinds": allowed(), "megabytes": KINDS["jpeg"].limit // MEGABYTE}
    return _("You can add %(kinds)s. Up to %(megabytes)s MB; a PDF up to %(pdf)s MB.") % {
        **limits, "pdf": KINDS["pdf"].limit // MEGABYTE,
    }  # fmt: skip


class AttachForm(MeldcodeForm):
    """One file, judged by its content; the name that it came with is left behind."""

    file = forms.FileField(
        label=_("Choose a file, or take a picture"),
        help_text=lazy(_hint, str)(),
        widget=forms.FileInput(attrs={"accept": accepts(), "data-largest": LARGEST}),
    )
    title = forms.CharField(
        label=_("What is it?"),
        help_text=_("As: letter of the doctor of 3 March, or overview of absence."),
        max_length=120,
    )

    # What is kept of the file; there once the form is found to be right.
    content: Content | None = None

    def clean_file(self) -> UploadedFile:
        """Judge the file, and clean it."""
        upload = self.cleaned_data["file"]
        try:
            self.content = look_at(upload.file)
        except Refused as refused:
            raise ValidationError(refused.message, code="refused") from refused
        return upload

    @property
    def key(self) -> uuid.UUID:
        """Return the key of this form with this file: another file is not taken for the first."""
        return uuid.uuid5(super().key, self.content.sha256)


class WithdrawForm(MeldcodeForm):
    """Why a file does not belong in a case."""

    why = LongTextField(
        label=_("Why does this file not belong here?"),
        help_text=_("Your name and your reason stay in the case. Nobody can open the file."),
        max_length=2000,
        rows=2,
    )
