"""Signing in through Entree Federatie: SAML 2.0, where SAML is set, beside OpenID Connect."""
