"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Pupils, cases, the protocol and what hangs on it."""

    name = "cases"
    verbose_name = _("Cases")
