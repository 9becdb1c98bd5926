"""Shutting somebody out of a pupil's cases; letting a sister school's leader in for a day."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership, School, User
from accounts.most import a_day_ago, check_room
from accounts.nobody import in_nobodys_name
from accounts.people.letters import LATELY
from accounts.roles import CARE_TEAM, Role
from accounts.waiting import wait_longer
from audit.about import apart_from, told_in
from audit.kinds import Kind
from audit.log import record_read
from cases.actions import check
from cases.destruction.approving import take_back_of
from cases.errors import KEY_USED, ActionError
from cases.models import (
    Case,
    CaseUserObjectPermission,
    EmergencyAccess,
    Pupil,
    ShutOut,
)
from cases.notifications.kinds import EMERGENCY, SHUT_OUT
from cases.notifications.telling import Thing, notify, notify_of_many
from cases.querysets import CaseQuerySet

NOBODY_LEFT = gettext_lazy(
    "Nobody would be left who can run this case. Give a colleague that role first."
)
LEADERS_ALONE = gettext_lazy(
    "Only another leader of this school keeps a school leader out: ask them. Is there none? Then "
    "the administrator gives a colleague that role first."
)
ENDED_BY_LEADERS = gettext_lazy(
    "This person leads the school: only another leader ends this. Ask them. Is there none? Then "
    "the administrator gives a colleague that role first."
)
EMERGENCY_LASTS = timedelta(hours=24)
NO_SUCH_CASE = gettext_lazy(
    "With this school and reference there is no case that can be opened so. Look at it again."
)


def shut_out(case: Case, by: User, person: User, *, ground: str, explanation: str) -> ShutOut:
    """Keep a person out of all cases of the pupil from now on. Sent twice: once.

    Raises ``ActionError`` when nobody would be left who can run the case: somebody must; and for a
    leader of the school, unless another one does it. ``PermissionDenied`` when the case was
    destroyed at this very moment.
    """
    Pupil.objects.wait_for(case.pupil_id, longer=True)
    return _shut_out(case, by, person, ground=ground, explanation=explanation)


@transaction.atomic
def _shut_out(case: Case, by: User, person: User, *, ground: str, explanation: str) -> ShutOut:
    wait_longer()
    # Theirs too, and their row, as where a role is given: who begins to lead meanwhile does so
    # before this, or after.
    by.hold_memberships(person)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    # Then the pupil, as a first signal does; then all cases: what is about to be written in one of
    # them is written before, or refused.
    _hold_pupil(case)
    locked = Case.objects.select_for_update(of=("self",)).filter(pupil=case.pupil_id)
    case = next((one for one in locked.order_by("pk") if one.pk == case.pk), None)
    if case is None:
        raise PermissionDenied
    check(by, Permission.SHUT_OUT, case)
    same = ShutOut.objects.standing().shown_in(case).filter(user=person)
    if case.restricted:  # what was set in another case can be ended there
        same = same.filter(case__restricted=True)
    standing = same.first()
    if standing is not None:
        return standing
    if not people_at(case).filter(pk=person.pk).exists():
        raise ActionError(_("Choose somebody who works with this school."), field="person")
    if person.pk in runners(case) and not runners(case) - {person.pk}:
        raise ActionError(NOBODY_LEFT, field="person")
    _check_board_line(case, by, person)
    of_theirs = ShutOut.objects.filter(set_by=by)
    check_room("conflicts_a_day", of_theirs.filter(set_at__gt=a_day_ago()))
    now = timezone.now()
    others = ShutOut.objects.standing().filter(pupil=case.pupil_id, user=person)
    made = ShutOut.objects.create(
        pupil_id=case.pupil_id,
        case=case,
        user=person,
        ground=ground,
        explanation=explanation,
        set_by=by,
        set_at=now,
        kept_out_since=others.aggregate(since=Min("kept_out_since"))["since"] or now,
    )
    _take_back(case, person, by)
    if person.pk in _leads(case):
        # So that nobody hides a case from whoever leads: the others who run it are told at once.
        notify(SHUT_OUT, runners(case, soon=True) - {by.pk}, f"set-{made.pk}", case=case)
    return made


def _hold_pupil(case: Case) -> None:
    """Hold the pupil of a case. Raises ``PermissionDenied`` when both were destroyed meanwhile."""
    try:
        Pupil.objects.hold(case.pupil_id)
    except Pupil.DoesNotExist as error:
        raise PermissionDenied from error


def tell_of_lately(membership: Membership, **kwargs: Any) -> None:
    """Tell whoever runs cases from now on what all who did were told at once, in the weeks before.

    (``accounts.signals.membership_began``.) Else it would be done in silence while the roles of all
    who are told are over for a minute. And where they are kept out themselves: tell the others, as
    when a leader is.
    """
    if access.scope(membership.role, Permission.MOVE_CASE) < Scope.SCHOOL:
        return
    person, since = membership.user_id, timezone.now() - LATELY
    own = ShutOut.objects.standing().filter(user=person)
    kept_from = set(own.values_list("pupil_id", flat=True))
    for_board = access.scope(membership.role, Permission.SEE_BOARD_CASE) >= Scope.SCHOOL

    def will_run(case: Case) -> bool:  # a role can begin some day: they read it then
        return case.pupil_id not in kept_from and (for_board or not case.restricted)

    for one in own.filter(pupil__school=membership.school_id).select_related("case"):
        # Where the case is gone in which it was set, in the pupil's newest that is not the board's.
        others = Case.objects.filter(pupil=one.pupil_id)
        case = one.case or others.order_by("-restricted", "pk").last()
        if case is not None:
            key = f"leads-{membership.pk}-{one.pk}"
            notify(SHUT_OUT, runners(case, soon=True), key, by=one.set_by, case=case)
    _tell_since(person, since, will_run, case__school=membership.school_id)


def _tell_since(person: int, since: datetime, runs: Callable[[Case], bool], **of: object) -> None:
    """Tell somebody who runs cases who came in since a moment, and who is kept out or no longer."""
    notify_of_many(person, _since(person, since, cache(runs), **of))


def _since(
    person: int, since: datetime, runs: Callable[[Case], bool], **of: object
) -> Iterator[Thing]:
    opened = EmergencyAccess.objects.filter(given_at__gt=since, **of)
    for given in opened.select_related("case", "user").order_by("pk"):
        if runs(given.case):
            yield Thing(EMERGENCY, str(given.pk), given.user, given.case)
    lately = Q(set_at__gt=since) | Q(ended_at__gt=since)
    others = ShutOut.objects.filter(lately, **of).exclude(user=person)
    lead: dict[int, set[int]] = {}
    for one in others.select_related("case", "set_by", "ended_by").order_by("pk"):
        if not runs(one.case):
            continue
        if one.case.school_id not in lead:
            lead[one.case.school_id] = _leads(one.case)
        if one.set_at > since and one.user_id in lead[one.case.school_id]:
            yield Thing(SHUT_OUT, f"set-{one.pk}", one.set_by, one.case)
        if one.ended_at is not None:
            yield Thing(SHUT_OUT, f"ended-{one.pk}", one.ended_by, one.case)
    yield from _who_came_to_lead(person, since, runs, **of)


def _who_came_to_lead(
    person: int, since: datetime, runs: Callable[[Case], bool], **of: object
) -> Iterator[Thing]:
    """Yield who came to run cases since a moment while they are kept out of one."""
    roles = access.roles_at(Permission.MOVE_CASE, Scope.SCHOOL)
    began = Membership.objects.filter(given_at__gt=since, ended_at=None, role__in=roles)
    kept_out = ShutOut.objects.standing().filter(user__in=began.values("user"), **of)
    for one in kept_out.exclude(user=person).select_related("case", "set_by").order_by("pk"):
        if not runs(one.case):
            continue
        here = began.filter(user=one.user_id, school=one.case.school_id, given_at__gt=one.set_at)
        # By the newest of their roles: with ten a day it would be ten times as many.
        if (leads := here.order_by("pk").values_list("pk", flat=True).last()) is not None:
            yield Thing(SHUT_OUT, f"leads-{leads}-{one.pk}", one.set_by, one.case)


def _take_back(case: Case, person: User, by: User) -> None:
    """End what the person had in the pupil's cases.

    What a case for the board takes back stands in its own trail: who reads the pupil's other case
    sees that it ended, and not by whom (R9). And what is taken back in one for the board stands in
    nobody's name: in their own trail somebody who knows of none would see that it is there.
    """
    cases = Case.objects.filter(pupil=case.pupil_id)
    if case.restricted:
        with told_in(case):
            _end_all(cases, person, None)
        return
    with apart_from(""):  # beside who set it, it would say whom a conflict is about
        _end_all(cases.filter(restricted=False), person, by)
        with in_nobodys_name():
            _end_all(cases.filter(restricted=True), person, None)


def _end_all(cases: CaseQuerySet, person: User, by: User | None) -> None:
    """End what the person had in cases of a pupil: grants, invitations, access, being responsible,
    and what they approved for destruction.

    One by one, so that the audit hears of each. ``by``: who ended it, where the case may say so.
    """
    now = timezone.now()
    CaseUserObjectPermission.objects.filter(user=person, content_object__in=cases).delete()
    for given in EmergencyAccess.objects.running().filter(user=person, case__in=cases):
        given.ends_at, given.ended_by = now, by
        given.save(update_fields=["ends_at", "ended_by"])
    # What ended with its consultation or case stays as it ended: nobody is withdrawn from that.
    rooms = {
        "consultation__case__in": cases.filter(closed_at__isnull=True),
        "consultation__closed_at__isnull": True,
    }
    for invitation in person.invitations.standing().filter(**rooms).order_by("pk"):
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
    # Who ran one that is closed stays written there: that it went from its page would tell those
    # who take part in it of the case in which somebody is kept out.
    for run in cases.filter(responsible=person, closed_at__isnull=True):
        run.responsible = None
        run.save(update_fields=["responsible"])
    take_back_of(person, cases)


def end_shut_out(standing: ShutOut, case: Case, by: User, *, why: str) -> None:
    """Let a person be seen as anybody else again; what they had of a case does not come back.

    Whoever runs cases is told then what they were not told meanwhile, and in the weeks before, as
    where a role begins: else a colleague who is in the way would be kept out for a minute.
    Raises ``ActionError`` for whoever is no leader, where it keeps out somebody who leads, whoever
    set it: it keeps them from what is for the board alone too, of which nobody else knows.
    """
    Pupil.objects.wait_for(case.pupil_id)
    _end_shut_out(standing, case, by, why=why)


@transaction.atomic
def _end_shut_out(standing: ShutOut, case: Case, by: User, *, why: str) -> None:
    # As where it is set: who begins to run cases meanwhile does so before this, or after.
    by.hold_memberships(standing.user)
    User.objects.select_for_update(no_key=True).get(pk=standing.user_id)
    _hold_pupil(case)  # against who destroys the case in which it was set
    check(by, Permission.SHUT_OUT, case)
    ends_here = ShutOut.objects.ends_in(case).filter(pk=standing.pk).exists()
    if not ends_here or standing.user_id == by.pk:
        raise PermissionDenied
    standing = ShutOut.objects.standing().select_for_update().filter(pk=standing.pk).first()
    leads = standing is not None and _lead(case).filter(user=standing.user_id).exists()
    if leads and not _is_in_board_line(case, by):
        raise ActionError(ENDED_BY_LEADERS, field="why")
    if standing is not None:
        standing.ended_at, standing.ended_by, standing.ended_why = timezone.now(), by, why
        # Where the case in which it was set is gone, it stands in this one, and goes with it.
        standing.case = standing.case or case
        standing.save(update_fields=["ended_at", "ended_by", "ended_why", "case"])
        told = runners(case, soon=True) - {by.pk, standing.user_id}
        notify(SHUT_OUT, told, f"ended-{standing.pk}", case=case)
        _tell_since(
            standing.user_id,
            min(standing.kept_out_since, timezone.now() - LATELY),
            lambda one: standing.user_id in runners(one, soon=True),
            case__pupil=case.pupil_id,
        )


def people_at(case: Case) -> "User.objects":
    """Return who could come to see something of a case: of its school, buurtteam, or its board.

    Who leads a sister school may come in by emergency access; and whoever takes up a role here
    soon may be kept out before they do. Whoever was invited is one, also of a buurtteam that the
    school left since.
    """
    school = School.objects.select_related("board").get(pk=case.school_id)
    held = Membership.objects.filter(ended_at__isnull=True, user__is_active=True)
    here = held.of_places([school])
    leads = held.filter(
        school__board__isnull=False,
        school__board=school.board,
        role__in=access.roles_at(Permission.EMERGENCY_ACCESS, Scope.SCHOOL),
    )
    # By their own list: rooms above this one know what an invitation is.
    invited = User.invitations.rel.related_model.objects.standing().filter(
        Q(consultation__case__restricted=False) | Q(consultation__case=case),
        consultation__case__pupil=case.pupil_id,
    )
    people = Q()
    for found in (here, leads, invited):
        people |= Q(pk__in=found.values("user_id"))
    return User.objects.filter(people).order_by("name", "pk")


def runners(case: Case, *, soon: bool = False) -> set[int]:
    """Return the ids of who can run the case: its school's people with that scope, not shut out.

    ``soon``: also whose role begins some day. They are told of what is told at once: they read it
    when they begin, and it would be done in silence on the eve of that else.
    """
    needed = Permission.SEE_BOARD_CASE if case.restricted else Permission.MOVE_CASE
    members = _held(soon=soon).filter(
        school_id=case.school_id, role__in=access.roles_at(needed, Scope.SCHOOL)
    )
    return set(_not_shut_out(case, members))


def _held(*, soon: bool) -> "Membership.objects":
    """Return the memberships of today; ``soon``: and those that begin some day."""
    current = Membership.objects.current()
    if not soon:
        return current
    return current | Membership.objects.to_come().filter(user__is_active=True)


def _check_board_line(case: Case, by: User, person: User) -> None:
    """Raise ``ActionError`` where a leader may not be kept out, by this user or at all.

    Whether there is a case for the board alone or not: else the answer would tell it. Only whoever
    leads takes a colleague out of the board's line: else an administrator of the care team could
    give somebody the role for a minute, and hide what is about themselves. And somebody stays in it
    who is there for good: a substitute's last day would leave it empty. Whoever led until lately
    counts as one: else it would be done while their role is over for a minute.
    """
    if not _lead(case).filter(user=person).exists():
        return
    if not _is_in_board_line(case, by):
        raise ActionError(LEADERS_ALONE, field="person")
    line = _in_line(case).filter(ended_at=None)  # also one that begins some day
    if not line.filter(user=person).exists():
        return
    for_good = line.current().filter(ends_on=None).exclude(user=person)
    if not _not_shut_out(case, for_good):
        raise ActionError(NOBODY_LEFT, field="person")


def _in_line(case: Case) -> "Membership.objects":
    """Return the memberships at the school, of whatever time, that open what is the board's."""
    roles = access.roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL)
    return Membership.objects.filter(school_id=case.school_id, role__in=roles)


def _lead(case: Case) -> "Membership.objects":
    """Return the memberships of who leads the school, will, or did until lately."""
    lately = Q(ended_at__gt=timezone.now() - LATELY, starts_on__lte=F("ended_at__date"))
    return _in_line(case).filter(Q(ended_at=None) | lately)


def _board_line(case: Case) -> set[int]:
    """Return the ids of who leads the school today and is not kept out of the pupil's cases."""
    return set(_not_shut_out(case, _in_line(case).current()))


def _is_in_board_line(case: Case, person: User) -> bool:
    """Tell whether somebody is one of them; not by a role that opens nothing yet."""
    opens = access.school_ids(person, Permission.SEE_BOARD_CASE)
    return case.school_id in opens and person.pk in _board_line(case)


def _leads(case: Case) -> set[int]:
    """Return the ids of the school's leaders, and of its care team, now and soon."""
    roles = {*CARE_TEAM, Role.SCHOOL_LEADER}
    members = _held(soon=True).filter(school_id=case.school_id, role__in=roles)
    return set(members.values_list("user_id", flat=True))


def _not_shut_out(case: Case, members: "Membership.objects") -> Iterable[int]:
    standing = ShutOut.objects.standing().filter(pupil=case.pupil_id)
    return members.exclude(user__in=standing.values("user")).values_list("user_id", flat=True)


def take_part(case: Case) -> set[int]:
    """Return the ids of everybody who takes part in a case, or runs it, now or soon."""
    granted = set(case.grants.values_list("user_id", flat=True))
    responsible = {case.responsible_id} - {None}
    shut = set(
        ShutOut.objects.standing().filter(pupil=case.pupil_id).values_list("user_id", flat=True)
    )
    return (granted | responsible | runners(case, soon=True)) - shut


def sister_schools(user: User) -> "School.objects":
    """Return the other schools of the boards for which the user leads a school."""
    own = access.schools(user, Permission.EMERGENCY_ACCESS)
    boards = {school.board_id for school in own} - {None}
    return (
        School.objects.filter(board__in=boards)
        .exclude(pk__in=[school.pk for school in own])
        .order_by("name")
    )


@transaction.atomic
def open_in_emergency(
    school: School, by: User, key: UUID, *, reference: str, reason: str
) -> EmergencyAccess:
    """Let the user see one case of a sister school for a day; all who take part are told.

    Source: design §5, "break glass". A wrong reference is said to be wrong in the same words where
    there is no such case, one about somebody of the school, or one that they are shut out of.
    """
    by.hold_memberships()  # before the case: whose role ends now does not come in behind that
    if not sister_schools(by).filter(pk=school.pk).exists():
        raise PermissionDenied
    given = EmergencyAccess.objects.filter(idempotency_key=key).first()
    if given is not None:
        if given.user_id != by.pk:
            raise ActionError(KEY_USED)
        return given
    found = (
        Case.objects.filter(school=school, restricted=False, reference=reference.upper())
        .unconflicted_for(by)
        .first()
    )
    if found is not None:  # once more, locked: whom somebody keeps out right now stays out
        list(Case.objects.select_for_update(of=("self",)).filter(pk=found.pk).values_list("pk"))
        found = Case.objects.filter(pk=found.pk).unconflicted_for(by).first()
    if found is None:
        raise ActionError(NO_SUCH_CASE, field="reference")
    now = timezone.now()
    given = EmergencyAccess.objects.create(
        case=found,
        user=by,
        reason=reason,
        given_at=now,
        ends_at=now + EMERGENCY_LASTS,
        idempotency_key=key,
    )
    record_read(by, found, why=reason, kind=Kind.EMERGENCY)
    notify(EMERGENCY, take_part(found), str(given.pk), case=found)
    return given


@transaction.atomic
def end_emergency(given: EmergencyAccess, by: User) -> None:
    """End emergency access at once: by its school's people, or by the person themselves."""
    by.hold_memberships()
    if by.pk != given.user_id:
        check(by, Permission.SHUT_OUT, given.case)
    running = EmergencyAccess.objects.running().select_for_update().filter(pk=given.pk).first()
    if running is not None:
        running.ends_at, running.ended_by = timezone.now(), by
        running.save(update_fields=["ends_at", "ended_by"])
