"""Who is told of tokens: one that was made, and one whose maker is gone."""

from typing import Any

from django.utils import timezone

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership, User
from accounts.people.letters import LATELY
from api.kinds import TOKEN_ALONE, TOKEN_MADE
from api.models import ApiToken
from cases.notifications.telling import notify


def tell_of_new_token(token: ApiToken) -> None:
    """Tell whoever sees the systems of the school: a token opens a way in, beside people."""
    _tell(token, _with(Permission.SEE_SYSTEMS, token.school_id, soon=True))


def tell_of_lately(membership: Membership, **kwargs: Any) -> None:
    """Tell whoever sees the systems from now on which tokens were made in the weeks before.

    (``accounts.signals.membership_began``.) Who made one while the leader's role was over for a
    minute would have made it in silence. And whoever looks after them, of those whose makers are
    gone: nobody may have been there to hear it.
    """
    if access.scope(membership.role, Permission.MANAGE_SYSTEMS):
        working = list(ApiToken.objects.working().filter(school=membership.school_id))
        if len(makers_still_here(working)) < len(working):
            about = str(membership.school_id)
            notify(TOKEN_ALONE, [membership.user_id], str(membership.public_id), about=about)
    if access.scope(membership.role, Permission.SEE_SYSTEMS):
        made = ApiToken.objects.filter(school=membership.school_id)  # also one that was revoked
        for token in made.filter(made_at__gt=timezone.now() - LATELY):
            _tell(token, [membership.user_id])


def _tell(token: ApiToken, people: list[int]) -> None:
    notify(TOKEN_MADE, people, str(token.public_id), by=token.made_by, about=str(token.school_id))


def tell_of_maker_gone(membership: Membership, **kwargs: Any) -> None:
    """Tell the administrators that nobody may look after tokens any more: their maker's role ended.

    The tokens stay: a list of pupils that comes in each night is the school's and not theirs, and
    on the page they stand with a mark.
    """
    if not access.scope(membership.role, Permission.MANAGE_SYSTEMS):
        return
    left = ApiToken.objects.working().filter(
        school=membership.school_id, made_by=membership.user_id
    )
    if left.exists():
        people = set(_with(Permission.MANAGE_SYSTEMS, membership.school_id, soon=True))
        key, about = str(membership.public_id), str(membership.school_id)
        notify(TOKEN_ALONE, people - {membership.user_id}, key, about=about)


def makers_still_here(tokens: list[ApiToken]) -> set[int]:
    """Return the keys of those tokens whose makers look after the systems of their school still."""
    roles = access.roles_at(Permission.MANAGE_SYSTEMS, Scope.SCHOOL)
    held = Membership.objects.current().filter(
        user__in={token.made_by_id for token in tokens}, role__in=roles
    )
    here = set(held.values_list("user_id", "school_id"))
    return {token.pk for token in tokens if (token.made_by_id, token.school_id) in here}


def _with(permission: Permission, school: int, *, soon: bool = False) -> list[int]:
    roles = access.roles_at(permission, Scope.SCHOOL)
    found = User.objects.with_role_at([school], roles, soon=soon)
    return list(found.values_list("pk", flat=True))
