"""A case as the dashboard shows it: what is urgent in it, until when, and who waits for whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import Exists, Subquery
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.access import Permission, may
from accounts.models import User
from cases.addresses import addresses
from cases.dashboard.card_texts import card_of, marks_of
from cases.dashboard.filters import open_consultations, open_referrals, related
from cases.models import Case
from cases.prepared import ByKeys
from cases.protocol import PERIODS
from cases.protocol.parties import PARTIES
from cases.querysets import LISTED, CaseQuerySet
from cases.search.texts import places_of


@dataclass(slots=True)
class Card:
    """A case with what a coordinator in a hurry must know of it, ready for the template."""

    # Where its page stands.
    address: str
    name: str
    # For whom it waits; empty: for nobody in particular.
    waits_for: Promise | str
    # That nobody looks after it: told first.
    is_nobodys: bool
    # What runs, in words.
    period: Promise | str
    put_off_until: datetime | None
    # In what the words of a search were found, beside the name.
    found_in: list[Promise]
    # It cannot wait.
    pressing: bool
    # In a list, for whoever chairs the care team: whether it is on its agenda, and where to put it.
    may_chair: bool
    on_agenda: bool
    agenda_address: str
    # Urgency and deadline, and all of the card, as markup.
    marks: SafeString | str = ""
    html: SafeString | str = ""


# Written once, as what ``for_dashboard`` adds.
@cache
def _asked() -> dict[str, Subquery]:
    return {
        "consulted": Subquery(open_consultations().order_by("-pk").values("kind")[:1]),
        "referred_to": Subquery(open_referrals().order_by("-pk").values("to")[:1]),
    }


def with_waits(cases: CaseQuerySet) -> CaseQuerySet:
    """Return cases with what a card says: what runs, and what was asked and not answered yet."""
    return cases.for_dashboard().only(*LISTED, "period").annotate(**_asked())


# Always the same question; its keys come from what somebody may see.
BY_KEYS = ByKeys(lambda keys: with_waits(Case.objects.filter(pk__among=keys)))


def by_keys(places: dict[str, Exists]) -> Callable[[list[int]], Iterable[Case]]:
    """Return what reads cases of some keys, in the dashboard's order; with where words stand
    (``CaseFilter.places``)."""
    if not places:
        return BY_KEYS.read
    return lambda keys: with_waits(Case.objects.filter(pk__among=keys).annotate(**places))


def show_cards(
    request: HttpRequest,
    cases: Iterable[Case],
    now: datetime,
    schools: dict[int, str],
    *,
    in_list: bool,
) -> None:
    """Set ``card`` on each of some cases ``with_waits``, without a query.

    ``schools``: their names by key, where somebody sees more than one. ``in_list``: a card of a
    list says more than one of the board.
    """
    cases, user = list(cases), request.user
    references = [case.reference for case in cases]
    pages = addresses("cases:detail", references)
    chairs = in_list and may(user, Permission.CHAIR_CONSULTATION)
    agendas = addresses("consultations:put_on_agenda", references) if chairs else {}
    token = get_token(request) if chairs else ""
    consulted = dict(related("consultations")._meta.get_field("kind").choices)
    for case in cases:
        is_open = case.closed_at is None
        runs = is_open and case.period in PERIODS
        waits = is_open and case.put_off_until and case.put_off_until > now
        may_chair = chairs and is_open and not case.restricted
        late = is_open and case.deadline is not None and case.deadline < now
        card = case.card = Card(
            address=pages[case.reference],
            name=case.pupil.name,
            waits_for=_waits_for(case, user, consulted),
            is_nobodys=is_open and case.responsible_id is None and not case.restricted,
            period=PERIODS[case.period].label if runs else "",
            put_off_until=case.put_off_until if waits else None,
            found_in=places_of(case),
            pressing=is_open and (case.accelerated or late),
            may_chair=may_chair,
            on_agenda=case.waits_on_agenda,
            agenda_address=agendas.get(case.reference, ""),
        )
        card.marks = marks_of(case, card.put_off_until, late=late)
        school = schools.get(case.school_id, "")
        card.html = card_of(case, card, school, in_list=in_list, token=token)


def _waits_for(case: Case, user: User, consulted: dict[str, Promise]) -> Promise | str:
    """Return who is to do something now: first whoever was asked and did not answer."""
    if not case.is_open:
        return ""
    if case.restricted:
        return _("the school leader")
    if case.consulted:
        return _("a consultation: %(whom)s") % {"whom": consulted[case.consulted]}
    if case.referred_to:
        return _("an answer of: %(party)s") % {"party": PARTIES[case.referred_to]}
    if case.elsewhere:
        return case.elsewhere
    if case.waits_on_agenda:
        return _("the care team, on its agenda")
    if case.responsible_id == user.pk:
        return _("you")
    return case.responsible_name or ""
