"""Pupil, Case, its steps, and the records of steps 3 and 4."""

from cases.models.assessment import Answer, Assessment
from cases.models.attachment import Attachment
from cases.models.case import Case, CaseUserObjectPermission, StepChange
from cases.models.contact import Contact
from cases.models.conversation import Conversation
from cases.models.destruction import (
    Destruction,
    DestructionList,
    DueItem,
    Hold,
    KeptCount,
    SchoolRetention,
    Tombstone,
)
from cases.models.deviation import Deviation
from cases.models.export import DossierExport, PaperJob, YearExport
from cases.models.help_item import HelpItem
from cases.models.look_back import LookBack
from cases.models.need_to_know import EmergencyAccess, ShutOut
from cases.models.notification import (
    Channel,
    Envelope,
    Notification,
    NotificationChoice,
    OutboxMessage,
)
from cases.models.period import SchoolPeriod
from cases.models.pupil import Pupil
from cases.models.pupil_import import PupilImport
from cases.models.push import PushSubscription
from cases.models.received import ReceivedDossier
from cases.models.record import Record
from cases.models.reminder import Reminder
from cases.models.rights_request import RightsRequest
from cases.models.saved_view import SavedView
from cases.models.sibling import SiblingTie
from cases.models.snooze import Snooze
from cases.models.statement import Statement
from cases.models.vacation import SchoolVacation
from cases.models.year_report import YearPaper, YearText

__all__ = [
    "Answer",
    "Assessment",
    "Attachment",
    "Case",
    "CaseUserObjectPermission",
    "Channel",
    "Contact",
    "Conversation",
    "Destruction",
    "DestructionList",
    "Deviation",
    "DossierExport",
    "DueItem",
    "EmergencyAccess",
    "Envelope",
    "HelpItem",
    "Hold",
    "KeptCount",
    "LookBack",
    "Notification",
    "NotificationChoice",
    "OutboxMessage",
    "PaperJob",
    "Pupil",
    "PupilImport",
    "PushSubscription",
    "ReceivedDossier",
    "Record",
    "Reminder",
    "RightsRequest",
    "SavedView",
    "SchoolPeriod",
    "SchoolRetention",
    "SchoolVacation",
    "ShutOut",
    "SiblingTie",
    "Snooze",
    "Statement",
    "StepChange",
    "Tombstone",
    "YearExport",
    "YearPaper",
    "YearText",
]
