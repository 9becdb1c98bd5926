"""Print the whole table of rules."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from cases.protocol import RULES
from cases.screen import KIND_LABELS, sources


class Command(BaseCommand):
    """Print every rule: number, kind, when it holds, what it asks, why, and its source."""

    help = "Print the rules of the Meldcode as this program knows them."

    def add_arguments(self, parser: CommandParser) -> None:
        languages = [code for code, __ in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE)

    def handle(self, *args: Any, language: str, **options: Any) -> None:
        with translation.override(language):
            for rule in RULES:
                self.stdout.write(f"{rule.code}  {KIND_LABELS[rule.kind]}  [{rule.source}]")
                for text in (rule.situation, rule.asks, rule.why, sources(rule)):
                    self.stdout.write(f"    {text}")
