"""Whom to call: the telephone numbers that hold in the whole country.

The buurtteam's number stands with the buurtteam (accounts.models), those of the others in the
contact book of the school (cases.contact_book): each school has its own.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call. ``telephone`` as one reads it; empty when the school knows the number."""

    code: str
    telephone: str
    label: Promise | str
    urgent: bool = False
    note: Promise | str = ""
    at_night: bool = False

    @property
    def href(self) -> str:
        """Return the number as a ``tel:`` link takes it."""
        return "tel:" + "".join(c for c in self.telephone if c.isdigit() or c == "+")


EMERGENCY, VEILIG_THUIS = "emergency", "veilig_thuis"
BUURTTEAM, INSPECTOR = "buurtteam", "inspector"
SAVE, RAAD, POLICE = "save", "raad", "police"
YOUTH_DOCTOR, SCHOOL_SOCIAL_WORK = "youth_doctor", "school_social_work"

# fmt: off
CONTACTS: dict[str, Contact] = {contact.code: contact for contact in (
    Contact(EMERGENCY,          "112",            _("danger right now"),
            urgent=True, at_night=True),
    Contact(VEILIG_THUIS,       "0800-2000",      "Veilig Thuis",
            note=_("day and night, free"), at_night=True),
    Contact(BUURTTEAM,          "",               _("Buurtteam")),
    Contact(SAVE,               "",               _("SAVE team")),
    Contact(RAAD,               "",               "Raad voor de Kinderbescherming"),
    Contact(YOUTH_DOCTOR,       "",               _("Youth doctor or nurse")),
    Contact(SCHOOL_SOCIAL_WORK, "",               _("School social work")),
    Contact(POLICE,             "",               _("Police: youth officer")),
    Contact(INSPECTOR,          "0900-111 3 111",
            _("confidential inspector, for sexual offences")),
)}
# fmt: on
