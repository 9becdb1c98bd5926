"""The roles that a membership can give."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is at a school or a buurtteam (glossary: docs/glossary.md)."""

    TEACHER = "teacher", _("Teacher")
    COORDINATOR = "coordinator", _("Care coordinator")
    ATTENTION_OFFICER = "attention_officer", _("Attention officer")
    BUURTTEAM_WORKER = "buurtteam_worker", _("Family worker (buurtteam)")
    SCHOOL_LEADER = "school_leader", _("School leader")
    ADMINISTRATOR = "administrator", _("Administrator")


# Both run cases for the internal care team; the permission table gives them one column.
CARE_TEAM = frozenset({Role.COORDINATOR, Role.ATTENTION_OFFICER})
