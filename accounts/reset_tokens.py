"""What stands in a link to a new password, and how long it works."""

import hashlib
from datetime import UTC, datetime

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.core import context, ratelimit
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from accounts.opened_links import is_late


class ResetTokens(EmailAwarePasswordResetTokenGenerator):
    """Tokens that work for days, and for half an hour once somebody came by one.

    What ends all sessions of somebody ends them too: a role that ended, a second factor taken away.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)} {user.session_epoch}"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Tell whether a token is right, and was not opened too long ago.

        Noted here, of what is right to the letter: an address can be written in several ways.
        """
        if not super().check_token(user, token):
            return False
        known_by = hashlib.sha256(token.encode()).hexdigest()
        noted, lasts = f"opened-link:{known_by}", settings.PASSWORD_RESET_TIMEOUT
        now = timezone.now().timestamp()
        cache.add(noted, now, lasts)
        if not is_late(datetime.fromtimestamp(cache.get(noted, now), UTC)):
            return True
        # Else who asked for many, while a server of mail opened each, has none that works today.
        # Once for each link: whoever found one in a history would send mails by it, all day.
        if cache.add(f"late-link:{known_by}", True, lasts):
            ratelimit.clear(context.request, action="reset_link", key=works_while(user))
        return False


def works_while(user: User) -> str:
    """Return what changes when no link of somebody works any more: also by signing in, or where
    all their sessions end.
    """
    return f"{user.pk} {user.password} {user.last_login} {user.session_epoch}"
