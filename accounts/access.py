"""THE table: which role may do what, and how far.

Views, querysets, templates, the PDF export and the tests all ask this module; nobody compares roles
anywhere else. Source of the table: docs/architecture.md, "Access".

A *scope* says how far a permission reaches:

* ``SCHOOL``: everything of the schools (or of the buurtteam) where the user holds the role;
* ``TAKES_PART``: cases in which the user holds a grant;
* ``HANDED_OVER``: cases that the care team has handed to the user, to move them;
* ``INVITED``: consultations to which the user is invited, while that lasts;
* ``NONE``: nothing.
"""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from functools import wraps
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.roles import Role
from accounts.signals import turned_away

if TYPE_CHECKING:
    from accounts.models import Membership, School, User


class Permission(StrEnum):
    """What somebody can be allowed to do."""

    SEE_TASKS = "see_tasks"
    LOG_SIGNAL = "log_signal"
    SEE_OWN_SIGNALS = "see_own_signals"
    SEE_CASE = "see_case"
    MOVE_CASE = "move_case"
    ASSIGN_CASE = "assign_case"
    SEE_DASHBOARD = "see_dashboard"
    ASK_CONSULTATION = "ask_consultation"
    CHAIR_CONSULTATION = "chair_consultation"
    ADVISE = "advise"
    EXPORT_DOSSIER = "export_dossier"
    LIST_EXPORTABLE = "list_exportable"
    EXPORT_YEAR = "export_year"
    SEE_BOARD_CASE = "see_board_case"
    SET_PERIODS = "set_periods"
    SET_VACATIONS = "set_vacations"
    SEE_CONTACTS = "see_contacts"
    MANAGE_CONTACTS = "manage_contacts"
    EDIT_HELP = "edit_help"
    ATTACH_FILE = "attach_file"
    SHUT_OUT = "shut_out"
    EMERGENCY_ACCESS = "emergency_access"
    SEE_READERS = "see_readers"
    SEE_AUDIT = "see_audit"
    WATCH_ADMINISTRATORS = "watch_administrators"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    SET_SIGN_IN = "set_sign_in"
    SEE_BACKGROUND = "see_background"
    SEE_PUPIL = "see_pupil"
    TIE_SIBLINGS = "tie_siblings"
    SEE_FIGURES = "see_figures"
    SEE_YEAR_REPORT = "see_year_report"
    WRITE_YEAR_REPORT = "write_year_report"
    SEE_TEAM_FIGURES = "see_team_figures"
    SEE_DESIGN = "see_design"
    SEE_IMPORTS = "see_imports"
    IMPORT_PUPILS = "import_pupils"
    SEE_DESTRUCTION = "see_destruction"
    APPROVE_DESTRUCTION_FIRST = "approve_destruction_first"
    APPROVE_DESTRUCTION_SECOND = "approve_destruction_second"
    HOLD_CASE = "hold_case"
    SET_RETENTION = "set_retention"
    RECEIVE_DOSSIER = "receive_dossier"
    SEE_REQUESTS = "see_requests"
    KEEP_REQUESTS = "keep_requests"
    SEE_SYSTEMS = "see_systems"
    MANAGE_SYSTEMS = "manage_systems"


class Scope(IntEnum):
    """How far a permission reaches; a larger number reaches further."""

    NONE = 0
    INVITED = 1
    HANDED_OVER = 2
    TAKES_PART = 3
    SCHOOL = 4


N, I, H, P, S = Scope.NONE, Scope.INVITED, Scope.HANDED_OVER, Scope.TAKES_PART, Scope.SCHOOL  # noqa: E741

ROLES = (
    Role.TEACHER,
    Role.COORDINATOR,
    Role.ATTENTION_OFFICER,
    Role.BUURTTEAM_WORKER,
    Role.SCHOOL_LEADER,
    Role.ADMINISTRATOR,
)

# fmt: off
TABLE: dict[Permission, tuple[Scope, ...]] = {
    #                              teacher  coord.  att.off.  buurtteam  leader  admin.
    # "Mijn taken": what is asked of oneself. What stands there each row of its table asks apart.
    Permission.SEE_TASKS:          (S,      S,      S,        I,         S,      S),
    Permission.LOG_SIGNAL:         (S,      S,      S,        N,         S,      N),
    Permission.SEE_OWN_SIGNALS:    (S,      S,      S,        N,         S,      N),
    Permission.SEE_CASE:           (P,      S,      S,        N,         S,      N),
    Permission.MOVE_CASE:          (H,      S,      S,        N,         S,      N),
    Permission.ASSIGN_CASE:        (N,      S,      S,        N,         S,      N),
    Permission.SEE_DASHBOARD:      (N,      S,      S,        N,         S,      N),
    Permission.ASK_CONSULTATION:   (P,      S,      S,        N,         S,      N),
    Permission.CHAIR_CONSULTATION: (N,      S,      S,        N,         N,      N),
    Permission.ADVISE:             (I,      I,      I,        I,         I,      N),
    Permission.EXPORT_DOSSIER:     (N,      S,      S,        N,         S,      S),
    Permission.LIST_EXPORTABLE:    (N,      N,      N,        N,         N,      S),
    # All dossiers of a school year at once; the school leader is told.
    Permission.EXPORT_YEAR:        (N,      N,      N,        N,         N,      S),
    # A case about somebody who works at the school (R9): beside what the rows above give.
    Permission.SEE_BOARD_CASE:     (N,      N,      N,        N,         S,      N),
    Permission.SET_PERIODS:        (N,      S,      S,        N,         N,      N),
    Permission.SET_VACATIONS:      (N,      S,      S,        N,         N,      S),
    # The contact book: whom the school works with, and their numbers.
    Permission.SEE_CONTACTS:       (S,      S,      S,        N,         S,      S),
    Permission.MANAGE_CONTACTS:    (N,      S,      S,        N,         N,      S),
    # What the help page says of organisations, training and reading.
    Permission.EDIT_HELP:          (N,      N,      N,        N,         N,      S),
    Permission.ATTACH_FILE:        (P,      S,      S,        N,         S,      N),
    # Conflict of interest: who keeps a person out of all that is about a pupil.
    Permission.SHUT_OUT:           (N,      S,      S,        N,         S,      N),
    # "Break glass": into a case of another school of one's own board, for a day, with a reason.
    Permission.EMERGENCY_ACCESS:   (N,      N,      N,        N,         S,      N),
    # Who looked at this case; and the trail of the whole school: who, when and in which case by
    # its reference, without a pupil, a word or a case for the board (audit/querysets.py).
    Permission.SEE_READERS:        (N,      S,      S,        N,         S,      N),
    Permission.SEE_AUDIT:          (N,      N,      N,        N,         N,      S),
    # Unusual reading by who looks after that trail themselves: somebody else looks at it too.
    Permission.WATCH_ADMINISTRATORS: (N,    N,      N,        N,         S,      N),
    Permission.SEE_PEOPLE:         (N,      N,      N,        N,         S,      S),
    Permission.MANAGE_PEOPLE:      (N,      N,      N,        N,         N,      S),
    Permission.SET_SIGN_IN:        (N,      N,      N,        N,         N,      S),
    # Work behind the pages: what concerns the whole installation, and papers of the own school.
    Permission.SEE_BACKGROUND:     (N,      N,      N,        N,         N,      S),
    # A pupil over the years: their cases, as far as one sees them, and who their siblings are.
    Permission.SEE_PUPIL:          (N,      S,      S,        N,         S,      N),
    Permission.TIE_SIBLINGS:       (N,      S,      S,        N,         N,      N),
    # Figures: all of them for the care team, which knows the cases. What leaves it is the year
    # report, of years that are over and with small numbers hidden (cases/figures). A buurtteam has
    # figures of its own consultations.
    Permission.SEE_FIGURES:        (N,      S,      S,        N,         N,      N),
    Permission.SEE_YEAR_REPORT:    (N,      S,      S,        N,         S,      S),
    Permission.WRITE_YEAR_REPORT:  (N,      N,      N,        N,         S,      S),
    Permission.SEE_TEAM_FIGURES:   (N,      N,      N,        S,         N,      N),
    # The parts that pages are made of, with invented people: for whoever looks after the program.
    Permission.SEE_DESIGN:         (N,      N,      N,        N,         N,      S),
    # Pupils and classes from the school's administration; that it was done, and how many, is known.
    Permission.SEE_IMPORTS:        (N,      N,      N,        N,         S,      S),
    Permission.IMPORT_PUPILS:      (N,      N,      N,        N,         N,      S),
    # What is due for destruction, by reference and year alone; it goes when one of each side said
    # so: who looks after the program, and who knows the cases. Either holds a case back.
    Permission.SEE_DESTRUCTION:    (N,      S,      N,        N,         S,      S),
    Permission.APPROVE_DESTRUCTION_FIRST:  (N, N,   N,        N,         N,      S),
    Permission.APPROVE_DESTRUCTION_SECOND: (N, S,   N,        N,         S,      N),
    Permission.HOLD_CASE:          (N,      S,      N,        N,         S,      S),
    Permission.SET_RETENTION:      (N,      N,      N,        N,         N,      S),
    # A dossier that another school hands over: who takes it in knows which case it belongs to.
    Permission.RECEIVE_DOSSIER:    (N,      S,      S,        N,         N,      N),
    # Requests of parents and pupils (AVG): the register with its clock; who keeps it knows whom a
    # request is about, who only sees it does not.
    Permission.SEE_REQUESTS:       (N,      S,      S,        N,         S,      S),
    Permission.KEEP_REQUESTS:      (N,      S,      S,        N,         S,      N),
    # Other systems of the school and their tokens (api/): which there are, and giving them one.
    Permission.SEE_SYSTEMS:        (N,      N,      N,        N,         S,      S),
    Permission.MANAGE_SYSTEMS:     (N,      N,      N,        N,         N,      S),
}
# fmt: on


# What emergency access gives, for a day: to see the case and open its files. Nothing is moved and
# no dossier is exported; each reading is written down.
EMERGENCY_GIVES = frozenset({Permission.SEE_CASE})


# The same by role: a page asks some hundred times.
_REACH = {
    role: {permission: reaches[place] for permission, reaches in TABLE.items()}
    for place, role in enumerate(ROLES)
}
_GIVEN = {
    role: frozenset(permission for permission, reach in reaches.items() if reach > Scope.NONE)
    for role, reaches in _REACH.items()
}


def scope(role: str, permission: Permission) -> Scope:
    """Return how far a permission reaches for a role."""
    return _REACH[role][permission]


def roles_at(permission: Permission, reach: Scope) -> list[Role]:
    """Return the roles whose permission reaches exactly as far as ``reach``."""
    return [role for role in ROLES if scope(role, permission) == reach]


def memberships_with(user: "User", permission: Permission) -> "list[Membership]":
    """Return the user's current memberships that give a permission at all."""
    if not user.is_authenticated:
        return []
    return [m for m in user.current_memberships if scope(m.role, permission) > Scope.NONE]


def may(user: "User", permission: Permission) -> bool:
    """Tell whether the user has a permission anywhere, at whatever scope."""
    return bool(memberships_with(user, permission))


def permissions_of(user: "User") -> frozenset[Permission]:
    """Return all that the user ``may``: what a page looks at forty times is asked once."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset().union(*(_GIVEN[m.role] for m in user.current_memberships))


def school_ids(user: "User", permission: Permission, reach: Scope = Scope.SCHOOL) -> list[int]:
    """Return the schools where the user's permission reaches exactly as far as ``reach``."""
    return [
        m.school_id
        for m in memberships_with(user, permission)
        if m.school_id and scope(m.role, permission) == reach
    ]


def schools(user: "User", permission: Permission) -> "list[School]":
    """Return the schools as a whole for which the user holds a permission."""
    return list(
        {
            m.school_id: m.school
            for m in memberships_with(user, permission)
            if m.school_id and scope(m.role, permission) == Scope.SCHOOL
        }.values()
    )


def check_school(user: "User", permission: Permission, school_id: int) -> None:
    """Raise ``PermissionDenied`` unless the user holds a permission for a whole school, now.

    Where something is about to be written: a role can end while a form is read, or while it waits
    for a lock. In a transaction it comes first, for it holds the roles until that ends.
    """
    user.hold_memberships()
    if school_id not in school_ids(user, permission):
        raise PermissionDenied


View = Callable[..., HttpResponse]


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Declare who may use a view: whoever holds one of the permissions; for others it is not there.

    A 404, not a 403: an answer that differs would tell that there is something to find. The object
    that a view shows is asked for apart, from its own ``visible_to`` queryset.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not any(may(request.user, permission) for permission in permissions):
                user = request.user
                # Whose next role waits for minutes lost none, and is at work in some.
                if user.is_authenticated and not (
                    user.current_memberships or user.waiting_memberships
                ):
                    turned_away.send(sender=None, user=user)
                raise Http404
            return view(request, *args, **kwargs)

        guarded.access = permissions
        return guarded

    return decorate


PUBLIC = "public"
SIGNED_IN = "signed in"


def open_to(audience: str) -> Callable[[View], View]:
    """Declare that a view is for everybody (``PUBLIC``) or for whoever is signed in."""

    def decorate(view: View) -> View:
        view.access = audience
        if audience == PUBLIC:
            view.login_required = False
        return view

    return decorate
