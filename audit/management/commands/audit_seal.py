"""Seal the log now, all of it, and say where the chain ends."""

from typing import Any

from django.core.management.base import BaseCommand

from audit import chain


class Command(BaseCommand):
    help = "Seal every row of the audit that has no seal yet, and print the head of the chain."

    def handle(self, *args: Any, **options: Any) -> None:
        count = chain.seal_waiting(all_of_them=True)
        self.stdout.write(f"{count} rows sealed. The chain ends at {chain.head()}")
