"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    """Step 2: consultations, invitations, advice; the buurtteam worker's inbox."""

    name = "consultations"
    verbose_name = _("Consultations")
