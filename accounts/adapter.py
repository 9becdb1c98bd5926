"""How allauth behaves here."""

import logging
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login, unstash_login
from allauth.account.utils import url_str_to_user_pk
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import second_factor
from accounts.addresses import as_itself
from accounts.crypto import cipher
from accounts.errors import CHANGED_MEANWHILE, MAIL_FAILED
from accounts.models import Telling, User
from accounts.people.mails import LATER
from accounts.sessions import SIGNS_OUT

logger = logging.getLogger(__name__)

SALT = "accounts.second_factor"
# What the account was like when the first half of a sign-in was given (a key of the session).
BEGAN_WITH = "sign_in_began_with"
# What allauth says of mistakes, in our words: it speaks a language of its own.
WRONG_CODE = gettext_lazy("This code is not right. Type the one that you see now.")


def attempts_key(email: str) -> str:
    """Return what mistakes with a password are counted under: an e-mail address."""
    return f"password:{email.lower()}"


def lift_lock_out(request: HttpRequest, user: User, **kwargs: object) -> None:
    """Let in at once whoever chose a new password by mail (allauth's ``password_reset``).

    So that nobody keeps somebody out for a day by fifty mistakes, in their password or in the codes
    after it. Those some times a day only: whoever reads the mail could guess codes without end.
    """
    ratelimit.clear(request, action="login_failed", key=attempts_key(user.email))
    if ratelimit.consume(request, action="lift_codes", key=str(user.pk)):
        ratelimit.clear(request, action="login_failed", key=codes_key(user))


def forget_wrong_codes(person: User, **kwargs: object) -> None:
    """Let somebody give codes, and set up factors, whose second factor was reset
    (``second_factor_reset``): what was counted is of another one, or of a thief.
    """
    if context.request is not None:
        for kind in Authenticator.Type.values:
            ratelimit.clear(
                context.request, action="new_factor", key=second_factor.done_key(kind, person)
            )
        ratelimit.clear(context.request, action="login_failed", key=codes_key(person))


def codes_key(user: User) -> str:
    """Return by which key allauth counts somebody's wrong codes."""
    return f"mfa-auth-user-{user.pk}"


def end_outlived_half(request: HttpRequest) -> HttpResponse | None:
    """End half of a sign-in that would not be let in any more; return where that leads.

    Before a code is looked at: whoever knew the password of before would keep its owner out by
    wrong ones.
    """
    half = unstash_login(request, peek=True)
    if half is None:
        return None
    user, began_with = half.user, request.session.get(BEGAN_WITH, "")
    holds = user is not None and began_with == user.get_session_auth_hash()
    return None if holds else _end_half(request)


def _end_half(request: HttpRequest) -> HttpResponse:
    clear_login(request)
    messages.error(request, CHANGED_MEANWHILE)
    return redirect("account_login")


def _leads_on(url: str) -> bool:
    """Tell whether an address is a page of ours that one comes to by signing in.

    No link to a new password: it would sign out again, and say of no word whose it is to be. Nor
    what leads to none as it stands: a browser takes its dots out, and Django adds a slash.
    """
    try:
        return resolve(unquote(urlsplit(url).path)).view_name != SIGNS_OUT
    except Resolver404:
        return False


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: people are invited by their administrator."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The e-mail address or the password is not right."),
        "enter_current_password": gettext_lazy("This is not your current password."),
        "incorrect_password": gettext_lazy("This is not your current password."),
        "too_many_login_attempts": gettext_lazy(
            "Too many mistakes. Wait a while, or choose a new password."
        ),
        "incorrect_code": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False, always."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return from which address a request comes, by which mistakes and requests are counted."""
        return as_itself(super().get_client_ip(request))

    def send_notification_mail(self, *args: Any, **about: Any) -> None:
        """Tell somebody that how they sign in was changed, once it is; without mail, later.

        That it is to be told stands from when it is: a process can end while the mail goes out.
        """
        send = super().send_notification_mail
        user = args[1] if len(args) > 1 else about["user"]
        again, own = timezone.now() + LATER, Telling.What.OWN
        to_tell = Telling.objects.create(what=own, about=user.pk, next_try=again).pk

        def tell() -> None:
            try:
                send(*args, **about)
            except MAIL_FAILED as error:
                name = type(error).__name__
                logger.warning("A mail about an account could not be sent: %s", name)
                Telling.objects.filter(pk=to_tell).update(next_try=timezone.now())
            else:
                Telling.objects.filter(pk=to_tell).delete()

        transaction.on_commit(tell)

    def is_safe_url(self, url: str) -> bool:
        """Return whether one may be sent there after signing in or out: here, by TLS as one came.

        allauth takes our own address without TLS too, and that of each host of the settings.
        """
        here = {context.request.get_host()}
        secure = context.request.is_secure()
        is_here = url_has_allowed_host_and_scheme(url, allowed_hosts=here, require_https=secure)
        return is_here and _leads_on(url)

    def ajax_response(
        self, request: HttpRequest, response: HttpResponse, **about: Any
    ) -> HttpResponse:
        """Answer a script as anybody else: what allauth says to one repeats a password."""
        return response

    def pre_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse | None:
        """Write down what the first half of a sign-in hangs on, before the second is asked. Under
        another key: whoever knew the one of before is not half in as well.
        """
        request.session.cycle_key()
        request.session[BEGAN_WITH] = user.get_session_auth_hash()
        return super().pre_login(request, user, **about)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, unless what would have ended a session meanwhile ends half of one too.

        A new password, a role that ended, a second factor that was taken away.
        """
        if request.session.pop(BEGAN_WITH, "") != user.get_session_auth_hash():
            raise ImmediateHttpResponse(_end_half(request))
        super().login(request, user)

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password, and nothing else of somebody as they were when the request came.

        Behind whoever ends their sessions at this moment, or chose a password first: what ended
        meanwhile does not come back, a link to a new password neither, and whoever knows the old
        one does not undo the new one.
        """
        before = (user.password, user.session_epoch)
        user.set_password(password)
        with transaction.atomic():
            now = User.objects.select_for_update().get(pk=user.pk)
            ended = now.session_epoch != before[1]
            # Whoever comes by mail comes first, whoever is signed in meanwhile.
            is_change = context.request.user == user
            if ended or (is_change and now.password != before[0]):
                messages.error(context.request, CHANGED_MEANWHILE)
                raise ImmediateHttpResponse(redirect("account_login"))
            user.save(update_fields=["password"])

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Say it to whoever left, and knows the password: to others, no account sounds closed."""
        messages.error(request, _("This account is closed. Ask your administrator."))
        return redirect("account_login")

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask again who somebody is before their second factors change, unless they just said so.

        Whoever has a second factor shows that one: a password alone adds or removes none. Raises
        ``ReauthenticationRequired`` for them: allauth would go by what was said again lately in
        this session, also by a password of before there was a second factor. And for whoever has
        neither that nor a password, of whom allauth asks nothing: they come by their school again.
        """
        if second_factor.just_signed_in(context.request):
            return False
        user = context.request.user
        if second_factor.has_one(user) or not user.has_usable_password():
            raise ReauthenticationRequired
        return True

    def send_password_reset_mail(self, user: User, email: str, about: dict[str, Any]) -> None:
        """Send the link in the language of its reader."""
        with translation.override(user.language):
            super().send_password_reset_mail(user, email, about)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link to a new password: on our own site, whatever Host a client sent.

        It names an account by its sign: by its number it would tell how many there are.
        """
        number, __, secret = key.partition("-")
        sign = User.objects.get(pk=url_str_to_user_pk(number)).public_id.hex
        path = reverse("account_reset_password_from_key", args=["UID", "KEY"])
        return settings.SITE_URL + path.replace("UID-KEY", quote(f"{sign}-{secret}"))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return what mistakes are counted under: the address alone.

        allauth's own adds the Host, of which a client may choose the port: a new count for each.
        """
        return attempts_key(credentials.get("email", ""))

    def get_reauthentication_methods(self, user: User) -> list[dict]:
        """Return how somebody can show again who they are: their second factor if any."""
        methods = super().get_reauthentication_methods(user)
        by_factor = [method for method in methods if method["id"] != "reauthenticate"]
        return by_factor or methods


class MFAAdapter(DefaultMFAAdapter):
    """Keys of second factors lie encrypted in the database: a backup alone signs nobody in."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Return whose a new passkey is, as it keeps it: by a sign, never by a number."""
        about = super().get_public_key_credential_user_entity(user)
        return {**about, "id": user.public_id.hex.encode()}

    def encrypt(self, text: str) -> str:
        """Return what the database keeps."""
        return cipher(SALT).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was encrypted. Raises ``InvalidToken`` where SECRET_KEY is another."""
        return cipher(SALT).decrypt(encrypted_text.encode()).decode()
