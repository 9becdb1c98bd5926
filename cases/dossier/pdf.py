"""A dossier as PDF: composed for whom it is meant, set in type, and printed (``press``)."""

import re
from collections.abc import Callable

from django.template.loader import render_to_string
from django.utils import translation

from cases.dossier.contents import Composer, Dossier
from cases.dossier.embedding import enclosed
from cases.dossier.lock import locked, unseal
from cases.dossier.press import LOCKED, on_paper

# Of a text that nearly fills its line, WeasyPrint 70 puts the first word on a line of its own when
# the template's indentation stands around it. Each blank is looked at once, however many somebody
# typed: of what precedes a line's end only a beginning counts.
INDENTATION = re.compile(r"(?<=>)\n\s*|(?<!\s)([^\S\n]*)\n\s*+(?=</|<br)")


def make_pdf(dossier: Dossier, progress: Callable[[int], None]) -> bytes:
    """Return the dossier as PDF, in the language of whoever asked for it.

    ``progress`` hears how far it is, in percent. Everything that the paper shows stands in its
    template: no address is ever opened, whatever somebody typed into a record.
    """
    export = dossier.export
    files = enclosed(export, dossier.case)
    html = as_html(dossier)
    del dossier  # a thousand records: what the printer needs, stands in the page
    progress(25)
    if not export.protected:
        return on_paper(html, progress, files)
    password = unseal(export.sealed_password)  # before the work: without it nothing is made
    return locked(on_paper(html, progress, files, LOCKED), password)


def as_html(dossier: Dossier) -> str:
    """Return the dossier as the page that is printed."""
    composer = Composer(dossier)
    with translation.override(dossier.export.requested_by.language):
        context = {
            "dossier": dossier,
            "case": dossier.case,
            "variant": dossier.variant,
            "composer": composer,
            **composer.cover(),
        }
        name = "pdf/summary.html" if dossier.variant.one_page else "pdf/dossier.html"
        html = render_to_string(name, context)
    return without_indentation(html)


def without_indentation(html: str) -> str:
    """Return a page without the blanks that stand in it for who reads its template."""
    return INDENTATION.sub(r"\1", html)
