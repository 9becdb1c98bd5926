"""Keeping a draft, and throwing it away."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access, typed
from accounts.access import Permission
from accounts.drafts.models import Draft
from accounts.errors import ActionError
from accounts.models import User


@transaction.atomic
def keep(owner: User, form: str, page: UUID, fields: bytes, *, whom: Permission) -> Draft:
    """Keep what stands in a form now, for whoever may still send it (``whom``).

    Raises ``ActionError`` when it is too much, when the page was sent meanwhile, or when another
    draft waits: what somebody wrote on one device is not lost to three letters on another.
    """
    owner.hold_memberships()
    if not access.may(owner, whom):
        raise PermissionDenied
    if len(fields) > typed.LARGEST:
        raise ActionError(_("This is too much to keep as a draft. Send it, or make it shorter."))
    draft = Draft.objects.filter(owner=owner, form=form).first() or Draft(owner=owner, form=form)
    if draft.page == page and not draft.sealed:
        raise ActionError(_("This was sent or thrown away already."))
    if draft.page != page and Draft.objects.standing(owner, form).exists():
        raise ActionError(
            _("You have another draft. Go on with it, or throw it away; then this one is kept.")
        )
    draft.page, draft.saved_at = page, timezone.now()
    draft.seal(fields)
    draft.save()
    return draft


@transaction.atomic
def end(owner: User, form: str, page: UUID) -> None:
    """Empty the draft of a page that was sent; one of another page stays, and waits."""
    owner.hold_memberships()
    draft = Draft.objects.filter(owner=owner, form=form).first() or Draft(owner=owner, form=form)
    if draft.page == page and draft.saved_at and not draft.sealed:
        return  # sent once more
    if draft.page != page and Draft.objects.standing(owner, form).exists():
        return
    draft.page, draft.sealed, draft.saved_at = page, "", timezone.now()
    draft.save()


def throw_away(owner: User, form: str) -> None:
    """Empty one's draft."""
    Draft.objects.filter(owner=owner, form=form).update(sealed="")


def throw_away_all(owner: User) -> None:
    """Remove every draft of somebody whose role ends.

    Of which school each is nobody knows, for nobody but the owner reads it: so all of them go.
    """
    Draft.objects.filter(owner=owner).delete()


def clear(now: datetime) -> int:
    """Remove the drafts that are too old, and return how many (by beat)."""
    return Draft.objects.old(now).delete()[0]
