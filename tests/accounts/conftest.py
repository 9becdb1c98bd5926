"""Providers beside the tests of single sign-on."""

import pytest

from tests.accounts.liar import Liar
from tests.accounts.oidc import provider_of


@pytest.fixture(scope="session")
def liar_itself():
    liar = Liar()
    yield liar
    liar.server.shutdown()


@pytest.fixture
def liar(liar_itself, school):
    """A lying provider that the school trusts; honest until told otherwise."""
    key, server = liar_itself.key, liar_itself.server
    liar_itself.__dict__.update(
        key=key, server=server, claims={}, document={}, sign=liar_itself.signed, asked=[],
        userinfo={"sub": "s1", "email": "noor@school.example", "email_verified": True},
        answer=lambda path: None,
    )  # fmt: skip
    liar_itself.provider = provider_of(school, issuer=liar_itself.address)
    return liar_itself
