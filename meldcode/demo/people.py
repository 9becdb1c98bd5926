"""Who the demo's people are, and the one password with which all of them sign in."""

from dataclasses import dataclass
from datetime import date

from accounts.models import School
from accounts.roles import Role

# Known to whoever reads this: seed_demo therefore refuses to run where real pupils could be.
PASSWORD = "vlierboom-in-bloei"  # noqa: S105
DOMAIN = "demo.example"
CITY = "Utrecht"
# They have worked here for years, so that no story is older than somebody's role.
SINCE = date(2020, 8, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo; the key is the part of the address before the @."""

    key: str
    name: str
    role: Role

    @property
    def email(self) -> str:
        """Return the address with which they sign in."""
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Place:
    """A demo school with its buurtteam and people."""

    name: str
    kind: str
    buurtteam: str
    telephone: str
    people: tuple[Person, ...]
    # Name of a class → age of most of its pupils.
    classes: tuple[tuple[str, int], ...]
    pupils_per_class: int


# No Dutch subscriber's number starts with a zero: nobody is called by mistake.
VLIERBOOM = Place(
    name="Lyceum De Vlierboom",
    kind=School.Kind.SECONDARY,
    buurtteam="Buurtteam Kromhoek",
    telephone="030 000 12 34",
    people=(
        Person("docent", "Mirthe van Aalderen", Role.TEACHER),
        Person("docent2", "Yusuf Demirbağ", Role.TEACHER),
        Person("docent3", "Sjoukje Hiemstra", Role.TEACHER),
        Person("docent4", "Ruben Pinas", Role.TEACHER),
        Person("zorgcoordinator", "Karima Ouazzani", Role.COORDINATOR),
        Person("aandachtsfunctionaris", "Tjeerd Wiarda", Role.ATTENTION_OFFICER),
        Person("schoolleider", "Anneke Boswinkel", Role.SCHOOL_LEADER),
        Person("gezinswerker", "Noor Kuipers", Role.BUURTTEAM_WORKER),
        Person("gezinswerker2", "Jérôme Martina", Role.BUURTTEAM_WORKER),
        Person("beheerder", "Chaima Verhoef", Role.ADMINISTRATOR),
    ),
    classes=(
        ("1A", 12), ("1B", 12), ("2A", 13), ("2B", 13), ("3A", 14), ("3B", 14), ("4A", 15),
        ("4B", 15), ("5A", 16), ("6A", 17),
    ),
    pupils_per_class=24,
)  # fmt: skip

# A second school, so that one can try what the first one does not see.
ZEVEN_SCHEPEN = Place(
    name="Basisschool De Zeven Schepen",
    kind=School.Kind.PRIMARY,
    buurtteam="Buurtteam Waterkant",
    telephone="030 000 56 78",
    people=(
        Person("leerkracht", "Danique Roelfs", Role.TEACHER),
        Person("leerkracht2", "Okke Feenstra", Role.TEACHER),
        Person("internbegeleider", "Marloes ten Have", Role.COORDINATOR),
        Person("directeur", "Henk-Jan Slagter", Role.SCHOOL_LEADER),
        Person("gezinswerker3", "Aylin Şahin", Role.BUURTTEAM_WORKER),
        Person("beheerder2", "Stefania Wójcik", Role.ADMINISTRATOR),
    ),
    classes=(("groep 2", 5), ("groep 4", 7), ("groep 6", 9), ("groep 8", 11)),
    pupils_per_class=15,
)

# What demo_accounts prints: one account per role, and one that must see nothing of the first five.
SHOWN = (
    ("docent", "Docent"),
    ("zorgcoordinator", "Zorgcoördinator"),
    ("aandachtsfunctionaris", "Aandachtsfunctionaris"),
    ("schoolleider", "Schoolleider"),
    ("gezinswerker", "Gezinswerker (buurtteam)"),
    ("beheerder", "Beheerder"),
    ("internbegeleider", "Intern begeleider (andere school)"),
)
