"""The files that go into a dossier: those that may be opened, as they are, within a bound."""

from collections.abc import Iterable

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from cases.dossier.variants import VARIANTS, About, left_out
from cases.errors import ActionError
from cases.files.kinds import MEGABYTE
from cases.models import Attachment, Case, DossierExport, ReceivedDossier

# All together. What is larger no mail program takes, and the worker holds it in memory; and the
# paper must fit into the page that checks it (``checking``).
LIMIT = 15 * MEGABYTE


def files_for(case: Case, variant: str, chosen: Iterable[str]) -> list[Attachment]:
    """Return the files that go into a kind of dossier: never one that was withdrawn."""
    row = VARIANTS[variant]
    if not row.files:
        return []
    files = list(Attachment.objects.served().filter(case=case))
    if row.chosen:
        keys = set(chosen)
        files = [file for file in files if f"attachments-{file.pk}" in keys]
    if left_out(About.SOURCE, row.code):  # a dossier that came says who told things there
        came = set(ReceivedDossier.objects.filter(case=case).values_list("file_id", flat=True))
        files = [file for file in files if file.pk not in came]
    return files


def may_hold(export: DossierExport, file: Attachment) -> bool:
    """Tell whether a file that was withdrawn can be in a paper: it was there when that was made.

    Or its title, in one of chosen records; the school's own names what was withdrawn.
    """
    chosen = VARIANTS[export.variant].chosen
    if not (export.with_files or chosen) or export.started_at is None:
        return False
    if chosen and f"attachments-{file.pk}" not in export.chosen:
        return False
    there_at_the_end = export.finished_at is None or file.recorded_at < export.finished_at
    return there_at_the_end and file.withdrawn_at >= export.started_at


def holds_what_was_withdrawn(export: DossierExport) -> bool:
    """Tell whether a file of a paper was withdrawn since it was begun: it may be in it still."""
    withdrawn = Attachment.objects.filter(case=export.case_id, withdrawn_at__isnull=False)
    return any(may_hold(export, file) for file in withdrawn)


def check_size(files: Iterable[Attachment]) -> None:
    """Raise ``ActionError`` when files are too large together."""
    size = sum(file.size for file in files)
    if size > LIMIT:
        message = _(
            "The files are %(size)s together; at most %(limit)s fits into one PDF. Leave the files "
            "out, or choose fewer."
        )
        values = {"size": filesizeformat(size), "limit": filesizeformat(LIMIT)}
        raise ActionError(message % values, field="with_files")
