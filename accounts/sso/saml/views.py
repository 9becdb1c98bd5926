"""Signing in through Entree Federatie, and the page on which an administrator adds it."""

import logging
from uuid import UUID

from allauth.core import ratelimit
from allauth.socialaccount.helpers import complete_social_login, render_authentication_error
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts import access
from accounts.access import PUBLIC, Permission, open_to, requires
from accounts.models import IdentityProvider
from accounts.second_factor import fresh_second_factor
from accounts.sso import actions
from accounts.sso.flow import SchoolProvider
from accounts.sso.forms import NewSamlProviderForm
from accounts.sso.kinds import KINDS
from accounts.sso.saml import answers, asking, handing_over
from accounts.sso.tokens import NotTrue

logger = logging.getLogger(__name__)


@open_to(PUBLIC)
@csrf_exempt
@never_cache
@require_POST
def callback(request: HttpRequest, provider: UUID) -> HttpResponse:
    """Take the provider's answer, and send the browser on to where its session is seen.

    Without a CSRF token, since the provider's page sends it. Nobody is signed in here, and nothing
    is asked of the session.
    """
    found = _active(provider)
    if found is None:
        return redirect("sso:refused")
    if not ratelimit.consume(request, action="saml_answer"):
        return render(request, "429.html", status=429)
    word = ""
    try:
        answer = answers.read(found, request.POST.get("SAMLResponse", ""))
        word = handing_over.leave(found, answer)
    except NotTrue as error:
        logger.warning("Single sign-on through %s failed: %s", found.public_id, error)
    return redirect(f"{reverse('sso:saml_finish', args=[provider])}?{urlencode({'answer': word})}")


@open_to(PUBLIC)
@never_cache
@require_GET
def finish(request: HttpRequest, provider: UUID) -> HttpResponse:
    """Let in whoever comes back from their provider with the answer to their own request."""
    found = _active(provider)
    if found is None:
        return redirect("sso:refused")
    school = SchoolProvider(request, found)
    answer = handing_over.take(found, request.GET.get("answer", ""))
    try:
        state = answer and school.unstash_redirect_state(request, answer.request_id)
    except PermissionDenied:  # allauth's word for what this session never asked, or long ago
        state = None
    if state is None:
        return render_authentication_error(request, school)
    login = school.login_of(request, answer.claims)
    login.state = state
    return complete_social_login(request, login)


@open_to(PUBLIC)
@never_cache
@require_GET
def metadata(request: HttpRequest, provider: UUID) -> HttpResponse:
    """Say what the provider must know of us.

    For everybody: the provider fetches it without an account, and each request that a browser
    carries there says the same.
    """
    found = IdentityProvider.objects.offered().filter(public_id=provider).first()
    if found is None or not found.rules.is_saml:
        raise Http404
    return HttpResponse(asking.metadata(found), content_type="application/samlmetadata+xml")


@requires(Permission.SET_SIGN_IN)
@fresh_second_factor
def add(request: HttpRequest) -> HttpResponse:
    """Let a school trust Entree Federatie."""
    schools = access.schools(request.user, Permission.SET_SIGN_IN)
    form = NewSamlProviderForm.for_page(request, schools=schools)
    if form.is_bound and form.is_valid():
        values = dict(form.values)
        added = form.run(actions.add, values.pop("school"), request.user, form.key, **values)
        if added:
            messages.success(request, _("Saved. Give the metadata below to Kennisnet."))
            return redirect("sso:change", added.public_id)
    return render(
        request,
        "sso/provider.html",
        {"form": form, "kinds": [KINDS["entree"]], "is_saml": True},
        status=422 if form.errors else 200,
    )


def _active(provider: UUID) -> IdentityProvider | None:
    found = IdentityProvider.objects.active().filter(public_id=provider).first()
    return found if found and found.rules.is_saml else None
