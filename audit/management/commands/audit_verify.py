"""Prove that the log is whole, or tell the first row that is not."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import chain
from audit.chain import Head


class Command(BaseCommand):
    help = (
        "Walk the chain of the audit's seals. Prints the head, or the first row that was changed, "
        "removed, moved or never sealed, and ends with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            type=_noted,
            metavar="[NUMBER:]HASH",
            help="A head that was noted elsewhere, and must still stand.",
        )
        parser.add_argument(
            "--from",
            type=_numbered,
            metavar="NUMBER:HASH",
            dest="start",
            default=chain.BEGINNING,
            help="The last seal that was removed by law: the chain begins after it.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        fault = chain.first_fault(options["start"])
        if fault is None and options["head"]:
            fault = chain.holds(options["head"])
        if fault is not None:
            raise CommandError(f"The audit is broken. {fault}", returncode=1)
        self.stdout.write(f"The audit is whole. The chain ends at {chain.head()}")


def _noted(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("Write it as NUMBER:HASH.") from error


def _numbered(text: str) -> Head:
    head = _noted(text)
    if head.number is None:
        raise argparse.ArgumentTypeError("Write it as NUMBER:HASH.")
    return head
