"""The kinds of identity providers: how each is found, and which e-mail address it vouches for.

An address in a token is worth what its provider checked of it. Each kind has its own trap:

* **Entra** puts in ``email`` what any administrator typed (the "nOAuth" attack), and guests of
  other organisations stand in the same directory. So: guests never; ``email`` only where Entra says
  that it checked its domain (``xms_edov``), else the user name, whose domain it always checks.
* **Google** signs in all the world under one issuer, and private accounts may carry any address.
  So: only accounts of the school's own Workspace (``hd``).
* **SURFconext** passes on what each institution says. So: only the school's own institution
  (``schac_home_organization``).
* **Entree Federatie** (SAML) vouches for the people of all Dutch schools. So: only those whose home
  organisation is the school's own (its BRIN), and of those its staff, at each sign-in.
* **Others** have to say that they checked the address (``email_verified``).

After the first time nobody is known by address any more, but by the provider's own id (``sub``).
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Claims = Mapping[str, Any]
Domains = Collection[str]

WELL_KNOWN = "/.well-known/openid-configuration"
# Four characters for the institution, two more for one of its locations.
BRIN = re.compile(r"[0-9]{2}[A-Z]{2}([0-9]{2})?")
STAFF = frozenset({"employee", "staff"})
TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class ProviderKind:
    """One kind of provider."""

    code: str
    name: Promise | str
    # What was typed as tenant or address → the issuer; None when it cannot be one.
    issuer: Callable[[str], str | None]
    # Claims and the provider's domains → the address that it vouches for; None for none.
    address: Callable[[Claims, Domains], str | None]
    # Whether claims are asked for at the userinfo endpoint, beside those in the token.
    asks_userinfo: bool
    help: Promise
    # SAML instead of OpenID Connect: there where SAML is set only.
    is_saml: bool = False
    # Claims and the school's home organisation → whether it may be somebody of the school at all.
    is_of_school: Callable[[Claims, str], bool] = lambda claims, home: True


def domain_of(address: str) -> str:
    """Return the part of an e-mail address behind the last @, in small letters."""
    return address.rpartition("@")[2].lower()


def _entra_issuer(typed: str) -> str | None:
    tenant = typed.strip().lower()
    found = TENANT.fullmatch(tenant)
    return f"https://login.microsoftonline.com/{tenant}/v2.0" if found else None


def _typed_issuer(typed: str) -> str | None:
    return typed.strip().removesuffix(WELL_KNOWN) or None


def _entra_address(claims: Claims, domains: Domains) -> str | None:
    guest = claims.get("idp", claims.get("iss")) != claims.get("iss")
    if guest or str(claims.get("acct", 0)) != "0":
        return None
    checked = claims.get("xms_edov") in (True, 1, "1", "true", "True")
    return claims.get("email") if checked else claims.get("preferred_username")


def _google_address(claims: Claims, domains: Domains) -> str | None:
    ours = claims.get("hd") in domains and claims.get("email_verified") is True
    return claims.get("email") if ours else None


def _surfconext_address(claims: Claims, domains: Domains) -> str | None:
    ours = claims.get("schac_home_organization") in domains
    return claims.get("email") if ours and claims.get("email_verified") is not False else None


def _verified_address(claims: Claims, domains: Domains) -> str | None:
    return claims.get("email") if claims.get("email_verified") is True else None


def _entree_staff(claims: Claims, home: str) -> bool:
    """Tell whether somebody works at the school: a pupil of it never comes in, nor others."""
    said, roles = claims.get("home_organization"), claims.get("affiliation")
    if not (isinstance(said, str) and BRIN.fullmatch(said.upper()) and BRIN.fullmatch(home)):
        return False
    roles = {str(role).lower() for role in roles or ()}
    return said.upper().startswith(home) and bool(roles & STAFF) and "student" not in roles


KINDS: dict[str, ProviderKind] = {
    kind.code: kind
    for kind in (
        ProviderKind(
            "entra",
            "Microsoft Entra",
            _entra_issuer,
            _entra_address,
            False,
            _(
                "Entra admin centre, App registrations: register a web app for accounts in this "
                "directory only. Directory (tenant) ID and Application (client) ID stand on its "
                "overview; make the secret under Certificates and secrets. Do people have another "
                "e-mail address than user name? Then add the optional claims email and xms_edov to "
                "the ID token."
            ),
        ),
        ProviderKind(
            "google",
            "Google Workspace",
            lambda typed: "https://accounts.google.com",
            _google_address,
            False,
            _(
                "Google Cloud console, APIs and Services, Credentials: make an OAuth client ID of "
                "the type web application, in a project of your Workspace with audience Internal. "
                "The main domain of your Workspace must stand among the domains below."
            ),
        ),
        ProviderKind(
            "surfconext",
            "SURFconext",
            lambda typed: "https://connect.surfconext.nl",
            _surfconext_address,
            True,
            _(
                "SURF Service Provider Dashboard: add an OpenID Connect entity, and ask for the "
                "attributes e-mail, name and home organisation (schac_home_organization). Your "
                "home organisation must stand among the domains below."
            ),
        ),
        ProviderKind(
            "other",
            _("Another provider (OpenID Connect)"),
            _typed_issuer,
            _verified_address,
            True,
            _(
                "Any provider with a discovery page (/.well-known/openid-configuration) that says "
                "which e-mail addresses it checked (email_verified)."
            ),
        ),
        ProviderKind(
            "entree",
            "Entree Federatie (Kennisnet)",
            lambda typed: typed.strip() or None,
            lambda claims, domains: claims.get("email"),
            False,
            _(
                "Entity ID, sign-in address and certificate stand in the metadata of Entree "
                "Federatie, that Kennisnet publishes. Ask Kennisnet to connect Meldcode with the "
                "metadata that you get here once you have saved, and sign the Attribute Release "
                "Policy for the attribute mail."
            ),
            is_saml=True,
            is_of_school=_entree_staff,
        ),
    )
}


def offered() -> list[ProviderKind]:
    """Return the kinds that there are here: SAML only where it is set."""
    return [kind for kind in KINDS.values() if settings.SAML or not kind.is_saml]
