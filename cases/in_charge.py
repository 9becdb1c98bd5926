"""Who is responsible now: at first the school, then whoever took it on (R21, R38 to R42).

Three things change it: consent in a three-way conversation, a referral that is accepted or ends,
and what was heard of who helps now. The newest of them holds, in whatever cycle it was recorded:
to walk the steps again takes nothing back from somebody who took it on.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import models
from django.utils.functional import Promise

from cases.models import Case
from cases.protocol.parties import BUURTTEAM, PARTIES, SCHOOL
from cases.together import read_together


@dataclass(frozen=True, slots=True)
class InCharge:
    """Who is responsible, since when. ``party`` is a code of ``PARTIES``."""

    party: str
    since: datetime

    @property
    def name(self) -> Promise | str:
        """Return who it is, in words."""
        return PARTIES[self.party]

    @property
    def elsewhere(self) -> bool:
        """Tell whether somebody outside the school is responsible."""
        return self.party != SCHOOL


def _after_talk(talk: Any) -> tuple[str, str] | None:
    """Return who is responsible after a talk, and whose part ended with it; None: as it was.

    Consent in a talk of three makes the buurtteam responsible (R21); without consent it cannot
    act, so that a refusal gives the case back to the school (R35).
    """
    if talk.hands_over:
        return BUURTTEAM, ""
    return (SCHOOL, BUURTTEAM) if talk.is_three_way or talk.refuses else None


def changes(
    opened_at: datetime, conversations: list[Any], referrals: list[Any], feedbacks: list[Any]
) -> list[InCharge]:
    """Return who was responsible one after the other, from the opening of the case on."""
    found = [InCharge(SCHOOL, opened_at)]
    for at, party, ended in sorted(
        _events(conversations, referrals, feedbacks), key=lambda event: event[0]
    ):
        now = found[-1].party
        # What ends somewhere changes nothing, once somebody else took it on.
        if party != now and ended in ("", now):
            found.append(InCharge(party, at))
    return found


def _events(
    conversations: list[Any], referrals: list[Any], feedbacks: list[Any]
) -> list[tuple[datetime, str, str]]:
    """Return each moment, who is responsible from it on, and whose part ended with it, if any."""
    events = [(t.recorded_at, *after) for t in conversations if (after := _after_talk(t))]
    events += [(r.accepted_at, r.to, "") for r in referrals if r.accepted_at]
    events += [(r.closed_at, r.closed_to or SCHOOL, r.to) for r in referrals if r.closed_at]
    events += [(heard.recorded_at, heard.helped_by, "") for heard in feedbacks]
    return events


def changes_of(case: Case) -> list[InCharge]:
    """Return who was responsible one after the other, of a case ``with_records``."""
    replaced = {talk.corrects_id for talk in case.conversations.all()}
    replaced_heard = {heard.corrects_id for heard in case.feedbacks.all()}
    return changes(
        case.opened_at,
        [talk for talk in case.conversations.all() if talk.pk not in replaced],
        [referral for decision in case.decisions.all() for referral in decision.referrals.all()],
        [heard for heard in case.feedbacks.all() if heard.pk not in replaced_heard],
    )


def in_charge_of(cases: Iterable[Case]) -> dict[int, InCharge]:
    """Return who is responsible now, by primary key, in one query.

    Of cases with their pupils.
    """
    by_key = {case.pk: case for case in cases}
    keys = list(by_key)
    given = _of_referrals().filter(decision__case_id__in=keys)
    talks = _of_records("conversations", OF_A_TALK).filter(case_id__in=keys)
    heard = _of_records("feedbacks", OF_WHAT_WAS_HEARD).filter(case_id__in=keys)
    read_together(given, talks, heard)
    for talk in talks:
        # What a refusal counts follows from the pupil's age.
        talk.case = by_key[talk.case_id]
    referrals = _by_case((one.decision__case_id, one) for one in given)
    conversations = _by_case((one.case_id, one) for one in talks)
    feedbacks = _by_case((one.case_id, one) for one in heard)
    return {
        case.pk: changes(
            case.opened_at,
            conversations[case.pk],
            referrals[case.pk],
            feedbacks[case.pk],
        )[-1]
        for case in by_key.values()
    }


def _by_case(records: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    by_case: dict[int, list[Any]] = defaultdict(list)
    for case, record in records:
        by_case[case].append(record)
    return by_case


# Both are written once: each page of the dashboard asks the same of other cases.
@cache
def _of_referrals() -> models.QuerySet:
    decisions = Case._meta.get_field("decisions").related_model
    referrals = decisions._meta.get_field("referrals").related_model.objects
    return (
        referrals.filter(decision__correction__isnull=True)
        .order_by("decision_id", "pk")
        .values_list(*OF_A_REFERRAL, named=True)
    )


@cache
def _of_records(relation: str, columns: tuple[str, ...]) -> models.QuerySet:
    records = Case._meta.get_field(relation).related_model.objects.current()
    return records.only(*columns).order_by("id")


# What of a record says who is responsible: of a list, nobody fetches what was written in it.
OF_A_REFERRAL = ("to", "accepted_at", "closed_at", "closed_to", "decision__case_id")
OF_A_TALK = (
    "case_id", "recorded_at", "kind", "help_wanted", "refused_by", "buurtteam_consent",
    "handed_over_on_grounds",
)  # fmt: skip
OF_WHAT_WAS_HEARD = ("case_id", "recorded_at", "helped_by")


def show_in_charge(cases: Iterable[Case]) -> None:
    """Set ``in_charge`` on each case of a list that is shown."""
    cases = list(cases)
    found = in_charge_of(cases)
    for case in cases:
        case.in_charge = found[case.pk]
