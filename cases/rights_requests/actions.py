"""Registering a request, taking longer, answering it."""

from datetime import date
from uuid import UUID

from auditlog.context import disable_auditlog
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from accounts.most import check_room
from audit.about import apart_from
from cases.destruction.approving import take_back
from cases.errors import KEY_USED, ActionError
from cases.models import Case, DestructionList, DueItem, Pupil, RightsRequest
from cases.protocol import asking

KEEP = Permission.KEEP_REQUESTS
GIVEN = (RightsRequest.Outcome.GRANTED, RightsRequest.Outcome.PARTLY)


@transaction.atomic
def register(
    school: School, by: User, key: UUID, *, pupil: Pupil | None = None, **fields: object
) -> RightsRequest:
    """Put a request into the register of a school. Sent twice: once.

    Raises ``ActionError`` when the pupil's data were destroyed meanwhile.
    """
    access.check_school(by, KEEP, school.pk)
    asked = RightsRequest.objects.filter(idempotency_key=key).first()
    if asked is not None:
        if asked.registered_by_id != by.pk:
            raise ActionError(KEY_USED)
        return asked
    check_room("requests", RightsRequest.objects.open().filter(registered_by=by))
    # Whoever is kept out of the pupil's cases takes a letter too: refused, it would tell them.
    if pupil is not None:
        _hold(pupil, school)
    return RightsRequest.objects.create(
        school=school, registered_by=by, pupil=pupil, idempotency_key=key, **fields
    )


def _hold(pupil: Pupil, school: School) -> None:
    """Hold a pupil against who destroys their data at this moment."""
    if pupil.school_id != school.pk:
        raise PermissionDenied
    if Pupil.objects.select_for_update(no_key=True).filter(pk=pupil.pk).first() is None:
        raise ActionError(_("The pupil's data were destroyed."))


@transaction.atomic
def take_longer(asked: RightsRequest, by: User, *, why: str) -> None:
    """Take two months more, told with why within the first month. Sent twice: once."""
    asked = _held(asked, by)
    if asked.extended_on is not None:
        return
    today = timezone.localdate()
    if today > asked.first_due:
        raise ActionError(
            _("The first month is past: then it cannot be made longer. Answer it now."),
            field="why",
        )
    asked.extended_on, asked.extended_by = today, by
    asked.extended_why = "" if asked.is_emptied else why  # it went with the pupil's data
    asked.save(update_fields=["extended_on", "extended_why", "extended_by"])


@transaction.atomic
def answer(
    asked: RightsRequest,
    by: User,
    *,
    outcome: str,
    grounds: list[str],
    words: str,
    handed_over: str,
    explained: str,
    answered_on: date,
) -> int:
    """Write down how a request was answered; return how many cases wait to be destroyed by it.

    Raises ``ActionError`` without the ground of a refusal, or without why it was granted all the
    same where the table warns.
    """
    asked = _held(asked, by)
    if asked.answered_on is not None:
        raise ActionError(_("This request was answered already."))
    if is_gone := asked.is_emptied:  # with the pupil's data all that is said of them goes
        grounds, words, handed_over, explained = [], "", "", ""
    if outcome in RightsRequest.WITH_GROUNDS and not (is_gone or (grounds and words)):
        field = "words" if grounds else "grounds"
        raise ActionError(_("Say on which ground, and explain it."), field=field)
    if outcome in GIVEN and asked.warned and not (is_gone or explained):
        raise ActionError(_("Write down why you grant it all the same."), field="explained")
    if not asked.received_on <= answered_on <= timezone.localdate():
        raise ActionError(_("Choose a day since it came, up to today."), field="answered_on")
    # What is given whole has no ground on which something is not.
    asked.grounds = grounds if outcome in RightsRequest.WITH_GROUNDS else []
    asked.outcome, asked.words = outcome, words
    asked.handed_over, asked.explained = handed_over, explained
    asked.answered_on, asked.answered_by = answered_on, by
    asked.save()
    if asked.kind == asking.DESTROY and outcome in GIVEN and asked.pupil_id:
        return _list(asked, by)
    return 0


def _list(asked: RightsRequest, by: User) -> int:
    """Put the pupil's closed cases on the list: two people approve it, as of any other.

    The school is held (``_held``): it has one list.
    """
    today = timezone.localdate()
    # Without a row in the trail: the page shows no list at which nobody looked yet, and from whom
    # the request is kept would read there that it was granted.
    with disable_auditlog():
        made, __ = DestructionList.objects.get_or_create(
            school_id=asked.school_id, year=today.year, defaults={"made_by": by}
        )
    cases = Case.objects.permitted(by, KEEP).filter(pupil=asked.pupil_id, closed_at__isnull=False)
    with apart_from(""):  # beside that of the request, the row of each would say whose they are
        for case in cases.order_by("pk"):
            item, new = DueItem.objects.get_or_create(
                case=case, defaults={"of_list": made, "ground": DueItem.Ground.REQUEST}
            )
            if new or item.destruction_id or item.ground == DueItem.Ground.REQUEST:
                continue
            # Whoever approved that its period is over said nothing of a request.
            item.ground = DueItem.Ground.REQUEST
            take_back(item)
    return len(cases)


def _held(asked: RightsRequest, by: User) -> RightsRequest:
    """Return a request, locked, that the user may still answer."""
    by.hold_memberships()
    # The school before the pupil, as where a list comes in. Whom somebody keeps out of the pupil at
    # this very moment wrote before that, or not at all.
    School.objects.select_for_update(no_key=True).get(pk=asked.school_id)
    if asked.pupil_id:
        Pupil.objects.select_for_update(no_key=True).filter(pk=asked.pupil_id).first()
    found = RightsRequest.objects.visible_to(by, KEEP).filter(pk=asked.pk)
    if not found.exists():
        raise PermissionDenied
    return RightsRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
