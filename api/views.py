"""The systems of a school and their tokens: seeing them, giving one, taking it away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, requires
from accounts.second_factor import fresh_second_factor
from api import actions
from api.forms import TokenForm
from api.models import ApiToken
from api.scopes import SCOPES
from api.telling import makers_still_here

# Of those that are over: what was of use lately.
OVER_SHOWN = 20


@requires(Permission.SEE_SYSTEMS)
def systems(request: HttpRequest) -> HttpResponse:
    """Show which systems come in, what each may do, until when, and when it last did."""
    people = ApiToken.objects.visible_to(request.user)
    tokens = list(people.select_related("school", "made_by", "revoked_by"))
    today = timezone.localdate()
    return render(
        request,
        "systems/systems.html",
        {
            "working": [token for token in tokens if token.works(today)],
            "over": [token for token in tokens if not token.works(today)][:OVER_SHOWN],
            "looked_after": makers_still_here(tokens),
            "scopes": SCOPES.values(),
            "several_schools": len(access.schools(request.user, Permission.SEE_SYSTEMS)) > 1,
        },
    )


@requires(Permission.MANAGE_SYSTEMS)
@fresh_second_factor
def new(request: HttpRequest) -> HttpResponse:
    """Give a system a token. It is shown in the answer to the form, and kept nowhere."""
    schools = access.schools(request.user, Permission.MANAGE_SYSTEMS)
    form = TokenForm.for_page(request, schools=schools)
    if form.is_bound and form.is_valid():
        values = dict(form.values)
        school = values.pop("school")
        made = form.run(actions.make_token, school, request.user, form.key, **values)
        if made:
            return render(request, "systems/made.html", {"token": made[0], "secret": made[1]})
    return render(
        request,
        "systems/new.html",
        {"form": form, "scopes": SCOPES.values()},
        status=422 if form.errors else 200,
    )


@requires(Permission.MANAGE_SYSTEMS)
def revoke(request: HttpRequest, token: str) -> HttpResponse:
    """End a token now; one confirms it first. Nobody is asked for a code to close a door."""
    found = get_object_or_404(ApiToken.objects.managed_by(request.user).working(), public_id=token)
    if request.method == "POST":
        actions.revoke_token(found, request.user)
        messages.success(request, _("The token is revoked. Nothing comes in with it any more."))
        return redirect("systems:list")
    return render(request, "systems/revoke.html", {"token": found})
