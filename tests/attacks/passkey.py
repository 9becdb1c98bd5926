"""A passkey of a test: what a browser and its key would answer, made in software."""

import hashlib
import json
import secrets
import struct

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User

PLACE = "testserver"
# A person is there; and the key knows who (finger, face or PIN).
PRESENT = 0x01
PRESENT_AND_KNOWN = PRESENT | 0x04
WITH_CREDENTIAL = 0x40


class Passkey:
    """A key of one person at one place; it answers challenges. ``alone``: without a password."""

    def __init__(self, user: User, *, alone: bool = True) -> None:
        self.alone = alone
        self.user, self.key = user, ec.generate_private_key(ec.SECP256R1())
        self.id, self.count = secrets.token_bytes(16), 0
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.WEBAUTHN, data=self._registered()
        )

    def made(self, challenge: str, page: str = f"https://{PLACE}", *, framed: bool = False) -> str:
        """Return what a browser sends that makes it, silent about whether it signs in alone."""
        said = self._registered(challenge, page, framed=framed)["credential"]
        return json.dumps({**said, "clientExtensionResults": {}})

    def _registered(
        self,
        challenge: str = "A" * 43,
        page: str = f"https://{PLACE}",
        *,
        framed: bool = False,
    ) -> dict:
        """Return what is kept of it: as if it had been added on the page."""
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        seen = AuthenticatorData.create(
            _place(), PRESENT_AND_KNOWN | WITH_CREDENTIAL, 0, bytes(credential)
        )
        client = CollectedClientData.create("webauthn.create", challenge, page, cross_origin=framed)
        response = {
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", seen, {}))),
            "clientDataJSON": websafe_encode(client),
        }
        return {
            "name": "Sleutel",
            "credential": {
                "id": websafe_encode(self.id), "rawId": websafe_encode(self.id),
                "type": "public-key", "response": response,
                "clientExtensionResults": {"credProps": {"rk": self.alone}},
            },
        }  # fmt: skip

    def answer(
        self,
        challenge: str,
        place: str = PLACE,
        *,
        known: bool = True,
        page: str | None = None,
        framed: bool = False,
    ) -> str:
        """Return the answer to a challenge, as the page sends it.

        ``known``: by who holds it; ``page``: whose page asked for it; ``framed``: within another.
        """
        self.count += 1
        client = CollectedClientData.create(
            "webauthn.get", challenge, page or f"https://{place}", cross_origin=framed
        )
        seen = _place(place) + struct.pack(
            ">BI", PRESENT_AND_KNOWN if known else PRESENT, self.count
        )
        signed = seen + hashlib.sha256(client).digest()
        return json.dumps(
            {
                "id": websafe_encode(self.id), "rawId": websafe_encode(self.id),
                "type": "public-key", "clientExtensionResults": {},
                "response": {
                    "clientDataJSON": websafe_encode(client),
                    "authenticatorData": websafe_encode(seen),
                    "signature": websafe_encode(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
                    "userHandle": websafe_encode(_handle(self.user)),
                },
            }
        )  # fmt: skip


def _handle(user: User) -> bytes:
    return get_adapter().get_public_key_credential_user_entity(user)["id"]


def _place(place: str = PLACE) -> bytes:
    return hashlib.sha256(place.encode()).digest()
