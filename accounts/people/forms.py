"""Inviting somebody, giving a role, accepting an invitation."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import ComingDayField, MeldcodeForm, PublicIdField
from accounts.models import Membership, RoleInvitation, School, User
from accounts.people.names import HOLDS_LINK, holds_link
from accounts.people.roles import GIVEN_AT
from accounts.tables import one_line

ROLE_CHOICES = [(role.value, role.label) for role in GIVEN_AT]
UNTIL_HELP = _("For a time only, such as a trainee or a substitute. Leave empty for good.")


class NameField(forms.CharField):
    """Somebody's name, on one line: it stands in mails, where more lines could pass for ours."""

    def clean(self, value: Any) -> str:
        """Return the name with single spaces for white space, and without what cannot be seen.

        What was sent is held against the field, and what is left of it. Raises ``ValidationError``
        for a name that leads somewhere, too.
        """
        name = super().clean(one_line(super().clean(value)))
        if holds_link(name):
            raise ValidationError(HOLDS_LINK)
        return name


class SchoolForm(MeldcodeForm):
    """A form about one of the schools that an administrator looks after."""

    school = forms.ModelChoiceField(
        label=_("At which school?"), queryset=School.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, schools: list[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school"]
        field.queryset = School.objects.filter(pk__in=[school.pk for school in schools])
        if len(schools) == 1:
            field.widget, field.initial = forms.HiddenInput(), schools[0].pk
            field.required = False
        self.schools = schools

    def clean_school(self) -> School:
        """Return the school; where there is one only, that one."""
        return self.cleaned_data["school"] or self.schools[0]


class InvitationForm(SchoolForm):
    """Whom to invite, and to what."""

    name = NameField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address at work"),
        max_length=254,
        help_text=_("The invitation goes there. It is valid for 14 days, for this address only."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, widget=forms.RadioSelect)
    ends_on = ComingDayField(label=_("Until"), help_text=UNTIL_HELP, required=False)

    field_order = ("name", "email", "role", "ends_on", "school")


class RoleForm(SchoolForm):
    """A role for somebody who is here already, for good or in somebody's place for a time."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, widget=forms.RadioSelect)
    starts_on = forms.DateField(
        label=_("From which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )
    ends_on = ComingDayField(label=_("Until"), help_text=UNTIL_HELP, required=False)
    replaces = PublicIdField(
        label=_("In the place of"),
        queryset=Membership.objects.none(),
        empty_label=_("Nobody"),
        required=False,
        help_text=_("A substitute hears what was meant for this person, as long as it lasts."),
        error_messages={"invalid_choice": _("Choose somebody of this school.")},
    )

    field_order = ("role", "starts_on", "ends_on", "replaces", "school")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Membership.objects.current().exclude(user=person)
        self.fields["replaces"].queryset = (
            current.filter(school__in=self.schools)
            .select_related("user", "school")
            .order_by("user__name")
        )
        self.fields["replaces"].label_from_instance = lambda held: f"{held.user.name}, {held}"

    def clean_starts_on(self) -> Any:
        """Refuse a first day that is past, or further away than anybody plans."""
        day, today = self.cleaned_data["starts_on"], timezone.localdate()
        if day < today:
            raise ValidationError(_("Choose today or a day that is still to come."))
        if day > today + ComingDayField.FURTHEST:
            raise ValidationError(_("Choose a day within two years."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask an end of who replaces somebody, and that it lies after the beginning."""
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day is before the first."))
        if cleaned.get("replaces") and not ends_on and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Somebody is replaced for a time: until when?"))
        return cleaned


class OfAnInvitation(forms.Form):
    """It says of which invitation it is: another one may have been opened meanwhile, by a link of
    somebody else.
    """

    of = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, invitation: RoleInvitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["of"] = str(invitation.public_id)


class AcceptForm(OfAnInvitation):
    """That one wants a role: one press of a mouse, meant for another page, says no such thing."""

    agreed = forms.BooleanField(
        error_messages={"required": _("Tick the box if you want this role.")}
    )

    def __init__(self, *args: Any, invitation: RoleInvitation, **kwargs: Any) -> None:
        super().__init__(*args, invitation=invitation, **kwargs)
        label = _("Yes, I want this role at %(school)s") % {"school": invitation.school.name}
        self.fields["agreed"].label = label


class NewAccountForm(OfAnInvitation):
    """The account of somebody who was invited: their name, and a password that holds."""

    name = NameField(label=_("Your name"), max_length=120)
    password = forms.CharField(
        label=_("Choose a password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least twelve characters. A short sentence is easy to remember."),
    )

    def __init__(self, *args: Any, invitation: RoleInvitation, **kwargs: Any) -> None:
        super().__init__(*args, invitation=invitation, **kwargs)
        self.email = invitation.email

    def clean(self) -> dict[str, Any]:
        """Hold the password against what a password must be (settings.AUTH_PASSWORD_VALIDATORS)."""
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned:
            user = User(email=self.email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(cleaned["password"], user)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
