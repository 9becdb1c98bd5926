"""The forms of passwords: allauth's own, with one line of help in our words."""

from typing import Any
from uuid import UUID

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.after_response import after_response
from accounts.errors import MAIL_FAILED
from accounts.models import User
from accounts.reset_tokens import ResetTokens, works_while
from accounts.second_factor import came_by_password, given_last


class NothingInTheBox:
    """Leave out what allauth writes into a box that is empty: the label says it already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(NothingInTheBox, forms.LoginForm):
    """An e-mail address and a password."""


class ReauthenticateForm(NothingInTheBox, forms.ReauthenticateForm):
    """The password once more, for a step that matters."""


class ShortHelp(NothingInTheBox):
    """Say once what a password must be: what else is wrong with it is said when it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        new = self.fields["password1"]
        new.help_text = _("At least twelve characters. A short sentence is easy to remember.")
        self.fields["password2"].label = _("The new password once more")


class ChangePasswordForm(ShortHelp, forms.ChangePasswordForm):
    """A new password for whoever knows the old one."""

    def clean_oldpassword(self) -> str:
        """Return the old password. Raises ``ValidationError`` where it is another, or was guessed.

        Counted for this session: whoever guesses in one that they stole keeps its owner, in
        another, from nothing. And, of sessions that came without a password, for the factor by
        which they came: whoever stole that signs in anew, and the owner by another, or a password.
        """
        request = context.request
        counts = {"old_password": f"{self.user.pk}:{request.session.place}"}
        if not came_by_password(request):
            counts["old_password_of_factor"] = f"{self.user.pk}:{given_last(request)}"
        for action, key in counts.items():
            if not ratelimit.consume(request, action=action, key=key):
                raise get_adapter().validation_error("too_many_login_attempts")
        try:
            said = super().clean_oldpassword()
        except ValidationError:
            tried = {"email": self.user.email}
            user_login_failed.send(sender=type(self), credentials=tried, request=request)
            raise
        for action, key in counts.items():
            ratelimit.clear(request, action=action, key=key)
        return said


class ResetPasswordKeyForm(ShortHelp, forms.ResetPasswordKeyForm):
    """A new password for whoever reads the mail."""


class UserTokenForm(forms.UserTokenForm):
    """Whose link it is: by the sign of an account, never by its number."""

    token_generator = ResetTokens()

    def _get_user(self, uidb36: str | None) -> User | None:
        try:
            return User.objects.filter(public_id=UUID(hex=uidb36 or "")).first()
        except ValueError:
            return None


class ResetPasswordForm(NothingInTheBox, forms.ResetPasswordForm):
    """Asking for a new password: whether there is such an account is looked up after the answer.

    Else the answer takes longer where there is one.
    """

    def clean_email(self) -> str:
        """Return the address as it was typed."""
        return self.cleaned_data["email"]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Look for the account, and send it a link, once the answer is out."""

        def look_and_send() -> None:
            with context.request_context(request):
                # By the address that they have now: allauth goes by all for which one was asked.
                address = self.cleaned_data["email"].lower()
                found = User.objects.filter(email=address, is_active=True)
                self.users = [user for user in found if _has_room(request, user)]
                try:
                    super(ResetPasswordForm, self).save(
                        request, token_generator=ResetTokens(), **kwargs
                    )
                except MAIL_FAILED:  # what did not go is not the one that still works
                    for user in self.users:
                        ratelimit.clear(request, action="reset_link", key=works_while(user))
                    raise

        after_response(request, look_and_send)
        return self.cleaned_data["email"]


def _has_room(request: HttpRequest, user: User) -> bool:
    """Tell whether somebody gets one more mail: nobody fills their mailbox.

    Nor uses up what they come in by: whoever has no mail of today of which the link still works
    (a new password ends it, and so does signing in) gets one, however many there were. So does who
    comes by one that was opened long ago.
    """
    is_first = ratelimit.consume(request, action="reset_link", key=works_while(user))
    return ratelimit.consume(request, action="reset_mail", key=str(user.pk)) or is_first
