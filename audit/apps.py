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
        """Register what each app declares in its ``audited.py``, and listen to signing in."""
        from audit import checks, sign_ins  # noqa: F401 - models are not there before `ready`
        from audit.log import register

        for app in apps.get_app_configs():
            if find_spec(f"{app.name}.audited"):
                table = import_module(f"{app.name}.audited")
                unsaid = getattr(table, "UNSAID", {})
                for model, fields in table.AUDITED.items():
                    register(model, fields, table.ABOUT[model], unsaid=unsaid.get(model, ()))
        sign_ins.listen()
