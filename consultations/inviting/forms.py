"""Choosing whom to invite besides."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.forms import MeldcodeForm
from accounts.models import Membership
from consultations.forms import PersonField, invitable
from consultations.models import Consultation


class InviteForm(MeldcodeForm):
    """People to invite to a consultation that was asked."""

    invitees = PersonField(
        label=_("Whom do you invite?"),
        help_text=_("They see this question and what was shared with it, and nothing else."),
        queryset=Membership.objects.none(),
        required=True,
        error_messages={"required": _("Choose whom you invite.")},
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = invitable(consultation.case, self.user)
        if not self.is_bound:  # sent twice, it says the same twice
            people = people.exclude(user__in=consultation.invitations.values("user"))
        if consultation.kind != Consultation.Kind.FAMILY_WORKER:
            people = people.filter(buurtteam__isnull=True)
        self.fields["invitees"].queryset = people.exclude(user=consultation.author_id)
