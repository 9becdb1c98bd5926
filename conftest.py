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
    "TLS": "false",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "SITE_URL": "https://meldcode.example",
    "VAR_DIR": str(folder),
}
os.environ.update(ENVIRONMENT)

# Tests empty the cache; each of the processes that run side by side has its own.
worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{worker}"
django.setup()
