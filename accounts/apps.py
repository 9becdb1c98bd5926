"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, schools, buurtteams and memberships."""

    name = "accounts"
    verbose_name = _("People")
