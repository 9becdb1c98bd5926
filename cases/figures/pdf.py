"""The year report as PDF, by the same press as the dossier: it opens no address."""

from collections.abc import Callable

from django.template.loader import render_to_string
from django.utils import translation

from background.replica import reading_from_replica
from cases.dossier.pdf import on_paper, without_indentation
from cases.figures.bars import bars
from cases.figures.report import YearReport


def as_html(make: Callable[[], YearReport], language: str) -> str:
    """Return a report as the page that is printed; made in the language in which it is read."""
    with translation.override(language):
        with reading_from_replica():
            report = make()
        figures = [(table, bars(table)) for table in report.tables]
        html = render_to_string("pdf/year_report.html", {"report": report, "figures": figures})
    return without_indentation(html)


def make_pdf(
    make: Callable[[], YearReport], language: str, progress: Callable[[int], None]
) -> bytes:
    """Return a report as PDF; ``progress`` hears how far it is, in percent."""
    html = as_html(make, language)
    progress(40)
    return on_paper(html, progress)
