"""Pictures and marks, in every template without loading: in Python, for a page has a hundred.

An ``{% include %}`` for each took a third of the time of the dashboard.
"""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

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
    """Return words in a class of a stylesheet."""
    return format_html('<span class="{}">{}</span>', style, words)


def mark(style: str, name: str, words: str | Promise) -> SafeString:
    """Return an icon and words, as a mark. ``style``: ``mark``, or with what it is beside it."""
    return format_html('<span class="{}">{} {}</span>', style, _icon(name), words)
