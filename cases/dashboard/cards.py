"""A case as the dashboard shows it: what is urgent in it, until when, and who waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from cases.dashboard.filters import open_consultations, open_referrals, related
from cases.in_charge import InCharge, in_charge_of
from cases.models import Case
from cases.protocol import PERIODS
from cases.protocol.parties import PARTIES
from cases.querysets import LISTED, CaseQuerySet
from cases.search.texts import places_of


@dataclass(frozen=True, slots=True)
class Card:
    """A case with what a coordinator in a hurry must know of it."""

    # Where its page stands.
    address: str
    # For whom it waits; empty: for nobody in particular.
    waits_for: Promise | str
    # That nobody looks after it: told first.
    is_nobodys: bool
    # What runs, in words.
    period: Promise | str
    put_off_until: datetime | None
    school: str
    # In what the words of a search were found, beside the name.
    found_in: list[Promise]
    # It cannot wait.
    pressing: bool


def with_waits(cases: CaseQuerySet) -> CaseQuerySet:
    """Add what a card says beside a list: what runs, and what was asked and not answered yet."""
    return cases.only(*LISTED, "period").annotate(
        consulted=Subquery(open_consultations().order_by("-pk").values("kind")[:1]),
        referred_to=Subquery(open_referrals().order_by("-pk").values("to")[:1]),
    )


def show_cards(cases: Iterable[Case], user: User, now: datetime, schools: dict[int, str]) -> None:
    """Set ``card`` on each of some cases ``with_waits``, in as many queries as for one.

    ``schools``: their names by key, where somebody sees more than one.
    """
    cases = list(cases)
    in_charge = in_charge_of(case for case in cases if not _waits_anyhow(case))
    addresses = _addresses(cases)
    consulted = dict(related("consultations")._meta.get_field("kind").choices)
    for case in cases:
        runs = case.is_open and case.period in PERIODS
        waits = case.is_open and case.put_off_until and case.put_off_until > now
        case.card = Card(
            address=addresses[case.pk],
            waits_for=_waits_for(case, user, in_charge.get(case.pk), consulted),
            is_nobodys=case.is_open and case.responsible_id is None and not case.restricted,
            period=PERIODS[case.period].label if runs else "",
            put_off_until=case.put_off_until if waits else None,
            school=schools.get(case.school_id, ""),
            found_in=places_of(case),
            pressing=case.is_open and (case.accelerated or case.is_overdue),
        )


def _addresses(cases: list[Case]) -> dict[int, str]:
    """Return where the pages of cases stand, by key. Asked once: forty times take as long as all
    that is said on forty cards.
    """
    if not cases:
        return {}
    of_one = reverse("cases:detail", args=[cases[0].reference])
    return {case.pk: of_one.replace(cases[0].reference, case.reference) for case in cases}


def _waits_anyhow(case: Case) -> bool:
    """Tell whether whom a case waits for, if anybody, does not hang on who is responsible."""
    asked = case.consulted or case.referred_to
    return bool(not case.is_open or case.restricted or asked)


def _waits_for(
    case: Case, user: User, in_charge: InCharge | None, consulted: dict[str, Promise]
) -> Promise | str:
    """Return who is to do something now: first whoever was asked and did not answer.

    ``in_charge``: None of a case that ``_waits_anyhow``.
    """
    if not case.is_open:
        return ""
    if case.restricted:
        return _("the school leader")
    if case.consulted:
        return _("a consultation: %(whom)s") % {"whom": consulted[case.consulted]}
    if case.referred_to:
        return _("an answer of: %(party)s") % {"party": PARTIES[case.referred_to]}
    if in_charge and in_charge.elsewhere:
        return in_charge.name
    if case.waits_on_agenda:
        return _("the care team, on its agenda")
    if case.responsible_id == user.pk:
        return _("you")
    return case.responsible_name or ""
