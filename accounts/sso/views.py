"""Signing in by one's school, and the page on which an administrator sets how."""

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from accounts import access
from accounts.access import PUBLIC, Permission, open_to, requires
from accounts.forms import MeldcodeForm
from accounts.models import IdentityProvider
from accounts.second_factor import fresh_second_factor
from accounts.sessions import LED_OUT
from accounts.sso import actions
from accounts.sso.flow import SchoolConnection, SchoolProvider, callback_address
from accounts.sso.forms import AddressForm, NewProviderForm, ProviderForm, SamlProviderForm
from accounts.sso.kinds import KINDS
from accounts.sso.saml import asking

VERY_OFTEN = gettext_lazy("You tried this very often. Try again in an hour.")


@open_to(PUBLIC)
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail address, and show the way to the school's provider.

    A page with a link and not a redirect: ``form-action`` keeps a form's answer on this site.
    """
    form = AddressForm(request.POST or None)
    next_url = get_next_redirect_url(request)
    if form.is_bound:
        if not ratelimit.consume(request, action="single_sign_on"):
            return render(request, "429.html", status=429)
        if form.is_valid():
            try:
                way = _way(request, form.provider, form.cleaned_data["email"], next_url)
                request.is_led = LED_OUT
                return render(request, "sso/go.html", {"provider": form.provider, "way": way})
            except RequestException:
                form.add_error(
                    "email",
                    _("The sign-in of your school does not answer now. Try again in some minutes."),
                )
    return render(
        request,
        "sso/start.html",
        {"form": form, "next_url": next_url},
        status=422 if form.errors else 200,
    )


@open_to(PUBLIC)
@never_cache
@require_GET
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Let in whoever comes back from their provider; one that is off answers like one unknown."""
    found = IdentityProvider.objects.active().filter(public_id=provider).first()
    if found is None or found.rules.is_saml:
        return redirect("sso:refused")
    try:
        return OAuth2CallbackView.adapter_view(SchoolConnection(request, found))(request)
    except RequestException as error:  # allauth looks too early where the code is traded
        return render_authentication_error(request, SchoolProvider(request, found), exception=error)


@open_to(PUBLIC)
@never_cache
@require_GET
def refused(request: HttpRequest) -> HttpResponse:
    """Say that one is known at school, and not here. The same page whatever the reason."""
    return render(request, "sso/refused.html")


@requires(Permission.SET_SIGN_IN)
def providers(request: HttpRequest) -> HttpResponse:
    """Show through which providers people of one's schools sign in."""
    context = {"providers": _providers(request), "offers_saml": settings.SAML}
    return render(request, "sso/providers.html", context)


@requires(Permission.SET_SIGN_IN)
@fresh_second_factor
def add(request: HttpRequest) -> HttpResponse:
    """Let a school trust a provider."""
    schools = access.schools(request.user, Permission.SET_SIGN_IN)
    form = NewProviderForm.for_page(request, schools=schools)
    if form.is_bound and form.is_valid() and _may_try(request, form):
        values = dict(form.values)
        added = form.run(actions.add, values.pop("school"), request.user, form.key, **values)
        if added:
            messages.success(request, _("Saved. Enter the redirect address below at the provider."))
            return redirect("sso:change", added.public_id)
    return _form_page(request, form)


@requires(Permission.SET_SIGN_IN)
@fresh_second_factor
def change(request: HttpRequest, provider: str) -> HttpResponse:
    """Show a provider with the address to enter there, and change it."""
    found = get_object_or_404(_providers(request), public_id=provider)
    kind_of_form = SamlProviderForm if found.rules.is_saml else ProviderForm
    form = kind_of_form.for_page(request, provider=found)
    # With SAML nobody is asked: its settings are typed whole.
    asks = not found.rules.is_saml
    if form.is_bound and form.is_valid() and (not asks or _may_try(request, form)):
        form.run(actions.change, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("The change is saved."))
            return redirect("sso:change", provider)
    return _form_page(request, form, provider=found, **_ours(request, found))


@requires(Permission.SET_SIGN_IN)
@fresh_second_factor
def switch(request: HttpRequest, provider: str) -> HttpResponse:
    """Switch a provider off or on; one confirms it first."""
    found = get_object_or_404(_providers(request), public_id=provider)
    if request.method == "POST":
        if not ratelimit.consume(request, action="try_provider", user=request.user):
            messages.error(request, VERY_OFTEN)  # each time all who look after the school are told
            return redirect("sso:providers")
        try:
            actions.switch(found, request.user, on=request.POST.get("on") == "yes")
            messages.success(request, _("The change is saved."))
        except actions.ActionError as error:
            messages.error(request, error.message)
        return redirect("sso:providers")
    return render(request, "sso/switch.html", {"provider": found})


def _may_try(request: HttpRequest, form: MeldcodeForm) -> bool:
    """Tell whether a provider is asked once more: each time the web waits for it."""
    if ratelimit.consume(request, action="try_provider", user=request.user):
        return True
    form.add_error(None, VERY_OFTEN)
    return False


def _way(
    request: HttpRequest, provider: IdentityProvider, address: str, next_url: str | None
) -> str:
    """Return where the browser goes. Raises ``RequestException`` when nothing answers there."""
    if provider.rules.is_saml:
        return asking.start(request, provider, next_url)
    return SchoolProvider(request, provider).start(request, address, next_url)


def _ours(request: HttpRequest, provider: IdentityProvider) -> dict[str, object]:
    """Return what the provider has to know of us."""
    if provider.rules.is_saml:
        names = {"entity_id": asking.entity_id(provider), "is_saml": True}
        return {**names, "address": asking.answer_address(provider), "kinds": [provider.rules]}
    return {"address": callback_address(request, provider)}


def _providers(request: HttpRequest) -> "IdentityProvider.objects":
    schools = access.schools(request.user, Permission.SET_SIGN_IN)
    found = IdentityProvider.objects.offered().filter(school__in=schools)
    return found.select_related("school").prefetch_related("domains")


def _form_page(request: HttpRequest, form: object, **context: object) -> HttpResponse:
    return render(
        request,
        "sso/provider.html",
        {"form": form, "kinds": [k for k in KINDS.values() if not k.is_saml], **context},
        status=422 if form.errors else 200,
    )
