"""Which pupil is a brother or sister: found by name or class, as elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import SHORT_TEXT, MeldcodeForm, PublicIdField
from cases.models import Pupil

MATCHES_SHOWN = 8


class SiblingForm(MeldcodeForm):
    """A pupil of the same school."""

    pupil_query = forms.CharField(
        label=_("Search by name or class"), required=False, max_length=SHORT_TEXT
    )
    pupil = PublicIdField(
        label=_("Who is a brother or sister?"),
        queryset=Pupil.objects.none(),
        error_messages={
            "required": _("Choose the pupil. Search by name or class when they are not shown."),
            "invalid_choice": _("Choose a pupil of your school."),
        },
    )

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = pupil
        at_school = Pupil.objects.filter(school=pupil.school_id, left_on__isnull=True)
        self.fields["pupil"].queryset = at_school.exclude(pk=pupil.pk)

    @property
    def pupil_options(self) -> list[Pupil]:
        """Return the pupils to choose from: the one chosen, and those whom the search finds."""
        chosen = self._chosen()
        query = str(self["pupil_query"].value() or "").replace("\x00", "")[:SHORT_TEXT]
        pupils = self.fields["pupil"].queryset
        found = list(pupils.matching(query)[:MATCHES_SHOWN]) if query.strip() else []
        return ([chosen] if chosen else []) + [pupil for pupil in found if pupil != chosen]

    def _chosen(self) -> Pupil | None:
        try:
            return self.fields["pupil"].clean(self["pupil"].value())
        except forms.ValidationError:
            return None
