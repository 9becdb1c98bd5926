"""A name by which people at a school know somebody: of two that read alike the later says more."""

import unicodedata
from collections.abc import Collection

from accounts.letters import normal
from accounts.models import Membership, School, User

# Under this name the trail shows what nobody did by hand.
PROGRAM = "Meldcode"
LONGEST = User._meta.get_field("name").max_length
# Of Latin letters the last one that names here are written with. Signs beyond it can look like one
# of these, or like nothing at all.
LAST_OF_OURS = "\u017f"
# What a reader takes for one another, in small letters.
LOOKS_LIKE = str.maketrans({"l": "i", "1": "i", "\u0131": "i", "0": "o"})
LOOK_LIKE_ONE = (("rn", "m"), ("vv", "w"))


def told_apart(name: str, email: str, schools: Collection[School]) -> str:
    """Return the name of a new account: with its address, where it could be taken for another's.

    In a list of colleagues a name is all that one sees: an administrator who comes in by a second
    address would be taken for one. No name is refused: each try would tell who works there.
    """
    return f"{name[:40]} ({email})"[:LONGEST] if _could_be_another(name, schools) else name


def _could_be_another(name: str, schools: Collection[School]) -> bool:
    letters = _letters(name)
    if not letters or max(letters) > LAST_OF_OURS:
        return True
    # Also of who left: they may come back.
    names = Membership.objects.of_places(schools)
    borne = {PROGRAM, *names.values_list("user__name", flat=True)}
    return _as_read(letters) in {_as_read(_letters(one)) for one in borne}


def _letters(name: str) -> str:
    """Return the letters and figures of a name, without their marks."""
    signs = normal("NFKD", name.casefold())
    return "".join(sign for sign in signs if unicodedata.category(sign)[0] in "LN")


def _as_read(letters: str) -> str:
    """Return what is alike for names that a reader may take for one another, in whatever order."""
    for several, one in LOOK_LIKE_ONE:
        letters = letters.replace(several, one)
    return "".join(sorted(letters.translate(LOOKS_LIKE)))
