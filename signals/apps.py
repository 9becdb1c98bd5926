"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    """Step 1: signals, their categories, and quick logging."""

    name = "signals"
    verbose_name = _("Signals")

    def ready(self) -> None:
        """Tell audit and the list of tasks. The models are not there before now."""
        from audit import sight
        from cases.destruction import fates
        from cases.todo import registry
        from signals import destroyed, todo
        from signals.models import Signal

        sight.declare_own(Signal, lambda user: Signal.objects.filter(author=user).values("pk"))
        registry.declare(*todo.TABLE)
        fates.declare(*destroyed.TABLE)
