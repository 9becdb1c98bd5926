"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    """Step 1: signals, their categories, and quick logging."""

    name = "signals"
    verbose_name = _("Signals")
