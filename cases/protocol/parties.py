"""Who helps the family or decides, along the chain (docs/protocol.md, R21 and R38 to R40)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCHOOL, BUURTTEAM, SAVE = "school", "buurtteam", "save"
VEILIG_THUIS, RAAD, OTHER = "veilig_thuis", "raad", "other"

# Code → name, as it stands at the beginning of a sentence.
PARTIES: dict[str, Promise | str] = {
    SCHOOL: _("The school"),
    BUURTTEAM: _("The buurtteam"),
    SAVE: _("The SAVE team"),
    VEILIG_THUIS: "Veilig Thuis",
    RAAD: _("The Raad voor de Kinderbescherming"),
    OTHER: _("Somebody else"),
}
