"""What is remembered of who saw and changed what (django-auditlog), in one place.

Narrative text never goes into the log: a model registers the fields that may.
"""

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.db import models

from accounts.models import User


def register(model: type[models.Model], fields: list[str]) -> None:
    """Remember changes of these fields of a model: states, codes and moments, never narrative."""
    auditlog.register(model, include_fields=fields)


def record_read(user: User, seen: models.Model, why: str = "") -> None:
    """Remember that somebody opened an object, and why where a reason was asked."""
    LogEntry.objects.log_create(
        seen,
        force_log=True,
        action=LogEntry.Action.ACCESS,
        actor=user,
        additional_data={"reason": why} if why else None,
    )
