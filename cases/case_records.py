"""The records of a case in full: what a page or the dossier shows of each, and what is fetched.

``READ`` is the table: the path of each relation from the case, and what comes with its rows in the
same query. A page names what it shows, and what a case does not have is not asked for.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Prefetch, QuerySet

from cases.together import fetch_under

if TYPE_CHECKING:
    from cases.models import Case
    from cases.one_case import OneCase

_MOVED = ("sent", "confirmed", "assessing", "accepted", "passed_on", "closed", "withdrawn")
READ: dict[str, tuple[str, ...]] = {
    "signals": ("author", "correction", "finding__author"),
    "signals__categories": (),
    "signals__marks": (),
    "consultations": ("author", "closed_by", "contact", "agenda_item"),
    "consultations__pieces": (),
    "consultations__invitations": ("user", "handed_to__user"),
    "consultations__advices": ("author",),
    "consultations__advices__mentions": ("user",),
    "conversations": ("author",),
    "assessments": ("author",),
    "assessments__answers": (),
    "decisions": ("author", "plan"),
    "decisions__plan__goals": (),
    "decisions__plan__goals__effects": (),
    "decisions__referrals": (
        "contact", "passed_on_from__contact", *(f"{moved}_by" for moved in _MOVED),
    ),
    "decisions__referrals__letters": (),
    "decisions__referrals__reports": ("filed_by",),
    "decisions__referrals__reports__copies": ("requested_by",),
    "feedbacks": ("author", "referral__contact"),
    "feedbacks__letters": (),
    "feedbacks__goal_effects": ("goal__plan",),
    "deviations": ("author",),
    "lookbacks": ("author",),
    "statements": ("author",),
    "snoozes": ("author", "ended_by"),
    "attachments": ("author", "withdrawn_by"),
    "step_changes": ("by",),
    "agenda_items": ("asked_by", "taken_off_by"),
    "reminders": (),
    "reminders__notifications": (),
    "exports": ("requested_by",),
    "emergency_accesses": ("user", "ended_by"),
}  # fmt: skip
# What happened and when takes no more than this (``cases.timeline``).
MOMENTS = tuple(
    path
    for path in READ
    if path.rpartition("__")[2]
    not in {"categories", "marks", "pieces", "mentions", "answers", "goals", "effects", "letters"}
    and path != "feedbacks__goal_effects"
)


def prefetches(paths: Iterable[str]) -> list[Prefetch]:
    """Return what fetches some paths of the table, with what comes along."""
    return [Prefetch(path, _rows(path).select_related(*READ[path])) for path in paths]


def fetch(
    case: "Case", one: "OneCase", paths: Collection[str], beside: Iterable[QuerySet] = ()
) -> None:
    """Fetch records of a case that was read; what it does not have is known to be empty.

    ``beside``: what else the page asks, fetched by the same query.
    """
    there = [path for path in paths if _has(one, path.split("__")[0])]
    empty = {path for path in paths if "__" not in path} - set(there)
    cached = case.__dict__.setdefault("_prefetched_objects_cache", {})
    for relation in empty:
        cached[relation] = getattr(case, relation).none()
    fetch_under(case, {path: READ[path] for path in READ if path in set(there)}, beside)


def under(*relations: str) -> tuple[str, ...]:
    """Return the paths of some relations with all that hangs under them."""
    return tuple(path for path in READ if path.split("__")[0] in relations)


# What is known of a relation that the rules do not look at: by its part of what was read.
_BESIDE = {"snoozes": "snoozes", "attachments": "files", "agenda_items": "agenda"}


def _has(one: "OneCase", relation: str) -> bool:
    if relation in one.rows:
        return one.has(relation)
    return bool(one.beside[_BESIDE[relation]]) if relation in _BESIDE else True


def _rows(path: str) -> QuerySet:
    model = apps.get_model("cases", "Case")
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model
    return model._default_manager.all()
