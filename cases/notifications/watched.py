"""Letters on the administrator's screen and for monitoring: what waits, and what was given up."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import access
from accounts.access import Permission
from accounts.models import Membership, User
from background.reasons import in_words
from background.sections import Item, Section, Unsent
from cases.models import Envelope, OutboxMessage
from cases.notifications.outbox import send_again

SHOWN = 50


def unsent() -> Unsent:
    """Return how many letters wait, since when the oldest, and how many were given up.

    What waits for a digest's hour or the end of quiet hours is not late, and does not count. Nor is
    what waits for one reader's full mailbox or failing device: for that nobody is woken.
    """
    waiting = Envelope.objects.unsent()
    overdue = OutboxMessage.objects.to_seal(timezone.now())
    moments = (
        waiting.of_the_line().aggregate(oldest=Min("sealed_at"))["oldest"],
        overdue.aggregate(oldest=Min("not_before"))["oldest"],
    )
    return Unsent(
        waiting=waiting.count() + overdue.count(),
        oldest=min((moment for moment in moments if moment), default=None),
        dead=Envelope.objects.dead().count(),
    )


def given_up(user: User) -> QuerySet:
    """Return the letters that were given up, to people of the places where the user sees who works.

    Whoever left is not told anything any more: nobody has to look at it. Who works elsewhere too is
    told of that place's cases: there only a letter about a case of the user's own schools shows.
    """
    schools = access.schools(user, Permission.SEE_BACKGROUND)
    current = Membership.objects.current()
    people = current.of_places(schools).values("user_id")
    elsewhere = current.exclude(school__in=schools).values("user_id")
    own = OutboxMessage.objects.filter(notification__case__school__in=schools).values("envelope_id")
    dead = Envelope.objects.dead().filter(recipient__in=people)
    return dead.filter(Q(pk__in=own) | ~Q(recipient__in=elsewhere))


def _items(user: User) -> Sequence[Item]:
    found = given_up(user).select_related("recipient").order_by("-dead_at")[:SHOWN]
    return [
        Item(
            title=str(letter.get_channel_display()),
            state=_("Given up"),
            since=letter.dead_at,
            who=letter.recipient.name,
            why=str(in_words(letter.last_error)),
            failed=True,
            again=letter.public_id,
        )
        for letter in found
    ]


@transaction.atomic
def _again(user: User, public_id: UUID) -> bool:
    user.hold_memberships()
    letter = given_up(user).filter(public_id=public_id).first()
    if letter is None:
        raise Http404
    return send_again(letter)


LETTERS = Section(
    name="letters",
    title=gettext_lazy("Messages that did not arrive"),
    empty=gettext_lazy("All that was sent has arrived, or is still tried."),
    items=_items,
    again=_again,
)
