"""Reading in cases: who may see which rows, a question each."""

from cases.querysets.of_cases import (
    GRANTS,
    LISTED,
    AttachmentQuerySet,
    CaseQuerySet,
    ContactQuerySet,
    EmergencyAccessQuerySet,
    PupilQuerySet,
    RecordQuerySet,
    SavedViewQuerySet,
    ShutOutQuerySet,
    SiblingTieQuerySet,
    SnoozeQuerySet,
    united,
)
from cases.querysets.of_keeping import (
    DestructionQuerySet,
    DueQuerySet,
    HoldQuerySet,
    RightsRequestQuerySet,
)
from cases.querysets.of_papers import (
    DossierExportQuerySet,
    PupilImportQuerySet,
    YearExportQuerySet,
    YearPaperQuerySet,
)

__all__ = (
    "GRANTS",
    "LISTED",
    "AttachmentQuerySet",
    "CaseQuerySet",
    "ContactQuerySet",
    "DestructionQuerySet",
    "DossierExportQuerySet",
    "DueQuerySet",
    "EmergencyAccessQuerySet",
    "HoldQuerySet",
    "PupilImportQuerySet",
    "PupilQuerySet",
    "RecordQuerySet",
    "RightsRequestQuerySet",
    "SavedViewQuerySet",
    "ShutOutQuerySet",
    "SiblingTieQuerySet",
    "SnoozeQuerySet",
    "YearExportQuerySet",
    "YearPaperQuerySet",
    "united",
)
