"""Single sign-on: people come in with the account of their school (OpenID Connect)."""
