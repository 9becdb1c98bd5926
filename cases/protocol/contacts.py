"""Whom to call: the telephone numbers that hold in the whole country.

The buurtteam's number stands with the buurtteam (accounts.models): each school has its own.
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

    @property
    def href(self) -> str:
        """Return the number as a ``tel:`` link takes it."""
        return "tel:" + "".join(c for c in self.telephone if c.isdigit() or c == "+")


EMERGENCY, VEILIG_THUIS = "emergency", "veilig_thuis"
BUURTTEAM, INSPECTOR = "buurtteam", "inspector"

# fmt: off
CONTACTS: dict[str, Contact] = {contact.code: contact for contact in (
    Contact(EMERGENCY,    "112",            _("danger right now"), urgent=True),
    Contact(VEILIG_THUIS, "0800-2000",      "Veilig Thuis"),
    Contact(BUURTTEAM,    "",               _("Buurtteam")),
    Contact(INSPECTOR,    "0900-111 3 111", _("confidential inspector, for sexual offences")),
)}
# fmt: on
