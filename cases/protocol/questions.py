"""The questions of step 4, with what each answer leads to (R23 to R31).

The first three are Utrecht's [U]; the five weighing questions are those of the weighing framework
for education [A], with its branches: ``needs`` says after which answers a question is asked at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

YES, NO, DOUBT, LATER = "yes", "no", "doubt", "later"
ACUTE, STRUCTURAL = "acute", "structural"
UNSAFE = frozenset({ACUTE, STRUCTURAL, DOUBT})

SAYS_YES = pgettext_lazy("answer", "Yes")
SAYS_NO = pgettext_lazy("answer", "No")
SAYS_DOUBT = pgettext_lazy("answer", "In doubt")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and what follows from it (nothing: empty)."""

    code: str
    label: Promise
    follows: Promise | str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, answered with grounds. ``needs``: earlier question → the answers to it."""

    code: str
    rule: str
    source: str
    text: Promise
    help: Promise
    answers: tuple[Answer, ...]
    needs: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def asked(self, answers: Mapping[str, str]) -> bool:
        """Tell whether the question is asked, after these answers to the questions before it."""
        return all(answers.get(code) in allowed for code, allowed in self.needs.items())


GOES_ON = _("Go on with the next question.")
THINK = _("Keep this in mind with the weighing questions.")
REPORT = _("Then a report to Veilig Thuis is necessary.")
YES_NO_DOUBT = (Answer(YES, SAYS_YES), Answer(NO, SAYS_NO), Answer(DOUBT, SAYS_DOUBT))
SUSPECTED = {"suspicion": frozenset({YES, DOUBT})}
SAFE = SUSPECTED | {"unsafety": frozenset({NO})}
HELPABLE = SAFE | {"possible": frozenset({YES})}
ACCEPTED = HELPABLE | {"accepted": frozenset({YES})}

QUESTIONS: tuple[Question, ...] = (
    Question(
        "danger",
        "R23",
        "U",
        _("Is there direct physical danger for the pupil?"),
        _("Now or in the coming days: at home, on the way, from whom?"),
        (
            Answer(YES, SAYS_YES, _("Call Veilig Thuis now; in danger right now call 112.")),
            Answer(NO, SAYS_NO),
            Answer(DOUBT, SAYS_DOUBT, _("Ask Veilig Thuis: they weigh it with you.")),
        ),
    ),
    Question(
        "upbringing",
        "R23",
        "U",
        _("Does the situation at home hinder a safe and healthy development?"),
        _("Think of care, attention, violence between adults, addiction. What do you see of it?"),
        YES_NO_DOUBT,
    ),
    Question(
        "risks",
        "R23",
        "U",
        _("Are there risks for the pupil, in the short and the long term?"),
        _("What can go wrong when nothing changes? What protects the pupil?"),
        YES_NO_DOUBT,
    ),
    Question(
        "suspicion",
        "R25",
        "A",
        _("Weighing question 1: is there a suspicion of domestic violence or child abuse?"),
        _("On the basis of steps 1 to 4; a threat of it counts too."),
        (
            Answer(YES, SAYS_YES, GOES_ON),
            Answer(
                NO,
                SAYS_NO,
                _("Then a report is not necessary: write down why, and close the case in step 5."),
            ),
            Answer(DOUBT, SAYS_DOUBT, GOES_ON),
        ),
    ),
    Question(
        "unsafety",
        "R26",
        "A",
        _("Weighing question 2: is there acute or structural unsafety?"),
        _(
            "Acute: danger now, or protection or medical help needed now. Structural: it happens "
            "again or goes on, or there was unsafety before. A pupil who tells of it counts as one "
            "of the two, until you have weighed it with Veilig Thuis."
        ),
        (
            Answer(NO, SAYS_NO, GOES_ON),
            Answer(
                ACUTE,
                _("Yes, acute"),
                _(
                    "Then a report to Veilig Thuis is necessary: by telephone, at once. They walk "
                    "the last three questions with you."
                ),
            ),
            Answer(
                STRUCTURAL,
                _("Yes, structural"),
                _(
                    "Then a report to Veilig Thuis is necessary. They walk the last three "
                    "questions with you."
                ),
            ),
            Answer(
                DOUBT,
                SAYS_DOUBT,
                _(
                    "In doubt a report to Veilig Thuis is necessary. They walk the last three "
                    "questions with you."
                ),
            ),
        ),
        SUSPECTED,
    ),
    Question(
        "possible",
        "R29",
        "A",
        _("Weighing question 3: can effective help be given or organised?"),
        _("By your school, somebody in it, or a partner as the buurtteam."),
        (Answer(YES, SAYS_YES, GOES_ON), Answer(NO, SAYS_NO, REPORT)),
        SAFE,
    ),
    Question(
        "accepted",
        "R30",
        "A, U",
        _("Weighing question 4: do those involved accept the help, and do they take part?"),
        _("What did the pupil and the parents say, and what do you see them do?"),
        (Answer(YES, SAYS_YES, GOES_ON), Answer(NO, SAYS_NO, REPORT)),
        HELPABLE,
    ),
    Question(
        "works",
        "R31",
        "A, H",
        _("Weighing question 5: does the help give the agreed results in the agreed time?"),
        _("Safer, and better off: measured by what you agreed, not by goodwill."),
        (
            Answer(
                LATER,
                _("The help still has to start, or to run"),
                _("Then agree on results and a day to look at them, in step 5."),
            ),
            Answer(
                YES,
                SAYS_YES,
                _("Then a report is not necessary: close with agreements on watching on."),
            ),
            Answer(NO, SAYS_NO, _("Then a report to Veilig Thuis is necessary (again).")),
        ),
        ACCEPTED,
    ),
)

BY_CODE = {question.code: question for question in QUESTIONS}


def asked(answers: Mapping[str, str]) -> tuple[Question, ...]:
    """Return the questions that are asked, given the answers so far: the walk along the branches.

    An answer to a question that is not asked counts as not given.
    """
    given: dict[str, str] = {}
    found = []
    for question in QUESTIONS:
        if question.asked(given):
            found.append(question)
            if question.code in answers:
                given[question.code] = answers[question.code]
    return tuple(found)
