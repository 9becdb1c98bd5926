"""The base of every form that changes something, and the language choice."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import typed
from accounts.errors import ActionError
from accounts.models import User
from accounts.theme import Theme

Result = TypeVar("Result")

LONG_TEXT = 20_000
SHORT_TEXT = 300
# The first of the choices of a list that opens: who hears the page hears it too.
NOT_CHOSEN = ("", _("Nothing chosen"))
# Of what was sent and is no choice, an error quotes so many signs: a page shows it twice.
QUOTED = 80
# What every form carries beside what one fills in.
HIDDEN = ("idempotency_key", "typed_by")
# Elements in which one types a line.
ONE_LINE = ("text", "search", "email", "tel", "url", "number")


class LongTextField(forms.CharField):
    """A text of any kind, up to ``LONG_TEXT`` characters, in a box that grows."""

    def __init__(self, *, rows: int = 3, max_length: int = LONG_TEXT, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out ``maxlength``: a browser would cut a pasted text short without a word."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class MomentField(forms.DateTimeField):
    """When something was seen, said or held: now unless told, never in the future."""

    # A phone's clock may be some minutes ahead of the server's.
    CLOCK_SLACK = timedelta(minutes=5)
    EARLIEST_YEAR = 1990

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", lambda: timezone.localtime().replace(second=0, microsecond=0))
        kwargs.setdefault(
            "widget",
            forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )
        super().__init__(**kwargs)

    def validate(self, value: datetime | None) -> None:
        """Refuse a moment that lies ahead, or before anybody who is at school now was born."""
        super().validate(value)
        if value is None:
            return
        if value > timezone.now() + self.CLOCK_SLACK:
            raise ValidationError(_("This lies in the future. Fill in when it happened."))
        if value.year < self.EARLIEST_YEAR:
            raise ValidationError(_("This is too long ago. Look at the year again."))


class ComingDayField(forms.DateField):
    """A day that was agreed, ahead of us and within two years."""

    FURTHEST = timedelta(days=2 * 366)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse a day that is past, or further away than anybody plans."""
        super().validate(value)
        if value is None:
            return
        today = timezone.localdate()
        if value <= today:
            raise ValidationError(_("Choose a day that is still to come."))
        if value > today + self.FURTHEST:
            raise ValidationError(_("Choose a day within two years."))


class PublicIdField(forms.ModelChoiceField):
    """A choice known by its ``public_id``; what is no such id at all is no choice either."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(to_field_name="public_id", **kwargs)

    def to_python(self, value: Any) -> Any:
        """Say in the field's own words that there is no such choice, whatever came."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            message = self.error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice") from error


def offer(field: forms.ModelChoiceField, found: QuerySet, rows: Iterable[Model]) -> None:
    """Let a field show rows that were read already; what is chosen is looked for in ``found``."""
    field.queryset = found
    named = map(field.iterator(field).choice, rows)
    field.choices = [("", field.empty_label), *named] if field.empty_label else list(named)


class NotRemembered(forms.BoundField):
    """A field of which no browser remembers what was typed, unless it says otherwise.

    A browser keeps what stands in a field of one line, and shows it to whoever uses it next: when
    nobody is signed in any more, on any site that has a field of that name. And what stands in any
    field, sent or not, it writes readably to its own disk every few seconds, so that it can show it
    again: what is chosen too, and so the forms around them say the same (``templates``).
    """

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Return the attributes of the element."""
        attrs, shown = super().build_widget_attrs(attrs, widget), widget or self.field.widget
        is_text = getattr(shown, "input_type", "") in ONE_LINE or isinstance(shown, forms.Textarea)
        if is_text and "autocomplete" not in shown.attrs:
            attrs["autocomplete"] = "off"
        return attrs


class MeldcodeForm(forms.Form):
    """A form that files once, however often it is sent, and that a lost session does not empty."""

    bound_field_class = NotRemembered

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    typed_by = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.initial.setdefault("idempotency_key", uuid.uuid4())
        self.initial["typed_by"] = typed.token_for(user.pk)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # the template writes the token beside its <form> tag

    @classmethod
    def for_page(cls, request: HttpRequest, **kwargs: Any) -> "MeldcodeForm":
        """Return the form of a page: bound on POST, else empty or with what was kept of it."""
        if request.method == "POST":
            return cls(request.POST, request.FILES, user=request.user, **kwargs)
        form = cls(user=request.user, **kwargs)
        kept = typed.take(request)
        if kept is not None:
            form.restore(kept)
        return form

    def add_error(self, field: str | None, error: Any) -> None:
        """Say what is wrong; of what was sent, no more than one reads of it."""
        for one in getattr(error, "error_list", ()):
            if one.params:
                one.params = {name: _quoted(value) for name, value in one.params.items()}
        super().add_error(field, error)

    def restore(self, data: QueryDict) -> None:
        """Show again what was typed and what was left empty, without judging it yet."""
        self.initial.update(self._filled_in(data))
        self.initial["idempotency_key"] = data.get("idempotency_key") or uuid.uuid4()

    def clean_idempotency_key(self) -> uuid.UUID:
        """Return the key of this form with these words; one that came without a key gets its own.

        Sent again, a form keeps its key. Brought back by the browser's back button and filled in
        anew, it has another, so that the new words are not taken for the old ones.
        """
        key = self.cleaned_data.get("idempotency_key")
        if not key:
            return uuid.uuid4()
        # By a key of ours: it is kept, and by a plain one words that lie encrypted can be guessed.
        said = salted_hmac("accounts.forms.key", repr(self._filled_in(self.data)))
        return uuid.uuid5(key, said.hexdigest())

    def _filled_in(self, data: QueryDict) -> dict[str, Any]:
        """Return what stands in each field, by its widget; the hidden ones are the form's own."""
        return {
            name: field.widget.value_from_datadict(data, {}, self.add_prefix(name))
            for name, field in self.fields.items()
            if name not in HIDDEN
        }

    @property
    def key(self) -> uuid.UUID:
        """Return the idempotency key of the form that was sent."""
        return self.cleaned_data["idempotency_key"]

    def run(self, action: Callable[..., Result], *args: Any, **kwargs: Any) -> Result | None:
        """Run an action; what it refuses becomes an error at the field concerned, and None."""
        try:
            return action(*args, **kwargs)
        except ActionError as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)
            return None

    @property
    def values(self) -> Mapping[str, Any]:
        """Return what was filled in, without the form's own hidden fields."""
        return {name: value for name, value in self.cleaned_data.items() if name not in HIDDEN}

    def clean(self) -> dict[str, Any]:
        """Refuse characters that no database text can hold."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and not storable(value):
                self.add_error(name, _("This text holds a character that cannot be stored."))
        return cleaned


def _quoted(value: Any) -> Any:
    """Return what an error says of a field, and no endless text: that goes by its beginning."""
    if not isinstance(value, str) or len(value) <= QUOTED:
        return value
    return f"{value[:QUOTED]}…"


def storable(text: str) -> bool:
    """Tell whether a database can hold a text: without NUL, and without half a character."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


class LanguageForm(forms.Form):
    """The language button."""

    language = forms.ChoiceField(choices=User.Language.choices)
    next = forms.CharField(required=False)


class ThemeForm(forms.Form):
    """The buttons for light, dark and like the device."""

    theme = forms.ChoiceField(choices=Theme.choices)
    next = forms.CharField(required=False)
