"""Inviting all of a list at once: each by the same action as one is invited by, or nobody."""

from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ActionError
from accounts.models import RoleInvitation, School, User
from accounts.people import actions
from accounts.people.listed import Listed


@transaction.atomic
def invite_all(people: list[Listed], schools: list[School], by: User, key: UUID) -> int:
    """Invite people, and return how many. Mails go out once all of it stands.

    Whoever was invited since the list was looked at gets no second mail. Raises ``ActionError``
    for the first who cannot be invited, with the line; then nobody is.
    """
    by_pk = {school.pk: school for school in schools}
    for pk in sorted({one.school for one in people} & by_pk.keys()):
        actions.check(by, by_pk[pk])
        # Of two administrators who send the same list, the second finds what the first sent. In one
        # order, whatever that of the lists is: neither waits for the other.
        School.objects.select_for_update(no_key=True).get(pk=pk)
    sent = 0
    for one in people:
        school = by_pk.get(one.school)
        if school is None:
            raise ActionError(_("This is no school that you look after."))
        standing = RoleInvitation.objects.standing().filter(
            school=school, email=one.email, role=one.role
        )
        if standing.exists():
            continue
        try:
            actions.invite(
                school, by, uuid5(key, f"{one.email} {one.role} {school.pk}"),
                email=one.email, name=one.name, role=one.role,
            )  # fmt: skip
        except ActionError as error:
            said = {"line": one.line, "why": error.message}
            raise ActionError(_("Line %(line)s: %(why)s Nobody is invited.") % said) from error
        sent += 1
    return sent
