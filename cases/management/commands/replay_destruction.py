"""Destroy once more what a restored backup brought back."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.destruction.tombstones import replay


class Command(BaseCommand):
    help = (
        "After a restore: destroy again what was destroyed since the backup, by the list of "
        "tombstones. Repeated, it changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--file",
            type=Path,
            default=settings.TOMBSTONES,
            help="The list of tombstones, kept apart from the backup of the database.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].exists():
            raise CommandError(f"There is no list of tombstones at {options['file']}.")
        gone = replay(options["file"])
        self.stdout.write(f"Destroyed again: {gone} cases and pupils.")
