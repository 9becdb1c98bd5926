"""What happened in a case, in order: one list for the page of the case and for its dossier.

The moments are those of recording (the server's clock): a list that nobody can put in another order
by filling in another day. What was seen or held when stands in the records themselves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.in_charge import changes_of
from cases.models import Case
from cases.protocol import PERIODS, STEPS
from cases.protocol.periods import BESIDE


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``step`` is its number, or None for what belongs to no step."""

    at: datetime
    step: int | None
    icon: str
    title: Promise | str
    who: str = ""
    text: str = ""
    severe: bool = False


def timeline(case: Case, *, runs: bool = True, conflicts: bool = True) -> list[Entry]:
    """Return what happened in a case, the oldest first, in a number of queries that stays.

    ``runs``: whether the reader runs the cases of the school. Whoever does not reads nothing of
    reminders to look back: where there are none, a newer case took that over, which they may not
    know of. ``conflicts``: whether they look after who is kept out; who is, and why, is for nobody
    else to read.
    """
    entries = [entry for source in SOURCES for entry in source(case)]
    entries += _shut_outs(case) if conflicts else ()
    entries += _reminders(case, after_closing=runs)
    return sorted(entries, key=lambda entry: entry.at)


def _signals(case: Case) -> Iterator[Entry]:
    for signal in case.signals.all():
        title = _("Severe signal logged") if signal.severe else _("Signal logged")
        if signal.corrects_id:
            title = _("Signal corrected")
        yield Entry(
            signal.recorded_at, 1, "signal", title, signal.author.name, signal.correction_reason,
            severe=signal.severe,
        )  # fmt: skip
        finding = getattr(signal, "finding", None)
        if finding:
            title, who = _("Signal found to be unfounded"), finding.author.name
            yield Entry(finding.recorded_at, 1, "check", title, who, finding.grounds)


def _look_backs(case: Case) -> Iterator[Entry]:
    for look in case.lookbacks.all():
        who, result = look.author.name, look.get_result_display()
        yield Entry(look.recorded_at, None, "eye", _("Looked back"), who, result)


def _statements(case: Case) -> Iterator[Entry]:
    for said in case.statements.all():
        whose = said.get_said_by_display()
        yield Entry(
            said.recorded_at, said.step, "chat", _("Statement added"), said.author.name, whose
        )


def _deviations(case: Case) -> Iterator[Entry]:
    for deviation in case.deviations.all():
        title = deviation.get_kind_display()
        if deviation.rule:
            title = f"{title} ({deviation.rule})"
        step = deviation.step if deviation.step <= len(STEPS) else None
        yield Entry(
            deviation.recorded_at, step, "signpost", title, deviation.author.name, deviation.grounds
        )


def _consultations(case: Case) -> Iterator[Entry]:
    for consultation in case.consultations.all():
        whom = consultation.whom
        asked_by = consultation.author.name
        yield Entry(
            consultation.recorded_at, 2, "chat", _("Consultation asked for"), asked_by, whom
        )
        for invitation in consultation.invitations.all():
            yield from _invitation(invitation)
        for advice in consultation.advices.all():
            yield Entry(advice.written_at, 2, "mail", _("Advice given"), advice.author.name, whom)
        if consultation.closed_at:
            closed_by = _name(consultation.closed_by)
            yield Entry(consultation.closed_at, 2, "check", _("Outcome recorded"), closed_by, whom)


def _invitation(invitation: Any) -> Iterator[Entry]:
    """Yield how somebody answered who could not think along; who accepted is heard by advice."""
    who = invitation.user.name
    if invitation.declined_at:
        title, why = _("Invitation declined"), invitation.declined_why
        yield Entry(invitation.declined_at, 2, "people", title, who, why)
    if invitation.handed_over_at:
        to = f"→ {invitation.handed_to.user.name}"
        yield Entry(invitation.handed_over_at, 2, "people", _("Invitation handed over"), who, to)


def _conversations(case: Case) -> Iterator[Entry]:
    for talk in case.conversations.all():
        title = _("Talk left out, for safety") if talk.is_skipped else _("Talk recorded")
        kind = "" if talk.is_skipped else talk.get_kind_display()
        yield Entry(talk.recorded_at, 3, "people", title, talk.author.name, kind)
        if talk.hands_over:
            title, text = _("The buurtteam is responsible"), talk.buurtteam_contact
            yield Entry(talk.recorded_at, 3, "check", title, talk.author.name, text)


def _assessments(case: Case) -> Iterator[Entry]:
    for assessment in case.assessments.all():
        who = assessment.author.name
        yield Entry(assessment.recorded_at, 4, "scale", _("Severity weighed"), who)


def _decisions(case: Case) -> Iterator[Entry]:
    for decision in case.decisions.all():
        title = _("Decided to report") if decision.report else _("Decided not to report")
        who, help_text = decision.author.name, decision.get_help_display()
        yield Entry(decision.recorded_at, 5, "signpost", title, who, help_text)
        for referral in decision.referrals.all():
            yield from _referral(referral)
            yield from _reports(referral)


def _reports(referral: Any) -> Iterator[Entry]:
    for report in referral.reports.all():
        if report.filed_at:
            title = _("Report to Veilig Thuis filed")
            version = _("version %(number)s") % {"number": report.number}
            text = f"{version}: {report.correction_reason}" if report.corrects_id else version
            yield Entry(report.filed_at, 5, "file-pdf", title, _name(report.filed_by), text)
        for copy in report.copies.all():
            who, title = copy.requested_by.name, _("Copy of the report made")
            yield Entry(copy.requested_at, 5, "file-pdf", title, who, copy.reason)


def _referral(referral: Any) -> Iterator[Entry]:
    for moment in referral.history:
        title = moment.state.label
        # What others sent to each other was recorded by the school, not sent by it.
        icon = "send" if moment.state == "sent" else "check"
        if moment.state == "sent":
            title = _("Passed on to") if referral.passed_on_from_id else _("Referral sent")
        yield Entry(moment.at, 5, icon, title, _name(moment.by), referral.receiver)


def _in_charge(case: Case) -> Iterator[Entry]:
    for change in changes_of(case)[1:]:
        title = _("Responsible now: %(party)s") % {"party": change.name}
        yield Entry(change.since, None, "signpost", title)


def _feedbacks(case: Case) -> Iterator[Entry]:
    for heard in case.feedbacks.all():
        who, effect = heard.author.name, heard.get_effect_display()
        yield Entry(heard.recorded_at, 5, "eye", _("Effect recorded"), who, effect)


def _step_changes(case: Case) -> Iterator[Entry]:
    names = {step.number: step.name for step in STEPS}
    for change in case.step_changes.all():
        if case.restricted and change.from_step:
            continue  # what is for the school board walks no steps (R9)
        title = _("Case opened")
        if change.from_step:
            place = {"number": change.to_step, "name": names[change.to_step]}
            title = _("To step %(number)s: %(name)s") % place
        if change.from_step and change.to_step == 1 and change.motivation:
            title = _("The steps begin again: cycle %(number)s") % {"number": change.cycle}
        yield Entry(
            change.at, change.to_step, "arrow-right", title, _name(change.by), change.motivation
        )


def _reminders(case: Case, *, after_closing: bool) -> Iterator[Entry]:
    for reminder in case.reminders.all():
        if case.closed_at and reminder.created_at > case.closed_at and not after_closing:
            continue
        people = len(reminder.notifications.all())
        told = ngettext("to %(count)s person", "to %(count)s people", people) % {"count": people}
        period = (PERIODS | BESIDE).get(reminder.period)
        # Of two periods at once people are told once: by the first, which counts them.
        said = [period.label if period else "", told if people else ""]
        text = ", ".join(str(part) for part in said if part)
        yield Entry(reminder.created_at, reminder.step, "clock", _("Reminder"), "", text)


def _snoozes(case: Case) -> Iterator[Entry]:
    for snooze in case.snoozes.all():
        until = date_format(timezone.localtime(snooze.until), "j F Y, H:i")
        title = _("Waits on purpose until %(moment)s") % {"moment": until}
        yield Entry(snooze.recorded_at, None, "clock", title, snooze.author.name, snooze.reason)
        if snooze.ended_at:
            who, how = _name(snooze.ended_by), snooze.get_ended_how_display()
            yield Entry(snooze.ended_at, None, "clock", _("Waiting ended"), who, how)


def _exports(case: Case) -> Iterator[Entry]:
    for export in case.exports.all():
        who = export.requested_by.name
        yield Entry(export.requested_at, None, "file-pdf", _("Dossier exported"), who)


def _attachments(case: Case) -> Iterator[Entry]:
    for file in case.attachments.all():
        yield Entry(file.recorded_at, None, "folder", _("File added"), file.author.name, file.title)
        if file.withdrawn_at:
            title, text = _("File withdrawn"), f"{file.title}: {file.withdrawn_why}"
            yield Entry(file.withdrawn_at, None, "folder", title, _name(file.withdrawn_by), text)


def _shut_outs(case: Case) -> Iterator[Entry]:
    # Set here; or ended here, and set in one that is gone. Whoever reads this may know nothing of
    # the pupil's other cases.
    for one in case.shut_outs.select_related("user", "set_by", "ended_by"):
        text = f"{one.user.name}: {one.get_ground_display()}"
        if one.set_at >= case.opened_at:
            yield Entry(
                one.set_at, None, "people", _("Conflict of interest"), one.set_by.name,
                f"{text}. {one.explanation}" if one.explanation else text,
            )  # fmt: skip
        if one.ended_at:
            title, text = _("Conflict of interest ended"), f"{one.user.name}: {one.ended_why}"
            yield Entry(one.ended_at, None, "people", title, _name(one.ended_by), text)


def _emergencies(case: Case) -> Iterator[Entry]:
    for one in case.emergency_accesses.all():
        yield Entry(one.given_at, None, "warning", _("Emergency access"), one.user.name, one.reason)
        if one.ended_by:
            title = _("Emergency access ended")
            yield Entry(one.ends_at, None, "check", title, one.ended_by.name)


def _closing(case: Case) -> Iterator[Entry]:
    if case.closed_at:
        who, outcome = _name(case.closed_by), case.get_outcome_display()
        yield Entry(case.closed_at, 5, "check", _("Case closed"), who, outcome)


def _agenda(case: Case) -> Iterator[Entry]:
    for item in case.agenda_items.all():
        title = _("On the agenda of the care team")
        yield Entry(item.asked_at, 2, "people", title, item.asked_by.name)
        if item.taken_off_at:
            title = _("Taken from the agenda of the care team")
            yield Entry(item.taken_off_at, 2, "people", title, _name(item.taken_off_by))


def _name(user: User | None) -> str:
    return user.name if user else ""


# Everything that leaves a trace. Of two with one moment, the one named first here comes first.
SOURCES: tuple[Callable[[Any], Iterator[Entry]], ...] = (
    _signals,
    _deviations,
    _look_backs,
    _statements,
    _agenda,
    _consultations,
    _conversations,
    _assessments,
    _decisions,
    _feedbacks,
    _in_charge,
    _step_changes,
    _snoozes,
    _attachments,
    _exports,
    _emergencies,
    _closing,
)
