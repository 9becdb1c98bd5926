"""The files of an export, read to be embedded: by the worker alone, as it knows WeasyPrint."""

from weasyprint import Attachment as Embedded

from cases.dossier.enclosed import check_size, files_for
from cases.dossier.press import embedded
from cases.models import Case, DossierExport


def enclosed(export: DossierExport, case: Case) -> list[Embedded]:
    """Return the files of an export, to embed; read here, and not before.

    Raises ``ActionError`` when more was added since it was asked for than fits.
    """
    if not export.with_files:
        return []
    files = files_for(case, export.variant, export.chosen)
    check_size(files)
    made = []
    for file in files:
        with file.file.open("rb") as stored:
            data = stored.read()
        made.append(embedded(data, file.served_name, f"SHA-256 {file.sha256}", file.recorded_at))
    return made
