"""Telephone numbers: which can be called from a Dutch telephone, and how they are kept."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST = 20
NO_NUMBER = _(
    "This is no telephone number that can be called from here. Write it as 030 123 45 67, "
    "06 12 34 56 78, 0800-2000 or +31 30 123 45 67."
)
# What one writes between the digits so that they can be read.
BETWEEN = re.compile(r"[ ./()\-\u00a0\u2010-\u2013]+")
# fmt: off
KINDS = tuple(re.compile(pattern) for pattern in (
    r"112",
    r"116\d{3}",               # European numbers of social value, as 116 111
    r"14\d{3,4}",              # a town hall: 14 030
    r"0(800|90[069])\d{4,7}",  # free, or paid by the minute
    r"0[1-8]\d{8}",            # a place, a mobile or a company
    r"(\+|00)31[1-8]\d{8}",    # the same, from abroad
))
# fmt: on


def judged(text: str) -> str:
    """Return a telephone number as it is kept: as it was written, with single spaces.

    Raises ``ValidationError`` for what no Dutch telephone can call.
    """
    # The zero in +31 (0)30 is for who does not dial the +31: a link would dial both.
    text = re.sub(r"^((\+|00)31)\s*\(0\)", r"\1 ", text.strip())
    digits = BETWEEN.sub("", text)
    if not any(kind.fullmatch(digits) for kind in KINDS) or not digits.isascii():
        raise ValidationError(NO_NUMBER, code="telephone")
    return " ".join(text.split())


class TelephoneField(forms.CharField):
    """A telephone number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Return the number as it is kept."""
        value = super().clean(value)
        return judged(value) if value else value
