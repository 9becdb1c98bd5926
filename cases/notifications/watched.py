"""Letters on the administrator's screen and for monitoring: what waits, and what was given up."""

from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Replace
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import access
from accounts.access import Permission
from accounts.models import Membership, User
from background.reasons import in_words
from background.sections import Item, Section, Unsent
from cases.models import Envelope, Notification, OutboxMessage, RightsRequest
from cases.notifications.kinds import DESTROYED, DESTRUCTION_LISTED, REQUEST_DUE
from cases.notifications.outbox import send_again
from cases.notifications.querysets import SEVERAL
from cases.sight import kept_from
from cases.together import read_together

SHOWN = 50


def unsent() -> Unsent:
    """Return how many letters wait, since when the oldest, and how many were given up.

    What waits for a digest's hour or the end of quiet hours is not late, and does not count. Nor is
    what waits for one reader's full mailbox or failing device: for that nobody is woken.
    """
    envelopes, overdue = Envelope.objects, OutboxMessage.objects.to_seal(timezone.now())
    refused = envelopes.refused()
    oldest = {line: _first(envelopes.unsent_of(line), "sealed_at") for line in (True, False)}
    to_seal = _first(overdue, "not_before")
    counted = [_count(rows) for rows in (envelopes.unsent(), overdue, envelopes.dead())]
    read_together(refused, *oldest.values(), to_seal, *counted)
    moments = [*oldest[len(refused) >= SEVERAL], *to_seal]
    waiting, to_come, dead = (sum(number) for number in counted)
    return Unsent(waiting=waiting + to_come, oldest=min(moments, default=None), dead=dead)


def _first(rows: QuerySet, moment: str) -> QuerySet:
    return rows.order_by(moment).values_list(moment, flat=True)[:1]


def _count(rows: QuerySet) -> QuerySet:
    """Return how many rows there are, as a row, to be read with others."""
    ones = rows.order_by().annotate(all=Value(1)).values("all")
    return ones.annotate(number=Count("pk")).values_list("number", flat=True)


def given_up(user: User) -> QuerySet:
    """Return the letters that were given up, to people of the places where the user sees who works.

    Whoever left is not told anything any more: nobody has to look at it. Who works elsewhere too is
    told of that place's cases: there only a letter about a case of the user's own schools shows.
    Nor does one in which all is about cases that are kept from the user, or are for the board: that
    it went to this reader would tell of it, and of whose signal it is (R9). What hangs on no case
    can be about one all the same (``_about_pupils``).
    """
    schools = access.schools(user, Permission.SEE_BACKGROUND)
    current = Membership.objects.current()
    people = current.of_places(schools).values("user_id")
    elsewhere = current.exclude(school__in=schools).values("user_id")
    told = OutboxMessage.objects.filter(envelope=OuterRef("pk"))
    told = told.exclude(notification__case__restricted=True)
    told = told.exclude(notification__case__reference__in=kept_from(user))
    told = told.exclude(_about_pupils(user))
    own = told.filter(notification__case__school__in=schools)
    dead = Envelope.objects.dead().filter(Exists(told), recipient__in=people)
    return dead.filter(Exists(own) | ~Q(recipient__in=elsewhere))


def _about_pupils(user: User) -> Q:
    """Return the condition on messages that hang on no case and may be about what is kept from the
    user: of what goes, which they were not told themselves; of requests, from whose pupil they are
    kept.
    """
    the_same = Notification.objects.filter(
        recipient=user, kind=OuterRef("notification__kind"), key=OuterRef("notification__key")
    )
    of_what_goes = Q(notification__kind__in=(DESTROYED, DESTRUCTION_LISTED)) & ~Exists(the_same)
    # By its public reference, which SQLite and a message write in two ways.
    written = Replace(Cast("public_id", CharField()), Value("-"))
    requests = RightsRequest.objects.of_whom_kept_from(user).annotate(written=written)
    of_them = requests.filter(written=Replace(OuterRef("notification__about"), Value("-")))
    return of_what_goes | Q(Exists(of_them), notification__kind=REQUEST_DUE)


def _asked(user: User) -> QuerySet:
    return given_up(user).select_related("recipient").order_by("-dead_at")[:SHOWN]


def _item(letter: Envelope) -> Item:
    return Item(
        title=str(letter.get_channel_display()),
        state=_("Given up"),
        since=letter.dead_at,
        reader=letter.recipient.name,
        why=str(in_words(letter.last_error)),
        failed=True,
        again=letter.public_id,
    )


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
    asked=_asked,
    shown=_item,
    again=_again,
)
