"""The questions of the severity assessment, with what the answers mean (R23 to R28)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

YES, NO, DOUBT = "yes", "no", "doubt"
ACUTE, STRUCTURAL = "acute", "structural"

YES_NO_DOUBT = (
    (YES, pgettext_lazy("answer", "Yes")),
    (NO, pgettext_lazy("answer", "No")),
    (DOUBT, pgettext_lazy("answer", "In doubt")),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, answered with grounds."""

    code: str
    rule: str
    source: str
    text: Promise
    help: Promise
    answers: tuple[tuple[str, Promise], ...] = YES_NO_DOUBT


QUESTIONS: tuple[Question, ...] = (
    Question(
        "danger",
        "R23",
        "U",
        _("Is there direct physical danger for the pupil?"),
        _("Now or in the coming days: at home, on the way, from whom?"),
    ),
    Question(
        "upbringing",
        "R23",
        "U",
        _("Does the situation at home hinder a safe and healthy development?"),
        _("Think of care, attention, violence between adults, addiction. What do you see of it?"),
    ),
    Question(
        "risks",
        "R23",
        "U",
        _("Are there risks for the pupil, in the short and the long term?"),
        _("What can go wrong when nothing changes? What protects the pupil?"),
    ),
    Question(
        "suspicion",
        "R25",
        "A",
        _("Weighing question 1: is there a suspicion of domestic violence or child abuse?"),
        _("On the basis of steps 1 to 4. No: record why, and close the case in step 5."),
    ),
    Question(
        "unsafety",
        "R26",
        "A",
        _("Weighing question 2: is there acute or structural unsafety?"),
        _(
            "Acute: danger now, or protection or medical help needed now. Structural: it happens "
            "again or goes on. Yes, or in doubt: report to Veilig Thuis."
        ),
        (
            (NO, pgettext_lazy("answer", "No")),
            (ACUTE, _("Yes, acute")),
            (STRUCTURAL, _("Yes, structural")),
            (DOUBT, pgettext_lazy("answer", "In doubt")),
        ),
    ),
)


def report_indicated(answers: Mapping[str, str]) -> bool:
    """Tell whether the answers ask for a report: unsafety, or doubt about it (R26). [A]"""
    return answers.get("unsafety") in {ACUTE, STRUCTURAL, DOUBT}
