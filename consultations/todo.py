"""What consultations ask: of who is invited, of who asked or chairs; and what these wait for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Min, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.access import Permission
from cases.models import Case
from cases.todo.doors import Door
from cases.todo.of_cases import about, key_of
from cases.todo.periods import Ends
from cases.todo.registry import Provider, Reader
from cases.todo.tasks import Asked
from consultations.inbox import Inbox, inbox_of
from consultations.models import Advice, AgendaItem, Consultation, Invitation, Meeting, ProposedTime

ADVISE, ASK, CHAIR = (
    Permission.ADVISE, Permission.ASK_CONSULTATION, Permission.CHAIR_CONSULTATION,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dated:
    """A consultation or an invitation to one, with the end of the period that runs for it."""

    row: Consultation | Invitation
    due: datetime | None
    urgent: bool = False

    @property
    def consultation(self) -> Consultation:
        """Return the consultation."""
        return getattr(self.row, "consultation", self.row)

    @property
    def case(self) -> Case:
        """Return its case, of which an invited person learns no more than this time."""
        return self.consultation.case


Prepare = Callable[[list[Any], Reader], list[Dated]]


def _ending(code: str, since: str) -> Prepare:
    """Return what adds the end of a period, counted from a field, for who sees the case."""

    def prepare(rows: list[Consultation | Invitation], reader: Reader) -> list[Dated]:
        dated = [Dated(row, None) for row in rows]
        ends = Ends(reader.calendars(one.case for one in dated))
        return [
            Dated(one.row, ends.end(code, one.case, getattr(one.row, since)), one.case.accelerated)
            for one in dated
        ]

    return prepare


def _for_invited(code: str, since: str) -> Prepare:
    """Return what adds the end of a period for who is invited and may not know the case.

    That it is severe is told to the buurtteam, which has hours then. Not to a colleague of the
    school: who logged a signal of their own would learn that another, severe one came in.
    """

    def prepare(rows: list[Invitation], reader: Reader) -> list[Dated]:
        cases = [row.consultation.case for row in rows]
        ends = Ends(reader.calendars(cases))
        found = []
        for row, case in zip(rows, cases, strict=True):
            severe = _is_told_severe(row)
            normal = ends.normal_end(code, case, getattr(row, since))
            found.append(Dated(row, None if severe else normal, severe))
        return found

    return prepare


def _is_told_severe(invitation: Invitation) -> bool:
    return invitation.buurtteam_id is not None and invitation.consultation.case.accelerated


def _inbox(reader: Reader) -> Inbox:
    return inbox_of(reader.user, reader.now, with_closed=False)


def _waiting(reader: Reader, *, times: bool = False, called: bool = False) -> list[Invitation]:
    """Return what waits for somebody who joined: times, a mention, or their first advice."""
    waiting = reader.once(_inbox).waiting
    if times:
        return [one for one in waiting if one.times_wait]
    return [one for one in waiting if not one.times_wait and bool(one.mentioned_at) is called]


def _first_times(rows: list[Invitation], reader: Reader) -> list[Dated]:
    """Add the first of the proposed times: until then an answer is of use."""
    times = ProposedTime.objects.to_choose().filter(consultation__in=[r.consultation for r in rows])
    first = dict(
        times.order_by("consultation").values_list("consultation").annotate(Min("starts_at"))
    )
    return [Dated(r, first.get(r.consultation_id), _is_told_severe(r)) for r in rows]


def _calling(reader: Reader) -> list[Consultation]:
    """Return the consultations in which somebody asks for one's eye, joined or not."""
    invited = [one.consultation for one in _waiting(reader, called=True)]
    return [*reader.once(_inbox).called, *invited]


def _asked_or_led(reader: Reader) -> QuerySet:
    """Return open consultations of cases that one sees: those one asked, and of one's own cases."""
    cases = Case.objects.permitted(reader.user, ASK).open().filter(restricted=False)
    mine = Case.objects.entrusted_to(reader.user)
    return (
        Consultation.objects.filter(case__in=cases, closed_at__isnull=True)
        .filter(Q(author=reader.user) | Q(case__in=mine))
        .select_related("case__pupil", "contact")
        .order_by("recorded_at", "pk")
    )


def _agreed(reader: Reader) -> QuerySet:
    """Return what was agreed to be held and is still to come, of who asked or leads."""
    mine = _asked_or_led(reader).filter(planned_at__gte=reader.now)
    joined = Invitation.objects.giving_access_to(reader.user).values("consultation")
    return mine.exclude(pk__in=joined).order_by("planned_at")


def _to_conclude(reader: Reader) -> QuerySet:
    """Return those that have advice, or whose agreed moment is over, and no outcome yet.

    Of who may record it: who asked, and the care team (``room.may_conclude``).
    """
    answered = Exists(Advice.objects.filter(consultation=OuterRef("pk")))
    past = Q(planned_at__isnull=False, planned_at__lt=reader.now)
    chaired = Consultation.objects.run_by(reader.user)
    return (
        _asked_or_led(reader)
        .filter(Q(answered, planned_at__isnull=True) | past)
        .filter(Q(author=reader.user) | Q(pk__in=chaired.values("pk")))
    )


def _unanswered(reader: Reader) -> QuerySet:
    """Return one's own questions to which nobody wrote, where no invitation waits that says so."""
    written = Advice.objects.filter(consultation=OuterRef("pk"))
    asked = Invitation.objects.standing().filter(
        consultation=OuterRef("pk"), accepted_at__isnull=True
    )
    return (
        _asked_or_led(reader)
        .filter(~Exists(written), ~Exists(asked), author=reader.user, planned_at__isnull=True)
        .filter(agenda_item=None)
        .prefetch_related(Prefetch("invitations", Invitation.objects.select_related("user")))
    )


def _sent(reader: Reader) -> QuerySet:
    """Return the invitations that one sent, in what one chairs, and that nobody answered."""
    return (
        Invitation.objects.standing()
        .filter(
            consultation__in=Consultation.objects.run_by(reader.user).filter(
                closed_at__isnull=True, case__closed_at__isnull=True, case__restricted=False
            ),
            invited_by=reader.user,
            accepted_at__isnull=True,
        )
        .select_related("consultation__case__pupil", "user")
        .order_by("invited_at", "pk")
    )


def _on_agenda(reader: Reader) -> QuerySet:
    """Return the cases that one put on the agenda and that no meeting dealt with yet."""
    cases = Case.objects.permitted(reader.user, ASK)
    waiting = AgendaItem.objects.waiting().filter(asked_by=reader.user, case__in=cases)
    return waiting.select_related("case__pupil").order_by("asked_at")


def _people(dated: Dated) -> str:
    """Return whom one may remind of a question: who joined, or else whom it was put to."""
    joined = [one.user.name for one in dated.row.invitations.all() if one.stands]
    return ", ".join(joined) or dated.row.whom


def _room(consultation: Consultation) -> str:
    return reverse("consultations:detail", args=[consultation.reference])


TO_IT = _("To the consultation")

# fmt: off
TABLE: tuple[Provider, ...] = (
    # --- Of who is invited: the school, a reference and a time, and nothing else of the case.
    Provider(
        "invitation", Asked.OF_ME, (ADVISE,),
        rows=lambda r: r.once(_inbox).new, prepare=_for_invited("invite", "invited_at"),
        text=_("A school asks you to think along. Say whether you can."),
        action=_("Answer the invitation"), url=lambda it: reverse("consultations:inbox"),
        reference=lambda it: it.consultation.reference, since=lambda it: it.row.invited_at,
        due=lambda it: it.due, urgent=lambda it: it.urgent,
        about=lambda it: it.case.school.name,
    ),
    Provider(
        "times", Asked.OF_ME, (ADVISE,), rows=lambda r: _waiting(r, times=True),
        prepare=_first_times, due=lambda it: it.due,
        text=_("Times are proposed for a consultation. Say at which you can."),
        action=_("Say when you can"),
        url=lambda it: reverse("consultations:answer_times", args=[it.consultation.reference]),
        reference=lambda it: it.consultation.reference,
        urgent=lambda it: it.urgent, about=lambda it: it.case.school.name,
    ),
    Provider(
        "advice", Asked.OF_ME, (ADVISE,), rows=_waiting,
        prepare=_for_invited("consult", "accepted_at"),
        text=_("Your advice is asked: read the question and write what you think."),
        action=_("Read and write"), url=lambda it: _room(it.consultation),
        reference=lambda it: it.consultation.reference, due=lambda it: it.due,
        since=lambda it: it.row.accepted_at, urgent=lambda it: it.urgent,
        about=lambda it: it.case.school.name,
    ),
    Provider(
        "mention", Asked.OF_ME, (ADVISE, Permission.SEE_CASE), rows=_calling,
        text=_("Somebody asks for your eye in a consultation."), action=_("Read and answer"),
        url=_room, reference=lambda room: room.reference,
        since=lambda room: getattr(room, "mentioned_at", None),
    ),
    Provider(
        "moment", Asked.OF_ME, (ADVISE,), rows=lambda r: r.once(_inbox).planned,
        text=_("A consultation is held in which you take part."), action=TO_IT,
        url=lambda it: _room(it.consultation),
        reference=lambda it: it.consultation.reference,
        due=lambda it: it.consultation.planned_at, is_moment=True,
        about=lambda it: it.consultation.case.school.name,
    ),
    # --- Of who asked, and of who leads the case.
    Provider(
        "own_moment", Asked.OF_ME, (ASK,), rows=_agreed,
        text=_("A consultation is held in which you take part."), action=TO_IT, url=_room,
        reference=lambda room: room.reference, due=lambda room: room.planned_at, is_moment=True,
        about=lambda room: about(room.case),
    ),
    Provider(
        "outcome", Asked.OF_ME, (ASK,), rows=_to_conclude,
        prepare=_ending("consult", "recorded_at"),
        text=_("There is advice, or it was held: record the outcome of the consultation."),
        action=_("Record the outcome"),
        url=lambda it: reverse("consultations:outcome", args=[it.row.reference]),
        reference=lambda it: it.row.reference, due=lambda it: it.due,
        since=lambda it: it.row.recorded_at, urgent=lambda it: it.urgent,
        about=lambda it: about(it.case), covers=lambda it: key_of(it.row.case_id, "outcome"),
    ),
    Provider(
        "meeting", Asked.OF_ME, (CHAIR,),
        rows=lambda r: Meeting.objects.chaired_by(r.user).open(),
        text=_("The care team meets. Look at the agenda, and write down what is decided."),
        action=_("To the agenda"), due=lambda meeting: meeting.starts_at, is_moment=True,
        url=lambda meeting: reverse("consultations:meeting", args=[meeting.public_id]),
    ),
    # --- What they wait for.
    Provider(
        "question", Asked.BY_ME, (ASK,), rows=_unanswered,
        prepare=_ending("consult", "recorded_at"),
        text=_("Nobody answered your question yet."), action=TO_IT,
        url=lambda it: _room(it.row), reference=lambda it: it.row.reference,
        due=lambda it: it.due, since=lambda it: it.row.recorded_at, waits_for=_people,
        about=lambda it: about(it.case),
    ),
    Provider(
        "sent_invitation", Asked.BY_ME, (CHAIR,), rows=_sent,
        prepare=_ending("invite", "invited_at"),
        text=_("Your invitation to think along is not answered yet."), action=TO_IT,
        url=lambda it: _room(it.consultation), reference=lambda it: it.consultation.reference,
        due=lambda it: it.due, since=lambda it: it.row.invited_at,
        waits_for=lambda it: it.row.user.name, about=lambda it: about(it.case),
    ),
    Provider(
        "on_agenda", Asked.BY_ME, (ASK,), rows=_on_agenda,
        text=_("You put this case on the agenda of the care team, and no meeting dealt with it "
               "yet."),
        action=_("Open the case"),
        url=lambda item: reverse("cases:detail", args=[item.case.reference]),
        reference=lambda item: item.case.reference, since=lambda item: item.asked_at,
        about=lambda item: about(item.case), waits_for=lambda item: _("the care team"),
    ),
)
# fmt: on


def _new(reader: Reader) -> int:
    return len(reader.once(_inbox).new)


DOORS: tuple[Door, ...] = (
    # Whoever works at a school has the inbox in the navigation, among all else.
    Door(
        "inbox", Permission.ADVISE, _("Advice asked for"), "inbox",
        lambda: reverse("consultations:inbox"), _new,
        lambda count: ngettext_lazy("%(count)s new", "%(count)s new", "count") % {"count": count},
        unless=Permission.LOG_SIGNAL,
    ),
    Door(
        "meetings", CHAIR, _("Meetings of the care team"), "people",
        lambda: reverse("consultations:meetings"),
    ),
)  # fmt: skip
