"""``manage.py send_reminders``: what beat does every five minutes, at once."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.notifications.outbox import deliver
from cases.reminders.sweep import sweep


class Command(BaseCommand):
    help = "Give the reminders that are due, and send the mails that wait."

    def handle(self, *args: Any, **options: Any) -> None:
        given = sweep(timezone.now())
        sent = deliver()
        self.stdout.write(f"{given} reminders given, {sent} mails sent.")
