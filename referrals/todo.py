"""What decisions and referrals ask: goals of plans, reports begun; and what is not heard yet."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission
from cases.models import Case
from cases.protocol.parties import VEILIG_THUIS
from cases.todo.of_cases import about, key_of
from cases.todo.of_schools import BUSY, PAPER
from cases.todo.periods import Ends
from cases.todo.registry import Provider, Reader
from cases.todo.tasks import Asked, end_of
from referrals.models import Feedback, Goal, GoalEffect, HelpPlan, Referral
from referrals.report.models import Report, ReportCopy

MOVE, SEE = Permission.MOVE_CASE, Permission.SEE_CASE


def _goals(reader: Reader) -> QuerySet:
    """Return the agreed goals with a day that are somebody's, and not reached.

    Looked at on that day or after it, a goal waits for the next review of the help. Of the plan
    that holds now. Theirs: of the cases that they look after, and those that name them
    as who does it, as it was written.
    """
    cases = Case.objects.visible_to(reader.user).open().filter(restricted=False)
    newer = HelpPlan.objects.filter(
        decision__case=OuterRef("plan__decision__case"),
        decision__cycle=OuterRef("plan__decision__cycle"),
        pk__gt=OuterRef("plan"),
    )
    seen = GoalEffect.objects.filter(goal=OuterRef("pk")).order_by("-pk")
    mine = Q(plan__decision__case__in=Case.objects.entrusted_to(reader.user))
    if reader.user.name.strip():
        mine |= Q(who__icontains=reader.user.name.strip())
    return (
        Goal.objects.filter(mine)
        .annotate(
            last_seen=Subquery(seen.values("effect")[:1]),
            looked_at=Subquery(seen.values("feedback__received_at__date")[:1]),
        )
        .filter(
            ~Exists(newer),
            Q(last_seen=None)
            | ~Q(last_seen=GoalEffect.Effect.REACHED) & Q(looked_at__lt=F("by_day")),
            plan__decision__case__in=cases,
            plan__decision__cycle=F("plan__decision__case__cycle"),
            by_day__isnull=False,
        )
        .select_related("plan__decision__case__pupil")
        .order_by("by_day", "pk")
    )


def _drafts(reader: Reader) -> QuerySet:
    """Return the reports that somebody wrote on last and that are not filed."""
    return (
        Report.objects.visible_to(reader.user)
        .filter(
            saved_by=reader.user,
            filed_at__isnull=True,
            referral__withdrawn_at__isnull=True,
            referral__decision__case__closed_at__isnull=True,
        )
        .select_related("referral__decision__case__pupil")
        .order_by("saved_at")
    )


def _waiting(reader: Reader) -> QuerySet:
    """Return the referrals that somebody sent or whose case they look after, not ended or passed.

    Nobody noted that they were taken on, and nothing was heard of them.
    """
    theirs = Case.objects.entrusted_to(reader.user)
    heard = Feedback.objects.current().filter(
        Q(referral=OuterRef("pk")) | Q(heard_from=OuterRef("to"), case=OuterRef("decision__case")),
        recorded_at__gte=OuterRef("sent_at"),
    )
    return (
        Referral.objects.permitted(reader.user, MOVE)
        .told()
        .filter(Q(sent_by=reader.user) | Q(decision__case__in=theirs))
        .filter(
            ~Exists(heard),
            accepted_at__isnull=True,
            passed_on_at__isnull=True,
            closed_at__isnull=True,
            withdrawn_at__isnull=True,
            decision__case__closed_at__isnull=True,
        )
        .select_related("decision__case__pupil", "contact")
        .order_by("sent_at", "pk")
    )


def _came_in(referral: Referral) -> datetime | None:
    """Return when it was known to have come in; None: nobody confirmed it yet."""
    return referral.confirmed_at or referral.assessing_at


def _how_it_waits(referral: Referral) -> Promise:
    if _came_in(referral):
        return _("What you sent came in, and you heard nothing since.")
    return _("What you sent is not confirmed. Ask whether it came in.")


def _with_ends(referrals: list[Referral], reader: Reader) -> list[Referral]:
    """Set ``ends_at``: until when it takes to be confirmed, or Veilig Thuis to say what it does."""
    ends = Ends(reader.calendars(_case(referral) for referral in referrals))
    for referral in referrals:
        referral.ends_at = _end(referral, ends)
    return referrals


def _end(referral: Referral, ends: Ends) -> datetime | None:
    if referral.confirmed_at is None:
        return ends.end("refer", _case(referral), referral.sent_at)
    if referral.to == VEILIG_THUIS:
        return ends.end("triage", _case(referral), referral.sent_at)
    return None


def _case(referral: Referral) -> Case:
    return referral.decision.case


def _page(referral: Referral) -> str:
    return reverse("referrals:detail", args=[referral.public_id])


def _busy_copies(reader: Reader) -> QuerySet:
    copies = ReportCopy.objects.visible_to(reader.user).filter(state__in=BUSY)
    return copies.select_related("report__referral__decision__case").order_by("requested_at")


TO_IT = _("To the referral")

# fmt: off
TABLE: tuple[Provider, ...] = (
    Provider(
        "goal", Asked.OF_ME, (SEE,), rows=_goals,
        text=lambda goal: format_lazy(
            _("Agreed in the help plan: see whether goal {number} is reached."), number=goal.number
        ),
        action=_("To the help plan"), in_brief=_("Something was agreed that has its day."),
        url=lambda goal: reverse("cases:step", args=[goal.plan.decision.case.reference, 5]),
        reference=lambda goal: goal.plan.decision.case.reference,
        due=lambda goal: end_of(goal.by_day), since=lambda goal: goal.added_at,
        about=lambda goal: about(goal.plan.decision.case),
    ),
    Provider(
        "draft_report", Asked.OF_ME, (MOVE,), rows=_drafts,
        text=_("You began a report to Veilig Thuis, and it is not filed."),
        in_brief=_("Something that you began to write is not finished."),
        action=_("To the report"),
        url=lambda report: reverse("referrals:report", args=[report.public_id]),
        reference=lambda report: _case(report.referral).reference,
        since=lambda report: report.started_at, urgent=lambda report: True,
        about=lambda report: about(_case(report.referral)),
        covers=lambda report: key_of(_case(report.referral).pk, "refer"),
    ),
    Provider(
        "referral", Asked.BY_ME, (MOVE,), rows=_waiting, prepare=_with_ends,
        text=_how_it_waits, in_brief=_("You wait for an answer of somebody else."),
        action=TO_IT, url=_page,
        reference=lambda referral: _case(referral).reference,
        due=lambda referral: referral.ends_at,
        since=lambda referral: _came_in(referral) or referral.sent_at,
        about=lambda referral: about(_case(referral)),
        waits_for=lambda referral: referral.receiver,
    ),
    Provider(
        "report_copy", Asked.BY_ME, (MOVE,), rows=_busy_copies,
        text=_("The report that you asked for on paper is being made."), in_brief=PAPER,
        action=_("Look how far it is"),
        url=lambda copy: reverse("referrals:copy", args=[copy.public_id]),
        reference=lambda copy: _case(copy.report.referral).reference,
        since=lambda copy: copy.requested_at,
    ),
)
# fmt: on
