"""Changing the help page of a school: each function is one change, checked, in a transaction."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from accounts.most import check_room
from cases.errors import KEY_USED, ActionError
from cases.help_page.defaults import DEFAULTS
from cases.models import HelpItem


def _lock(school_id: int, by: User) -> School:
    """Return the school, locked: its list has one order. Raises ``PermissionDenied``."""
    access.check_school(by, Permission.EDIT_HELP, school_id)
    return School.objects.select_for_update(no_key=True).get(pk=school_id)


@transaction.atomic
def make_own(school: School, by: User) -> None:
    """Copy the texts of the house, in Dutch, into the school's own list. A second time: nothing."""
    school = _lock(school.pk, by)
    if school.help_items.exists():
        return
    with translation.override(settings.LANGUAGE_CODE):
        for place, one in enumerate(DEFAULTS):
            HelpItem.objects.create(
                school=school, position=place, section=one.section, title=str(one.title),
                text=str(one.text), url=one.url,
            )  # fmt: skip


@transaction.atomic
def add_item(school: School, by: User, key: UUID, **fields: Any) -> HelpItem:
    """Add something at the end of the school's own list. Sent twice: once."""
    make_own(school, by)
    added = HelpItem.objects.filter(idempotency_key=key).first()
    if added is not None:
        if added.school_id != school.pk:
            raise ActionError(KEY_USED)
        return added
    check_room("help_items", school.help_items.all())
    last = school.help_items.aggregate(last=Max("position"))["last"]
    return HelpItem.objects.create(school=school, idempotency_key=key, position=last + 1, **fields)


@transaction.atomic
def change_item(item: HelpItem, by: User, **fields: Any) -> None:
    """Change a piece; one that was removed meanwhile stays away."""
    _lock(item.school_id, by)
    for standing in HelpItem.objects.filter(pk=item.pk):
        for name, value in fields.items():
            setattr(standing, name, value)
        standing.save(update_fields=list(fields))


@transaction.atomic
def remove_item(item: HelpItem, by: User) -> None:
    """Take a piece away. The last one leaves the texts of the house."""
    _lock(item.school_id, by)
    for standing in HelpItem.objects.filter(pk=item.pk):
        standing.delete()


@transaction.atomic
def move_up(item: HelpItem, by: User) -> None:
    """Let a piece change places with the one before it in its section."""
    school = _lock(item.school_id, by)
    items = list(school.help_items.filter(section=item.section))
    places = [one.position for one in items]
    index = next((number for number, one in enumerate(items) if one.pk == item.pk), 0)
    if not index:
        return
    items[index - 1], items[index] = items[index], items[index - 1]
    for one, place in zip(items, places, strict=True):
        if one.position != place:
            one.position = place
            one.save(update_fields=["position"])
