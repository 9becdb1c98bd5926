"""Reading identity providers."""

from django.db import models


class IdentityProviderQuerySet(models.QuerySet):
    """Questions about which provider vouches for whom."""

    def active(self) -> "IdentityProviderQuerySet":
        """Return those that are switched on."""
        return self.filter(is_active=True)

    def of_domain(self, domain: str) -> "IdentityProviderQuerySet":
        """Return those switched on that may vouch for addresses of a domain, oldest first."""
        return self.active().filter(domains__domain=domain.lower()).order_by("pk")
