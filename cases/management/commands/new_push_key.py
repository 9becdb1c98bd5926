"""``manage.py new_push_key``: the key with which web push is switched on."""

from django.core.management.base import BaseCommand

from cases.notifications.push.envelope import new_private_key


class Command(BaseCommand):
    """Print a new key. Another key than before ends what people allowed on their devices."""

    help = "Print a key for web push, as a line of the environment."

    def handle(self, *args: object, **options: object) -> None:
        """Print it."""
        self.stdout.write(f"VAPID_PRIVATE_KEY={new_private_key()}")
