"""Light, dark, or like the device: how a page is asked for, without a script.

The dark colours stand in one stylesheet (``static/css/dark.css``) that a page links with a media
query. So the browser knows before it paints, paper stays light, and no colour is written twice.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Theme(TextChoices):
    """What somebody can choose, per browser: a phone at night is not the desk at school."""

    DEVICE = "device", _("Like my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


@dataclass(frozen=True, slots=True)
class Look:
    """A theme in markup: what <html> says, the meta element, and when dark.css counts."""

    name: str
    scheme: str
    dark_on: str
    choices: tuple[tuple[str, object], ...] = tuple(Theme.choices)

    @property
    def is_fixed(self) -> bool:
        """Tell whether it was chosen, so that the device has no say."""
        return self.name != Theme.DEVICE


LOOKS = {
    Theme.DEVICE: Look("device", "light dark", "screen and (prefers-color-scheme: dark)"),
    Theme.LIGHT: Look("light", "light", ""),
    Theme.DARK: Look("dark", "dark", "screen"),
}


def look_of(request: HttpRequest) -> Look:
    """Return the look of a page, by the cookie of the theme button; else like the device."""
    chosen = request.COOKIES.get(settings.THEME_COOKIE_NAME)
    return LOOKS[Theme(chosen)] if chosen in Theme.values else LOOKS[Theme.DEVICE]
