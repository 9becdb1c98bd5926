"""Language, theme, and what a refused form gets to hear."""

from collections.abc import Callable
from functools import wraps

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_BAD_REFERER
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import second_factor, typed
from accounts.access import PUBLIC, SIGNED_IN, open_to
from accounts.forms import LanguageForm, ThemeForm
from accounts.sessions import BY_ITSELF, OTHER_SITES, asked_by_itself, is_sign_of
from accounts.theme import Theme

# How Django begins to say that a form was sent by a page of another site.
FROM_ANOTHER_SITE = (REASON_BAD_ORIGIN.partition("%")[0], REASON_BAD_REFERER.partition("%")[0])


def asked_by_our_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse what another site opens before anything is counted: a script of ours asks for it.

    Else one page of a stranger uses up what all of a school may ask.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.headers.get("sec-fetch-site") in OTHER_SITES:
            return HttpResponse(status=403)
        return view(request, *args, **kwargs)

    return asked


def holding_the_codes(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let one look at recovery codes at a time, and nobody use one meanwhile.

    allauth writes down that they were seen over what it read before: a code that was used in
    between was good again, and two who asked at once were shown them both.
    """

    @wraps(view)
    def held(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        codes = Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)
        with transaction.atomic():
            codes.select_for_update().filter(user=request.user.pk).first()
            return view(request, *args, **kwargs)

    return held


@open_to(PUBLIC)
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language: in a cookie, and with the user when signed in."""
    form = LanguageForm(request.POST)
    response = redirect(_safe_next(request))
    if form.is_valid():
        language = form.cleaned_data["language"]
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated and not second_factor.is_missing(request):
            request.user.language = language
            request.user.save(update_fields=["language"])
    return response


@open_to(PUBLIC)
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie of this browser; like the device is no cookie at all."""
    form = ThemeForm(request.POST)
    response = redirect(_safe_next(request))
    if form.is_valid():
        if form.cleaned_data["theme"] == Theme.DEVICE:
            response.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
        else:
            response.set_cookie(
                settings.THEME_COOKIE_NAME,
                form.cleaned_data["theme"],
                max_age=365 * 24 * 3600,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
    return response


@open_to(SIGNED_IN)
def stay(request: HttpRequest) -> HttpResponse:
    """Say that somebody is still there: with a form, their half hour begins anew.

    Asked without one, by a page itself, it says no more than that they are signed in still; of the
    page of somebody else, who was signed in before in this browser, that they are not (205).
    Whoever opens it is led on: by an answer that opens nothing a page of another site sees that it
    stays where it is, and so that somebody is signed in here.
    """
    if request.method == "POST":
        return HttpResponse(status=204)
    if BY_ITSELF not in request.headers:
        return redirect("home")
    of = request.GET.get("of")
    theirs = of is None or is_sign_of(request.user.pk, of)
    return asked_by_itself(HttpResponse(status=204 if theirs else 205))


@open_to(SIGNED_IN)
def no_password(request: HttpRequest) -> HttpResponse:
    """Say how one gets a password who has none: by mail, as when it is forgotten."""
    messages.info(
        request,
        _("You sign in with your school account and have no password here. Ask for one by mail."),
    )
    return redirect("account_reset_password")


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A word alone would be taken for the name of an address.
    return wanted if safe and wanted.startswith("/") else "home"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Bring a form with a stale token back, filled in; without our own token, say no.

    Only a form that this site showed to this very person carries the ``typed_by`` token, so a
    stranger's page can put nothing on anybody's screen. What comes from another site is not kept
    at all: the new session that it is kept in would take the place of the one that somebody has.
    """
    if not reason.startswith(FROM_ANOTHER_SITE) and typed.keep(request):
        messages.warning(
            request, _("Your session was renewed. Look it over once more, and send it again.")
        )
        return redirect(request.get_full_path())
    return render(request, "403_csrf.html", status=403)
