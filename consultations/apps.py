"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    """Step 2: consultations, invitations, advice; the buurtteam worker's inbox."""

    name = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        """Follow what accounts tells, and tell the audit. The models are not there before now."""
        from accounts.signals import membership_ended
        from audit import sight
        from background.sections import declare_messages
        from consultations.actions import withdraw_invitations_of
        from consultations.models import AgendaItem, TimeAnswer
        from consultations.watched import unsent

        sight.declare_reading(AgendaItem, TimeAnswer)
        declare_messages("invitations", unsent)

        membership_ended.connect(
            withdraw_invitations_of, dispatch_uid="consultations.withdraw_invitations_of"
        )
