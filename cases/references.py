"""Short public references, as M-7K3QX2: they say nothing about whom they are of."""

import secrets
from uuid import UUID

from django.urls import register_converter
from django.utils.crypto import salted_hmac

# No 0/O, 1/I/L: a reference is read out over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 6
# 64 bits: no two records of a case have the same.
SIGNS = 16


def new_reference(prefix: str) -> str:
    """Return a random reference with its prefix letter; the database keeps it unique."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"


def case_reference() -> str:
    """Return a new reference for a case."""
    return new_reference("M")


# Of an anonymous report (``referrals.report.lines``).
OF_REPORTS = "V"


def derived_reference(prefix: str, key: UUID) -> str:
    """Return the reference that follows from a random key, each time the same; nobody is led back
    from it to the key."""
    number, letters = key.int, ""
    for __ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return f"{prefix}-{letters}"


def typed_reference(text: str) -> str:
    """Return the reference of a case that somebody typed in haste: without dash, M, or capitals."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    return f"M-{signs[-LENGTH:]}" if signs[:-LENGTH] in ("", "M") else text


def signal_reference() -> str:
    """Return a new reference for a signal."""
    return new_reference("S")


def consultation_reference() -> str:
    """Return a new reference for a consultation."""
    return new_reference("C")


def destruction_reference() -> str:
    """Return a new number for a certificate of destruction."""
    return new_reference("V")


def sign_of(key: str) -> str:
    """Return what a page says of a record that has no reference, by its key (``signals-12``).

    Not its number: all records are counted through, so that a gap between two of them would tell
    that there are some that one may not see, how many, and between which days.
    """
    return salted_hmac("cases.references.sign", key, algorithm="sha256").hexdigest()[:SIGNS]


class ReferenceConverter:
    """A reference in an address; what holds other signs than a reference can is not there (404)."""

    regex = "[0-9A-Za-z-]{1,16}"

    def to_python(self, value: str) -> str:
        """Return the reference as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """Return the reference as it stands in the address."""
        return value


register_converter(ReferenceConverter, "reference")
