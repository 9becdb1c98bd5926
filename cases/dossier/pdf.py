"""A dossier as PDF, by WeasyPrint."""

import re
from collections.abc import Callable

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML

from cases.dossier.contents import Dossier

# Of a text that nearly fills its line, WeasyPrint 70 puts the first word on a line of its own when
# the template's indentation stands around it.
INDENTATION = re.compile(r"(?<=>)\n\s*|\n\s*(?=</|<br)")


class RefusedURL(Exception):
    """Something in the dossier asked for an address; a dossier fetches nothing."""


def make_pdf(dossier: Dossier, progress: Callable[[int], None]) -> bytes:
    """Return the dossier as PDF (accessible, PDF/UA), in the language of whoever asked for it.

    ``progress`` hears how far it is, in percent. Everything that the paper shows stands in its
    template: no address is ever opened, whatever somebody typed into a record.
    """
    with translation.override(dossier.export.requested_by.language):
        html = render_to_string("pdf/dossier.html", {"dossier": dossier, "case": dossier.case})
    html = INDENTATION.sub("", html)
    progress(40)
    document = HTML(string=html, url_fetcher=_refuse).render(pdf_variant="pdf/ua-1")
    progress(85)
    return document.write_pdf(pdf_variant="pdf/ua-1")


def _refuse(url: str, *args: object, **kwargs: object) -> None:
    raise RefusedURL
