"""Our provider for allauth: its code flow with our nonce, our checks and our guarded fetches.

allauth keeps the state in the session, sends the browser off (PKCE), trades the code for the token
and signs in. Only our own URLs lead there: allauth's take scope and parameters from the address.
"""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.contrib import messages
from django.db import models
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext as _

from accounts.sessions import LED_IN
from accounts.sso import actions, discovery, tokens
from accounts.sso.fetch import GuardedSession
from accounts.sso.models import IdentityProvider

logger = logging.getLogger(__name__)


def callback_address(request: HttpRequest, provider: IdentityProvider) -> str:
    """Return the redirect URI to enter at the provider: each its own, against mixing them up."""
    return build_absolute_uri(request, reverse("sso:callback", args=[provider.public_id]))


def app_of(provider: IdentityProvider) -> SocialApp:
    """Return the provider as allauth takes it; never stored."""
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=str(provider.public_id),
        name=provider.name,
        client_id=provider.client_id,
        secret=provider.secret,
        settings={"server_url": provider.issuer},
    )


def nonce_of(state: str) -> str:
    """Return the nonce that belongs to a state: the token must have been made for this sign-in."""
    return salted_hmac("accounts.sso.nonce", state, algorithm="sha256").hexdigest()


# What reading raises of an answer that is no JSON, or none that anybody would send: nested without
# end, a number of five thousand digits, half a character.
NO_ANSWER = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


class SchoolConnection(OpenIDConnectOAuth2Adapter):
    """One conversation with a school's provider."""

    def __init__(self, request: HttpRequest, provider: IdentityProvider) -> None:
        super().__init__(request, str(provider.public_id))
        self.school_provider = provider

    def get_provider(self) -> "SchoolProvider":
        """Return the provider as allauth takes it."""
        return SchoolProvider(self.request, self.school_provider)

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        return discovery.known(self.school_provider.issuer)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the provider sends the browser back to."""
        return callback_address(request, self.school_provider)

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, **kwargs: Any
    ) -> dict[str, Any]:
        """Trade the code for the token. Raises ``OAuth2Error`` for an answer that is none."""
        try:
            return super().get_access_token_data(request, app, client, **kwargs)
        except NO_ANSWER as error:
            raise OAuth2Error(type(error).__name__) from error

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Return the token by which the userinfo is asked; allauth keeps more, and we none of it.

        Raises ``OAuth2Error`` for one that cannot stand in a header.
        """
        token = data["access_token"]
        if not isinstance(token, str) or not (token.isascii() and token.isprintable()):
            raise OAuth2Error("no token")
        return SocialToken(token=token)

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Return who came. Raises ``OAuth2Error`` for a token that does not hold."""
        claims = self._claims(kwargs["response"].get("id_token"), request.GET["state"])
        if self.school_provider.rules.asks_userinfo and "userinfo_endpoint" in self.openid_config:
            asked = self._asked(token.token)
            if not isinstance(asked, dict) or asked.get("sub") != claims["sub"]:
                raise OAuth2Error("Userinfo of somebody else")
            # One or the other: "checked" said of one address must not count for another.
            claims = asked if "email" in asked else claims
        return self.get_provider().login_of(request, claims)

    def _asked(self, token: str) -> object:
        try:
            return self._fetch_user_info(token)
        except NO_ANSWER as error:
            raise OAuth2Error(type(error).__name__) from error

    def _claims(self, token: object, state: str) -> dict[str, Any]:
        """Return what the token says that the provider gave us for this sign-in."""
        try:
            return tokens.read(
                token,
                keys=self.openid_config["jwks_uri"],
                issuer=self.school_provider.issuer,
                client_id=self.school_provider.client_id,
                nonce=nonce_of(state),
            )
        except tokens.NotTrue as error:
            raise OAuth2Error(str(error)) from error


class SchoolProvider(OpenIDConnectProvider):
    """A school's provider, for the time of one request."""

    pkce_enabled_default = True

    def __init__(self, request: HttpRequest, provider: IdentityProvider) -> None:
        super().__init__(request, app=app_of(provider))
        self.school_provider = provider

    def get_oauth2_adapter(self, request: HttpRequest) -> SchoolConnection:
        """Return the conversation."""
        return SchoolConnection(request, self.school_provider)

    def start(self, request: HttpRequest, address: str, next_url: str | None) -> str:
        """Return where the browser goes to sign in; state and PKCE verifier stay in the session.

        Raises ``requests.RequestException`` when the provider does not answer.
        """
        state = get_random_string(32)
        return self.redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=next_url,
            state_id=state,
            auth_params={"nonce": nonce_of(state), "login_hint": address},
        ).url

    def login_of(self, request: HttpRequest, claims: dict[str, Any]) -> SocialLogin:
        """Return who came, by what the provider truly said."""
        # allauth needs no more than who it is: which address counts is for ``actions.admit``.
        login = self.sociallogin_from_response(request, {"sub": claims["sub"]})
        login.account.provider = self.school_provider.trust
        # Nor does it look for the link: it would write it, and one that is cut meanwhile anew.
        login._lookup_by_socialaccount = lambda: True
        login.claims, login.school_provider = claims, self.school_provider
        return login

    def serialize(self) -> dict[str, Any]:
        """Return by what it is found again after the second factor was asked."""
        return {"id": str(self.school_provider.public_id)}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing of what the provider tells of somebody."""
        return {}


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Who comes in with an account of elsewhere: nobody but whom ``actions.admit`` lets in."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in, or show the one page for whoever is not let in, whatever the reason."""
        provider = sociallogin.school_provider
        # It answered what this browser asked: the page to which that leads is theirs.
        request.is_led = LED_IN
        try:
            account = actions.admit(provider, sociallogin.account.uid, sociallogin.claims)
        except actions.Refused as refusal:
            logger.info("Single sign-on through %s refused: %s", provider.public_id, refusal)
            raise ImmediateHttpResponse(redirect("sso:refused")) from refusal
        sociallogin.account, sociallogin.user = account, account.user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: SchoolProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Ask to try again: cancelled, too late, or an answer that does not hold."""
        what = type(exception).__name__ if exception else error
        logger.warning("Single sign-on through %s failed: %s", provider.app.provider_id, what)
        messages.error(request, _("Signing in at your school did not work. Try it once more."))
        raise ImmediateHttpResponse(redirect("sso:start"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return False, always: ``admit`` made the account, or there is none."""
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return none: allauth finds no provider by itself."""
        return []

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> SchoolProvider:
        """Return the provider through which somebody came whose second factor was asked meanwhile.

        Raises ``ValueError`` when it was switched off: allauth then lets them begin anew.
        """
        found = IdentityProvider.objects.active().filter(public_id=provider).first()
        if found is None:
            raise ValueError(provider)
        return SchoolProvider(request, found)

    def serialize_instance(self, instance: models.Model) -> dict[str, Any]:
        """Keep no more in the session than which row it is; least of all a password's hash."""
        return {"id": instance.pk}

    def get_requests_session(self) -> GuardedSession:
        """Return the session for allauth's own fetches: of the token, the keys, the userinfo."""
        return GuardedSession()
