"""``manage.py prepare_demo``: what ``script/server`` does to the database before it starts."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import School


class Command(BaseCommand):
    help = (
        "Bring the database up to date; where DEMO is set, also fill an empty one with the demo "
        "school and print the demo accounts. Does nothing twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # Asked first: `migrate` itself takes longer than the question, also with nothing to do.
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Bringing the database up to date")
            call_command("migrate", verbosity=0, interactive=False)
        if not settings.DEMO:
            return
        call_command("seed_demo", if_empty=True, stdout=self.stdout)
        if School.objects.exists():
            call_command("demo_accounts", stdout=self.stdout)
