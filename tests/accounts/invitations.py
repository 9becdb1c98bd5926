"""The form of an invitation, as its page has it."""

from django.test import Client
from django.urls import reverse

from accounts.models import RoleInvitation
from accounts.people.views import SECRET_IN_SESSION

HERE = reverse("people:invitation")


def send(browser: Client, sent: dict[str, str], **more: object):
    """Send the form of the invitation that a browser opened, as its page has it."""
    opened = browser.session.get(SECRET_IN_SESSION, "")
    found = RoleInvitation.objects.filter(secret_hash=opened).first()
    return browser.post(HERE, {"of": str(found.public_id) if found else "", **sent}, **more)
