"""Which roles an administrator gives, and what may not be done by whom: one table."""

from accounts.models import School
from accounts.roles import Role

# Role → where it is held. All of them are the administrator's to give, at their own school.
GIVEN_AT: dict[Role, str] = {
    Role.TEACHER: "school",
    Role.COORDINATOR: "school",
    Role.ATTENTION_OFFICER: "school",
    Role.SCHOOL_LEADER: "school",
    Role.ADMINISTRATOR: "school",
    Role.BUURTTEAM_WORKER: "buurtteam",
}


def place_of(role: str, school: School) -> dict[str, object]:
    """Return the fields of a membership that say where a role is held, given by a school."""
    at = GIVEN_AT[Role(role)]
    return {
        "school": school if at == "school" else None,
        "buurtteam": school.buurtteam if at == "buurtteam" else None,
    }
