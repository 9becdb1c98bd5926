"""A name by which people at a school know somebody: no two read alike."""

from django.utils.translation import gettext_lazy

from accounts.letters import normal
from accounts.models import Membership, School, User

# Under this name the trail shows what nobody did by hand.
PROGRAM = "Meldcode"
LONGEST = User._meta.get_field("name").max_length
TAKEN = gettext_lazy(
    "Somebody of this name works here already. Add what tells you apart, such as a second name."
)


def is_taken(name: str, school: School) -> bool:
    """Tell whether a new name reads as that of somebody who works here, or of the program itself.

    In mails and in who looked at what a name is all that one sees: an administrator who comes in
    by a second address would be told of, and seen, as a colleague.
    """
    held = Membership.objects.of_places([school]).filter(ended_at=None)
    names = held.values_list("user__name", flat=True)
    return _as_read(name) in {_as_read(one) for one in (*names, PROGRAM)}


def told_apart(name: str, email: str, school: School) -> str:
    """Return a name that a provider gave; with the address where somebody bears it already."""
    return f"{name[:40]} ({email})"[:LONGEST] if is_taken(name, school) else name


def _as_read(name: str) -> str:
    return "".join(sign for sign in normal("NFKD", name.casefold()) if sign.isalnum())
