"""Encrypt anew, with today's SECRET_KEY, what a key of before encrypted for long."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.keys import renew_factors, renew_providers


class Command(BaseCommand):
    help = (
        "Encrypt second factors and client secrets with SECRET_KEY, as far as it or one of "
        "SECRET_KEY_FALLBACKS can read them. What else is encrypted is gone in 14 days. Ends with "
        "1 when no key can read something; the rest is done then all the same."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        (factors, lost), (providers, also) = renew_factors(), renew_providers()
        self.stdout.write(f"Encrypted anew: {factors} second factors, {providers} providers.")
        if lost or also:
            raise CommandError(
                f"No key can read {lost} second factors and {also} providers.", returncode=1
            )
