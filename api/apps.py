"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Other systems of a school: their tokens, and what these may do."""

    name = "api"
    verbose_name = _("Connected systems")

    def ready(self) -> None:
        """Follow what accounts tells, and tell what people are told. Models come before this."""
        from accounts.signals import membership_began, membership_ended
        from api import kinds
        from api.telling import tell_of_lately, tell_of_maker_gone
        from cases.notifications.kinds import declare

        declare(*kinds.KINDS)
        membership_began.connect(tell_of_lately, dispatch_uid="api.tell_of_lately")
        membership_ended.connect(tell_of_maker_gone, dispatch_uid="api.tell_of_maker_gone")
