"""Short public references, as M-7K3QX2: they say nothing about whom they are of."""

import secrets

# No 0/O, 1/I/L: a reference is read out over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 6


def new_reference(prefix: str) -> str:
    """Return a random reference with its prefix letter; the database keeps it unique."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"


def case_reference() -> str:
    """Return a new reference for a case."""
    return new_reference("M")


def signal_reference() -> str:
    """Return a new reference for a signal."""
    return new_reference("S")


def consultation_reference() -> str:
    """Return a new reference for a consultation."""
    return new_reference("C")
