"""Whether a paper is one of ours, to the byte: by its SHA-256, which outlives the file."""

import hashlib

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from audit.log import record_read
from cases.files.kinds import LARGEST, MEGABYTE
from cases.models import DossierExport

# In the trail, in the words of who reads it.
CHECKED = gettext_noop("checked a paper")


class CheckForm(forms.Form):
    """One PDF. It is read once, for its SHA-256, and not kept."""

    file = forms.FileField(
        label=_("Choose the PDF"),
        help_text=_("We look whether it is one of ours, and keep nothing of it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"empty": _("This file is empty. Choose the PDF itself.")},
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is larger than any paper of ours."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            message = _("This file is larger than any dossier of ours: at most %(megabytes)s MB.")
            raise forms.ValidationError(message % {"megabytes": LARGEST // MEGABYTE})
        return upload


def digest(upload: UploadedFile) -> str:
    """Return the SHA-256 of an upload, without keeping it."""
    found = hashlib.sha256()
    for chunk in upload.chunks():
        found.update(chunk)
    return found.hexdigest()


def known_paper(sha256: str, by: User) -> DossierExport | None:
    """Return the export that a paper is, of a case that the user may export; None: none of those.

    That somebody heard so leaves a row in the trail.
    """
    exports = DossierExport.objects.of_exportable(by).select_related("case", "requested_by")
    found = exports.filter(sha256=sha256).first()
    if found is not None:
        record_read(by, found, note=CHECKED)
    return found
