"""A paper of a family believed what stood there first: a draft, or a correction, says otherwise."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.dossier.variants import Code
from referrals.report import actions
from referrals.report.lines import reference_of
from tests.attacks.papers import FAMILY, page
from tests.cases.records import decision
from tests.cases.test_search import found
from tests.factories import (
    CaseFactory,
    ConversationFactory,
    PupilFactory,
    ReceivedDossierFactory,
    SignalFactory,
)
from tests.referrals.test_report import save

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def referral(case):
    SignalFactory(case=case)
    ConversationFactory(case=case, kind="parents")
    return decision(case, timezone.now(), to={"veilig_thuis": None}, report=True).referrals.get()


@pytest.mark.parametrize(
    "said",
    [
        {"anonymous": "yes", "anonymous_reason": "Vader bedreigde een mentor."},
        {"family_told": "no", "not_told_reason": "Dan slaat hij haar."},
    ],
)
def test_what_is_read_out_from_a_draft(case, referral, coordinator, said, signed_in):
    """By telephone a report is made before it is filed: until then its referral said nothing."""
    assert all("Melding" in page(case, code) for code in FAMILY)
    report = actions.start_report(referral, coordinator)
    save(report, coordinator, **said)
    signed_in(coordinator).post(reverse("referrals:sent", args=[referral.public_id]))
    referral.refresh_from_db()
    assert referral.sent_at
    for code in FAMILY:
        assert "Veilig Thuis" not in page(case, code), code
    assert "Veilig Thuis" in page(case, Code.WHOLE)
    # What goes to Veilig Thuis itself says that the family may not hear whence it comes.
    unnamed = "Anoniem tegenover het gezin" in page(case, Code.VEILIG_THUIS)
    assert unnamed == ("anonymous" in said)


def test_what_veilig_thuis_calls_it_meanwhile_and_afterwards(case, referral, coordinator):
    report = actions.start_report(referral, coordinator)
    save(report, coordinator, anonymous="yes", anonymous_reason="Vader bedreigde een mentor.")
    report.refresh_from_db()
    assert found(coordinator, reference_of(report)) == {case.reference}


@pytest.mark.parametrize("code", [*FAMILY, Code.BUURTTEAM, Code.SCHOOL])
@pytest.mark.parametrize("heard", ["De Horizon, mw. De Boer", ""])
def test_from_which_school_a_dossier_came_when_its_signal_was_corrected(case, code, heard):
    came = "Er kwam een dossier van De Horizon, daar gemaakt op 3 maart 2026."
    received = ReceivedDossierFactory(case=case, sender="De Horizon")
    first = SignalFactory(
        case=case, facts=came, hearsay_from="De Horizon", idempotency_key=received.signal_key
    )
    second = SignalFactory(
        case=case, facts=came, hearsay_from=heard, corrects=first, correction_reason="Wie daar."
    )
    third = SignalFactory(
        case=case, facts=came, hearsay_from=heard, corrects=second, correction_reason="Tikfout."
    )
    chosen = [] if code in FAMILY else [f"signals-{third.pk}"]
    shown = page(case, code, chosen=chosen)
    # A family reads of none that came: nothing else stands in it.
    assert (third.reference in shown) is (code not in FAMILY)
    assert "De Horizon" not in shown
