"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    """Step 1: signals, their categories, and quick logging."""

    name = "signals"
    verbose_name = _("Signals")

    def ready(self) -> None:
        """Tell audit and the list of tasks. The models are not there before now."""
        from accounts.signals import membership_ended
        from audit import sight
        from cases.destruction import fates
        from cases.notifications.kinds import declare
        from cases.todo import registry
        from signals import destroyed, kinds, todo
        from signals.models import Signal
        from signals.telling import tell_of_nobody_left

        sight.declare_own(Signal, lambda user: Signal.objects.filter(author=user).values("pk"))
        registry.declare(*todo.TABLE)
        declare(*kinds.KINDS)
        membership_ended.connect(tell_of_nobody_left, dispatch_uid="signals.tell_of_nobody_left")
        fates.declare(*destroyed.TABLE)
