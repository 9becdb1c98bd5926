"""What the parts of the living page are filled with: all of it invented, none of it stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

from crispy_forms.helper import FormHelper
from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from accounts.forms import NOT_CHOSEN, NotRemembered
from cases.contact_book.calls import Numbers, calls_for
from cases.protocol import CONTACTS, PERIODS, STEPS
from cases.screen import ScreenGuidance, ScreenPeriod, ScreenTask
from cases.timeline import Entry

STATES = ("done", "skipped", "current", "left", "to_come")


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the step header takes it."""

    number: int
    short_name: object
    state: str
    url: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message as Django's messages have it."""

    level_tag: str
    text: object

    def __str__(self) -> str:
        return str(self.text)


class ExampleForm(forms.Form):
    """One of each kind of field. It goes nowhere."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("As you write it yourself."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    bound_field_class = NotRemembered

    facts = forms.CharField(
        label=_("What did you see or hear?"), widget=forms.Textarea(attrs={"rows": 3})
    )
    day = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[NOT_CHOSEN, ("call", _("By telephone")), ("talk", _("A talk"))]
    )
    severe = forms.ChoiceField(
        label=_("How severe is it?"),
        choices=[
            ("no", _("A signal, not severe by itself")),
            ("yes", _("There is danger right now")),
        ],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label=_("The pupil knows of this"), required=False)

    @property
    def helper(self) -> FormHelper:
        """Let the page write the form's own tags."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


def form() -> ExampleForm:
    """Return a form that was sent half filled in, with its errors."""
    sent = {
        "name": "",
        "facts": "Kwam zonder jas.",
        "day": "2026-13-40",
        "kind": "",
        "severe": "no",
    }
    return ExampleForm(sent, auto_id="example_%s", use_required_attribute=False)


def steps() -> list[Step]:
    """Return the five steps, one in each state that a step can be in."""
    named = zip(STEPS, STATES, strict=True)
    return [Step(step.number, step.short_name, state) for step, state in named]


def timeline(now: datetime) -> list[Entry]:
    """Return three moments of an invented case."""
    day = timedelta(days=1)
    return [
        Entry(now - 9 * day, 1, "signal", _("Signal logged"), "Sanne de Wit"),
        Entry(now - 7 * day, 2, "chat", _("Consultation asked"), "Ilse Vermeer", "Zonder jas."),
        Entry(now - day, 3, "people", _("Talk held"), "Ilse Vermeer"),
    ]  # fmt: skip


def guidance(now: datetime) -> ScreenGuidance:
    """Return what a severe case asks, as its page shows it."""
    calls = calls_for(CONTACTS, Numbers(None))[:2]
    task = ScreenTask(
        kind="urgent",
        kind_label=_("At once"),
        text=_("Ask for a consultation."),
        situation="",
        why=_("A severe signal does not wait for a second one."),
        rule="R12",
        step=2,
        sources="Meldcode",
        rule_url="#what-now",
        url="#what-now",
        action_label=_("Ask a consultation"),
    )
    return ScreenGuidance(
        attention="severe",
        attention_label=_("Severe"),
        headline=_("There is more than one signal: ask for a consultation."),
        tasks=[task],
        notes=[],
        explained=[],
        periods=[period(now)],
        accelerated=True,
        calls=calls,
    )


def period(now: datetime) -> ScreenPeriod:
    """Return a period that ends in two hours."""
    return ScreenPeriod(label=PERIODS["consult"].label, due=now + timedelta(hours=2), overdue=False)


def toasts() -> list[Said]:
    """Return a message of each kind."""
    return [
        Said("success", _("Saved.")),
        Said("info", _("You were signed in for a whole day. Sign in again.")),
        Said("warning", _("Your session was renewed. Look it over once more, and send it again.")),
        Said("error", _("You may not do this.")),
    ]


def job(now: datetime, state: str) -> SimpleNamespace:
    """Return long work: ``busy``, ``ready`` or ``failed``."""
    return SimpleNamespace(
        is_busy=state == "busy", state=state, progress=60, cancelled_at=None, requested_at=now
    )


def page() -> Page:
    """Return the second of three pages."""
    return Paginator(range(30), 10).page(2)
