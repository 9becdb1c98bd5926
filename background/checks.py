"""What ``manage.py check --deploy`` says of monitoring."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

# As many signs of a random text as nobody tries out: 128 bits in letters and figures.
SIGNS, DIFFERENT = 22, 8


@register(Tags.security, deploy=True)
def check_token(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a token that somebody may guess: what it opens, is asked without limit."""
    token = settings.HEALTH_TOKEN
    if not token or (len(token) >= SIGNS and len(set(token)) >= DIFFERENT):
        return []
    return [
        Error(
            f"HEALTH_TOKEN can be guessed ({len(token)} signs).",
            hint="Take at least 22 random ones, as `openssl rand -hex 16` prints, or leave it "
            "empty: then nobody sees the details.",
            id="background.E001",
        )
    ]
