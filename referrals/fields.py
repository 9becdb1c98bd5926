"""Fields that several forms of this app have: letters of the case, and the contact book.

Both are chosen by what one sees of them (a number, a random id), never by a key of the database.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms import NOT_CHOSEN
from accounts.models import School
from cases.models import Attachment, Case, Contact


class LettersField(forms.MultipleChoiceField):
    """Files of the case that go along, or that came in; known by their number."""

    def __init__(self, *, label: Promise, help_text: Promise) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def offer(self, case: Case) -> None:
        """Offer the files of a case that were not withdrawn."""
        self.show(letters_of(case))

    def show(self, files: Iterable[Attachment]) -> None:
        """Offer files of the case (``letters_of``)."""
        self.files = {str(file.number): file for file in files}
        self.choices = [
            (number, _("File %(number)s: %(title)s") % {"number": number, "title": file.title})
            for number, file in self.files.items()
        ]

    def clean(self, value: Any) -> list[Attachment]:
        """Return the files that were chosen."""
        return [self.files[number] for number in super().clean(value)]


def letters_of(case: Case) -> QuerySet[Attachment]:
    """Return the files of a case that were not withdrawn, by number."""
    return case.attachments.served().order_by("number")


class ContactField(forms.ChoiceField):
    """Somebody of the school's contact book."""

    def __init__(self, *, label: Promise, help_text: Promise) -> None:
        super().__init__(label=label, help_text=help_text, required=False)

    def offer(self, school: School) -> None:
        """Offer who stands in the contact book of a school."""
        self.contacts = {str(c.public_id): c for c in school.contacts.standing()}
        named = [
            (code, f"{contact.get_organisation_display()}: {contact.name}")
            for code, contact in self.contacts.items()
        ]
        self.choices = [NOT_CHOSEN, *named]

    def clean(self, value: Any) -> Contact | None:
        """Return whom one chose."""
        return self.contacts.get(super().clean(value))
