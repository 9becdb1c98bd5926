"""What beat starts for people."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts.drafts.actions import clear
from accounts.people import mails
from accounts.people.winding_up import wind_up_expired


@shared_task
def wind_up_memberships() -> None:
    """End the memberships whose last day is past, and wind up what ended."""
    wind_up_expired(timezone.now())


@shared_task
def tell_again() -> None:
    """Tell people of what was changed, where mail was away."""
    mails.tell_again(timezone.now())


@shared_task
def clear_sessions() -> None:
    """Remove the sessions that have expired: nobody comes back for them."""
    call_command("clearsessions")


@shared_task
def clear_drafts() -> None:
    """Remove drafts that nobody went on with."""
    clear(timezone.now())
