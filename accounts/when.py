"""When it was, in four big choices: now, today, yesterday, another moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms import MomentField

NOW, TODAY, YESTERDAY, OTHER = "now", "today", "yesterday", "other"
CHOICES: tuple[tuple[str, Promise], ...] = (
    (NOW, _("Now")),
    (TODAY, _("Today")),
    (YESTERDAY, _("Yesterday")),
    (OTHER, _("Another day")),
)
DAYS_BACK = {TODAY: 0, YESTERDAY: 1}
MINUTE = "%Y-%m-%dT%H:%M"
# A form that is brought back later than this no longer means the moment in which it is sent.
NOW_LASTS = timedelta(minutes=15)


class Said(NamedTuple):
    """What stands in the field: the choice, a time of day, a whole moment; and when it was shown.

    All of it as a browser sends it. Whoever sends a moment alone chose another day.
    """

    choice: str = ""
    time: str = ""
    moment: str = ""
    shown: str = ""

    def as_of(self, now: datetime) -> "Said":
        """Return it as it is brought back at another time: "now" was then, "today" that day."""
        shown = _aware(self.shown)
        if shown is None or self.choice in ("", OTHER):
            return self
        if self.choice == NOW:
            if now - shown <= NOW_LASTS:
                return self
            return _as_choice(shown, now)
        clock = _clock(self.time)
        if timezone.localdate(shown) == timezone.localdate(now) or clock is None:
            return self
        day = timezone.localdate(shown) - timedelta(days=DAYS_BACK[self.choice])
        return Said(OTHER, "", f"{day}T{clock:%H:%M}", now.strftime(MINUTE))


def _as_choice(moment: datetime, now: datetime) -> Said:
    """Return a moment as somebody chooses it at another one."""
    at = timezone.localtime(moment)
    shown = timezone.localtime(now).strftime(MINUTE)
    if at.date() == timezone.localdate(now):
        return Said(TODAY, f"{at:%H:%M}", "", shown)
    return Said(OTHER, "", at.strftime(MINUTE), shown)


def _aware(text: str) -> datetime | None:
    try:
        return from_current_timezone(parse_datetime(text or ""))
    except (ValueError, ValidationError):
        return None


def _clock(text: str) -> time | None:
    try:
        return parse_time(text or "")
    except ValueError:
        return None


class WhenWidget(forms.Widget):
    """Reads what the four inputs of the field sent; a template of its own draws them."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Said:
        """Return what was sent. A moment without a choice is another day."""
        got = {part: str(data.get(f"{name}_{part}") or "") for part in ("when", "time", "shown")}
        moment = str(data.get(name) or "")
        choice = got["when"] or (OTHER if moment else "")
        return Said(choice, got["time"], moment, got["shown"])

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Tell whether nothing of it was sent."""
        return name not in data and f"{name}_when" not in data

    def id_for_label(self, id_: str) -> str:
        """Return nothing: a group of choices is named by its legend."""
        return ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the four choices, as the page shows it."""

    value: str
    label: Promise
    chosen: bool


class WhenBound(forms.BoundField):
    """What the template asks of the field."""

    @property
    def said(self) -> Said:
        """Return what stands in it now."""
        value = self.value()
        if isinstance(value, datetime):  # what is corrected says its moment exactly
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return Said(OTHER, "", local.strftime(MINUTE), self._shown)
        said = value if isinstance(value, Said) else Said()
        now = timezone.now()
        said = said if self.form.is_bound else said.as_of(now)
        return said._replace(shown=said.shown or self._shown)

    @property
    def _shown(self) -> str:
        return timezone.localtime().strftime(MINUTE)

    @property
    def choices(self) -> list[Choice]:
        """Return the four choices."""
        chosen = self.said.choice
        return [Choice(value, label, value == chosen) for value, label in CHOICES]


class WhenField(MomentField):
    """When something was: now, or about what time today or yesterday, or on another day."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", Said(NOW))
        kwargs.setdefault("widget", WhenWidget())
        super().__init__(**kwargs)

    def get_bound_field(self, form: forms.Form, field_name: str) -> WhenBound:
        """Return the field with what its template asks."""
        return WhenBound(form, self, field_name)

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment. Raises ``ValidationError`` for what is none."""
        if not isinstance(value, Said):
            return super().to_python(value)
        if value.choice == NOW:
            return timezone.now().replace(second=0, microsecond=0)
        if value.choice in DAYS_BACK:
            return self._that_day(value)
        if value.choice in ("", OTHER):
            return super().to_python(value.moment)
        raise ValidationError(_("Choose when it was."), code="invalid_choice")

    def _that_day(self, said: Said) -> datetime:
        clock = _clock(said.time)
        if clock is None:
            raise ValidationError(_("Fill in about what time it was."), code="time")
        # Sent after midnight, the day is still that of the page.
        shown = _aware(said.shown)
        fresh = shown is not None and timedelta() <= timezone.now() - shown <= timedelta(days=1)
        day = timezone.localdate(shown if fresh else None) - timedelta(days=DAYS_BACK[said.choice])
        return from_current_timezone(datetime.combine(day, clock.replace(tzinfo=None)))
