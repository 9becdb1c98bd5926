"""Say for one case which rules hold, and why."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.functional import Promise

from cases.deadlines import running
from cases.facts import facts_for
from cases.models import Case
from cases.protocol import RULES, Guidance, Rule, guide


class Command(BaseCommand):
    """Print what the protocol says of a case: no name of anybody, and no word of a record."""

    help = "Say for one case, by its reference, which rules hold and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="the reference of the case, as M-7K3QX2")
        languages = [code for code, __ in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE)

    def handle(self, *args: Any, case: str, language: str, **options: Any) -> None:
        found = Case.objects.select_related("pupil").filter(reference=case.upper()).first()
        if found is None:
            raise CommandError(f"There is no case {case}.")
        guidance = guide(facts_for(found, timezone.now()))
        with translation.override(language):
            self._head(found, guidance)
            self._rules("+", [task.rule for task in guidance.tasks])
            self._rules("i", [task.rule for task in guidance.notes])
            self._rules("=", [task.rule for task in guidance.explained])
            held = {t.rule for t in (*guidance.tasks, *guidance.notes, *guidance.explained)}
            others = ", ".join(rule.code for rule in RULES if rule not in held)
            self.stdout.write(f"-  {others}")
        self.stdout.write(
            "\n+ asks; i is good to know; = explained, not asked any more; - does not hold"
        )

    def _head(self, case: Case, guidance: Guidance) -> None:
        attention = Case.Attention(int(guidance.attention)).label
        self.stdout.write(f"{case.reference}  {attention}  cycle {case.cycle}")
        for state in guidance.steps:
            since = f"  {timezone.localtime(state.at):%Y-%m-%d %H:%M}" if state.at else ""
            self.stdout.write(f"   {state.step.number} {state.step.name}: {state.state}{since}")
        for period in running(guidance):
            due = timezone.localtime(period.due)
            self._line("   ", period.deadline.period.label, f"{due:%Y-%m-%d %H:%M}")
        self.stdout.write("")

    def _rules(self, mark: str, rules: list[Rule]) -> None:
        for rule in rules:
            self.stdout.write(f"{mark}  {rule.code}  {rule.situation}")
            self._line("        ", rule.asks)
            self._line("        ", rule.why, f"[{rule.source}]")

    def _line(self, indent: str, *parts: Promise | str) -> None:
        self.stdout.write(indent + "  ".join(str(part) for part in parts))
