"""Keys: the provider's certificate as an administrator pastes it, and our own to sign with.

Entree Federatie takes signed requests only. Our key is made when the provider is added, and lies
encrypted where an OpenID Connect provider has its secret; nobody types or sees it.
"""

import base64
import re
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.utils import timezone

KEY_BITS = 3072
SMALLEST_RSA_KEY = 2048
GOOD_FOR = timedelta(days=10 * 365)
ARMOUR = re.compile(r"-----(BEGIN|END) CERTIFICATE-----")
PEM = serialization.Encoding.PEM


def certificate_of(pasted: str) -> x509.Certificate:
    """Return the one certificate that was pasted: with its BEGIN and END lines, or without.

    Raises ``ValueError`` for what is none, for several, and for a key too weak to believe.
    """
    der = base64.b64decode("".join(ARMOUR.sub("", pasted).split()), validate=True)
    found = x509.load_der_x509_certificate(der)
    key = found.public_key()
    strong = isinstance(key, ec.EllipticCurvePublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA_KEY
    )
    if not strong:
        raise ValueError("too weak a key")
    return found


def as_pem(certificate: x509.Certificate) -> str:
    """Return a certificate as text, always the same for the same one."""
    return certificate.public_bytes(PEM).decode()


def new_key(name: str) -> str:
    """Return a new private key with its certificate, as one text."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = timezone.now()
    builder = x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
    made = builder.not_valid_before(now).not_valid_after(now + GOOD_FOR).sign(key, hashes.SHA256())
    private = key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode() + as_pem(made)


def certificate_in(secret: str) -> str:
    """Return the certificate beside our key, as metadata has it: base64 without its armour."""
    made = x509.load_pem_x509_certificate(secret[secret.index("-----BEGIN CERT") :].encode())
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def sign(secret: str, message: bytes) -> bytes:
    """Return the signature of a message with our key: RSA with SHA-256."""
    # We made the key, and it lies where it cannot be changed unseen. Looking each time whether its
    # numbers are primes takes a quarter of a second of the processor, and anybody may sign in.
    key = serialization.load_pem_private_key(
        secret.encode(), password=None, unsafe_skip_rsa_key_validation=True
    )
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
