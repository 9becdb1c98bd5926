"""Signing in by one's address, and what an administrator says of a provider."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from accounts.forms import LongTextField, MeldcodeForm
from accounts.models import IdentityProvider, School
from accounts.people.forms import NameField, SchoolForm
from accounts.sso.fetch import check_url
from accounts.sso.kinds import BRIN, KINDS, domain_of
from accounts.sso.saml import keys

PART = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{4,253}}$)({PART}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])")
MOST_DOMAINS = 20
# Anybody can have an address there: no school vouches for those.
OF_EVERYBODY = frozenset(
    {
        "gmail.com", "googlemail.com", "hotmail.com", "hotmail.nl", "outlook.com", "outlook.nl",
        "live.com", "live.nl", "msn.com", "icloud.com", "me.com", "mac.com", "yahoo.com",
        "yahoo.nl", "gmx.com", "gmx.net", "proton.me", "protonmail.com", "ziggo.nl", "upcmail.nl",
        "casema.nl", "chello.nl", "home.nl", "quicknet.nl", "kpnmail.nl", "kpnplanet.nl",
        "planet.nl", "hetnet.nl", "xs4all.nl", "telfort.nl", "online.nl", "solcon.nl",
        "zonnet.nl", "tele2.nl", "caiway.nl",
    }
)  # fmt: skip


class AddressForm(forms.Form):
    """Whoever signs in by their school says their e-mail address: its domain says which school."""

    email = forms.EmailField(
        label=_("Your e-mail address at school"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )

    def clean_email(self) -> str:
        """Find the provider, as ``self.provider``; refuse a domain that has none."""
        address = self.cleaned_data["email"]
        found = IdentityProvider.objects.of_domain(domain_of(address)).select_related("school")
        self.provider = found.first()
        if self.provider is None:
            raise ValidationError(
                _(
                    "No school signs in with addresses of this domain. Look at the address, or "
                    "sign in with your password."
                )
            )
        return address


class CommonFields(MeldcodeForm):
    """What is asked of every provider."""

    name = NameField(
        label=_("Name"),
        max_length=120,
        help_text=_("As your people know it, such as: school account of De Linde."),
    )
    domains = LongTextField(
        label=_("E-mail domains"),
        rows=2,
        max_length=2000,
        help_text=_(
            "One on each line, such as delinde.example. Only for addresses of these domains, that "
            "are the school's own, the provider is believed."
        ),
    )

    def clean_domains(self) -> list[str]:
        """Return the domains, in small letters, each once."""
        typed = self.cleaned_data["domains"].lower().replace(",", " ").split()
        domains = sorted({domain.lstrip("@") for domain in typed})
        if len(domains) > MOST_DOMAINS:
            raise ValidationError(_("Fill in no more than twenty domains."))
        for domain in domains:
            if not DOMAIN.fullmatch(domain):
                raise ValidationError(
                    _("This is no domain: %(domain)s."), params={"domain": domain}
                )
            if domain in OF_EVERYBODY:
                raise ValidationError(
                    _("Anybody can have an address there: %(domain)s."), params={"domain": domain}
                )
        return domains


class ProviderFields(CommonFields):
    """What is asked of a provider that speaks OpenID Connect, new or not."""

    kind = forms.ChoiceField(
        label=_("Where do people have their school account?"),
        choices=[(kind.code, kind.name) for kind in KINDS.values() if not kind.is_saml],
        widget=forms.RadioSelect,
    )
    location = forms.CharField(
        label=_("Tenant ID, or address"),
        max_length=300,
        required=False,
        help_text=_(
            "Entra: the directory (tenant) ID. Another provider: its address, with https. "
            "Google and SURFconext: leave empty."
        ),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=191)
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Kept encrypted, and never shown again."),
    )
    field_order = ("kind", "name", "location", "client_id", "client_secret", "domains", "school")

    def clean(self) -> dict[str, Any]:
        """Ask where the provider is, of the kinds that do not stand in one place."""
        cleaned = super().clean()
        kind, typed = cleaned.get("kind"), cleaned.get("location", "")
        if kind and "location" not in self.errors and KINDS[kind].issuer(typed) is None:
            self.add_error("location", _("Fill in the tenant ID (Entra), or the address (others)."))
        return cleaned


class NewProviderForm(SchoolForm, ProviderFields):
    """A provider for one of the schools that one looks after."""

    def __init__(self, *args: Any, schools: list[School], **kwargs: Any) -> None:
        super().__init__(*args, schools=schools, **kwargs)


class ProviderForm(ProviderFields):
    """What changes of a provider; the secret only when a new one is filled in."""

    def __init__(self, *args: Any, provider: IdentityProvider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_secret"].required = False
        self.fields["client_secret"].help_text = _("Leave empty to keep the one there is.")
        for field in ("kind", "name", "client_id"):
            self.initial.setdefault(field, getattr(provider, field))
        self.initial.setdefault("location", location_of(provider))
        self.initial.setdefault("domains", "\n".join(provider.domain_names))


def location_of(provider: IdentityProvider) -> str:
    """Return what one typed to say where the provider is."""
    if provider.kind == "entra":
        return provider.issuer.removesuffix("/v2.0").rpartition("/")[2]
    return provider.issuer if provider.kind == "other" else ""


class SamlFields(CommonFields):
    """What is asked of Entree Federatie, new or not."""

    location = forms.CharField(
        label=_("Entity ID of Entree Federatie"),
        max_length=300,
        help_text=_("In its metadata: entityID."),
    )
    sign_in_url = forms.CharField(
        label=_("Sign-in address of Entree Federatie"),
        max_length=300,
        help_text=_("In its metadata: SingleSignOnService, the one with HTTP-Redirect."),
    )
    certificate = LongTextField(
        label=_("Certificate of Entree Federatie"),
        rows=6,
        help_text=_("In its metadata: X509Certificate. It is how its answers are known as true."),
    )
    home_organization = forms.CharField(
        label=_("BRIN of your school"),
        max_length=6,
        help_text=_(
            "Such as 00AB, or 00AB01 for one location. Entree Federatie signs in people of all "
            "schools; only staff with this BRIN come in here."
        ),
    )
    field_order = (
        "name", "location", "sign_in_url", "certificate", "home_organization", "domains", "school"
    )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        """Return what was filled in, with the one kind there is."""
        return {**super().values, "kind": "entree"}

    def clean_sign_in_url(self) -> str:
        """Return the address; people are sent to https only."""
        typed = self.cleaned_data["sign_in_url"]
        try:
            check_url(typed)
            URLValidator()(typed)
        except (RequestException, ValidationError) as error:
            raise ValidationError(_("Fill in an address that begins with https.")) from error
        return typed

    def clean_certificate(self) -> str:
        """Return the certificate, always written the same way."""
        try:
            found = keys.certificate_of(self.cleaned_data["certificate"])
        except ValueError as error:
            raise ValidationError(
                _("This is no certificate that we can read. Copy all of it, and nothing else.")
            ) from error
        if found.not_valid_after_utc < timezone.now():
            raise ValidationError(_("This certificate has expired. Take the one of today."))
        return keys.as_pem(found)

    def clean_home_organization(self) -> str:
        """Return the BRIN, in capitals."""
        typed = self.cleaned_data["home_organization"].upper()
        if not BRIN.fullmatch(typed):
            raise ValidationError(_("A BRIN is such as 00AB, or 00AB01 for one location."))
        return typed


class NewSamlProviderForm(SchoolForm, SamlFields):
    """Entree Federatie for one of the schools that one looks after."""

    def __init__(self, *args: Any, schools: list[School], **kwargs: Any) -> None:
        super().__init__(*args, schools=schools, **kwargs)


class SamlProviderForm(SamlFields):
    """What changes of how a school signs in through Entree Federatie."""

    def __init__(self, *args: Any, provider: IdentityProvider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ("name", "sign_in_url", "certificate", "home_organization"):
            self.initial.setdefault(field, getattr(provider, field))
        self.initial.setdefault("location", provider.issuer)
        self.initial.setdefault("domains", "\n".join(provider.domain_names))
