"""Why a dossier is exported."""

from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm


class ExportForm(MeldcodeForm):
    """The reason: it stands on the cover, in the case and in the audit."""

    reason = LongTextField(
        label=_("Why do you export this dossier?"),
        help_text=_("For whom, and on what ground. It stands on the cover and in the case."),
        min_length=10,
        max_length=1000,
        error_messages={"min_length": _("Write a few words more: for whom, and on what ground.")},
    )
