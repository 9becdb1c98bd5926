"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Pupils, cases, the protocol and what hangs on it."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Follow what accounts tells, tell audit and tasks. The models are not there before now."""
        from accounts.signals import membership_ended
        from audit import sight
        from background.sections import declare_messages, declare_section
        from cases.handing_on import hand_on
        from cases.models import Case, DossierExport, EmergencyAccess
        from cases.notifications import watched
        from cases.papers import section_of
        from cases.sight import kept_from, known_to
        from cases.todo import of_cases, of_schools, registry

        membership_ended.connect(hand_on, dispatch_uid="cases.hand_on")
        sight.declare(Case, known_to=known_to, kept_from=kept_from)
        sight.declare_reading(DossierExport, EmergencyAccess)
        registry.declare(*of_cases.TABLE, *of_schools.TABLE)
        declare_section(section_of(DossierExport, "case", "dossiers", _("Dossiers as PDF")))
        declare_section(watched.LETTERS)
        declare_messages("letters", watched.unsent)
