"""The table of rules: what is asked, when, why, and where that comes from.

One rule, one row. The number is the one in docs/protocol.md. Sources: [U] Utrecht's text on the
Meldcode, [A] the weighing framework for education, [B] the ministry's model, [H] the Utrecht school
protocol, [L] law, [P] practice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol import conditions as c
from cases.protocol.ages import SPOKEN_TO_FIRST
from cases.protocol.contacts import BUURTTEAM, EMERGENCY, INSPECTOR, RAAD, SAVE, VEILIG_THUIS
from cases.protocol.facts import Attention, Facts
from cases.protocol.steps import AFTER


class Kind(StrEnum):
    """How strongly a rule asks. ``NOTED`` asks nothing: it says how to do what others ask."""

    URGENT = "urgent"
    BLOCKED = "blocked"
    REQUIRED = "required"
    ADVISED = "advised"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``situation`` says in words what ``when`` computes. ``action`` names the screen where what it
    asks is done (empty: no screen), ``calls`` whom to call. ``hard``: cannot be explained away.
    ``reports``: a ground to report. ``outside``: holds outside the Meldcode only (R9).
    """

    code: str
    step: int
    kind: Kind
    when: Callable[[Facts], bool]
    situation: Promise
    asks: Promise
    why: Promise
    source: str
    action: str = ""
    calls: tuple[str, ...] = ()
    hard: bool = False
    reports: bool = False
    outside: bool = False

    @property
    def explainable(self) -> bool:
        """Tell whether one may do otherwise, with written grounds."""
        return not self.hard and self.kind is not Kind.NOTED

    @property
    def number(self) -> int:
        """Return the number in docs/protocol.md."""
        return int(self.code[1:])


# Source tag → what it stands for, with its year where it has one.
SOURCES: dict[str, Promise] = {
    "U": _("Utrecht's text on the Meldcode (about 2017)"),
    "A": _("the weighing framework for education (2018)"),
    "B": _("the ministry's model Meldcode"),
    "H": _("the Utrecht school protocol"),
    "L": _("law"),
    "P": _("usual practice in schools"),
}

# fmt: off
RULES: tuple[Rule, ...] = (
    # --- Step 1: map the signals ---------------------------------------------------------------
    Rule(
        "R1", 1, Kind.ADVISED,
        lambda f: f.attention is Attention.WATCHFUL and f.consultations_asked == 0
        and c.undecided(f),
        _("One signal about a pupil."),
        _("Stay watchful. Keep observing and write down what you see."),
        _("One signal is a reason to be watchful; several signals are a reason for concern."),
        "U", "look_back", hard=True,
    ),
    Rule(
        "R2", 1, Kind.REQUIRED, c.concern_unconsulted,
        _("Two or more signals about one pupil, from whomever, in this walk or the year before."),
        _("There is more than one signal: ask for a consultation."),
        _("Several signals about the same pupil, from whomever, are a reason for concern."),
        "U", "consult",
    ),
    Rule(
        "R3", 1, Kind.URGENT, lambda f: f.severe_unanswered,
        _("A severe signal, and neither buurtteam nor Veilig Thuis has been heard since."),
        _("Consult the buurtteam or Veilig Thuis at once. Do not wait for a second signal."),
        _("A severe signal asks for the steps to be walked at once, on the accelerated path."),
        "U", "call", calls=(VEILIG_THUIS, BUURTTEAM),
    ),
    Rule(
        "R4", 1, Kind.URGENT, lambda f: f.acute_unanswered,
        _("Danger right now."),
        _("Is there danger right now? Call 112, or Veilig Thuis. Writing comes later."),
        _("In acute danger the pupil's safety comes before every step and every form."),
        "U, A", "call", calls=(EMERGENCY, VEILIG_THUIS),
    ),
    Rule(
        "R5", 1, Kind.REQUIRED,
        c.expertise_missing,
        _("Physical injury, or (suspected) sexual violence."),
        _("Ask Veilig Thuis for advice: they have expertise on injury and sexual violence."),
        _("With physical injury or (suspected) sexual violence special expertise is needed."),
        "U", "consult", calls=(VEILIG_THUIS,),
    ),
    Rule(
        "R6", 1, Kind.NOTED,
        lambda f: c.PARTNERS in f.categories and c.undecided(f),
        _("Violence between the adults at home."),
        _("Violence between adults at home harms the child too: weigh it as harm to the pupil."),
        _("A child that sees or hears violence is a victim of it, also without a bruise."),
        "U",
    ),
    Rule(
        "R7", 1, Kind.ADVISED,
        lambda f: f.unsourced_signals > 0 and c.undecided(f),
        _("A signal that somebody else told, without a word on who that was."),
        _("Write down who told it. Keep facts apart from what you think of them."),
        _("Who saw or heard what, when and where can be weighed; a rumour or an opinion cannot."),
        "B, H", "signals",
    ),
    Rule(
        "R8", 1, Kind.BLOCKED, c.advice_first,
        _("Honour-related violence, forced marriage, abandonment abroad, genital mutilation."),
        _("Ask Veilig Thuis for advice first. No talk with the parents before that."),
        _("With honour, forced marriage, abandonment or genital mutilation a talk with the family "
          "can put the pupil in danger."),
        "B, H", "consult", calls=(VEILIG_THUIS,),
    ),
    Rule(
        "R9", 1, Kind.URGENT, lambda f: f.about_staff,
        _("A signal that points at somebody who works at the school."),
        _("Tell the school board at once. Is it a sexual offence? Then call the confidential "
          "inspector at once, and do not look into it yourself."),
        _("This is outside the Meldcode. The law gives it to the school board, and for sexual "
          "offences to the confidential inspector and the police."),
        "L", "close", calls=(INSPECTOR, EMERGENCY), hard=True, outside=True,
    ),
    Rule(
        "R10", 1, Kind.ADVISED,
        lambda f: (c.cleared(f) or c.no_suspicion(f)) and f.signals > 0 and c.undecided(f),
        _("The suspicion went away, and signals still stand as they were logged."),
        _("Did a signal turn out to be unfounded? Record that expressly, at the signal."),
        _("Who reads the dossier later must see that the suspicion was not confirmed."),
        "H", "signals",
    ),
    # --- Step 2: consult -----------------------------------------------------------------------
    Rule(
        "R11", 2, Kind.REQUIRED, c.outcome_waits,
        _("A consultation is asked for, and none has an outcome yet."),
        _("Hold the consultation and record its outcome."),
        _("Before the talk with pupil or parents at least one consultation has been held."),
        "U", "outcome",
    ),
    Rule(
        "R12", 2, Kind.ADVISED,
        lambda f: f.attention > Attention.WATCHFUL and "family_worker" not in f.kinds_asked
        and not c.talk_settled(f) and c.undecided(f),
        _("Concern, and the family worker has not been asked."),
        _("Ask the family worker of the buurtteam to think along."),
        _("The family worker can advise on reading the signals and on the talk."),
        "U", "consult", calls=(BUURTTEAM,),
    ),
    Rule(
        "R13", 2, Kind.URGENT,
        lambda f: f.last_acute_at is not None and c.undecided(f)
        and (f.veilig_thuis_asked_at is None or f.veilig_thuis_asked_at < f.last_acute_at),
        _("A crisis, and Veilig Thuis has not been called since it began."),
        _("Call Veilig Thuis too: in a crisis they come, day and night."),
        _("Veilig Thuis can turn out at once and take over what a school cannot do."),
        "U", "call", calls=(VEILIG_THUIS,),
    ),
    Rule(
        "R14", 2, Kind.NOTED,
        lambda f: f.attention > Attention.WATCHFUL and not c.consult_settled(f) and c.undecided(f),
        _("Somebody is consulted."),
        _("Consult people from outside without the family's names, unless there is consent or "
          "a ground to share them."),
        _("Advice on a case without names is always allowed; names need a ground."),
        "B, L",
    ),
    Rule(
        "R15", 2, Kind.REQUIRED, c.talk_unclear,
        _("Consulted, and nothing says who holds the conversation, or the advice is to wait."),
        _("Agree who holds the conversation, or that there is none (yet) and why."),
        _("What is everybody's task is nobody's: the talk then does not take place."),
        "U", "talk_plan",
    ),
    # --- Step 3: talk --------------------------------------------------------------------------
    Rule(
        "R16", 3, Kind.REQUIRED, c.nobody_spoken,
        _("Consulted, and not talked yet."),
        _("Talk with the pupil and the parents, as early as you can."),
        _("An early and equal talk prevents misunderstanding and starts help sooner."),
        "U", "talk",
    ),
    Rule(
        "R17", 3, Kind.REQUIRED,
        lambda f: c.ready_to_talk(f) and f.pupil_age is not None
        and f.pupil_age >= SPOKEN_TO_FIRST,
        _("The talk is near, or held with one of both; and the pupil is 12 or older."),
        _("Talk with the pupil first, and then with the parents, if possible with the pupil."),
        _("From 12 years on a pupil is spoken to first, and preferably attends the talk with the "
          "parents."),
        "U, P", "talk",
    ),
    Rule(
        "R18", 3, Kind.REQUIRED,
        lambda f: c.ready_to_talk(f) and not f.parents_spoken and f.pupil_age is not None
        and f.pupil_age < SPOKEN_TO_FIRST,
        _("The talk is near, or not held with the parents; and the pupil is younger than 12."),
        _("Tell the parents concretely what you noticed, and ask how they see it."),
        _("With a young child what was noticed is discussed with the parents; you may talk with "
          "the child, with care."),
        "U, P", "talk",
    ),
    Rule(
        "R19", 3, Kind.BLOCKED, lambda f: c.talk_may_harm(f) or c.skipped_alone(f),
        _("Talking may not be safe, and nobody from outside has thought along."),
        _("Talking may not be safe: first ask the buurtteam or Veilig Thuis. No talk with the "
          "parents before their advice."),
        _("Who cannot talk safely does not carry this alone; and a talk can make it worse at "
          "home."),
        "U", "consult", calls=(VEILIG_THUIS, BUURTTEAM),
    ),
    Rule(
        "R20", 3, Kind.NOTED, c.ready_to_talk,
        _("The talk is near."),
        _("Write down which facts you brought, how they reacted, whether the concern is "
          "justified, and whether they want help."),
        _("What they say decides what is possible next; without a record it is lost."),
        "U",
    ),
    Rule(
        "R21", 3, Kind.NOTED,
        lambda f: f.buurtteam_consented and f.effect != c.FAILS
        and f.effect_of in {"", "buurtteam"} and f.in_charge in {"school", "buurtteam"},
        _("A three-way conversation in which they consented to help by the buurtteam."),
        _("The buurtteam is responsible from the three-way talk on. Your school stays in touch."),
        _("With consent in the three-way conversation the responsibility passes to the buurtteam."),
        "U",
    ),
    Rule(
        "R22", 3, Kind.ADVISED, lambda f: c.cleared(f) and c.undecided(f),
        _("The conversation took all concern away."),
        _("Is all concern gone? Then close the case with that ground. The signals stay."),
        _("A talk that clears things up is a good end; the signals stay on record in case more "
          "come."),
        "B", "close",
    ),
    # --- Step 4: weigh -------------------------------------------------------------------------
    Rule(
        "R23", 4, Kind.REQUIRED, c.ready_to_weigh,
        _("Consulted and talked, and not weighed yet."),
        _("Weigh the severity: answer each question, with your grounds."),
        _("Danger, development and risks are weighed before anything is decided."),
        "U", "weigh",
    ),
    Rule(
        "R24", 4, Kind.ADVISED,
        lambda f: c.ready_to_weigh(f) and not (c.OUTSIDE_EXPERTS & f.kinds_held),
        _("The weighing is near, and nobody from outside was heard."),
        _("Weigh together with the family worker or Veilig Thuis."),
        _("They can make a first assessment and act at once where needed."),
        "U", "consult", calls=(VEILIG_THUIS, BUURTTEAM),
    ),
    Rule(
        "R25", 4, Kind.ADVISED, lambda f: c.no_suspicion(f) and c.undecided(f),
        _("Weighing question 1: no suspicion (any more)."),
        _("There is no suspicion left: record that with its ground, and close."),
        _("A suspicion that turns out unfounded is recorded as such, expressly."),
        "A", "close",
    ),
    Rule(
        "R26", 4, Kind.URGENT, c.unsafe,
        _("Weighing question 2: acute or structural unsafety, or doubt about it."),
        _("Report to Veilig Thuis; when it is acute, by telephone, at once."),
        _("With acute or structural unsafety, or in doubt about it, a report is necessary."),
        "A, H", "decide", calls=(VEILIG_THUIS,), reports=True,
    ),
    Rule(
        "R27", 4, Kind.REQUIRED, c.told_unweighed,
        _("The pupil told of it, or there was unsafety before; not weighed with Veilig Thuis."),
        _("Weigh it with Veilig Thuis. Until then it counts as acute or structural unsafety."),
        _("A pupil who tells takes a great risk; and what happened before often goes on."),
        "A", "consult", calls=(VEILIG_THUIS,), reports=True,
    ),
    # --- Step 5: decide ------------------------------------------------------------------------
    Rule(
        "R28", 5, Kind.REQUIRED, c.ready_to_decide,
        _("Weighed, and not decided yet."),
        _("Take two decisions: is a report necessary, and is help possible (too)?"),
        _("There is no duty to report. You decide, and write down on which grounds."),
        "A", "decide", hard=True,
    ),
    Rule(
        "R29", 5, Kind.REQUIRED, c.no_help,
        _("Weighing question 3: nobody can give or organise effective help."),
        _("No effective help is possible: report to Veilig Thuis."),
        _("What a school and its partners cannot solve needs those who can do more."),
        "A", "decide", calls=(VEILIG_THUIS,), reports=True,
    ),
    Rule(
        "R30", 5, Kind.REQUIRED, c.declined,
        _("Weighing question 4: those involved do not accept the help."),
        _("The help is not accepted: report to Veilig Thuis."),
        _("Help works only when those involved take part."),
        "A, U", "decide", calls=(VEILIG_THUIS,), reports=True,
    ),
    Rule(
        "R31", 5, Kind.REQUIRED, c.no_results,
        _("Weighing question 5, or the review: the agreed results are not there in time."),
        _("The agreed results are not there: report to Veilig Thuis (again)."),
        _("Effect is what was agreed, not goodwill: is the pupil safer, and better off?"),
        "A, H", "decide", calls=(VEILIG_THUIS,), reports=True,
    ),
    Rule(
        "R32", 5, Kind.ADVISED, c.help_possible,
        _("Help is possible and accepted, and no report is necessary."),
        _("Own help? Only when it protects the pupil enough. Make a plan: goals, who does what by "
          "when, who is case manager, and the day of review."),
        _("Own help starts as soon as possible, and the school stays involved."),
        "U, H", "decide",
    ),
    Rule(
        "R33", 5, Kind.REQUIRED,
        lambda f: c.help_failed(f) and f.effect_of not in {"buurtteam", "save"},
        _("The help does not work."),
        _("The help does not work: walk the steps again, or report."),
        _("The earlier walk stays readable, and its signals count again."),
        "U", "cycle",
    ),
    Rule(
        "R34", 5, Kind.REQUIRED,
        lambda f: f.buurtteam_waits or c.help_possible(f),
        _("Professional help is needed; or the buurtteam was chosen and has not answered yet."),
        _("Is professional help needed? The buurtteam is the first to ask: hand over, and note "
          "that they received it."),
        _("The buurtteam is close to the family and can start soon."),
        "U", "hand_over", calls=(BUURTTEAM,),
    ),
    Rule(
        "R35", 5, Kind.REQUIRED, c.refused,
        _("They want nobody to interfere, and the concern stays."),
        _("They refuse all help while your concern stays: report to Veilig Thuis."),
        _("The buurtteam cannot act when nobody wants help; a report is the only way left."),
        "U", "decide", calls=(VEILIG_THUIS,), reports=True,
    ),
    Rule(
        "R36", 5, Kind.REQUIRED,
        lambda f: c.report_needed(f) or (f.report_unsent and not f.report_discussed),
        _("A report is near, and not discussed with the pupil and the parents."),
        _("Tell pupil and parents about the report beforehand, unless that is not safe."),
        _("Openness keeps contact possible. Not safe, or would they break off contact? Then the "
          "reason is recorded."),
        "B, U",
    ),
    Rule(
        "R37", 5, Kind.REQUIRED, lambda f: f.report_unsent or f.report_unconfirmed,
        _("A report was decided on, and has not been made, or nobody said that it came in."),
        _("Make the report, under your own name, and note that it was received."),
        _("Without your name towards the family only for a reason, as danger to you; that reason "
          "is recorded."),
        "U, B", "refer", calls=(VEILIG_THUIS,),
    ),
    # --- After the decision --------------------------------------------------------------------
    Rule(
        "R38", AFTER, Kind.REQUIRED,
        lambda f: c.help_failed(f) and f.effect_of == "buurtteam" and not c.passed_on(f),
        _("The buurtteam helps, and it is not (fast or lastingly) safe enough."),
        _("Not safe enough? With consent the buurtteam asks the SAVE team; without consent it "
          "goes to Veilig Thuis."),
        _("The buurtteam works with consent only; without it somebody else must act."),
        "U", "decide", calls=(BUURTTEAM, SAVE, VEILIG_THUIS),
    ),
    Rule(
        "R39", AFTER, Kind.REQUIRED,
        lambda f: c.help_failed(f) and f.effect_of == "save" and not c.passed_on(f),
        _("The SAVE team works with the family, and it is not safe enough."),
        _("Not safe enough? Then SAVE asks the Raad voor de Kinderbescherming to investigate. "
          "Ask SAVE, and note who is responsible now."),
        _("SAVE joins with conditions for safety and the family's own plan, beside the buurtteam; "
          "when that is not enough only the Raad can ask the judge."),
        "U", "follow_up", calls=(SAVE, RAAD),
    ),
    Rule(
        "R40", AFTER, Kind.ADVISED,
        lambda f: f.report_sent_at is not None
        and (f.report_heard_at is None or f.investigated_since is not None),
        _("Reported, and Veilig Thuis assesses or investigates."),
        _("Veilig Thuis assesses the report within 5 working days, and investigates within 10 "
          "weeks. Note what they tell you."),
        _("After that the help comes from the buurtteam or others already there, or from SAVE "
          "when it is not safe enough."),
        "U, H", "follow_up",
    ),
    Rule(
        "R41", AFTER, Kind.REQUIRED, lambda f: f.report_overdue,
        _("Reported, and Veilig Thuis let its time go by without a word."),
        _("Ask Veilig Thuis what became of the report."),
        _("Veilig Thuis tells the reporter the outcome, and the school in writing."),
        "U", "follow_up", calls=(VEILIG_THUIS,),
    ),
    Rule(
        "R42", AFTER, Kind.REQUIRED,
        lambda f: not c.undecided(f) and (f.follow_up_at is not None or not c.nothing_waits(f)),
        _("Decided; the review is still to come, or something is not carried out."),
        _("Keep watching the pupil, and review on the agreed day whether the help works."),
        _("The school stays involved after any referral; new signals go into the case, and to who "
          "is responsible now."),
        "U", "follow_up", hard=True,
    ),
    Rule(
        "R43", AFTER, Kind.ADVISED,
        c.nothing_waits,
        _("Decided, carried out, and its effect seen."),
        _("All done? Close the case, with the agreements on watching on."),
        _("A case is closed only after a decision, with its outcome and grounds."),
        "B", "close", hard=True,
    ),
    Rule(
        "R44", AFTER, Kind.NOTED,
        lambda f: c.nothing_waits(f) or (c.undecided(f) and (c.cleared(f) or c.no_suspicion(f))),
        _("The case can be closed."),
        _("On closing you write down the outcome, the grounds, who keeps watching, and who told "
          "the pupil and the parents what. The dossier then has the date until which it is kept."),
        _("What was agreed and told must be findable when new signals come."),
        "H, L",
    ),
)
# fmt: on

BY_CODE = {rule.code: rule for rule in RULES}
