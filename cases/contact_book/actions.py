"""Changing the contact book of a school: each function is one change, checked, in a transaction."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from accounts.most import check_room
from cases.errors import KEY_USED, ActionError
from cases.models import Contact

# Who an entry is: what records say by it.
WHO = ("organisation", "name")
# What one fills in of an entry.
KEPT = (*WHO, "telephone", "hours", "at_night")


def check(user: User, school_id: int) -> None:
    """Raise ``PermissionDenied`` unless the user looks after the contacts of the school, now."""
    access.check_school(user, Permission.MANAGE_CONTACTS, school_id)


@transaction.atomic
def add_contact(school: School, by: User, key: UUID, **fields: Any) -> Contact:
    """Add an entry; whoever adds it has looked at it. Sent twice: once."""
    check(by, school.pk)
    School.objects.select_for_update(no_key=True).get(pk=school.pk)  # two clicks at once: one entry
    added = Contact.objects.filter(idempotency_key=key).first()
    if added is not None:
        if added.school_id != school.pk:
            raise ActionError(KEY_USED)
        return added
    check_room("contacts", Contact.objects.standing().filter(school=school))
    return Contact.objects.create(
        school=school, idempotency_key=key, checked_on=timezone.localdate(), **fields
    )


@transaction.atomic
def change_contact(contact: Contact, by: User, key: UUID, **fields: Any) -> Contact | None:
    """Change an entry that stands; None: somebody removed it meanwhile. Sent twice: once.

    Under another name, or of another organisation, it is somebody else: a new entry. The old one is
    removed and stays for the records that name it, which say whom they were about.
    """
    found = _standing(contact, by)
    if found is None:
        return Contact.objects.filter(idempotency_key=key, school=contact.school_id).first()
    if all(fields.get(name, getattr(found, name)) == getattr(found, name) for name in WHO):
        for name, value in fields.items():
            setattr(found, name, value)
        _checked(found, *fields)
        return found
    if Contact.objects.filter(idempotency_key=key).exists():
        raise ActionError(KEY_USED)
    _remove(found)
    kept = {name: getattr(found, name) for name in KEPT}
    return Contact.objects.create(
        school_id=found.school_id,
        idempotency_key=key,
        checked_on=timezone.localdate(),
        **(kept | fields),
    )


@transaction.atomic
def check_contact(contact: Contact, by: User) -> None:
    """Note that somebody looked today whether an entry is still right."""
    contact = _standing(contact, by)
    if contact is not None:
        _checked(contact)


@transaction.atomic
def remove_contact(contact: Contact, by: User) -> None:
    """Take an entry out of the book; the row stays, for the records that name it."""
    contact = _standing(contact, by)
    if contact is not None:
        _remove(contact)


def _remove(contact: Contact) -> None:
    contact.removed_at = timezone.now()
    contact.save(update_fields=["removed_at"])


def _checked(contact: Contact, *changed: str) -> None:
    contact.checked_on, contact.reminded_on = timezone.localdate(), None
    contact.save(update_fields=[*changed, "checked_on", "reminded_on"])


def _standing(contact: Contact, by: User) -> Contact | None:
    """Return an entry, locked, or None when it was removed."""
    check(by, contact.school_id)
    return Contact.objects.standing().select_for_update().filter(pk=contact.pk).first()
