"""The environment of the tests, and Django on it.

Not in pyproject.toml: pytest-django would read the settings before anything here could be said.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django

# Whatever a test writes goes with the test run.
folder = Path(tempfile.mkdtemp(prefix="meldcode-tests-"))
atexit.register(shutil.rmtree, folder, ignore_errors=True)
(folder / "static").mkdir()

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "meldcode.settings",
    "SECRET_KEY": "only-for-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    "DEMO": "false",
    "DEBUG": "false",
    "MFA_OBLIGATORY": "true",
    "TLS": "false",
    "SAML": "true",
    "VAPID_PRIVATE_KEY": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "SITE_URL": "https://meldcode.example",
    "VAR_DIR": str(folder),
}
os.environ.update(ENVIRONMENT)
django.setup()
