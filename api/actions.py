"""Giving a system of the school a token, and taking it away."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.errors import KEY_USED, ActionError
from accounts.models import School, User
from accounts.most import a_day_ago, check_room
from api import secrets
from api.models import ApiToken
from api.telling import tell_of_new_token

# Of one school at a time: more is a leak of tokens that nobody looks after.
MOST = 20
SHOWN_ONCE = _(
    "This token was made already, and is shown once. Was it not copied? Revoke it, and make a new "
    "one."
)


@transaction.atomic
def make_token(
    school: School, by: User, key: UUID, *, name: str, scopes: Iterable[str], expires_on: date
) -> tuple[ApiToken, str]:
    """Give a system a token, and return it with what is shown of it this once."""
    access.check_school(by, Permission.MANAGE_SYSTEMS, school.pk)
    # Two clicks at once: one token.
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    if before := ApiToken.objects.filter(idempotency_key=key).first():
        raise ActionError(SHOWN_ONCE if before.made_by_id == by.pk else KEY_USED)
    if ApiToken.objects.working().filter(school=school).count() >= MOST:
        raise ActionError(_("Your school has twenty tokens. Revoke one that is not used first."))
    of_school = ApiToken.objects.filter(school=school)
    check_room("tokens_a_day", of_school.filter(made_at__gt=a_day_ago()))
    secret = secrets.new()
    token = ApiToken.objects.create(
        school=school,
        name=name,
        scopes=sorted(scopes),
        expires_on=expires_on,
        made_by=by,
        secret_hash=secrets.hashed(secret),
        idempotency_key=key,
    )
    tell_of_new_token(token)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, by: User) -> None:
    """End a token now: what a system is sending with it stands before, or not at all."""
    access.check_school(by, Permission.MANAGE_SYSTEMS, token.school_id)
    held = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if held.revoked_at is None:
        held.revoked_at, held.revoked_by = timezone.now(), by
        held.save(update_fields=["revoked_at", "revoked_by"])
