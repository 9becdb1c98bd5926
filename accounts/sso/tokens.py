"""Reading the token in which a provider says who somebody is."""

from typing import Any

import jwt

from accounts.sso.fetch import GuardedSession, json_of

# Signatures with a public key only: no "none", and no key that the client shares.
ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
]  # fmt: skip
# Seconds by which the provider's clock may differ from ours.
LEEWAY = 60
LONGEST_SUB = 191
# Letters in a part of a key: of one of 8192 bits, twice the longest that is in use.
LONGEST_PART = 1366


class NotTrue(Exception):
    """A token that says nothing that we believe."""


def read(token: Any, *, keys: str, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """Return what a signed token says: from this issuer, for us, for this very sign-in.

    ``keys`` is where the issuer's keys are. Raises ``NotTrue``, and ``requests.RequestException``
    when the keys cannot be fetched.
    """
    try:
        claims = jwt.decode(
            token,
            _key(jwt.get_unverified_header(token), keys),
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
    except (
        jwt.PyJWTError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ) as error:
        raise NotTrue(type(error).__name__) from error
    if claims["nonce"] != nonce:
        raise NotTrue("of another sign-in")
    # One for several says whose it is (OpenID Connect Core 3.1.3.7).
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise NotTrue("for another client")
    if not 0 < len(claims["sub"]) <= LONGEST_SUB or not claims["sub"].isprintable():
        raise NotTrue("of nobody")
    return claims


def _key(header: dict[str, Any], address: str) -> jwt.PyJWK:
    """Return the key that the token names; one that names none needs none, where there is one."""
    with GuardedSession() as session:
        response = session.get(address)
        response.raise_for_status()
        known = jwt.PyJWKSet([key for key in json_of(response)["keys"] if _is_plain(key)]).keys
    fitting = [key for key in known if header.get("kid") in (None, key.key_id)]
    if len(fitting) != 1:
        raise NotTrue("signed with no key of the issuer")
    return fitting[0]


def _is_plain(key: dict[str, Any]) -> bool:
    """Tell whether a key is a public one of usual length: others take work before they are loaded.

    To one with its secret part, whoever loads it looks for its factors, however long it is.
    """
    parts = (key[name] for name in ("n", "e", "x", "y") if name in key)
    return "d" not in key and all(len(part) <= LONGEST_PART for part in parts)
