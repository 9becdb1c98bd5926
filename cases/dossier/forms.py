"""Which dossier is exported, why, and what goes with it."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.forms import LongTextField, MeldcodeForm, Result
from accounts.models import School
from cases.dossier.actions import Wish
from cases.dossier.grounds import GROUNDS_TO_HAND_OVER
from cases.dossier.lock import SHORTEST, check_strength
from cases.dossier.variants import MAY_READ_TOO, VARIANTS, Code, Names, Variant
from cases.protocol.vacations import school_year
from cases.references import sign_of

# As long as a dossier is kept at most.
YEARS_BACK = 20


class ExportForm(MeldcodeForm):
    """What fits the kind of dossier that was chosen before, and no more fields than that."""

    variant = forms.ChoiceField(
        choices=[(code.value, code.value) for code in Code],
        required=False,
        widget=forms.HiddenInput,
    )
    reason = LongTextField(
        label=_("Why do you export this dossier?"),
        help_text=_("For whom, and on what ground. It stands on the cover and in the case."),
        min_length=10,
        max_length=1000,
        error_messages={"min_length": _("Write a few words more: for whom, and on what ground.")},
    )
    receiver = forms.CharField(
        label=_("For which school, and for whom there?"),
        help_text=_("As: De Horizon in Zeist, zorgcoördinator M. Bakker."),
        min_length=5,
        max_length=200,
    )
    ground = forms.ChoiceField(
        label=_("On which ground do you hand it over?"),
        choices=[
            (ground.code, format_lazy("{}. {}", ground.title, ground.says))
            for ground in GROUNDS_TO_HAND_OVER.values()
        ],
        widget=forms.RadioSelect,
    )
    account = LongTextField(
        label=_("Who consented, when and how? Or: why without consent?"),
        min_length=20,
        max_length=1000,
        error_messages={"min_length": _("Write a few words more, so that you can account for it.")},
    )
    chosen = forms.MultipleChoiceField(
        label=_("Which records do you hand over?"),
        help_text=_("Choose what the receiver needs, and no more."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hidden_words = LongTextField(
        label=_("Whose names must be left out too?"),
        help_text=_(
            "Names of colleagues, of other pupils and of the contact book are left out by "
            "themselves. Do you know of others, such as a neighbour who told something? Write "
            "their names here, with commas between them. They are not kept."
        ),
        max_length=1000,
        required=False,
        rows=2,
    )
    consent = LongTextField(
        label=_("How and when did the pupil consent?"),
        help_text=_(
            "From 16 on it is the pupil alone who decides who sees this. Without their consent the "
            "parents do not get it. Is no birth date known here, and is the pupil younger? Then "
            "write that down. The parents read it: it stands on the cover."
        ),
        min_length=10,
        max_length=500,
        rows=2,
    )
    younger = forms.BooleanField(
        label=_("The pupil is younger than 16"),
        help_text=_(
            "You do not see here how old the pupil is, so this form asks the same of everybody. "
            "Is it not so? Then no dossier is made, and that you asked stays written down."
        ),
        required=False,
    )
    also = forms.MultipleChoiceField(
        label=_("What may they read beside that?"),
        help_text=_(
            "Nothing of this goes along by itself: no program sees what such a text says. Read it "
            "first. What has to stay out for safety stays out, whatever you choose here."
        ),
        choices=list(MAY_READ_TOO.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    with_files = forms.BooleanField(
        label=_("Put the files into the PDF"),
        help_text=_("Letters and pictures, as they were added. Withdrawn files never go along."),
        required=False,
    )

    password = forms.CharField(
        label=_("A password for the PDF (not needed)"),
        help_text=format_lazy(
            _(
                "At least {shortest} signs, such as a few words. Without it nobody opens the file, "
                "and nobody here can give it to you again: write it down, and tell it to the "
                "receiver in another way than the file. A PDF with a password is no PDF/A any "
                "more: for an archive, make one without."
            ),
            shortest=SHORTEST,
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        validators=[check_strength],
        max_length=100,
        required=False,
        strip=False,
    )

    # Up to where the case was written when this was shown first.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        kind: Variant,
        mark: str = "",
        records: Sequence[tuple[str, str]] = (),
        asks_consent: bool = False,
        knows_age: bool = True,
        whose: Promise | str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.mark = kind, mark
        self.initial["variant"] = kind.code.value
        self.initial["seen"] = mark
        # What the page says of a record, and its key.
        self._keys = {sign_of(key): key for key, __ in records}
        self.fields["chosen"].choices = [(sign_of(key), name) for key, name in records]
        if Names.STAFF not in kind.names:
            self.fields["hidden_words"].help_text = _(
                "Names of other pupils are left out by themselves. Do you know of others, such as "
                "a friend of the pupil? Write their names here, with commas between them. They "
                "are not kept."
            )
        fits = {
            "chosen": kind.chosen,
            "hidden_words": kind.veiled,
            "consent": asks_consent,
            "younger": asks_consent and not knows_age,
            # Who may not see the case has read none of it.
            "also": kind.family and knows_age,
            "with_files": kind.files,
            "receiver": kind.package,
            "ground": kind.package,
            "account": kind.package,
            "seen": kind.goes_out,
        }
        for name in [name for name, there in fits.items() if not there]:
            del self.fields[name]
        if kind.package:
            self.fields["account"].help_text = whose
            self._ask_password()
        if "younger" in self.fields:  # one of the two, which the action looks at
            self.fields["consent"].required = False

    def _ask_password(self) -> None:
        """Say of the password what holds for a package: there is none without."""
        field = self.fields["password"]
        field.required, field.label = True, _("A password for the package")
        field.help_text = format_lazy(
            _(
                "At least {shortest} signs, such as a few words. Write it down: nobody here can "
                "give it to you again. Tell it to the receiver by telephone, never with the file."
            ),
            shortest=SHORTEST,
        )

    def _filled_in(self, data: QueryDict) -> dict[str, Any]:
        """Leave the password out: the key of the form is kept, and must say nothing of it."""
        filled_in = super()._filled_in(data)
        filled_in.pop("password", None)
        return filled_in

    def restore(self, data: QueryDict) -> None:
        """Show what was kept; its kind is that of the page, whatever it was kept of."""
        super().restore(data)
        self.initial["variant"] = self.kind.code.value

    def run(self, action: Callable[..., Result], *args: Any, **kwargs: Any) -> Result | None:
        """Run an action. What it refuses is asked again of the case as this page shows it: where
        somebody wrote meanwhile, the page that comes back says so.
        """
        done = super().run(action, *args, **kwargs)
        if done is None and "seen" in self.fields:
            self.data = self.data.copy()
            self.data["seen"] = self.mark
        return done

    @property
    def wish(self) -> Wish:
        """Return what is asked for."""
        aside = {"reason", "seen"}
        wish = {name: value for name, value in self.values.items() if name not in aside}
        wish["variant"] = self.kind.code.value
        wish["also"] = tuple(wish.get("also", ()))
        if "chosen" in wish:
            wish["chosen"] = tuple(self._keys[sign] for sign in wish["chosen"])
        return Wish(**wish)


class YearForm(MeldcodeForm):
    """Of which school and year, and why."""

    school = forms.ModelChoiceField(
        label=_("School"), queryset=School.objects.none(), empty_label=None
    )
    year = forms.TypedChoiceField(label=_("School year"), coerce=int)
    reason = LongTextField(
        label=_("Why do you export all dossiers of this year?"),
        help_text=_("For whom, and on what ground. The school leader is told that you ask it."),
        min_length=10,
        max_length=1000,
        error_messages={"min_length": _("Write a few words more: for whom, and on what ground.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = access.school_ids(self.user, Permission.EXPORT_YEAR)
        self.fields["school"].queryset = School.objects.filter(pk__in=ids).order_by("name")
        newest = school_year(timezone.localdate())
        years = range(newest, newest - YEARS_BACK, -1)
        self.fields["year"].choices = [(year, f"{year}–{year + 1}") for year in years]


def kind_of(code: str) -> Variant:
    """Return the kind of dossier with a code; of one that there is not, the whole."""
    return VARIANTS.get(code, VARIANTS[Code.WHOLE])
