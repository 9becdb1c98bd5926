"""The forms of second factors: allauth's own, where they were too kind or spoke no Dutch."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa import app_settings
from allauth.mfa.base import forms as codes
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import forms as recovery_codes
from allauth.mfa.signals import authentication_failed
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import clear_totp_secret, generate_totp_secret
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from cryptography.fernet import InvalidToken
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.http import int_to_base36
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import CollectedClientData

from accounts import second_factor
from accounts.crypto import cipher
from accounts.models import User
from accounts.password_forms import NothingInTheBox

# What the key of an app is sealed by while it is set up, and for how many seconds.
OF_AN_APP, SHOWN_FOR = "accounts.app", 3600


def lasts() -> int:
    """Return how long a code is good for, in seconds: its half minute, and those around it."""
    return app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)


class UsedOnce:
    """A code that somebody looked over a shoulder for is worth nothing: it was used.

    allauth remembers a code for half a minute, from when it was used; with the tolerance it is good
    for a minute and a half (RFC 6238, 5.2). Two uses at once are refused by allauth's own mark.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One came for this field alone, mostly with a thumb: digits, and at once.
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True}

    def clean_code(self) -> str:
        """Refuse a code that was used; it counts as a mistake."""
        keys = second_factor.used_keys(self.user.pk, self.cleaned_data["code"])
        if cache.get_many(keys):
            check_rate_limit(self.user)
            raise get_adapter().validation_error("incorrect_code")
        code = super().clean_code()
        for key in keys:  # of all secrets: a process that has not got today's yet knows it too
            cache.set(key, True, lasts())
        return code


class AuthenticateForm(NothingInTheBox, UsedOnce, codes.AuthenticateForm):
    """A code at signing in."""


class ReauthenticateForm(NothingInTheBox, UsedOnce, codes.ReauthenticateForm):
    """A code when somebody is asked again."""


class NowAndThen:
    """What leaves a row that is never removed, and sends a mail: a script filled both.

    Counted where it is done, each kind by itself: of forms that are refused, or for which somebody
    is asked once more who they are, a thief would keep its owner from it.
    """

    kind = ""

    def clean(self) -> dict[str, Any] | None:
        """Raise ``ValidationError`` when it was done very often in this hour."""
        cleaned, request = super().clean(), context.request
        if self.errors or not second_factor.just_signed_in(request):
            return cleaned
        key = second_factor.done_key(self.kind, self.user)
        if not ratelimit.consume(request, action="new_factor", key=key):
            raise forms.ValidationError(_("You tried this very often. Try again in an hour."))
        return cleaned


class ActivateTOTPForm(NowAndThen, NothingInTheBox, UsedOnce, totp.ActivateTOTPForm):
    """The code with which an app is set up: it signs nobody in afterwards."""

    kind = Authenticator.Type.TOTP
    # The app's key goes along, sealed for this session. In the session itself, where allauth has
    # it, whoever holds a copy of the cookie is shown it by sending a form that is refused.
    app = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code of the app")
        clear_totp_secret(context.request)
        said = self.data.get("app", "") if self.is_bound else ""
        self.secret = self._opened(said) or generate_totp_secret()
        sealed = cipher(OF_AN_APP).encrypt(self._whose(self.secret).encode()).decode()
        self.initial["app"] = sealed
        if self.is_bound:
            self.data = self.data.copy()
            self.data["app"] = sealed

    def _whose(self, secret: str) -> str:
        return f"{self.user.pk} {context.request.session.place} {secret}"

    def _opened(self, sealed: str) -> str:
        """Return the key that this session was shown lately; empty for anything else."""
        try:
            said = cipher(OF_AN_APP).decrypt(sealed.encode(), ttl=SHOWN_FOR).decode()
        except InvalidToken:
            return ""
        secret = said.rpartition(" ")[2]
        return secret if said == self._whose(secret) else ""


# Letters in what a browser says of a passkey: some hundreds, and a few thousand with certificates.
# Each piece is cut off all that follows it: of megabytes that takes minutes, for whoever sends it.
LONGEST_SAID = 32 * 1024
# Passkeys of one person, and letters of the name of one. A stranger's answer that names somebody
# has all of theirs read.
MOST_PASSKEYS, LONGEST_NAME = 10, 100
ENOUGH_PASSKEYS = _("You have %(most)s passkeys already. Remove one first.")
# allauth says of each answer of a passkey that a code is wrong, of which nobody typed any.
NOT_ACCEPTED = _("This passkey was not accepted. Try it once more, or choose another way.")
NOT_ALONE = _(
    "This passkey does not sign you in by itself. Sign in with your password; then it is your "
    "second step."
)


class CredentialField(forms.JSONField):
    """What a browser says of a passkey, as long and as deep as that is, on a page of ours."""

    def to_python(self, value: Any) -> Any:
        """Read it. Raises ``ValidationError`` for what is none, or was given to another page."""
        if isinstance(value, str) and len(value) > LONGEST_SAID:
            raise forms.ValidationError(NOT_ACCEPTED)
        with broken_is_wrong():
            said = super().to_python(value)
            if said is not None and not _is_of_our_page(said):
                raise forms.ValidationError(NOT_ACCEPTED)
            return said

    def bound_data(self, data: Any, initial: Any) -> None:
        """Return nothing to show again: a key answers once."""
        return


def _is_of_our_page(said: Any) -> bool:
    """Tell whether a passkey answered a page of this very address, and not one in a frame.

    A browser lets each page of a name below ours, and of another port, ask for our passkeys, and
    fido2 takes what they hand on (WebAuthn 3, 13.4.9). By our own address, and not by the Host of
    the request, of which who sends it chooses the port. Where there is no TLS, as in a try-out, it
    has several.
    """
    if app_settings.WEBAUTHN_ALLOW_INSECURE_ORIGIN:
        return True
    page = CollectedClientData(websafe_decode(said["response"]["clientDataJSON"]))
    return _origin(page.origin) == _origin(settings.SITE_URL) and not page.cross_origin


def _origin(address: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port of an address. Raises ``ValueError`` where it has none."""
    if not address.isascii():  # a browser writes none, and of accents Python takes the square
        raise ValueError
    at = urlsplit(address)
    return at.scheme, at.hostname, at.port or {"https": 443, "http": 80}.get(at.scheme)


@contextmanager
def broken_is_wrong() -> Iterator[None]:
    """Say of what is no answer of a passkey that it is wrong, and not that it is an error."""
    try:
        yield
    except (
        AttributeError, LookupError, TypeError, ValueError, RecursionError, struct.error,
        forms.ValidationError,
    ) as error:  # fmt: skip
        raise forms.ValidationError(NOT_ACCEPTED) from error


class ReadWithCare:
    """What is said of a passkey comes from outside: broken is wrong, and no error of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> Authenticator:
        """Return the passkey that answered. Raises ``ValidationError`` when it is no answer."""
        with broken_is_wrong():
            try:
                return super().clean_credential()
            except forms.ValidationError as error:
                # Not of one that came too often, of which nothing was looked at.
                if error.code == "incorrect_code" and self.user:
                    self._tell()
                raise

    def _tell(self) -> None:
        """Tell of a wrong one as allauth tells of a wrong code."""
        mine = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN)
        authentication_failed.send(
            sender=Authenticator, request=context.request, user=self.user,
            authenticator=mine.first(), reauthentication=self.reauthenticated,
        )  # fmt: skip


class LoginWebAuthnForm(ReadWithCare, webauthn.LoginWebAuthnForm):
    """A passkey alone: two factors in one, when it knew who holds it (finger, face or PIN).

    allauth asks that of the challenge; one that was made for a second step asks less, and can be
    answered here in the same session.
    """

    def clean_credential(self) -> Authenticator:
        """Return the passkey. Raises ``ValidationError`` when it did not know its holder, or when
        its owner said that it does not sign in alone.
        """
        answer = self.cleaned_data["credential"]
        with broken_is_wrong():
            self.cleaned_data["credential"] = _by_number(answer)
        authenticator = super().clean_credential()
        seen = parse_authentication_response(answer).response.authenticator_data
        if not seen.is_user_verified():
            raise forms.ValidationError(NOT_ACCEPTED)
        # Where a browser does not say which kind it made, the key knew its holder.
        if authenticator.wrap().is_passwordless is False:
            raise forms.ValidationError(NOT_ALONE)
        return authenticator


def _by_number(answer: Any) -> Any:
    """Return the answer of a passkey as allauth reads it: it looks for its owner by their number.

    One of before keeps a number itself. Whatever number somebody makes up, also for a key of their
    own, the same is looked up for it: else the time told how many accounts there are.
    """
    handle = websafe_decode(answer["response"]["userHandle"]).decode()
    if len(handle) != len(uuid4().hex):
        keys = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
        # As it was kept, and no sign that no database text can hold.
        key = websafe_encode(websafe_decode(answer["rawId"]))
        named = keys.filter(data__credential__rawId=key)
        owner = named.values_list("user_id", flat=True).first()
        number = owner if owner and int_to_base36(owner) == handle else None
    else:
        people = User.objects.filter(public_id=UUID(hex=handle))
        number = people.values_list("pk", flat=True).first()
    said = websafe_encode(int_to_base36(number or 0).encode())
    return {**answer, "response": {**answer["response"], "userHandle": said}}


class AuthenticateWebAuthnForm(ReadWithCare, webauthn.AuthenticateWebAuthnForm):
    """A passkey after the password."""


class ReauthenticateWebAuthnForm(ReadWithCare, webauthn.ReauthenticateWebAuthnForm):
    """A passkey when somebody is asked again."""


class Meant(forms.Form):
    """What takes away a factor is ticked and sent: one press may be meant for another page."""

    meant = forms.BooleanField(error_messages={"required": _("Tick the box if you want this.")})


class DeactivateTOTPForm(totp.DeactivateTOTPForm, Meant):
    """Without the app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meant"].label = _("Yes, remove the app")


class GenerateRecoveryCodesForm(NowAndThen, recovery_codes.GenerateRecoveryCodesForm, Meant):
    """New codes, in the place of those that somebody keeps."""

    kind = Authenticator.Type.RECOVERY_CODES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meant"].label = _("Yes, make new codes")


class RemoveWebAuthnForm(Meant):
    """Without a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meant"].label = _("Yes, remove this passkey")


class _Passkey(webauthn.AddWebAuthnForm):
    """A new passkey. It signs in alone unless somebody says no: most people want just that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField(widget=forms.HiddenInput)
        self.fields["name"] = _name_of_passkey(self.fields["name"])
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = _("Sign in with it, without a password")
        alone.help_text = _("Not for a key that does not ask your finger, face or PIN.")

    def clean(self) -> dict[str, Any]:
        """Judge what the browser made. Raises ``ValidationError`` when it is no passkey.

        Whether it signs in alone is what its owner said: browsers say of most that they could.
        """
        own = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN)
        if own.count() >= MOST_PASSKEYS:
            raise forms.ValidationError(ENOUGH_PASSKEYS % {"most": MOST_PASSKEYS})
        with broken_is_wrong():
            cleaned = super().clean()
            if credential := cleaned.get("credential"):
                said = credential.setdefault("clientExtensionResults", {})
                said["credProps"] = {"rk": bool(cleaned.get("passwordless"))}
            return cleaned


class AddWebAuthnForm(NowAndThen, _Passkey):
    """A new passkey, now and then."""

    kind = Authenticator.Type.WEBAUTHN


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    """The name of a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_of_passkey(self.fields["name"])


def _name_of_passkey(field: forms.Field) -> forms.CharField:
    return forms.CharField(
        label=_("Name of the passkey"),
        required=field.required,
        initial=field.initial,
        help_text=field.help_text,
        max_length=LONGEST_NAME,
    )
