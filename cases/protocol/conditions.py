"""When rules hold: the conditions that several rows of the table share, each by its name.

All look at ``Facts`` and at nothing else.
"""

from collections.abc import Mapping
from datetime import datetime

from cases.protocol.facts import Attention, Facts
from cases.protocol.questions import NO, UNSAFE, YES
from cases.protocol.steps import STEPS

COERCION = "coercion"
INJURY_OR_SEXUAL = frozenset({"injury", "sexual"})
# Signals after which a talk at home may put the pupil in danger (R19).
FEAR_OF_HOME = frozenset({"fear_home"})
DISCLOSURE = "disclosure"
PARTNERS = "partners"
VEILIG_THUIS = frozenset({"veilig_thuis"})
OUTSIDE_EXPERTS = frozenset({"family_worker", "veilig_thuis"})
FAILS, WORKS = "fails", "works"

CONSULT, TALK, WEIGH = STEPS[1], STEPS[2], STEPS[3]


def undecided(f: Facts) -> bool:
    """Step 5 is still to come."""
    return f.decided_at is None


def consult_settled(f: Facts) -> bool:
    """Step 2 is done, or skipped for a stated reason."""
    return CONSULT.settled_at(f) is not None


def talk_settled(f: Facts) -> bool:
    """Step 3 is done, or skipped for a stated reason."""
    return TALK.settled_at(f) is not None


def weigh_settled(f: Facts) -> bool:
    """Step 4 is done, or skipped for a stated reason."""
    return WEIGH.settled_at(f) is not None


def concern_unconsulted(f: Facts) -> bool:
    """There is concern, and nobody was asked."""
    return (
        f.attention is Attention.CONCERN
        and f.consultations_asked == 0
        and not consult_settled(f)
        and undecided(f)
    )


def outcome_waits(f: Facts) -> bool:
    """A consultation was asked, or was left at a severe signal; step 2 has no outcome yet."""
    asked = f.consultations_open > 0
    left = f.accelerated and not f.severe_unanswered
    return (asked or left) and not consult_settled(f) and undecided(f)


def newest(f: Facts, categories: frozenset[str]) -> datetime | None:
    """Return when the newest signal of these categories came."""
    moments = (f.signalled_at.get(category) for category in categories)
    return max((moment for moment in moments if moment), default=None)


def answered(f: Facts, categories: frozenset[str], kinds: frozenset[str]) -> bool:
    """Tell whether one of these kinds was heard since the newest signal of the categories."""
    since, heard = newest(f, categories), max_of(f.heard_at, kinds)
    return heard is not None and (since is None or heard >= since)


def max_of(moments: Mapping[str, datetime], kinds: frozenset[str]) -> datetime | None:
    """Return the newest moment of these kinds."""
    return max((moments[kind] for kind in kinds if kind in moments), default=None)


def advice_first(f: Facts) -> bool:
    """Coercion: Veilig Thuis advises on it before anybody talks at home."""
    coerced = COERCION in f.categories
    return coerced and not answered(f, frozenset({COERCION}), VEILIG_THUIS) and undecided(f)


def expertise_missing(f: Facts) -> bool:
    """Injury or sexual violence, and Veilig Thuis was not asked since."""
    if not INJURY_OR_SEXUAL & f.categories or not undecided(f):
        return False
    since, asked = newest(f, INJURY_OR_SEXUAL), max_of(f.asked_at, VEILIG_THUIS)
    return asked is None or (since is not None and asked < since)


def talk_may_harm(f: Facts) -> bool:
    """The pupil is afraid to go home, or in danger, and nobody outside has advised on it yet."""
    afraid = bool(FEAR_OF_HOME & f.categories) or f.acute_signals > 0
    if not afraid or f.explained_at("R19") or not undecided(f):
        return False
    since = max((m for m in (newest(f, FEAR_OF_HOME), f.last_acute_at) if m), default=None)
    settled = (max_of(f.heard_at, OUTSIDE_EXPERTS), TALK.settled_at(f))
    return not any(m is not None and (since is None or m >= since) for m in settled)


def skipped_alone(f: Facts) -> bool:
    """The talk was left out for safety, without anybody from outside to think along.

    Said to be weighed with nobody from outside, who was asked before that does not count.
    """
    if f.talk_skipped_at is None or not undecided(f):
        return False
    if f.skip_weighed_outside is None or f.last_skipped_at is None:
        return not OUTSIDE_EXPERTS & f.kinds_asked
    asked = max_of(f.asked_at, OUTSIDE_EXPERTS)
    return not f.skip_weighed_outside and (asked is None or asked < f.last_skipped_at)


def ready_to_talk(f: Facts) -> bool:
    """Consulted, no advice to wait for, and not talked yet."""
    waits = (
        f.severe_unanswered
        or (advice_first(f) and f.explained_at("R8") is None)
        or talk_may_harm(f)
    )
    consulted = consult_settled(f) and not waits and not f.talk_waits and undecided(f)
    half = f.talked_at is not None and not (f.pupil_spoken and f.parents_spoken)
    return consulted and (not talk_settled(f) or (half and not weigh_settled(f)))


def nobody_spoken(f: Facts) -> bool:
    """Consulted, no advice to wait for, and talked with nobody yet."""
    return ready_to_talk(f) and not talk_settled(f)


def talk_unclear(f: Facts) -> bool:
    """Consulted, and nothing says who holds the conversation; or the advice was to wait with it."""
    unclear = f.outcome_at is not None and not f.talk_arranged and not f.responsible
    return (unclear or f.talk_waits) and not talk_settled(f) and undecided(f)


def ready_to_weigh(f: Facts) -> bool:
    """Consulted and talked, and not weighed yet."""
    return consult_settled(f) and talk_settled(f) and not weigh_settled(f) and undecided(f)


def reweighed(f: Facts) -> bool:
    """Weighed again after the last decision."""
    both = f.weighed_at is not None and f.last_decided_at is not None
    return both and f.weighed_at > f.last_decided_at


def ready_to_decide(f: Facts) -> bool:
    """Weighed, or step 4 skipped with the steps before it settled; and not decided on it yet."""
    if not undecided(f):
        return reweighed(f)
    skipped = WEIGH.skipped_at(f) is not None and consult_settled(f) and talk_settled(f)
    return f.assessed_at is not None or skipped


def unsafe(f: Facts) -> bool:
    """Acute or structural unsafety, or doubt about it (question 2); direct danger is acute."""
    looked_into = f.report_sent_at is not None and (
        f.report_heard_at is None or f.investigated_since is not None
    )
    found = f.weighed_acute or (f.answers.get("unsafety") in UNSAFE and not looked_into)
    return ready_to_decide(f) and found


def told_unweighed(f: Facts) -> bool:
    """A pupil told of it, or there was unsafety before, and Veilig Thuis has not weighed it."""
    says_so = DISCLOSURE in f.categories or f.history_of_unsafety
    weighed = f.answers.get("unsafety") in UNSAFE or f.answers.get("suspicion") == NO
    heard = answered(f, frozenset({DISCLOSURE}), VEILIG_THUIS)
    return says_so and not heard and not weighed and undecided(f)


def no_help(f: Facts) -> bool:
    """Nobody can give or organise effective help (question 3)."""
    return ready_to_decide(f) and f.answers.get("possible") == NO


def declined(f: Facts) -> bool:
    """Those involved do not accept the help (question 4)."""
    return ready_to_decide(f) and f.answers.get("accepted") == NO


def refused(f: Facts) -> bool:
    """They want nobody to interfere, the concern stays, and nothing was decided on it since."""
    reported = f.report_decided and f.report_heard_at is None
    if f.help_refused_at is None or f.concern_cleared or reported:
        return False
    # Somebody of the chain did what is left to do: went to those who need no consent.
    acted = f.passed_without_consent_at
    if acted is not None and acted >= f.help_refused_at:
        return False
    return f.last_decided_at is None or f.help_refused_at > f.last_decided_at


def help_failed(f: Facts) -> bool:
    """The help that was decided on does not work: the newest feedback says so."""
    return f.decided_at is not None and f.effect == FAILS


def passed_on(f: Facts) -> bool:
    """The help that does not work was passed on to the next of the chain since that was heard."""
    moments = (f.passed_on_at, f.feedback_at)
    return None not in moments and f.passed_on_at >= f.feedback_at


def no_results(f: Facts) -> bool:
    """The help does not give the agreed results, when weighing (question 5) or afterwards."""
    weighed = ready_to_decide(f) and f.answers.get("works") == NO
    return weighed or (help_failed(f) and f.effect_of not in {"buurtteam", "save"})


def no_suspicion(f: Facts) -> bool:
    """Question 1 was answered with no, and nothing severe came after it."""
    says_no = f.answers.get("suspicion") == NO and not f.weighed_acute
    if not says_no or f.weighed_at is None or f.severe_unanswered:
        return False
    return f.last_signal_at is None or f.last_signal_at <= f.weighed_at


def cleared(f: Facts) -> bool:
    """The conversation took all concern away, and nothing severe waits for an answer."""
    return f.concern_cleared and not f.severe_unanswered and not f.weighed_acute


def report_needed(f: Facts) -> bool:
    """One of the answers, or a refusal, leads to a report."""
    reasons = (unsafe, told_unweighed, no_help, declined, refused, no_results)
    return ready_to_decide(f) and any(reason(f) for reason in reasons)


def help_possible(f: Facts) -> bool:
    """Help can be organised, is accepted, and no report is needed first."""
    takes_part = f.answers.get("possible", YES) == YES and f.answers.get("suspicion") != NO
    return ready_to_decide(f) and takes_part and not report_needed(f)


def closing_grounds(f: Facts) -> tuple[str, ...]:
    """Return the grounds on which a case may be closed: a decision, or what R43 names instead.

    ``R28`` stands for a decision; ``R9``, ``R22`` and ``R25`` for themselves. None while a severe
    signal waits for its answer: nothing was decided on that.
    """
    if f.about_staff:
        return ("R9",)
    if not f.closed and (f.severe_unanswered or f.acute_unanswered):
        return ()
    grounds = {
        "R28": not undecided(f) and not reweighed(f),
        "R22": cleared(f),
        "R25": no_suspicion(f),
    }
    return tuple(rule for rule, holds in grounds.items() if holds)


def report_waits(f: Facts) -> bool:
    """A report was decided on and not made, and nobody wrote down why not."""
    return f.report_unsent and f.explained_at("R37") is None


def hand_over_waits(f: Facts) -> bool:
    """Something decided was not sent or not confirmed, and nobody wrote down why not."""
    report = (f.report_unsent or f.report_unconfirmed) and f.explained_at("R37") is None
    return report or (f.buurtteam_waits and f.explained_at("R34") is None)


def nothing_waits(f: Facts) -> bool:
    """Everything that was decided has been carried out, and its effect seen."""
    carried_out = not hand_over_waits(f) and not reweighed(f) and f.investigated_since is None
    dealt_with = max((m for m in (f.last_decided_at, f.feedback_at) if m), default=None)
    news = None not in (f.last_signal_at, dealt_with) and f.last_signal_at > dealt_with
    heard = f.report_sent_at is None or f.report_heard_at is not None
    seen = f.effect == WORKS or (f.feedback_at is None and f.follow_up_at is None)
    return (
        not undecided(f) and carried_out and not news and heard and seen and not help_failed(f)
        and not f.severe_unanswered and not refused(f)
    )  # fmt: skip
