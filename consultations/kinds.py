"""What people are told of consultations (``cases.notifications.kinds``)."""

from collections.abc import Iterable
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Notification
from cases.notifications.kinds import Kind, Sight
from consultations.models import Invitation, ProposedTime
from consultations.querysets import InvitationQuerySet

INVITED, ENDED = "invited", "consultation_ended"
MENTIONED, ADVISED, TIMES, AGREED = "mentioned", "advised", "times", "agreed"
ACCEPTED, DECLINED, HANDED_OVER, OUTCOME = "accepted", "declined", "handed_over", "outcome"


def _about(invitations: InvitationQuerySet) -> Q:
    mine = invitations.filter(consultation__reference=OuterRef("about"))
    return Q(Exists(mine.order_by()))


def own_invitation(sight: Sight) -> Q:
    """Those about consultations to which the person is invited now."""
    return _about(Invitation.objects.of(sight.person))


def reads_it(sight: Sight) -> Q:
    """Those about consultations of cases that the person sees, and those that they joined."""
    return sight.case | _about(Invitation.objects.giving_access_to(sight.person))


def thought_along(sight: Sight) -> Q:
    """Those about consultations that ended while the person took part."""
    return _about(Invitation.objects.ended_with_consultation(sight.person))


def unanswered(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about invitations that wait for an answer."""
    return _of(Invitation.objects.of(person).filter(accepted_at__isnull=True), notifications)


def times_to_answer(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about proposed times on which the person said nothing yet."""
    return _of(ProposedTime.objects.to_answer_by(person), notifications)


def _of(rows: Iterable, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about the consultations of some rows."""
    about = [one.about for one in notifications]
    found = rows.filter(consultation__reference__in=about)
    standing = set(found.values_list("consultation__reference", flat=True))
    return {one.pk for one in notifications if one.about in standing}


def inbox(notification: Notification) -> str:
    """Return the path of the inbox."""
    return reverse("consultations:inbox")


def room(notification: Notification) -> str:
    """Return the path of the consultation."""
    return reverse("consultations:detail", args=[notification.about])


def reference(notification: Notification) -> str:
    """Return the consultation's reference."""
    return notification.about


# What the inbox itself shows.
IN_THE_INBOX = (INVITED, ENDED)
_kind = partial(Kind, known_to=reads_it, place=room, reference=reference)
READ_IT = _("You read it in the consultation.")
LOOK_THERE = _("Who it is stands in the consultation.")

# fmt: off
KINDS = (
    _kind(INVITED,
          _("You are invited to think along about a pupil."),
          _("Say in Meldcode whether you can; then you read the question."),
          known_to=own_invitation, place=inbox, waits=unanswered, on_case_page=False),
    _kind(MENTIONED,
          _("Somebody asks for your eye in a consultation."),
          READ_IT),
    _kind(ADVISED,
          _("There is advice in a consultation that you asked for."),
          READ_IT),
    _kind(TIMES,
          _("There are proposals for when a consultation is held."),
          _("Say which of them suit you."),
          waits=times_to_answer),
    _kind(AGREED,
          _("It was agreed when a consultation is held."),
          _("Day, time and place stand in the consultation.")),
    _kind(ACCEPTED,
          _("Somebody whom you invited thinks along."),
          LOOK_THERE),
    _kind(DECLINED,
          _("Somebody whom you invited cannot think along."),
          _("Why stands in the consultation. Invite somebody else there.")),
    _kind(HANDED_OVER,
          _("Somebody whom you invited let a colleague take their place."),
          LOOK_THERE),
    _kind(OUTCOME,
          _("The outcome of a consultation was recorded."),
          READ_IT),
    # Whoever thought along reads nothing any more; the case itself does not tell them.
    _kind(ENDED,
          _("A consultation in which you thought along was ended."),
          _("Thank you for thinking along. What you wrote stays with the school."),
          known_to=thought_along, place=inbox, on_case_page=False),
)
# fmt: on
