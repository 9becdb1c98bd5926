"""What can happen, one word each; and how the screens group it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What happened."""

    MADE = "made", _("made")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    READ = "read", _("opened")
    SEARCHED = "searched", _("searched")
    TRAIL_READ = "trail_read", _("looked at the trail")
    FLAGS_READ = "flags_read", _("looked at unusual reading")
    EXPORTED = "exported", _("took a copy")
    EMERGENCY = "emergency", _("emergency access")
    WRONG_REFERENCE = "wrong_reference", _("wrong reference at emergency access")
    HALF_WAY = "half_way", _("came as far as the second factor")
    SIGN_IN = "sign_in", _("signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
    SECOND_FACTOR_FAILED = "second_factor_failed", _("wrong second factor")
    SIGN_OUT = "sign_out", _("signed out")
    FACTOR_RESET = "factor_reset", _("took away a second factor")
    NEW_PASSWORD = "new_password", _("chose a new password")
    FACTOR_ADDED = "factor_added", _("added a second factor")
    FACTOR_REMOVED = "factor_removed", _("removed their own second factor")
    NEW_CODES = "new_codes", _("made new recovery codes")
    LINKED = "linked", _("was linked to a school account, by the word of the school")
    NEW_SECRET = "new_secret", _("put in another secret")
    TURNED_AWAY = "turned_away", _("asked for a page without a role")
    DESTROYED = "destroyed", _("destroyed")
    # What another system did with its token (api/).
    PUPILS_SENT = "pupils_sent", _("sent a list of pupils")
    PUPILS_TRIED = "pupils_tried", _("tried out a list of pupils; nothing changed")
    SIGNAL_SENT = "signal_sent", _("sent a signal")
    SIGNAL_REFUSED = "signal_refused", _("sent a signal that could not be taken")
    COUNTED = "counted", _("asked how many cases there are")


# What a filter offers → which kinds it shows.
GROUPS: dict[str, tuple[Kind, ...]] = {
    "read": (
        Kind.READ,
        Kind.SEARCHED,
        Kind.TRAIL_READ,
        Kind.FLAGS_READ,
        Kind.PUPILS_TRIED,
        Kind.COUNTED,
    ),
    "changed": (
        Kind.MADE,
        Kind.CHANGED,
        Kind.REMOVED,
        Kind.NEW_SECRET,
        Kind.PUPILS_SENT,
        Kind.SIGNAL_SENT,
        Kind.SIGNAL_REFUSED,
    ),
    "special": (
        Kind.EXPORTED,
        Kind.EMERGENCY,
        Kind.WRONG_REFERENCE,
        Kind.FACTOR_RESET,
        Kind.TURNED_AWAY,
        Kind.DESTROYED,
    ),
    "sign_in": (
        Kind.HALF_WAY,
        Kind.SIGN_IN,
        Kind.SIGN_IN_FAILED,
        Kind.SECOND_FACTOR_FAILED,
        Kind.SIGN_OUT,
        Kind.NEW_PASSWORD,
        Kind.FACTOR_ADDED,
        Kind.FACTOR_REMOVED,
        Kind.NEW_CODES,
        Kind.LINKED,
    ),
}
GROUP_NAMES = {
    "read": _("Opened and searched"),
    "changed": _("Made and changed"),
    "special": _("Copies and emergencies"),
    "sign_in": _("Signing in"),
}
# Shown with weight: a copy leaves the house, an emergency comes from outside.
STANDS_OUT = frozenset({Kind.EXPORTED, Kind.EMERGENCY, Kind.DESTROYED})
# What is done to something; the others say it all by themselves.
ABOUT_A_THING = frozenset(
    {
        Kind.MADE,
        Kind.CHANGED,
        Kind.REMOVED,
        Kind.READ,
        Kind.EXPORTED,
        Kind.EMERGENCY,
        Kind.NEW_SECRET,
        Kind.DESTROYED,
    }
)
