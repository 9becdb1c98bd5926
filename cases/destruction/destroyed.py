"""What destroying does with the rows of this room (``cases.destruction.fates``)."""

from django.db.models import Q

from cases.destruction.fates import Fate
from cases.models import (
    Answer,
    Assessment,
    Attachment,
    Case,
    CaseUserObjectPermission,
    Conversation,
    Deviation,
    DossierExport,
    DueItem,
    EmergencyAccess,
    Hold,
    LookBack,
    Notification,
    OutboxMessage,
    Pupil,
    ReceivedDossier,
    Reminder,
    RightsRequest,
    ShutOut,
    SiblingTie,
    Snooze,
    Statement,
    StepChange,
)

# The search words of a record stand in its row, and go with it.
TABLE = (
    Fate(Case, case=("pk",)),
    Fate(CaseUserObjectPermission, case=("content_object",)),
    Fate(StepChange, case=("case",)),
    Fate(Assessment, case=("case",)),
    Fate(Answer, case=("assessment__case",)),
    # Whoever sends lists of pupils knows which child came from another school, and reads the
    # certificate of their case.
    Fate(Attachment, case=("case",), files=("file",), untold=Q(received__isnull=False)),
    Fate(ReceivedDossier, case=("case",), untold=Q(pk__isnull=False)),
    Fate(Conversation, case=("case",)),
    Fate(Deviation, case=("case",)),
    Fate(LookBack, case=("case",)),
    Fate(Statement, case=("case",)),
    Fate(Snooze, case=("case",)),
    Fate(DossierExport, case=("case",), files=("file", "of_year__file")),
    Fate(EmergencyAccess, case=("case",)),
    Fate(Reminder, case=("case",)),
    Fate(Notification, case=("case", "reminder__case")),
    Fate(OutboxMessage, case=("notification__case", "notification__reminder__case")),
    Fate(Hold, case=("case",)),
    Fate(DueItem, case=("case",), pupil=("pupil",)),
    # One that was set in this case keeps its person out of the pupil's others as well: it goes
    # with the pupil (``erasing`` takes it off the case).
    Fate(ShutOut, pupil=("pupil",)),
    Fate(Pupil, pupil=("pk",)),
    Fate(SiblingTie, pupil=("first", "second")),
    # That it was asked, when, and how it ended: the school must be able to show it.
    Fate(
        RightsRequest,
        pupil=("pupil",),
        emptied={"pupil": None, "grounds": []}
        | dict.fromkeys(("asked_by", "words", "handed_over", "explained", "extended_why"), ""),
    ),
    # Who does not see it, or its answer, does not see it after that either.
    Fate(RightsRequest.kept_from.through, pupil=("rightsrequest__pupil",), stays=True),
    Fate(RightsRequest.unread_by.through, pupil=("rightsrequest__pupil",), stays=True),
)
