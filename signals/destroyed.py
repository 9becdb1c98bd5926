"""What destroying a case does with the rows of this room (``cases.destruction.fates``)."""

from cases.destruction.fates import Fate
from signals.models import InjuryMark, Signal, SignalCategory, SignalFinding

TABLE = (
    Fate(Signal, case=("case",)),
    Fate(SignalCategory, case=("signal__case",)),
    Fate(InjuryMark, case=("signal__case",)),
    Fate(SignalFinding, case=("case",)),
)
