"""Making the list of a school: by the calendar each year, or by hand at any time."""

from datetime import date

from auditlog.context import disable_auditlog
from django.db import transaction
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.models import Membership, School, User
from audit.kinds import Kind
from audit.log import record_read
from cases.destruction.due import cases_due, pupils_due
from cases.models import DestructionList, DueItem
from cases.notifications.kinds import DESTRUCTION_LISTED
from cases.notifications.telling import notify

# After the summer: a school year ends in July, and with it what was to be kept until then.
FIRST_MONTH = 9
APPROVE = (Permission.APPROVE_DESTRUCTION_FIRST, Permission.APPROVE_DESTRUCTION_SECOND)


@transaction.atomic
def look_again(school: School, by: User) -> int:
    """Put on this year's list what became due since; return how much of it they may know of."""
    access.check_school(by, Permission.SEE_DESTRUCTION, school.pk)
    made = _list(school, timezone.localdate(), by)
    return DueItem.objects.visible_to(by).filter(pk__in=[item.pk for item in made]).count()


def list_all(today: date) -> None:
    """Make the list of this year for each school that has none yet, and tell who approves."""
    if today.month < FIRST_MONTH:
        return
    # One that somebody began by hand, or a request did, is no reason to tell nobody.
    done = DestructionList.objects.filter(year=today.year, made_by=None).values("school")
    for school in School.objects.exclude(pk__in=done).order_by("pk"):
        with transaction.atomic():
            if _list(school, today, None) or _waits(school):
                _tell(school, today)


def _list(school: School, today: date, by: User | None) -> list[DueItem]:
    School.objects.select_for_update(no_key=True).get(pk=school.pk)  # one after the other
    # Whoever looks first made it, in the trail: a request that began it shows itself to nobody.
    with disable_auditlog():
        made, __ = DestructionList.objects.get_or_create(
            school=school, year=today.year, defaults={"made_by": by}
        )
        is_new = made.looked_at is None
        made.looked_at = timezone.now()
        made.made_by = made.made_by if by else None
        made.save(update_fields=["looked_at", "made_by"])
    if is_new:
        record_read(by, made, kind=Kind.MADE)
    items = [DueItem(of_list=made, case=case) for case in cases_due(school, today).order_by("pk")]
    items += [
        DueItem(of_list=made, pupil=pupil) for pupil in pupils_due(school, today).order_by("pk")
    ]
    return DueItem.objects.bulk_create(items, batch_size=500)


def _waits(school: School) -> bool:
    return DueItem.objects.waiting().filter(of_list__school=school).exists()


def _tell(school: School, today: date) -> None:
    roles = [role for one in APPROVE for role in access.roles_at(one, access.Scope.SCHOOL)]
    members = Membership.objects.current().filter(school=school, role__in=roles)
    people = User.objects.filter(pk__in=members.values("user")).order_by("pk")
    waits = DueItem.objects.waiting().filter(of_list__school=school)
    notify(
        DESTRUCTION_LISTED,
        # Told of a list on which they see nothing, they would know what that means.
        [person.pk for person in people if waits.visible_to(person).exists()],
        f"{school.pk} {today.year}",
        about=str(school.pk),
    )
