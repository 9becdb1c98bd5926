"""The Meldcode as law that one can read: pure Python, no database, no request, no clock.

Hand ``guide`` the ``Facts`` of a case and it says what is done, what is asked next, how urgent
it is and why. The tables are ``STEPS``, ``PERIODS``, ``QUESTIONS`` and ``RULES``.
"""

from cases.protocol.facts import Attention, Facts
from cases.protocol.guide import Deadline, Guidance, StepState, Task, guide
from cases.protocol.periods import PERIODS, Period
from cases.protocol.questions import QUESTIONS, Question, report_indicated
from cases.protocol.rules import RULES, Kind, Rule
from cases.protocol.steps import STEPS, Step

__all__ = [
    "PERIODS",
    "QUESTIONS",
    "RULES",
    "STEPS",
    "Attention",
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
    "guide",
    "report_indicated",
]
