"""``manage.py seed_demo``: the demo schools, or any number of invented ones."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import School
from meldcode.demo.bulk import plant_bulk
from meldcode.demo.seed import demo_stands, plant_demo

CASES_PER_SCHOOL = 40


class Command(BaseCommand):
    help = (
        "Make the demo: two invented schools with some 45 cases, and accounts whose password is "
        "known. With --schools or --cases: that many invented schools and cases instead, in bulk, "
        "with people who cannot sign in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--schools", type=int, help="how many invented schools, in bulk")
        parser.add_argument("--cases", type=int, help="how many invented cases, in bulk")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there is a school already"
        )
        parser.add_argument(
            "--anyway", action="store_true", help="also where neither DEMO nor DEBUG is set"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG or options["anyway"]):
            raise CommandError(
                "This makes accounts whose password everybody knows. It runs only where DEMO or "
                "DEBUG is set (or with --anyway, on a database that never holds real pupils)."
            )
        schools, cases = self._sizes(options["schools"], options["cases"])
        if options["if_empty"] and School.objects.exists():
            return
        if schools:
            plant_bulk(schools, cases, say=self.stdout.write)
        elif demo_stands():
            self.stdout.write("The demo schools stand already.")
        else:
            self.stdout.write("Filling the demo schools")
            plant_demo()

    def _sizes(self, schools: int | None, cases: int | None) -> tuple[int, int]:
        """Return how many schools and cases to make in bulk; no schools: the demo instead."""
        if schools is None and cases is None:
            return 0, 0
        if cases is None:
            cases = (schools or 0) * CASES_PER_SCHOOL
        if schools is None:
            schools = max(1, cases // CASES_PER_SCHOOL)
        if schools < 1 or cases < 0:
            raise CommandError("--schools takes at least 1, --cases at least 0.")
        return schools, cases
