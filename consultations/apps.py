"""App configuration."""

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    """Step 2: consultations, invitations, advice; the buurtteam worker's inbox."""

    name = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        """Follow what accounts tells, tell audit and tasks. The models are not there before now."""
        from accounts.signals import membership_ended
        from audit import sight
        from cases.destruction import fates
        from cases.notifications.kinds import declare
        from cases.todo import doors, registry
        from consultations import destroyed, kinds, querysets, todo
        from consultations.actions import withdraw_invitations_of
        from consultations.models import AgendaItem, TimeAnswer

        declare(*kinds.KINDS)
        sight.declare_reading(AgendaItem, TimeAnswer)
        for model, keys in querysets.OWN.items():
            sight.declare_own(apps.get_model("consultations", model), keys)
        registry.declare(*todo.TABLE)
        doors.declare(*todo.DOORS)
        fates.declare(*destroyed.TABLE)
        membership_ended.connect(
            withdraw_invitations_of, dispatch_uid="consultations.withdraw_invitations_of"
        )
