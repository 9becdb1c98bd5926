"""Who a school works with around a case (docs/protocol.md, glossary and R34 to R42)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.TextChoices):
    """The organisations of a contact book, those of the chain first."""

    BUURTTEAM = "buurtteam", _("Buurtteam")
    SAVE = "save", _("SAVE team")
    VEILIG_THUIS = "veilig_thuis", "Veilig Thuis"
    RAAD = "raad", "Raad voor de Kinderbescherming"
    YOUTH_DOCTOR = "youth_doctor", _("Youth doctor or nurse")
    SCHOOL_SOCIAL_WORK = "school_social_work", _("School social work")
    POLICE = "police", _("Police: youth officer")
    OTHER = "other", _("Somebody else")
