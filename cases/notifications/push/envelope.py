"""Sealing a push message for one device (RFC 8291), and signing who sends it (RFC 8292).

Two short standards over ``cryptography``: the libraries for it bring a web client of their own.
"""

import base64
import json
import os
import struct
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
# Bytes of a point of the curve, of a number of it, of the secret that a browser makes, and of salt.
POINT, NUMBER, SECRET, SALT = 65, 32, 16, 16
# One record holds all: our messages are a hundred bytes.
RECORD, LAST_RECORD = 4096, b"\x02"
# A push service takes a signature that ends within a day.
SIGNED_FOR = timedelta(hours=12)


def encoded(raw: bytes) -> str:
    """Return bytes in the base64 of addresses, without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Return the bytes of such a text. Raises ``ValueError`` for anything else."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Return the key of a setting. Raises ``ValueError`` when it is none."""
    return ec.derive_private_key(int.from_bytes(decoded(text), "big"), CURVE)


def new_private_key() -> str:
    """Return a new key, as a setting has it."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return encoded(number.to_bytes(NUMBER, "big"))


def point(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bytes:
    """Return the public half of a key, as the standards write it."""
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_key(raw: bytes) -> ec.EllipticCurvePublicKey:
    """Return the public key that a browser sent. Raises ``ValueError`` when it is none."""
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw)


def seal(
    message: bytes,
    receiver: bytes,
    secret: bytes,
    *,
    ephemeral: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Return a message that one browser alone can read: RFC 8291, with ``aes128gcm`` of RFC 8188.

    ``ephemeral`` and ``salt`` are new for each message; a test gives those of the standard.
    """
    ephemeral = ephemeral or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(SALT)
    ours = point(ephemeral)
    shared = ephemeral.exchange(ec.ECDH(), public_key(receiver))
    material = _derive(shared, secret, b"WebPush: info\0" + receiver + ours, 32)
    key = _derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + struct.pack("!IB", RECORD, len(ours)) + ours
    return head + AESGCM(key).encrypt(nonce, message + LAST_RECORD, None)


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def authorization(key: ec.EllipticCurvePrivateKey, origin: str, contact: str, now: datetime) -> str:
    """Return the header by which a push service knows who sends: a signed note for it alone."""
    says = {"aud": origin, "exp": int((now + SIGNED_FOR).timestamp()), "sub": contact}
    note = ".".join(
        encoded(json.dumps(part, separators=(",", ":")).encode())
        for part in ({"typ": "JWT", "alg": "ES256"}, says)
    )
    numbers = decode_dss_signature(key.sign(note.encode(), ec.ECDSA(hashes.SHA256())))
    signature = b"".join(number.to_bytes(NUMBER, "big") for number in numbers)
    return f"vapid t={note}.{encoded(signature)}, k={encoded(point(key))}"
