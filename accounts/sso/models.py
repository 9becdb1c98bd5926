"""The identity provider of a school, and the domains it may vouch for."""

import hashlib
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.crypto import cipher
from accounts.sso.kinds import KINDS, ProviderKind
from accounts.sso.querysets import IdentityProviderQuerySet

SALT = "accounts.sso"


def trust_of(kind: str, issuer: str, client_id: str) -> str:
    """Return by what two schools are known to trust the very same provider, in the same way.

    What is linked and who is signed in hangs on it: another issuer or client, and it is gone.
    """
    return hashlib.sha256(f"{kind}\n{issuer}\n{client_id}".encode()).hexdigest()


class IdentityProvider(models.Model):
    """That a school lets a provider say who somebody is. The second factor stays ours."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(
        "accounts.School", on_delete=models.CASCADE, related_name="identity_providers"
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=[(k.code, k.name) for k in KINDS.values()]
    )
    name = models.CharField(_("name"), max_length=120)
    # As the provider writes it itself, to the letter: tokens are held against it.
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=191, blank=True)
    # Of SAML: where it signs people in, with what it signs (PEM), and the BRIN of the school.
    sign_in_url = models.CharField(max_length=300, blank=True, default="", db_default="")
    certificate = models.TextField(blank=True, default="", db_default="")
    home_organization = models.CharField(max_length=6, blank=True, default="", db_default="")
    # Encrypted: a backup alone signs nobody in. The client secret, or our own key (SAML).
    encrypted_secret = models.TextField(editable=False)
    trust = models.CharField(max_length=64, db_index=True, editable=False)
    is_active = models.BooleanField(default=True)
    # Of what whoever leads is told at once; empty: before this was kept.
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = IdentityProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("school", "trust"), name="one_provider_per_school_and_client"
            ),
        )

    def __str__(self) -> str:
        return f"identity provider {self.public_id}"

    @property
    def rules(self) -> ProviderKind:
        """Return what holds for this kind of provider."""
        return KINDS[self.kind]

    @property
    def own_trust(self) -> str:
        """Return what ``trust`` is to be.

        Of SAML the certificate counts: whoever puts in another could speak for all of its people.
        """
        client = f"{self.home_organization}\n{self.certificate}"
        return trust_of(self.kind, self.issuer, client if self.rules.is_saml else self.client_id)

    @property
    def secret(self) -> str:
        """Return the secret, or our own key. Raises ``InvalidToken`` with another SECRET_KEY."""
        return cipher(SALT).decrypt(self.encrypted_secret.encode()).decode()

    @secret.setter
    def secret(self, text: str) -> None:
        """Keep it, encrypted."""
        self.encrypted_secret = cipher(SALT).encrypt(text.encode()).decode()

    @property
    def domain_names(self) -> list[str]:
        """Return the domains that it may vouch for, in order."""
        return sorted(row.domain for row in self.domains.all())


class ProviderDomain(models.Model):
    """A domain of e-mail addresses that a provider may vouch for."""

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=253, db_index=True)

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "domain"), name="each_domain_once_per_provider"
            ),
        )

    def __str__(self) -> str:
        return self.domain
