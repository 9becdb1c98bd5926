"""What destroying a case does with the rows of this room (``cases.destruction.fates``).

What others were shown of the case (``SharedPiece``) hangs on the consultation, and goes with it:
there is no other copy. A meeting stays: it says when the care team met, and nothing of a case.
"""

from cases.destruction.fates import Fate
from consultations.models import (
    Advice,
    AgendaItem,
    Consultation,
    Invitation,
    Mention,
    ProposedTime,
    ReadMark,
    SharedPiece,
    TimeAnswer,
)

TABLE = (
    Fate(Consultation, case=("case",)),
    Fate(SharedPiece, case=("consultation__case",)),
    Fate(Invitation, case=("consultation__case",)),
    Fate(Advice, case=("consultation__case",)),
    Fate(Mention, case=("advice__consultation__case",)),
    Fate(ReadMark, case=("consultation__case",)),
    Fate(ProposedTime, case=("consultation__case",)),
    Fate(TimeAnswer, case=("time__consultation__case",)),
    Fate(AgendaItem, case=("case",)),
)
