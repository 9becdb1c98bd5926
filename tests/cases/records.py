"""Records of a case as these tests file them: at a moment of their own, counted back from one."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from cases.models import Answer, Assessment, Pupil
from cases.retention import pupils_left, reckon
from referrals.actions import mark_sent, prepare
from referrals.models import Decision, Feedback, Referral
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
)

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)


def ago(**span):
    return NOW - timedelta(**span)


def signal(case, *categories, **fields):
    filed = SignalFactory(case=case, **{"recorded_at": ago(days=2), **fields})
    for code in categories:
        SignalCategoryFactory(signal=filed, code=code)
    return filed


def pupil_left(pupil, left_on, by=None):
    """Let one pupil leave, or come back, as a list does."""
    with transaction.atomic():
        held = [Pupil.objects.hold(pupil.pk)]
        pupils_left(held, left_on, by)
        reckon(held)


def consultation(case, closed_at=None, **fields):
    fields = {"recorded_at": ago(days=5), **fields}
    if closed_at:
        ended = {"held_at": closed_at, "closed_at": closed_at, "outcome": "Zorg is terecht."}
        fields = {**ended, **fields}
    return ConsultationFactory(case=case, **fields)


def assessment(case, recorded_at, cycle=1, **answers):
    made = Assessment.objects.create(
        case=case, cycle=cycle, author=UserFactory(), consulted="Gezinswerker",
        assessed_at=recorded_at, recorded_at=recorded_at,
    )  # fmt: skip
    for question, answer in answers.items():
        Answer.objects.create(assessment=made, question=question, answer=answer, grounds="Gezien.")
    return made


def decision(case, recorded_at, to=(), **fields):
    """File a decision; ``to`` maps each receiver of a referral to when it was sent."""
    values = {"report": False, "help": "none", **fields}
    made = Decision.objects.create(
        case=case, author=UserFactory(), decided_at=recorded_at, recorded_at=recorded_at,
        report_grounds="Gronden.", help_grounds="Gronden.", **values,
    )  # fmt: skip
    for receiver, sent_at in dict(to).items():
        Referral.objects.create(decision=made, to=receiver, family_told=True, sent_at=sent_at)
    return made


def feedback(case, recorded_at, **fields):
    return Feedback.objects.create(
        case=case, author=UserFactory(), received_at=recorded_at, recorded_at=recorded_at,
        **{
            "source": "Gezinswerker", "text": "Rust in huis.", "effect": "works",
            "heard_from": "buurtteam", "helped_by": "school", **fields,
        },
    )  # fmt: skip


def earlier(case, **fields):
    """Return an earlier case of the same pupil, closed."""
    return CaseFactory(
        pupil=case.pupil, opened_at=ago(days=300), closed_at=ago(days=200), outcome="cleared",
        closing_grounds="Opgehelderd.", **fields,
    )  # fmt: skip


def send(referral, by):
    """Send a referral as one does: with what the family said of it written down."""
    if referral.lacks_consent:
        prepare(referral, by, consent="given", consent_of="Moeder")
    return mark_sent(referral, by)
