"""What a page of a form asks about drafts."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from accounts import access, typed
from accounts.access import Permission
from accounts.drafts.models import SIGNAL, Draft
from accounts.models import User

# What a page was asked with, beside what stands in its form.
OF_THE_PAGE = ("draft", "search", "pupil_query")


def draft_of(user: User) -> Draft | None:
    """Return the signal that somebody is still writing; nothing for who logs none."""
    return next(iter(drafts_of(user)), None)


def drafts_of(user: User) -> QuerySet:
    """Return the same as a queryset, to be read with what else a page asks: one row, or none."""
    if not access.may(user, Permission.LOG_SIGNAL):
        return Draft.objects.none()
    return Draft.objects.standing(user, SIGNAL)


def fields_of(sent: QueryDict) -> bytes:
    """Return what is kept of a form that was sent as a draft."""
    fields = sent.copy()
    for name in OF_THE_PAGE:
        fields.pop(name, None)
    return typed.packed(fields)


def page_of(sent: QueryDict) -> UUID | None:
    """Return the key that the page of a form was shown with."""
    try:
        return UUID(sent.get("idempotency_key", ""))
    except ValueError:
        return None
