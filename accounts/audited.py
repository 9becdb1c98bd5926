"""Which fields of people's rows the audit remembers: roles and moments, no address, no name."""

from collections.abc import Callable
from operator import attrgetter

from django.db import models

from accounts.models import IdentityProvider, Membership, ProviderDomain, RoleInvitation

AUDITED: dict[type[models.Model], list[str]] = {
    Membership: ["user", "role", "school", "buurtteam", "starts_on", "ends_on", "ended_at"],
    RoleInvitation: ["role", "ends_on", "accepted_at", "accepted_by", "withdrawn_at"],
    IdentityProvider: [
        "kind",
        "issuer",
        "sign_in_url",
        "trust",
        "home_organization",
        "is_active",
    ],
    ProviderDomain: ["domain"],
}

# Whose trail it stands in.
ABOUT: dict[type[models.Model], Callable[[models.Model], models.Model | None]] = {
    Membership: attrgetter("school"),
    RoleInvitation: attrgetter("school"),
    IdentityProvider: attrgetter("school"),
    ProviderDomain: attrgetter("provider.school"),
}
