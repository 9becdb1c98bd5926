"""What each role does with Meldcode: the help in the program, and ``docs/users``.

One table for both, in Dutch and English. ``script/user_guide`` takes the pictures and writes the
pages; ``tests/test_user_guide.py`` holds the pages to the table.
"""

from accounts.roles import Role
from meldcode.user_guide.others import ADMINISTRATOR, FAMILY
from meldcode.user_guide.parts import RoleHelp
from meldcode.user_guide.school import CARE, LEADER, TEACHER

GUIDES = (TEACHER, CARE, LEADER, FAMILY, ADMINISTRATOR)
BY_CODE = {guide.code: guide for guide in GUIDES}
PICTURES = tuple(c.picture for guide in GUIDES for c in guide.chapters if c.picture)


def guides_for(roles: set[Role]) -> list[RoleHelp]:
    """Return the help of some roles first, and then that of the others."""
    return sorted(GUIDES, key=lambda guide: not guide.roles & roles)
