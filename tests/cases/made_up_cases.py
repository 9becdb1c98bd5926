"""Cases that hypothesis makes up: what happens in them, and what is known after it.

A story is told as ``Facts`` the way ``cases.facts`` tells the records of a case.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from cases.protocol import QUESTIONS, RULES, Facts, guide
from cases.protocol.conditions import OUTSIDE_EXPERTS
from cases.protocol.questions import asked as asked_after

START = datetime(2026, 3, 11, 9, tzinfo=UTC)
KINDS = ("care_team", "colleague", "family_worker", "veilig_thuis")


# What happens, and what is known after it


def signal(facts, severe=False, acute=False, category="tired"):
    severe = severe or acute
    at = facts.now
    return replace(
        facts,
        signals=facts.signals + 1,
        severe_signals=facts.severe_signals + severe,
        acute_signals=facts.acute_signals + acute,
        categories=facts.categories | {category},
        signalled_at={**facts.signalled_at, category: at},
        last_signal_at=at,
        concern_at=facts.concern_at or (at if facts.signals == 1 else None),
        severe_at=facts.severe_at or (at if severe else None),
        last_severe_at=at if severe else facts.last_severe_at,
        last_acute_at=at if acute else facts.last_acute_at,
        severe_since_answer=since_answer(facts) if severe else facts.severe_since_answer,
        # A talk took away the concern of before it.
        concern_cleared=False,
    )


def since_answer(facts):
    """Return since when nobody outside answered a severe signal, when one comes now."""
    since, heard = facts.severe_since_answer, facts.outside_outcome_at
    waits = since is not None and (heard is None or heard < since)
    return since if waits else facts.now


def ask(facts, kind):
    return replace(
        facts,
        consultations_asked=facts.consultations_asked + 1,
        consultations_open=facts.consultations_open + 1,
        first_asked_at=facts.first_asked_at or facts.now,
        outside_asked_at=facts.now if kind in OUTSIDE_EXPERTS else facts.outside_asked_at,
        veilig_thuis_asked_at=(
            facts.now if kind == "veilig_thuis" else facts.veilig_thuis_asked_at
        ),
        kinds_asked=facts.kinds_asked | {kind},
        asked_at={**facts.asked_at, kind: facts.now},
    )


def outcome(facts, kind, waits=False):
    """Conclude a consultation: of this kind when it was asked, else of another."""
    if not facts.consultations_open:
        return facts
    kind = kind if kind in facts.kinds_asked else min(facts.kinds_asked)
    return replace(
        facts,
        consultations_open=facts.consultations_open - 1,
        outcome_at=facts.outcome_at or facts.now,
        outside_outcome_at=facts.now if kind in OUTSIDE_EXPERTS else facts.outside_outcome_at,
        danger_told_at=facts.now if kind in OUTSIDE_EXPERTS else facts.danger_told_at,
        talk_arranged=facts.talk_arranged or kind != "colleague",
        talk_waits_since=facts.now if waits else None,
        kinds_held=facts.kinds_held | {kind},
        heard_at={**facts.heard_at, kind: facts.now},
    )


def call_112(facts):
    return replace(facts, danger_told_at=facts.now)


def talk(facts, refused, cleared, pupil, parents):
    talked_at = facts.talked_at or facts.now
    return replace(
        facts,
        talked_at=talked_at,
        pupil_spoken=facts.pupil_spoken or pupil,
        parents_spoken=facts.parents_spoken or parents,
        help_refused_at=facts.now if refused else None,
        concern_cleared=cleared,
    )


def skip(facts):
    return replace(facts, talk_skipped_at=facts.talk_skipped_at or facts.now)


def explain(facts, rule):
    """Explain away what is asked now by a rule that can be; else nothing happens."""
    asked = {task.rule.code for task in guide(facts).tasks if task.rule.explainable}
    if rule not in asked:
        return facts
    return replace(facts, explained={**facts.explained, rule: facts.now})


def weigh(facts, answers):
    given = {q.code: answers[q.code] for q in asked_after(answers)}
    first = facts.assessed_at or facts.now
    weighed = replace(facts, assessed_at=first, weighed_at=facts.now, answers=given)
    if not weighed.weighed_acute or facts.weighed_acute:
        return weighed
    return replace(weighed, severe_at=min(m for m in (facts.severe_at, facts.now) if m))


def decide(facts, report, to_buurtteam, review_days):
    return replace(
        facts,
        decided_at=facts.decided_at or facts.now,
        last_decided_at=facts.now,
        report_decided=report,
        # A decision undoes nothing that waits from the one before it.
        referral_unsent_since=(
            facts.referral_unsent_since or (facts.now if report or to_buurtteam else None)
        ),
        report_unsent=facts.report_unsent or report,
        report_discussed=True,
        buurtteam_waits=facts.buurtteam_waits or to_buurtteam,
        feedback_at=None,
        effect="",
        effect_of="",
        follow_up_at=facts.now + timedelta(days=review_days) if review_days else None,
    )


def send(facts):
    if facts.referral_unsent_since is None:
        return facts
    return replace(
        facts,
        referral_unsent_since=None,
        report_unsent=False,
        unconfirmed_since=facts.now,
        report_unconfirmed=facts.report_unconfirmed or facts.report_unsent,
        report_sent_at=facts.now if facts.report_unsent else facts.report_sent_at,
    )


def confirm(facts):
    return replace(
        facts,
        unconfirmed_since=None,
        report_unconfirmed=False,
        buurtteam_waits=facts.buurtteam_waits and bool(facts.referral_unsent_since),
    )


def feedback(facts, effect, of, review_days, refused):
    if facts.decided_at is None:
        return facts
    review = facts.now + timedelta(days=review_days) if review_days else None
    heard = of == "veilig_thuis" and facts.report_sent_at
    return replace(
        facts,
        feedback_at=facts.now,
        follow_up_at=review,
        effect=effect,
        effect_of=of,
        report_heard_at=facts.report_heard_at or (facts.now if heard else None),
        help_refused_at=facts.now if refused else facts.help_refused_at,
    )


def pass_on(facts, to):
    """Let somebody of the chain pass the case on; there is a chain after a decision only."""
    if facts.decided_at is None:
        return facts
    acts = to in {"veilig_thuis", "raad"}
    return replace(
        facts,
        passed_on_at=facts.now,
        passed_without_consent_at=facts.now if acts else facts.passed_without_consent_at,
        in_charge=to,
        in_charge_since=facts.now,
    )


def begin(facts):
    """Walk the steps again: what was recorded of them belongs to the cycle before (R33)."""
    if facts.decided_at is None or facts.report_unsent:
        return facts
    of_the_pupil = (
        "signals", "signalled_at", "severe_signals", "acute_signals", "categories",
        "last_signal_at",
        "last_severe_at", "severe_since_answer", "last_acute_at", "pupil_age",
        "outside_outcome_at", "danger_told_at",
    )  # fmt: skip
    kept = {name: getattr(facts, name) for name in of_the_pupil}
    return Facts(
        now=facts.now,
        opened_at=facts.now,
        cycle=facts.cycle + 1,
        concern_at=facts.now if facts.concern_at else None,
        severe_at=facts.severe_at if facts.severe_signals else None,
        history_of_unsafety=facts.report_decided,
        **kept,
    )


def event(act, **details):
    return st.tuples(st.just(act), st.fixed_dictionaries(details))


yes_or_no = st.booleans()
kinds = st.sampled_from(KINDS)
review_days = st.none() | st.integers(1, 90)
answers = st.fixed_dictionaries(
    {q.code: st.sampled_from([answer.code for answer in q.answers]) for q in QUESTIONS}
)
events = st.one_of(
    event(
        signal,
        severe=yes_or_no,
        acute=yes_or_no,
        category=st.sampled_from(
            ["tired", "injury", "sexual", "coercion", "fear_home", "disclosure", "partners"]
        ),
    ),
    event(ask, kind=kinds),
    event(outcome, kind=kinds, waits=yes_or_no),
    event(call_112),
    event(talk, refused=yes_or_no, cleared=yes_or_no, pupil=yes_or_no, parents=yes_or_no),
    event(skip),
    event(weigh, answers=answers),
    event(decide, report=yes_or_no, to_buurtteam=yes_or_no, review_days=review_days),
    event(send),
    event(confirm),
    event(
        feedback,
        effect=st.sampled_from(["works", "unknown", "fails"]),
        of=st.sampled_from(["school", "buurtteam", "save", "veilig_thuis", "other"]),
        review_days=review_days,
        refused=yes_or_no,
    ),
    event(pass_on, to=st.sampled_from(["buurtteam", "save", "veilig_thuis", "raad", "other"])),
    event(explain, rule=st.sampled_from([rule.code for rule in RULES])),
    event(begin),
)
# Once for each pupil: about home, or about somebody who works at the school.
about_staff = st.sampled_from([False, False, False, True])
# Never at the very same moment: the order is part of the story.
hours = st.integers(1, 24) | st.integers(25, 800)


def after(facts, wait, act, **details):
    """Return the facts when something happens so many hours later."""
    return act(replace(facts, now=facts.now + timedelta(hours=wait)), **details)


@st.composite
def cases(draw, *, closed=False):
    """Draw the facts of a case: open, with at least the signal that opened it."""
    age = draw(st.none() | st.integers(0, 21))
    facts = signal(Facts(now=START, opened_at=START, pupil_age=age))
    for wait, (act, details) in draw(st.lists(st.tuples(hours, events), max_size=10)):
        facts = after(facts, wait, act, **details)
    if closed:
        facts = replace(facts, closed_at=facts.now)
    return facts
