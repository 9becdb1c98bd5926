"""When rules hold: the conditions that several rows of the table share, each by its name.

All look at ``Facts`` and at nothing else.
"""

from cases.protocol.facts import Attention, Facts
from cases.protocol.questions import NO, UNSAFE, YES
from cases.protocol.steps import STEPS

COERCION = "coercion"
INJURY_OR_SEXUAL = frozenset({"injury", "sexual"})
# Signals after which a talk at home may put the pupil in danger (R19).
FEAR_OF_HOME = frozenset({"fear_home"})
DISCLOSURE = "disclosure"
PARTNERS = "partners"
OUTSIDE_EXPERTS = frozenset({"family_worker", "veilig_thuis"})
FAILS, WORKS = "fails", "works"
# From this age on a pupil is spoken to first. [P]
SPOKEN_TO_FIRST = 12

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


def advice_first(f: Facts) -> bool:
    """Coercion: Veilig Thuis advises before anybody talks at home."""
    return COERCION in f.categories and "veilig_thuis" not in f.kinds_held and undecided(f)


def talk_may_harm(f: Facts) -> bool:
    """The pupil is afraid to go home, or in danger, and nobody outside has advised yet."""
    afraid = bool(FEAR_OF_HOME & f.categories) or f.acute_signals > 0
    return (
        afraid
        and not OUTSIDE_EXPERTS & f.kinds_held
        and f.explained_at("R19") is None
        and not talk_settled(f)
        and undecided(f)
    )


def skipped_alone(f: Facts) -> bool:
    """The talk was left out for safety, without anybody from outside to think along."""
    return f.talk_skipped_at is not None and not OUTSIDE_EXPERTS & f.kinds_asked and undecided(f)


def ready_to_talk(f: Facts) -> bool:
    """Consulted, no advice to wait for, and not talked yet."""
    waits = (
        f.severe_unanswered
        or (advice_first(f) and f.explained_at("R8") is None)
        or talk_may_harm(f)
    )
    return consult_settled(f) and not waits and not talk_settled(f) and undecided(f)


def ready_to_weigh(f: Facts) -> bool:
    """Consulted and talked, and not weighed yet."""
    return consult_settled(f) and talk_settled(f) and not weigh_settled(f) and undecided(f)


def ready_to_decide(f: Facts) -> bool:
    """Weighed, or step 4 skipped with the steps before it settled; and not decided yet."""
    if not undecided(f):
        return False
    skipped = WEIGH.skipped_at(f) is not None and consult_settled(f) and talk_settled(f)
    return f.assessed_at is not None or skipped


def unsafe(f: Facts) -> bool:
    """Acute or structural unsafety, or doubt about it (question 2)."""
    return ready_to_decide(f) and f.answers.get("unsafety") in UNSAFE


def told_unweighed(f: Facts) -> bool:
    """A pupil told of it, or there was unsafety before, and Veilig Thuis has not weighed it."""
    says_so = DISCLOSURE in f.categories or f.history_of_unsafety
    answered = f.answers.get("unsafety") in UNSAFE or f.answers.get("suspicion") == NO
    return says_so and "veilig_thuis" not in f.kinds_held and not answered and undecided(f)


def no_help(f: Facts) -> bool:
    """Nobody can give or organise effective help (question 3)."""
    return ready_to_decide(f) and f.answers.get("possible") == NO


def declined(f: Facts) -> bool:
    """Those involved do not accept the help (question 4)."""
    return ready_to_decide(f) and f.answers.get("accepted") == NO


def refused(f: Facts) -> bool:
    """They want nobody to interfere, the concern stays, and nothing was decided on it since."""
    if f.help_refused_at is None or f.concern_cleared or f.report_decided:
        return False
    return f.last_decided_at is None or f.help_refused_at > f.last_decided_at


def help_failed(f: Facts) -> bool:
    """The help that was decided on does not work: the newest feedback says so."""
    return f.decided_at is not None and f.effect == FAILS


def no_results(f: Facts) -> bool:
    """The help does not give the agreed results, when weighing (question 5) or afterwards."""
    weighed = ready_to_decide(f) and f.answers.get("works") == NO
    return weighed or (help_failed(f) and f.effect_of not in {"buurtteam", "save"})


def no_suspicion(f: Facts) -> bool:
    """Question 1 was answered with no, and nothing severe came after it."""
    if f.answers.get("suspicion") != NO or f.assessed_at is None or f.severe_unanswered:
        return False
    return f.last_signal_at is None or f.last_signal_at <= f.assessed_at


def cleared(f: Facts) -> bool:
    """The conversation took all concern away, and nothing severe waits for an answer."""
    return f.concern_cleared and not f.severe_unanswered


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

    ``R28`` stands for a decision; ``R9``, ``R22`` and ``R25`` for themselves.
    """
    if f.about_staff:
        return ("R9",)
    if not undecided(f):
        return ("R28",)
    grounds = {"R22": cleared(f), "R25": no_suspicion(f)}
    return tuple(rule for rule, holds in grounds.items() if holds)


def nothing_waits(f: Facts) -> bool:
    """Everything that was decided has been carried out, and its effect seen."""
    carried_out = f.referral_unsent_since is None and f.unconfirmed_since is None
    heard = f.report_sent_at is None or f.report_heard_at is not None
    seen = f.effect == WORKS or (f.feedback_at is None and f.follow_up_at is None)
    return (
        not undecided(f) and carried_out and heard and seen and not help_failed(f)
        and not f.severe_unanswered and not refused(f)
    )  # fmt: skip
