"""What a case knows of a report's fields: read once, when somebody starts to write.

In Dutch, whatever language the writer reads: Veilig Thuis does. A colleague who signalled is "a
colleague"; the writer puts a name there when that helps. What was asked in a consultation, who
read the dossier, and who was reminded of what stays in the school.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from cases.dossier.telling import is_from_source
from cases.models import Case, Conversation
from cases.protocol.questions import BY_CODE as QUESTION
from cases.record_facts import pupil_was_there
from referrals.models import Decision, Feedback, Referral
from referrals.report.fields import NO, WEIGHED, YES, Source

# In which language a report is written down and read.
LANGUAGE = "nl"
BETWEEN = "\n\n"

Texts = dict[str, str]


def filled(referral: Referral, writer: User) -> Texts:
    """Return the texts that the case gives, by the code of their field; empty ones left out."""
    with translation.override(LANGUAGE):
        texts: Texts = {}
        for fill in FILL.values():
            texts |= fill(referral, writer)
    return {code: text for code, text in texts.items() if text}


def _writer(referral: Referral, writer: User) -> Texts:
    school = referral.decision.case.school
    here = [m for m in writer.current_memberships if m.school_id == school.pk]
    return {
        "reporter_name": writer.name,
        "reporter_role": str(here[0].get_role_display()) if here else "",
        "school": f"{school.name}, {school.city}",
    }


def _pupil(referral: Referral, writer: User) -> Texts:
    pupil = referral.decision.case.pupil
    born = date_format(pupil.birth_date, "j F Y") if pupil.birth_date else ""
    return {"pupil_name": pupil.name, "birth_date": born, "class_name": pupil.class_name}


def of_the_referral(referral: Referral, writer: User | None = None) -> Texts:
    """Return what the referral says of name and family (R36, R37)."""
    return {
        "anonymous": YES if referral.anonymous else NO,
        "anonymous_reason": referral.anonymous_reason,
        "family_told": YES if referral.family_told else NO,
        "not_told_reason": referral.not_told_reason,
    }


def _signals(referral: Referral, writer: User) -> Texts:
    case = referral.decision.case
    signals = [s for s in _standing(case) if s.cycle == case.cycle]
    own = [s for s in signals if not _told_by(s)]
    heard = [s for s in signals if _told_by(s)]
    return {
        "facts": _joined(_said(s, _seen(s)) for s in own),
        "child_words": _joined(_said(s, f"“{s.child_words}”", s.child_words) for s in signals),
        "hearsay": _joined(
            _said(s, _("%(who)s told: %(text)s") % {"who": _told_by(s), "text": _seen(s)}, _seen(s))
            for s in heard
        ),
        "interpretation": _joined(
            f"{_day(s.observed_at)}: {s.interpretation}" for s in signals if s.interpretation
        ),
    }  # fmt: skip


def _told_by(signal: Any) -> str:
    """Return who else than the pupil told it, also where nobody wrote down who that was; or ""."""
    return signal.hearsay_from or (_("somebody else") if is_from_source(signal) else "")


def _in_full(signal: Any) -> str:
    """Return what stands in a signal where it has one place: who told it, and who said what."""
    seen, words = _seen(signal), signal.child_words
    if (who := _told_by(signal)) and seen:
        seen = _("%(who)s told: %(text)s") % {"who": who, "text": seen}
    said = _("The pupil said: %s") % f"“{words}”" if words else ""
    return "\n".join(text for text in (seen, said) if text)


def _seen(signal: Any) -> str:
    """Return what was seen: in words, and as it was marked on the body map."""
    marks = signal.marks_in_words
    return "\n".join(
        text for text in (signal.facts, marks and f"{_('Injury that was seen')}:\n{marks}") if text
    )


def _standing(case: Case) -> list[Any]:
    """Return the signals as they hold now: no older versions, none that proved unfounded."""
    signals = (
        case.signals.current().select_related("finding").prefetch_related("marks", "categories")
    )
    in_order = signals.order_by("observed_at", "id")
    return [signal for signal in in_order if not hasattr(signal, "finding")]


def _said(signal: Any, text: str, only_with: str | None = None) -> str:
    """Return one signal as a paragraph: when, where, who, and what; empty without a text."""
    if not (text if only_with is None else only_with):
        return ""
    place = f", {signal.place}" if signal.place else ""
    who = _("a colleague of the school")
    return f"{_moment(signal.observed_at)}{place}, {who}: {text}"


def _earlier(referral: Referral, writer: User) -> Texts:
    """Of other cases nothing: the draft is read by each who moves this one (``earlier_cases``)."""
    case = referral.decision.case
    before = [_said(s, _in_full(s)) for s in _standing(case) if s.cycle < case.cycle]
    return {"history": _joined(before)}


def earlier_cases(case: Case, writer: User) -> list[str]:
    """Return what whoever writes may know of earlier cases of the pupil: from when to when."""
    others = Case.objects.visible_to(writer).filter(pupil=case.pupil_id, restricted=False)
    return [
        f"{_day(other.opened_at)} – {_day(other.closed_at)}"
        for other in others.filter(closed_at__isnull=False, opened_at__lt=case.opened_at)
    ]


def _steps(referral: Referral, writer: User) -> Texts:
    case = referral.decision.case
    lines = [
        *((c.held_at or c.closed_at, _("consulted: %s") % c.get_kind_display())
          for c in _held(case)),
        *((talk.held_at, _talk_line(talk)) for talk in case.conversations.current()),
        *((a.assessed_at, _("severity weighed")) for a in case.assessments.current()),
        *((d.decided_at, _decision_line(d)) for d in case.decisions.current()),
    ]  # fmt: skip
    lines.sort(key=lambda line: line[0])
    return {"steps": "\n".join(f"{_day(at)}: {text}" for at, text in lines)}


def _talk_line(talk: Conversation) -> str:
    if talk.is_skipped:
        return _("no talk, because it was not safe: %s") % talk.skip_reason
    line = _("talk: %s") % talk.get_kind_display()
    agreed = _("Agreed: %s") % talk.agreements
    return f"{line}. {agreed}" if talk.agreements else line


def _decision_line(decision: Decision) -> str:
    return _("decided to report") if decision.report else _("decided not to report")


def _held(case: Case) -> Iterable[Any]:
    held = case.consultations.current().filter(closed_at__isnull=False)
    return held.order_by("closed_at", "id")


def _consultations(referral: Referral, writer: User) -> Texts:
    held = (
        f"{_day(c.held_at or c.closed_at)}, {c.get_kind_display()}: {c.outcome}"
        for c in _held(referral.decision.case)
    )
    return {"consultations": _joined(held)}


def _talks(referral: Referral, writer: User) -> Texts:
    """Where both were there, each has a place of their own on the form."""
    pupil, parents = [], []
    for talk in referral.decision.case.conversations.current():
        when = f"{_day(talk.held_at)}, {talk.get_kind_display()}"
        if not talk.with_whom:  # nobody asked then; who came is colleagues by name, too
            when = f"{when} ({_('it is not written down who of the family was there')})"
        if talk.reactions:
            whose = pupil if pupil_was_there(talk) else parents
            whose.append(f"{when}: {talk.reactions}")
        if talk.parents_reactions:
            parents.append(f"{when}: {talk.parents_reactions}")
    return {"pupil_says": _joined(pupil), "parents_say": _joined(parents)}


def _weighing(referral: Referral, writer: User) -> Texts:
    case = referral.decision.case
    assessment = case.assessments.current().filter(cycle=case.cycle).last()
    answers = {a.question: a for a in assessment.answers.all()} if assessment else {}
    texts = {
        f"weighed_{code}": f"{answers[code].answer_text}. {answers[code].grounds}"
        for code in WEIGHED
        if code in answers
    }
    unsafe = answers["unsafety"].answer if "unsafety" in answers else NO
    dangers = [answers[code] for code in ("danger", "risks") if code in answers]
    danger = _joined(f"{QUESTION[a.question].text} {a.answer_text}. {a.grounds}" for a in dangers)
    return {**texts, "unsafety": "" if unsafe == NO else unsafe, "danger": danger}


def _decision(referral: Referral, writer: User) -> Texts:
    decision, case = referral.decision, referral.decision.case
    plan = getattr(decision, "plan", None)
    # Who does it is mostly a colleague by name: the writer puts that there.
    goals = [goal.what for goal in plan.goals.all()] if plan else []
    heard = (
        f"{_day(f.received_at)}, {f.get_heard_from_display()}: {_with_words(f)}"
        for f in case.feedbacks.current()
    )
    helped = f"{_day(decision.decided_at)}: {decision.get_help_display()}. {decision.help_grounds}"
    return {
        "report_grounds": decision.report_grounds,
        "help": _joined([helped, *goals, *heard]),
    }


def _with_words(heard: Feedback) -> str:
    """Return what was heard or seen, and then the pupil's own words."""
    said = f"“{heard.child_words}”" if heard.child_words else ""
    return " ".join(part for part in (heard.text, said) if part)


def _joined(paragraphs: Iterable[str]) -> str:
    return BETWEEN.join(paragraph for paragraph in paragraphs if paragraph)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y")


# Every source of the table but "nothing"; each gives the fields that name it.
FILL: dict[Source, Callable[[Referral, User], Texts]] = {
    Source.WRITER: _writer,
    Source.PUPIL: _pupil,
    Source.REFERRAL: of_the_referral,
    Source.SIGNALS: _signals,
    Source.EARLIER: _earlier,
    Source.STEPS: _steps,
    Source.CONSULTATIONS: _consultations,
    Source.TALKS: _talks,
    Source.WEIGHING: _weighing,
    Source.DECISION: _decision,
}
