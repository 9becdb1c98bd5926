"""A dossier as PDF, by WeasyPrint."""

import re
from collections.abc import Callable

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from cases.dossier.contents import Dossier

# Of a text that nearly fills its line, WeasyPrint 70 puts the first word on a line of its own when
# the template's indentation stands around it.
INDENTATION = re.compile(r"(?<=>)\n\s*|\n\s*(?=</|<br)")


class RefusedURL(Exception):
    """Something in the dossier asked for an address; a dossier fetches nothing."""


class NothingFetched(URLFetcher):
    """Refuses every address, whatever kind it is. WeasyPrint asks it for each: pictures, fonts,
    stylesheets, attachments; what was refused is left out, and the dossier is made all the same.
    """

    def fetch(self, url: str, headers: object = None) -> None:
        """Raise ``RefusedURL``."""
        raise RefusedURL


def make_pdf(dossier: Dossier, progress: Callable[[int], None]) -> bytes:
    """Return the dossier as PDF (accessible, PDF/UA), in the language of whoever asked for it.

    ``progress`` hears how far it is, in percent. Everything that the paper shows stands in its
    template: no address is ever opened, whatever somebody typed into a record.
    """
    html = as_html(dossier)
    progress(40)
    return on_paper(html, progress)


def as_html(dossier: Dossier) -> str:
    """Return the dossier as the page that is printed."""
    with translation.override(dossier.export.requested_by.language):
        html = render_to_string("pdf/dossier.html", {"dossier": dossier, "case": dossier.case})
    return INDENTATION.sub("", html)


def on_paper(html: str, progress: Callable[[int], None]) -> bytes:
    """Return a page as PDF; no address in it is opened."""
    document = HTML(string=html, url_fetcher=NothingFetched()).render(pdf_variant="pdf/ua-1")
    progress(85)
    return document.write_pdf(pdf_variant="pdf/ua-1")
