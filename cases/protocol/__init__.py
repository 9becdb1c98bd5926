"""The Meldcode as law that one can read: pure Python, no database, no request, no clock.

Hand ``guide`` the ``Facts`` of a case and it says what is done, what is asked next, how urgent
it is and why. The tables are ``STEPS``, ``PERIODS``, ``QUESTIONS``, ``CONTACTS`` and ``RULES``.
"""

from cases.protocol.contacts import CONTACTS, Contact
from cases.protocol.facts import Attention, Facts
from cases.protocol.guide import (
    Course,
    Deadline,
    Guidance,
    StepState,
    Task,
    TwoDecisions,
    course,
    guide,
)
from cases.protocol.periods import PERIODS, Period
from cases.protocol.questions import QUESTIONS, Question
from cases.protocol.rules import RULES, Kind, Rule
from cases.protocol.steps import STEPS, Step

__all__ = [
    "CONTACTS",
    "PERIODS",
    "QUESTIONS",
    "RULES",
    "STEPS",
    "Attention",
    "Contact",
    "Course",
    "Deadline",
    "Facts",
    "Guidance",
    "Kind",
    "Period",
    "Question",
    "Rule",
    "Step",
    "StepState",
    "Task",
    "TwoDecisions",
    "course",
    "guide",
]
