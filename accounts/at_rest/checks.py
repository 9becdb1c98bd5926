"""What ``manage.py check`` says of the keys: it runs before each command, and in each container."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from accounts.at_rest.keys import NOTHING, reading

# As many signs of a random text as 128 bits take in figures and small letters, and more.
SIGNS, DIFFERENT = 32, 10
MAKE_ONE = "Take what `openssl rand -hex 32` prints."


@register(Tags.security)
def check_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a key that somebody may guess, one that stands there twice, and one that means two."""
    keys, errors = settings.DATA_KEYS, []
    secrets = [key for number, key in enumerate(keys) if number or key != NOTHING]
    for number, key in enumerate(secrets, start=1):
        if len(key) < SIGNS or len(set(key)) < DIFFERENT:
            said = f"Key {number} of DATA_KEYS can be guessed ({len(key)} signs)."
            errors.append(Error(said, hint=MAKE_ONE, id="accounts.E001"))
    if len(set(secrets)) < len(secrets):
        errors.append(Error("A key stands twice in DATA_KEYS.", id="accounts.E002"))
    elif len(reading()) < len(secrets):
        errors.append(Error("Two DATA_KEYS have the same name.", hint=MAKE_ONE, id="accounts.E003"))
    if {settings.SECRET_KEY, settings.AUDIT_KEY} & set(secrets):
        said = "A key of DATA_KEYS is SECRET_KEY or AUDIT_KEY."
        errors.append(Error(said, hint=MAKE_ONE, id="accounts.E004"))
    return errors
