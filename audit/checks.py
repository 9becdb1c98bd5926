"""What ``manage.py check --deploy`` says of the audit."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Ask for a key of the chain that is not the one that signs sessions."""
    if settings.AUDIT_KEY:
        return []
    return [
        Warning(
            "AUDIT_KEY is not set: the audit's chain hangs on SECRET_KEY, and breaks when that "
            "is renewed.",
            hint="Set AUDIT_KEY, long and random, and keep it apart from backups of the database.",
            id="audit.W001",
        )
    ]
