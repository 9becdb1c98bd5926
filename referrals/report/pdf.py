"""A filed report as PDF, by the same press as the dossier: it opens no address."""

from collections.abc import Callable
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from cases.dossier.pdf import without_indentation
from cases.dossier.press import on_paper
from referrals.report.fill import LANGUAGE
from referrals.report.lines import is_anonymous, parts, reference_of
from referrals.report.models import Report


def as_html(report: Report, made_at: datetime) -> str:
    """Return a report as the page that is printed; in Dutch, for Veilig Thuis reads it."""
    texts = report.contents
    with translation.override(LANGUAGE):
        html = render_to_string(
            "pdf/report.html",
            {
                "report": report,
                "reference": reference_of(report),
                "parts": parts(texts),
                "anonymous": is_anonymous(texts),
                "anonymous_reason": texts.get("anonymous_reason", ""),
                "made_at": made_at,
            },
        )
    return without_indentation(html)


def make_pdf(report: Report, made_at: datetime, progress: Callable[[int], None]) -> bytes:
    """Return a report as PDF; ``progress`` hears how far it is, in percent."""
    html = as_html(report, made_at)
    progress(40)
    return on_paper(html, progress)
