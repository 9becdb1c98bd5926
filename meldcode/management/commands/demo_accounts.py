"""``manage.py demo_accounts``: who can sign in to the demo, and with what."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meldcode.demo.people import PASSWORD, SHOWN
from meldcode.demo.seed import demo_people, demo_stands


class Command(BaseCommand):
    help = "Print the demo accounts: role, e-mail address and password, one line each."

    def handle(self, *args: Any, **options: Any) -> None:
        if not demo_stands():
            raise CommandError("There is no demo here. Make one with: manage.py seed_demo")
        addresses = {person.key: person.email for person in demo_people()}
        for key, role in SHOWN:
            self.stdout.write(f"  {role:<36} {addresses[key]:<36} {PASSWORD}")
