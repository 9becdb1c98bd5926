"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackgroundConfig(AppConfig):
    """What runs behind the pages."""

    name = "background"
    verbose_name = _("Background work")

    def ready(self) -> None:
        """Listen to Celery. The models are not there before now."""
        from background import checks, presence, record  # noqa: F401

        record.listen()
        presence.listen()
