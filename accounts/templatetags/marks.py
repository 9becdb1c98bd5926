"""Pictures and marks, in every template without loading: in Python, for a page has a hundred.

An ``{% include %}`` takes two hundred calls for each.
"""

from collections.abc import Iterable
from functools import cache

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.templatetags.static import static
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


# The file does not change while a process lives, and there are some twenty pictures in it.
@cache
def _icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a picture beside a word. ``name``: a symbol of static/img/icons.svg."""
    return _icon(name)


def span(style: str, words: str | Promise) -> SafeString:
    """Return words in a class of a stylesheet. ``style``: our own, it is not escaped."""
    return mark_safe(f'<span class="{style}">{conditional_escape(words)}</span>')  # noqa: S308


def mark(style: str, name: str, words: str | Promise) -> SafeString:
    """Return an icon and words, as a mark. ``style``: ``mark``, or with what it is beside it."""
    said = conditional_escape(words)
    return mark_safe(f'<span class="{style}">{_icon(name)} {said}</span>')  # noqa: S308


@register.filter
def as_options(options: Iterable[tuple[str, str | Promise, bool]]) -> SafeString:
    """Return the options of a select as markup: each its value, its words and whether it is on."""
    said = [
        f'<option value="{conditional_escape(value)}" {"selected" if on else ""}>'
        f"{conditional_escape(words)}</option>"
        for value, words, on in options
    ]
    return mark_safe("\n".join(said))  # noqa: S308


@register.simple_tag(takes_context=True)
def csrf_token(context: template.Context) -> SafeString:
    """Return Django's field against forms from elsewhere, and one with a name of its reader's own.

    By where a form goes to and the names of its first two fields a browser knows it again: going
    back, it fills in what was typed there. To whoever signed in meanwhile it is another form.
    """
    token, user = CsrfTokenNode().render(context), context.get("user")
    if user is None or not user.is_authenticated:
        return token
    sign = salted_hmac("accounts.forms", str(user.pk), algorithm="sha256").hexdigest()[:16]
    return token + format_html('<input type="hidden" name="of-{}">', sign)
