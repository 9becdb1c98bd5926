"""Which fields of tokens the audit remembers: what they may do and until when, no secret."""

from collections.abc import Callable
from operator import attrgetter

from django.db import models

from api.models import ApiToken

AUDITED: dict[type[models.Model], list[str]] = {
    ApiToken: ["school", "scopes", "expires_on", "made_by", "revoked_at", "revoked_by"],
}

# Whose trail it stands in.
ABOUT: dict[type[models.Model], Callable[[models.Model], models.Model | None]] = {
    ApiToken: attrgetter("school"),
}
