"""Asks the web server on this machine whether it is well: for Docker and for script/server.

python deploy/healthcheck.py             one question; status 0 when /health/web/ answers 200
python deploy/healthcheck.py --wait 30   asks until it does, for at most 30 seconds
"""

import os
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import environ

environ.Env.read_env(Path(__file__).resolve().parent.parent / ".env")


def host() -> str:
    """A name the site listens to: it answers nobody who asks for another."""
    allowed = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return "localhost" if allowed in ("", "*") else allowed.removeprefix(".")


def is_well() -> bool:
    """One question, past the proxy, so without TLS."""
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/health/web/", headers={"Host": host()})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    """Ask once, or until the time is up."""
    patience = float(sys.argv[2]) if sys.argv[1:2] == ["--wait"] else 0
    end = time.monotonic() + patience
    while not is_well():
        if time.monotonic() >= end:
            return 1
        time.sleep(0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
