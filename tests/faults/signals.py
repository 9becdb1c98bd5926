"""What somebody does in their browser; what they saw as saved is in the database."""

import re
from html import unescape

import requests
from django.utils import timezone

from cases.models import Case, Pupil
from signals.models import Signal
from tests.faults.house import Browser

NEW = "/signals/new/"
WORDS = 'Viel in de les in slaap <en> zei: "thuis is het \'s nachts druk".'


def filled_in(hidden: dict[str, str], pupil: Pupil) -> dict:
    """Return the form of a signal as somebody sends it."""
    return hidden | {
        "pupil": str(pupil.public_id),
        "facts": WORDS,
        "observed_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "categories": ["tired"],
        "urgency": "normal",
    }


def log_signal(browser: Browser, pupil: Pupil) -> requests.Response:
    """Fill in the form and send it."""
    return browser.send(NEW, filled_in(browser.hidden(NEW), pupil))


def is_saved(answer: requests.Response) -> None:
    """Assert that the answer says that a signal is saved, and that it is."""
    assert answer.status_code == 302, answer.status_code
    reference = re.fullmatch(r"/signals/([^/]+)/", answer.headers["Location"])[1]
    assert Signal.objects.get(reference=reference).facts == WORDS


def is_not_saved_and_kept(answer: requests.Response) -> None:
    """Assert that the answer says clearly that nothing is saved, and holds what was typed."""
    assert answer.status_code == 503, answer.status_code
    assert "niet opgeslagen" in answer.text
    assert WORDS in unescape(answer.text)


def ask_for_dossier(browser: Browser, case: Case) -> None:
    """Ask for the dossier of a case."""
    path = f"/cases/{case.reference}/dossier/"
    form = browser.hidden(path) | {"reason": "Overdracht naar een andere school."}
    assert "/cases/dossiers/" in browser.send(path, form).headers["Location"]
