"""The environment of the tests, before Django reads its settings."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ["DEMO"] = "false"
os.environ["DEBUG"] = "false"
os.environ["TLS"] = "false"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["SITE_URL"] = "https://meldcode.example"
# Whatever a test writes goes with the test run.
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="meldcode-tests-")
