"""THE table of what is searched in a case: which texts, by room.

What does not stand here is not found: addresses, telephone numbers, names of colleagues, why
somebody is kept out, and what is still a draft. A new text is one row, or one word in a row, and on
PostgreSQL a migration that makes its columns anew (``cases/search/columns.py``).
"""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import Placed

# As it holds now: no correction took its place.
CURRENT = Q(correction__isnull=True)


@dataclass(frozen=True, slots=True)
class Searched:
    """The texts of one model, how it leads to its case, and which of its rows count."""

    model: str
    found_in: Promise
    fields: tuple[str, ...]
    case: str = "case"
    holds: Q = CURRENT

    @property
    def name(self) -> str:
        """Return the name under which a case says that something was found here."""
        return f"found_in_{self.model.rpartition('.')[2].lower()}"

    @property
    def sealed(self) -> list[Placed]:
        """Return the fields that are encrypted where there are keys."""
        fields = [self.rows._meta.get_field(name) for name in self.fields]
        return [field for field in fields if isinstance(field, Placed)]

    @property
    def rows(self) -> type[Model]:
        """Return the model."""
        return apps.get_model(self.model)


# fmt: off
TABLE: tuple[Searched, ...] = (
    # signals
    Searched("signals.Signal", _("a signal"),
             ("facts", "child_words", "interpretation", "hearsay_from", "place")),
    Searched("signals.InjuryMark", _("a mark on the body map"), ("note",),
             "signal__case", Q(signal__correction__isnull=True)),
    # consultations
    Searched("consultations.Consultation", _("a consultation"),
             ("question", "shared", "outcome", "decided_by", "next_talk")),
    Searched("consultations.Advice", _("an advice"), ("text",),
             "consultation__case", Q(consultation__correction__isnull=True)),
    # cases
    Searched("cases.Conversation", _("a conversation"),
             ("attendees", "facts_brought", "reactions", "parents_reactions", "home_agreed",
              "agreements", "consent_about", "skip_reason")),
    Searched("cases.Answer", _("a weighing"), ("grounds",),
             "assessment__case", Q(assessment__correction__isnull=True)),
    Searched("cases.Deviation", _("an explained choice"), ("grounds",)),
    Searched("cases.LookBack", _("a look back"), ("seen", "child_words")),
    Searched("cases.Statement", _("a statement"), ("text", "about")),
    Searched("cases.Attachment", _("the title of a file"), ("title",),
             holds=CURRENT & Q(withdrawn_at__isnull=True)),
    # referrals
    Searched("referrals.Decision", _("a decision"),
             ("report_grounds", "help_grounds", "results")),
    Searched("referrals.Goal", _("a help plan"), ("what", "who", "seen_by"),
             "plan__decision__case", Q(plan__decision__correction__isnull=True)),
    Searched("referrals.Referral", _("a referral"),
             ("handed_over", "taken_on_by", "closed_why", "not_told_reason"), "decision__case",
             Q(decision__correction__isnull=True, withdrawn_at__isnull=True)),
    Searched("referrals.Feedback", _("what was heard"), ("text", "child_words", "source")),
    Searched("referrals.ReportText", _("a report to Veilig Thuis"), ("text",),
             "report__referral__decision__case",
             Q(report__filed_at__isnull=False, report__correction__isnull=True,
               report__referral__withdrawn_at__isnull=True)),
)
# fmt: on
