"""The first cards: what somebody in a role comes for, until they close them. A table by role.

Which were closed stands in the user's own row (``User.guides_closed``, codes of roles), which every
page reads anyway. A role that comes later shows its own cards.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role


@dataclass(frozen=True, slots=True)
class Card:
    """One of the cards. ``page``: the name of the URL that it leads to, which takes nothing."""

    icon: str
    title: Promise
    text: Promise
    page: str


@dataclass(frozen=True, slots=True)
class FirstCards:
    """The cards of a role."""

    role: Role
    cards: tuple[Card, ...]


# fmt: off
STEPS = Card("signpost", _("What happens after that"), _(
    "The care team reads along and leads the case through five steps. See who does what in each "
    "step."), "tour")
CARE_TEAM_CARDS = (
    Card("folder", _("See all cases of your school"), _(
        "What is urgent or stands still comes first. Search by name, or by a word."),
        "cases:dashboard"),
    Card("signpost", _("Walk the five steps"), _(
        "In each case stands what is asked now, until when and why. You may do otherwise, with "
        "written grounds."), "tour"),
    Card("phone", _("Fill in whom you call"), _(
        "Put the numbers of your own partners in the contact book: they appear where a case needs "
        "them."), "cases:contacts"),
)

CARDS: dict[Role, tuple[Card, ...]] = {
    Role.TEACHER: (
        Card("plus", _("Did you see or hear something?"), _(
            "Write it down as you saw it. It takes a minute, and you do not have to be sure."),
            "signals:new"),
        STEPS,
        Card("phone", _("Whom do you call in danger?"), _(
            "The numbers stand at the foot of every page, with who does what on the help page."),
            "help"),
    ),
    Role.COORDINATOR: CARE_TEAM_CARDS,
    Role.ATTENTION_OFFICER: CARE_TEAM_CARDS,
    Role.BUURTTEAM_WORKER: (
        Card("inbox", _("See what schools ask you"), _(
            "You read the question and what the school shares with it, and nothing else of the "
            "case."), "consultations:inbox"),
        Card("signpost", _("Know where the school stands"), _(
            "Schools walk five steps. See in which of them they ask you, and what they do with "
            "your advice."), "tour"),
        Card("bell", _("Choose how you are told"), _(
            "You get a mail when a school asks you something. In it stands no name and no word of "
            "the case."), "notifications:settings"),
    ),
    Role.SCHOOL_LEADER: (
        Card("folder", _("Follow the cases of your school"), _(
            "The care team leads them. You are told when a case stands still too long."),
            "cases:dashboard"),
        Card("warning", _("When it is about a colleague"), _(
            "Such a signal comes to you alone, outside the Meldcode. Read what you do then, at "
            "rule R9."), "protocol"),
        Card("chart", _("Account for the year"), _(
            "The year report counts without names, and hides numbers that are too small."),
            "cases:year_report"),
    ),
    Role.ADMINISTRATOR: (
        Card("people", _("Let colleagues in"), _(
            "Invite people, give them their role, and end it on the day they leave."),
            "people:people"),
        Card("phone", _("Keep the numbers right"), _(
            "Fill in the contact book and the help page of your school. Look them over once a "
            "year."), "cases:contacts"),
        Card("eye", _("See who looked at what"), _(
            "The trail shows who opened which case: by its reference, without a word of it."),
            "audit:school"),
    ),
}
# fmt: on


def cards_of(user: User) -> FirstCards | None:
    """Return the cards of the first of somebody's roles that they did not close yet."""
    held = {membership.role for membership in user.current_memberships}
    left = (role for role in CARDS if role in held and role not in user.guides_closed)
    role = next(left, None)
    return FirstCards(role, CARDS[role]) if role else None


def close_cards(user: User, role: str) -> None:
    """Take the cards of one of somebody's roles away; also where another has the very same."""
    if role not in {membership.role for membership in user.current_memberships}:
        return
    same = {other for other in CARDS if CARDS[other] == CARDS[Role(role)]}
    with transaction.atomic():
        own = User.objects.select_for_update().get(pk=user.pk)
        own.guides_closed = sorted({*own.guides_closed, *same})
        own.save(update_fields=["guides_closed"])


def show_cards_again(user: User) -> None:
    """Show the cards of all roles again."""
    User.objects.filter(pk=user.pk).update(guides_closed=[])
