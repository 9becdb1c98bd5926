"""The fields of steps 4 and 5: weighing, deciding, and what follows (``fields``)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.dossier.lines import (
    CHILD_TOLD,
    CONFIDED,
    FILE,
    OTHERS_TOLD,
    PUPIL,
    REPORTER,
    SAFETY,
    SOURCE,
    STAFF,
    UNTOLD,
    Guard,
    Kind,
    Line,
    Read,
    confided,
    field,
    guarded_by,
    in_words,
    lines,
    moment,
    note,
    of_what_they_said,
    safety,
    untold,
)
from cases.dossier.telling import telling_of
from cases.dossier.variants import About


@lines("answers", "grounds", "question", "answer")
def _answers(assessment: Any, guarded: Guard) -> Iterator[Line]:
    for answer in assessment.answers.all():
        text = f"{answer.answer_text}\n{answer.grounds}"
        yield Line(answer.question_text, text, guarded_by(answer, guarded))


ASSESSMENT = Kind(
    "assessments",
    lambda assessment: _("Assessment"),
    "assessed_at",
    (_answers, field("consulted", gettext_lazy("Consulted for it"), STAFF)),
    guarded_by,
)


@lines("report", "report_grounds")
def _report(decision: Any, guarded: Guard) -> Iterator[Line]:
    text = f"{_('Yes') if decision.report else _('No')}\n{decision.report_grounds}"
    yield Line(_("Report to Veilig Thuis"), text, guarded_by(decision, guarded))


@lines("help", "help_grounds")
def _help(decision: Any, guarded: Guard) -> Iterator[Line]:
    yield Line(_("Help"), str(decision.get_help_display()), guarded_by(decision, guarded))
    # Why this help speaks of why there is a report, or none.
    if decision.help_grounds:
        yield Line(_("Grounds"), decision.help_grounds, guarded_by(decision, guarded))


@lines("plan", "goals", "what", "who", "by_day", "seen_by")
def _goals(decision: Any, guarded: Guard) -> Iterator[Line]:
    plan, about = getattr(decision, "plan", None), guarded_by(decision, guarded)
    heard_by_key = {one.pk: one for one in decision.case.feedbacks.all()} if plan else {}
    for goal in plan.goals.all() if plan else ():
        yield Line(_("Goal %(number)s") % {"number": goal.number}, goal.what, about)
        by = _("by %(day)s") % {"day": in_words(goal.by_day)} if goal.by_day else ""
        if said := " · ".join(str(part) for part in (goal.who, by, goal.seen_by) if part):
            yield note(said, about)
        if effect := goal.last_effect:
            heard = heard_by_key[effect.feedback_id]
            # How far it is, somebody said: it stands where what they said does.
            said, of = str(effect.get_effect_display()), f"feedbacks-{heard.pk}"
            yield note(said, _of_how_far(heard, guarded), speaks_of=of)


def _of_how_far(heard: Any, guarded: Guard) -> About:
    """Return what it is about how far a goal is: so said who was heard, or the pupil's own words
    do.
    """
    about = _of_what_was_heard(heard, guarded)
    if not heard.child_words:
        return about
    return CONFIDED if about in {PUPIL, CHILD_TOLD, CONFIDED, SAFETY} else UNTOLD


@lines("referrals")
def _referrals(decision: Any, guarded: Guard) -> Iterator[Line]:
    for referral in decision.referrals.all():
        yield from _referral(referral, guarded)


def _referral(referral: Any, guarded: Guard) -> Iterator[Line]:
    label = _("Referral to %(to)s") % {"to": referral.receiver}
    if referral.passed_on_from:
        label = _("Passed on by %(from)s to %(to)s") % {
            "from": referral.passed_on_from.receiver, "to": referral.receiver,
        }  # fmt: skip
    history = [f"{step.state.label}: {moment(step.at)}" for step in referral.history]
    yield Line(label, " · ".join(history) or _("not sent yet"), PUPIL)
    if by := dict.fromkeys(step.by.name for step in referral.history if step.by):
        yield Line(_("Noted by"), ", ".join(by), STAFF)
    for report in referral.reports.all():
        if report.filed_at:
            values = {"number": report.number, "day": moment(report.filed_at)}
            yield note(_("Report, version %(number)s, filed on %(day)s") % values, PUPIL)
            yield Line(_("Filed by"), report.filed_by.name, STAFF)
    for read in REFERRAL:
        yield from read(referral, guarded)
    yield from letters(referral)


def letters(record: Any) -> Iterator[Line]:
    """Yield which files went along or came in, by their numbers: a title tells what is in one, and
    stands among the files of who gets that.
    """
    for letter in record.letters.all():
        said = _("File %(number)s") % {"number": letter.number}
        yield note(f"{said}: {_('withdrawn')}" if letter.withdrawn_at else said, FILE)


# Who looks into it on a report: of somebody else's the family may not know.
INQUIRERS = frozenset({"veilig_thuis", "raad"})


def _of_an_inquiry(said: Any, guarded: Guard) -> About:
    """Who else reported, and that somebody looks into it, a family knows by a report of ours that
    they know of and that had gone by then, and by nothing else that is written down here.
    """
    case = getattr(said, "case", None) or said.decision.case
    # When it was said; written down it was later, or so it says.
    moments = (getattr(said, name, None) for name in ("received_at", "recorded_at", "closed_at"))
    at = min((moment for moment in moments if moment), default=None)
    known = any(
        referral.to in INQUIRERS and not untold(referral) and at and _had_gone(referral, at)
        for decision in case.decisions.all()
        for referral in decision.referrals.all()
    )
    return guarded_by(said, guarded) if known else UNTOLD


def _had_gone(referral: Any, at: datetime) -> bool:
    sent = referral.sent_at is not None and referral.sent_at <= at
    return sent and referral.withdrawn_at is None


def _of_who_is_next(referral: Any, guarded: Guard) -> About:
    """Return what it is about who is responsible after a referral."""
    return (_of_an_inquiry if referral.closed_to in INQUIRERS else guarded_by)(referral, guarded)


def _of_who_helps(heard: Any, guarded: Guard) -> About:
    """Return what it is about who helps now."""
    return (_of_an_inquiry if heard.helped_by in INQUIRERS else guarded_by)(heard, guarded)


REFERRAL: tuple[Read, ...] = (
    # It may be the pupil alone who was asked, or the parents alone: of whom is not told apart.
    field("get_consent_display", gettext_lazy("Consent"), UNTOLD),
    field("consent_of", gettext_lazy("Who was asked"), UNTOLD),
    field("consent_ground", gettext_lazy("Without consent, because"), UNTOLD),
    field("handed_over", gettext_lazy("What is handed over"), guarded_by),
    field(
        "anonymous_reason",
        gettext_lazy("Without our name towards the family, because"),
        REPORTER,
    ),
    field("not_told_reason", gettext_lazy("Pupil and parents do not know of it, because"), UNTOLD),
    field("taken_on_by", gettext_lazy("Who takes it on"), STAFF),
    field("closed_why", gettext_lazy("Ended, because"), guarded_by),
    field("get_closed_to_display", gettext_lazy("Who is responsible after it"), _of_who_is_next),
    # The same words explain why a rule was not followed, where the parents do not read them either.
    field("withdrawn_reason", gettext_lazy("Withdrawn, because"), confided),
)


DECISION = Kind(
    "decisions",
    lambda decision: _("Decision"),
    "decided_at",
    (
        _report,
        _help,
        _goals,
        field("results", gettext_lazy("What must be better, and by when"), guarded_by),
        field("case_manager", gettext_lazy("Case manager"), STAFF),
        _referrals,
        field("follow_up_on", gettext_lazy("Review on"), guarded_by),
    ),
    # Also of help that somebody was asked for: it may be the pupil alone.
    guarded_by,
)


@lines("referral", "letters", "goal_effects", "investigation")
def _about_the_referral(heard: Any, guarded: Guard) -> Iterator[Line]:
    if heard.referral:
        to = {"to": heard.referral.receiver}
        said = _("About the referral to %(to)s") % to
        of = f"decisions-{heard.referral.decision_id}"
        yield note(said, guarded_by(heard, guarded), speaks_of=of)
    yield from letters(heard)
    for effect in heard.goal_effects.all():
        goal = _("Goal %(number)s") % {"number": effect.goal.number}
        of = f"decisions-{effect.goal.plan.decision_id}"
        far = f"{goal}: {effect.get_effect_display()}"
        yield note(far, _of_how_far(heard, guarded), speaks_of=of)
    if heard.investigation:
        yield note(heard.get_investigation_display(), _of_an_inquiry(heard, guarded))


def _of_what_was_heard(heard: Any, guarded: Guard) -> About:
    """Return what is left out with the whole of it."""
    if heard.heard_from in INQUIRERS or heard.investigation:
        about = _of_an_inquiry(heard, guarded)
        return of_what_they_said(heard, guarded) if about == PUPIL else about
    if heard.heard_from == "other":
        return UNTOLD if guarded else OTHERS_TOLD
    return guarded_by(heard, guarded) if guarded else of_what_they_said(heard, guarded)


FEEDBACK = Kind(
    "feedbacks",
    lambda heard: str(heard.get_effect_display()),
    "received_at",
    (
        field("heard", gettext_lazy("From"), SOURCE),
        field("get_helped_by_display", gettext_lazy("Who helps now"), _of_who_helps),
        # It may be one of them alone who said that they do not.
        field("get_willing_display", gettext_lazy("Does the family take part?"), UNTOLD),
        field("text", gettext_lazy("Heard or seen"), guarded_by, "fact"),
        field("child_words", gettext_lazy("The pupil's own words"), CONFIDED, "words"),
        _about_the_referral,
        field("next_review_on", gettext_lazy("Review again on"), guarded_by),
    ),
    _of_what_was_heard,
    # Whether it works the pupil's words say as well.
    titled=CONFIDED,
    plain=gettext_lazy("What was heard since"),
)


# By it one reads that somebody else told something.
SOURCE_RULE = "R7"
# What comes after it can be done before it, with a reason.
TALK_STEP = 3
# These follow from nothing that anybody told: how a case ends, and what was found unfounded.
HARMLESS_RULES = frozenset({"R10", "R22", "R25"})
# These ask for a talk, whatever was told: by them the pupil reads no more than that there was none.
TALK_RULES = frozenset({"R15", "R16", "R17", "R18"})


def _of_the_rule(deviation: Any, guarded: Guard) -> About:
    """Which rule asks is made by all that was told and weighed, also what they do not read: a rule
    about sexual violence says what a child told alone, one about help that does not work what
    somebody else told since. Why it was not followed says it too.
    """
    if not deviation.of_rule and deviation.step > TALK_STEP:  # why nobody spoke with them yet
        return safety(deviation, guarded)
    if not deviation.of_rule or deviation.rule in HARMLESS_RULES:
        return guarded_by(deviation, guarded)
    if deviation.rule == SOURCE_RULE:
        return SOURCE
    told = any(telling_of(signal).by_others for signal in deviation.case.signals.all())
    if deviation.rule not in TALK_RULES or told:
        return UNTOLD
    return confided(deviation, guarded)


@lines("rule", "step")
def _rule(deviation: Any, guarded: Guard) -> Iterator[Line]:
    if deviation.of_rule:
        asks = f"{deviation.rule} · {deviation.of_rule.asks}"
        yield note(asks, guarded_by(deviation, guarded))


DEVIATION = Kind(
    "deviations",
    lambda deviation: str(deviation.get_kind_display()),
    "recorded_at",
    # Why not: of a report it says that there is one.
    (_rule, field("grounds", gettext_lazy("Grounds"), guarded_by)),
    _of_the_rule,
)
