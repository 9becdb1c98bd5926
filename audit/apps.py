"""App configuration: every app's table of audited fields is registered once all models stand."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Who saw and changed what."""

    name = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        """Register what each app declares in its ``audited.py``."""
        from audit.log import register  # models are not there before `ready`

        for app in apps.get_app_configs():
            if find_spec(f"{app.name}.audited"):
                for model, fields in import_module(f"{app.name}.audited").AUDITED.items():
                    register(model, fields)
