"""What the help of a role is made of."""

from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.roles import Role

PICTURES_AT = "img/guide"
# Width and height of what a picture shows.
PHONE, DESK = (390, 720), (1280, 800)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as somebody of the demo school sees it. ``name``: of the file, without its ending."""

    name: str
    # Before the @ of their address in the demo.
    who: str
    # "{case}" and "{consultation}": the address of the first one that they have.
    path: str
    shows: Promise
    phone: bool = False

    @property
    def file(self) -> str:
        """Return where it stands among the static files."""
        return f"{PICTURES_AT}/{self.name}.png"

    @property
    def width(self) -> int:
        """Return how wide it is, in pixels."""
        return PHONE[0] if self.phone else DESK[0]

    @property
    def height(self) -> int:
        """Return how high it is, in pixels."""
        return PHONE[1] if self.phone else DESK[1]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that somebody does, in the order in which they do it."""

    title: Promise
    steps: tuple[Promise, ...]
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class RoleHelp:
    """The help of one role. ``code``: in addresses and file names."""

    code: str
    roles: frozenset[Role]
    title: Promise
    lead: Promise
    chapters: tuple[Chapter, ...]
