"""Reading identity providers."""

from django.db import models

from accounts.sso.kinds import offered


class IdentityProviderQuerySet(models.QuerySet):
    """Questions about which provider vouches for whom."""

    def offered(self) -> "IdentityProviderQuerySet":
        """Return those of a kind that there is here: no SAML where it is not set."""
        return self.filter(kind__in=[kind.code for kind in offered()])

    def active(self) -> "IdentityProviderQuerySet":
        """Return those that are switched on."""
        return self.offered().filter(is_active=True)

    def of_domain(self, domain: str) -> "IdentityProviderQuerySet":
        """Return those switched on that may vouch for addresses of a domain, oldest first."""
        return self.active().filter(domains__domain=domain.lower()).order_by("pk")
