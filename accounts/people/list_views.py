"""Inviting the people of a list: looking at what it does, and sending the invitations."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import access
from accounts.access import Permission, requires
from accounts.errors import ActionError
from accounts.forms import MeldcodeForm
from accounts.people.forms import ROLE_CHOICES, SchoolForm
from accounts.people.inviting import invite_all
from accounts.people.listed import MOST, Listed, look, seal, unseal
from accounts.second_factor import fresh_second_factor
from accounts.tables import Table, Unreadable, read_table

# Bytes: a hundred people are ten thousand.
LARGEST = 1024 * 1024


class ListForm(SchoolForm):
    """A list of people, and which role those get for whom it names none."""

    file = forms.FileField(
        label=_("The list"),
        help_text=_("CSV with name, e-mail address and role; up to %(most)s people.")
        % {"most": MOST},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt", "data-largest": LARGEST}),
    )
    role = forms.ChoiceField(
        label=_("Which role for who has none in the list?"),
        choices=[("", _("None: the list names each role")), *ROLE_CHOICES],
        required=False,
    )

    field_order = ("file", "role", "school")
    table: Table | None = None

    def clean_file(self) -> object:
        """Read the table."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise ValidationError(_("This file is too large for a list of people."))
        try:
            self.table = read_table(upload.read())
        except Unreadable as refused:
            raise ValidationError(refused.message) from refused
        return upload

    def look(self) -> list[Listed] | None:
        """Return what each row does; what is no list of people becomes an error at the file."""
        values = self.values
        try:
            return look(self.table, self.user, self.schools, values["school"], values["role"])
        except Unreadable as refused:
            self.add_error("file", refused.message)
            return None


class SendForm(MeldcodeForm):
    """Those who were shown, sealed."""

    people = forms.CharField(widget=forms.HiddenInput, max_length=200_000)


@requires(Permission.MANAGE_PEOPLE)
@fresh_second_factor
def invite_list(request: HttpRequest) -> HttpResponse:
    """Take a list of people and show what it does. Nobody is invited yet."""
    schools = access.schools(request.user, Permission.MANAGE_PEOPLE)
    form = ListForm.for_page(request, schools=schools)
    people = form.look() if form.is_bound and form.is_valid() else None
    if people is None:
        status = 422 if form.errors else 200
        return render(request, "people/list.html", {"form": form}, status=status)
    return render(
        request,
        "people/list_preview.html",
        {
            "form": SendForm(user=request.user, initial={"people": seal(people, request.user)}),
            "invited": [one for one in people if not one.why],
            "wrong": [one for one in people if one.is_wrong],
            "fine": [one for one in people if one.why and not one.is_wrong],
            "names": {school.pk: school.name for school in schools} if len(schools) > 1 else {},
        },
    )


@requires(Permission.MANAGE_PEOPLE)
@fresh_second_factor
def send_invitations(request: HttpRequest) -> HttpResponse:
    """Invite those who were shown, all of them or nobody."""
    form = SendForm.for_page(request)
    if not form.is_bound or not form.is_valid():
        return redirect("people:invite_list")
    people = unseal(form.values["people"], request.user)
    if not people:
        messages.error(request, _("What was shown is too old. Send the list once more."))
        return redirect("people:invite_list")
    schools = access.schools(request.user, Permission.MANAGE_PEOPLE)
    try:
        sent = invite_all(people, schools, request.user, form.key)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect("people:invite_list")
    said = ngettext("%(count)s invitation is sent.", "%(count)s invitations are sent.", sent)
    messages.success(request, said % {"count": sent})
    return redirect("people:people")
