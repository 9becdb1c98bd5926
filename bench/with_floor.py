"""The settings of production, behind a proxy that ends TLS, with the bench's own page beside."""

import os

# By which name the proxy asks.
HOST = "meldcode.bench.example"
os.environ.update(TLS="true", DEMO="false", DEBUG="false", MFA_OBLIGATORY="true")
os.environ.update(ALLOWED_HOSTS=HOST, TRUSTED_PROXIES="1")

from meldcode.settings import *  # noqa: E402, F403 - after what they read

ROOT_URLCONF = "bench.floor"
