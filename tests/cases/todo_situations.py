"""For each row of the table of tasks a situation in which somebody has it, as small as can be."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.models import School, User
from accounts.roles import Role
from audit.models import Flag
from cases.actions import refresh
from cases.models import Case, DossierExport
from consultations.models import AgendaItem, Consultation
from referrals.models import HelpPlan, Referral
from referrals.report.models import Report
from tests.cases.records import decision, feedback
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ContactFactory,
    InvitationFactory,
    MeetingFactory,
    PupilFactory,
    RoleInvitationFactory,
    SignalFactory,
    UserFactory,
)

DAY = timedelta(days=1)


def case_at(school: School, **fields: object) -> Case:
    """Return a case of a pupil with a name that must stand in no mail."""
    pupil = PupilFactory(school=school, family_name="Achternaamsma")
    return CaseFactory(pupil=pupil, **fields)


def concern(user: User, school: School) -> Case:
    """Two signals in a case that is theirs: the protocol asks for a consultation."""
    case = case_at(school, responsible=user)
    SignalFactory.create_batch(2, case=case)
    refresh(case, None)
    return case


def closed(user: User, school: School) -> Case:
    """A closed case at which nobody looked back."""
    now = timezone.now()
    return case_at(
        school, responsible=user, closed_at=now - 90 * DAY, outcome="cleared",
        closing_grounds="Een val.", period="look_back", deadline=now - DAY,
    )  # fmt: skip


def severe_of_nobody(user: User, school: School) -> Case:
    """A severe case that is nobody's."""
    return case_at(school, attention=Case.Attention.SEVERE)


def others_of_nobody(user: User, school: School) -> Case:
    """A case that is nobody's."""
    return case_at(school)


def board(user: User, school: School) -> Case:
    """A signal about somebody who works at the school."""
    case = case_at(school, restricted=True)
    SignalFactory(case=case, about_staff=True)
    return case


def contacts(user: User, school: School) -> None:
    """A number that nobody checked for a year."""
    ContactFactory(school=school, checked_on=timezone.localdate() - 400 * DAY)


def flags(user: User, school: School) -> None:
    """Unusual reading that nobody looked at."""
    Flag.objects.create(
        rule="at_night", user=UserFactory(), school=school, day=timezone.localdate(), count=9
    )


def role_invitation(user: User, school: School) -> None:
    """Somebody whom they invited."""
    RoleInvitationFactory(school=school, invited_by=user)


def export(user: User, school: School) -> Case:
    """A dossier that waits for the worker."""
    case = case_at(school)
    DossierExport.objects.create(case=case, requested_by=user, reason="Inzage.")
    return case


def severe_signal(user: User, school: School) -> Case:
    """A severe signal of their own, of now."""
    case = case_at(school, attention=Case.Attention.SEVERE)
    SignalFactory(case=case, author=user, severe=True)
    return case


def keep_watching(user: User, school: School) -> Case:
    """A mild signal of their own."""
    case = case_at(school)
    SignalFactory(case=case, author=user)
    return case


def asked(school: School, **fields: object) -> Consultation:
    """A question of somebody else."""
    return ConsultationFactory(case=case_at(school), **fields)


def joined(user: User, school: School, **fields: object) -> Consultation:
    """A consultation to which they came, of their buurtteam."""
    consultation = asked(school, **fields)
    InvitationFactory(
        consultation=consultation, user=user, buurtteam=school.buurtteam,
        accepted_at=timezone.now() - DAY,
    )  # fmt: skip
    return consultation


def invitation(user: User, school: School) -> Case:
    """An invitation without an answer."""
    found = InvitationFactory(
        consultation=asked(school), user=user, buurtteam=school.buurtteam
    ).consultation
    return found.case


def times(user: User, school: School) -> Case:
    """Proposed times without their answer."""
    consultation = joined(user, school)
    consultation.times.create(starts_at=timezone.now() + 2 * DAY, proposed_by=UserFactory())
    return consultation.case


def advice(user: User, school: School) -> Case:
    """A question to which they wrote nothing yet."""
    return joined(user, school).case


def mention(user: User, school: School) -> Case:
    """Somebody who asks for their eye."""
    consultation = joined(user, school)
    consultation.advices.create(author=UserFactory(), text="Wat vind jij?").mentions.create(
        user=user
    )
    return consultation.case


def moment(user: User, school: School) -> Case:
    """A consultation that was agreed for tomorrow."""
    return joined(user, school, planned_at=timezone.now() + DAY, minutes=30).case


def own_moment(user: User, school: School) -> Case:
    """The same, of who asked it."""
    return asked(school, author=user, planned_at=timezone.now() + DAY, minutes=30).case


def outcome(user: User, school: School) -> Case:
    """Advice that came in."""
    consultation = asked(school, author=user)
    consultation.advices.create(author=UserFactory(), text="Praat eerst.")
    return consultation.case


def meeting(user: User, school: School) -> None:
    """A meeting of the care team."""
    MeetingFactory(school=school)


def question(user: User, school: School) -> Case:
    """Their own question, without a word."""
    return asked(school, author=user).case


def sent_invitation(user: User, school: School) -> Case:
    """An invitation that they sent."""
    return InvitationFactory(consultation=asked(school), invited_by=user).consultation.case


def on_agenda(user: User, school: School) -> Case:
    """A case that they put on the agenda."""
    return AgendaItem.objects.create(case=case_at(school), asked_by=user).case


def goal(user: User, school: School) -> Case:
    """A goal of a plan, with a day."""
    case = case_at(school, responsible=user)
    plan = HelpPlan.objects.create(decision=decision(case, timezone.now(), help="own"))
    plan.goals.create(number=1, what="Op tijd komen.", by_day=timezone.localdate() - 2 * DAY)
    return case


def draft_report(user: User, school: School) -> Case:
    """A report that they began."""
    made = decision(case_at(school), timezone.now(), to={"veilig_thuis": None}, report=True)
    Report.objects.create(referral=made.referrals.get(), started_by=user, saved_by=user)
    return made.case


def unconfirmed(user: User, school: School) -> Case:
    """A referral that nobody confirmed."""
    case = case_at(school)
    decision(case, timezone.now(), to={"buurtteam": timezone.now()}).referrals.update(sent_by=user)
    return case


def silent(user: User, school: School) -> Case:
    """A referral that came in, and no word since."""
    case = unconfirmed(user, school)
    Referral.objects.filter(decision__case=case).update(confirmed_at=timezone.now())
    return case


def report_copy(user: User, school: School) -> Case:
    """A copy of a report that waits for the worker."""
    case = draft_report(user, school)
    report = Report.objects.get(referral__decision__case=case)
    report.filed_at, report.filed_by = timezone.now(), user
    report.save()
    report.copies.create(requested_by=user, reason="Voor Veilig Thuis.")
    return case


def heard_of(case: Case) -> None:
    """Let something be heard of the referral of a case."""
    feedback(case, timezone.now(), referral=Referral.objects.get(decision__case=case))


class Situation(NamedTuple):
    """A row of the table, whose it is, how it comes, and whether it has a moment."""

    kind: str
    role: Role
    make: Callable[[User, School], Case | None]
    dated: bool


C, W = Role.COORDINATOR, Role.BUURTTEAM_WORKER
# fmt: off
SITUATIONS: tuple[Situation, ...] = (
    Situation("case",             C, concern,                  dated=True),
    Situation("look_back",        C, closed,                   dated=True),
    Situation("severe_of_nobody", C, severe_of_nobody,         dated=False),
    Situation("others_of_nobody", C, others_of_nobody,         dated=False),
    Situation("board",            Role.SCHOOL_LEADER, board,   dated=False),
    Situation("contacts",         C, contacts,                 dated=False),
    Situation("flags",            Role.ADMINISTRATOR, flags,   dated=False),
    Situation("role_invitation",  Role.ADMINISTRATOR, role_invitation, dated=True),
    Situation("export",           C, export,                   dated=False),
    Situation("severe_signal",    Role.TEACHER, severe_signal, dated=False),
    Situation("keep_watching",    Role.TEACHER, keep_watching, dated=False),
    Situation("invitation",       W, invitation,               dated=True),
    Situation("times",            W, times,                    dated=True),
    Situation("advice",           W, advice,                   dated=True),
    Situation("mention",          W, mention,                  dated=False),
    Situation("moment",           W, moment,                   dated=True),
    Situation("own_moment",       C, own_moment,               dated=True),
    Situation("outcome",          C, outcome,                  dated=True),
    Situation("meeting",          C, meeting,                  dated=True),
    Situation("question",         C, question,                 dated=True),
    Situation("sent_invitation",  C, sent_invitation,          dated=True),
    Situation("on_agenda",        C, on_agenda,                dated=False),
    Situation("goal",             C, goal,                     dated=True),
    Situation("draft_report",     C, draft_report,             dated=False),
    Situation("referral",         C, unconfirmed,              dated=True),
    Situation("referral",         C, silent,                   dated=False),
    Situation("report_copy",      C, report_copy,              dated=False),
)
# fmt: on
