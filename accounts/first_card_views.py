"""Closing the first cards, and asking for them again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import first_cards
from accounts.access import SIGNED_IN, open_to


@open_to(SIGNED_IN)
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Take the cards of one role away."""
    first_cards.close_cards(request.user, request.POST.get("role", ""))
    messages.success(request, _("The introduction is closed. You find it again under Help."))
    return redirect("home")


@open_to(SIGNED_IN)
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Show the cards of all roles again, on the first page."""
    first_cards.show_cards_again(request.user)
    return redirect("home")
