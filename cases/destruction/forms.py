"""What is asked: how long a school keeps what, why a case is held back, and that one is sure."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm
from cases.models import SchoolRetention
from cases.protocol import keeping


class RetentionForm(MeldcodeForm):
    """The years of each kind, within the bounds, and why where it is longer than the rule."""

    def __init__(self, *args: Any, own: Mapping[str, SchoolRetention], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = {code: row.years for code, row in own.items()}
        for kind in keeping.KEPT.values():
            self.fields[f"{kind.code}_years"] = forms.IntegerField(
                label=kind.name,
                help_text=self._help(kind),
                min_value=kind.least,
                max_value=kind.most,
                initial=keeping.years_at(years, kind.code),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            if kind.most > kind.years:
                self.fields[f"{kind.code}_reason"] = LongTextField(
                    label=_("Why is it kept longer?"),
                    required=False,
                    rows=2,
                    max_length=2000,
                    initial=own[kind.code].reason if kind.code in own else "",
                )

    @staticmethod
    def _help(kind: keeping.Keeping) -> str:
        numbers = {
            "rule": kind.years, "least": kind.least, "most": kind.most, "source": kind.source,
        }  # fmt: skip
        text = _(
            "Years after leaving: %(rule)s is the rule, from %(least)s to %(most)s. %(source)s"
        )
        return f"{str(text) % numbers} {kind.explained}"

    def clean(self) -> dict[str, Any]:
        """Ask why something is kept longer than the rule."""
        cleaned = super().clean()
        for kind in keeping.KEPT.values():
            longer = (cleaned.get(f"{kind.code}_years") or 0) > kind.years
            if longer and not cleaned.get(f"{kind.code}_reason"):
                self.add_error(f"{kind.code}_reason", _("Write down why it is kept longer."))
        return cleaned

    @property
    def wishes(self) -> dict[str, tuple[int, str]]:
        """Return years and reason by kind."""
        data = self.cleaned_data
        return {
            code: (data[f"{code}_years"], data.get(f"{code}_reason", "")) for code in keeping.KEPT
        }


class HoldForm(MeldcodeForm):
    """Why a case is not destroyed for now, and until when."""

    reason = LongTextField(
        label=_("Why is this case held back?"),
        help_text=_("For example: a court case, a complaint, or a request of the pupil. No name."),
        max_length=2000,
        rows=3,
    )
    until = forms.DateField(
        label=_("Until which day?"),
        help_text=_("Leave it empty when nobody knows that yet: then it holds until it is ended."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class LiftForm(MeldcodeForm):
    """Why a case is no longer held back."""

    why = LongTextField(label=_("Why does it end?"), max_length=2000, rows=2)


class ApproveForm(MeldcodeForm):
    """That somebody looked at the list, and at which one."""

    sure = forms.BooleanField(
        label=_("I looked at this list. It can be destroyed, and I know that it cannot come back.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
