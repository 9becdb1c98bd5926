"""Reading consultations, invitations, and what is proposed and read in them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.models import Membership
from cases.models import Case, ShutOut
from cases.querysets import RecordQuerySet, united
from cases.together import fetch_under

if TYPE_CHECKING:
    from accounts.models import Buurtteam, User
    from consultations.models import Consultation


# What hangs under a consultation and its page shows, with what comes along.
ROOM: dict[str, tuple[str, ...]] = {
    "pieces": (),
    "advices": ("author",),
    "advices__mentions": ("user",),
    "invitations": ("user", "in_place_of__user"),
    "reads": ("user",),
    "times": (),
    "times__answers": ("user",),
}

# What an inbox shows of a consultation, and the tasks that come of it: nothing of what the case
# holds. The same of an invitation, with who sent it and in whose place.
_ROOM_SHOWS = (
    "reference", "kind", "recorded_at", "planned_at", "minutes", "closed_at", "author__name",
    "case__attention", "case__closed_at", "case__school__name",
)  # fmt: skip
_INVITATION_SHOWS = (
    "public_id", "buurtteam_id", "invited_at", "accepted_at", "invited_by__name",
    "in_place_of__user__name", *(f"consultation__{name}" for name in _ROOM_SHOWS),
)  # fmt: skip


class ConsultationQuerySet(RecordQuerySet):
    """Questions about consultations."""

    def visible_to(self, user: "User") -> "ConsultationQuerySet":
        """Return the consultations of cases that the user may see, and those they joined.

        A union, and not an ``OR``: each side has its index (bench/access).
        """
        seen = self.model.objects.filter(case__in=Case.objects.visible_to(user))
        return self.filter(pk__in=united(seen.values("pk"), self._joined_by(user)))

    def run_by(self, user: "User") -> "ConsultationQuerySet":
        """Return the consultations that the user chairs: of cases of their care team."""
        return self.filter(case__in=Case.objects.permitted(user, Permission.CHAIR_CONSULTATION))

    def calling_for(self, user: "User") -> "ConsultationQuerySet":
        """Return the open ones in which somebody asks for the user's eye and waits since.

        Of those that they see without an invitation: who asked and who chairs. Whoever is invited
        finds it by their invitation (``InvitationQuerySet.for_inbox``).
        """
        here = OuterRef("pk")
        own = _model("Advice").objects.filter(consultation=here, author=user)
        named = _model("Mention").objects.filter(advice__consultation=here, user=user)
        return (
            self.filter(case__in=Case.objects.visible_to(user))
            .exclude(pk__in=self._joined_by(user))
            .filter(closed_at__isnull=True, case__closed_at__isnull=True)
            .annotate(
                advised_at=Subquery(own.order_by("-written_at").values("written_at")[:1]),
                mentioned_at=Subquery(
                    named.order_by("-advice__written_at").values("advice__written_at")[:1]
                ),
            )
            .filter(Q(advised_at__isnull=True) | Q(advised_at__lt=models.F("mentioned_at")))
            .filter(mentioned_at__isnull=False)
            .select_related("case__school", "author")
            .only(*_ROOM_SHOWS)
            .order_by("mentioned_at")
        )

    def with_room(self) -> "ConsultationQuerySet":
        """Return consultations with what the head of their page shows; the rest: ``fetch_room``."""
        return self.select_related(
            "case__pupil", "case__school", "author", "contact", "closed_by", "agenda_item"
        )

    def _joined_by(self, user: "User") -> models.QuerySet:
        invitations = self.model.invitations.rel.related_model.objects
        return invitations.giving_access_to(user).values("consultation_id")


class InvitationQuerySet(models.QuerySet):
    """Questions about invitations."""

    def standing(self) -> "InvitationQuerySet":
        """Return those that nobody ended: neither who chairs, nor the one invited."""
        return self.filter(
            withdrawn_at__isnull=True, declined_at__isnull=True, handed_over_at__isnull=True
        )

    def of_team(self, team: "Buurtteam", user: "User") -> "InvitationQuerySet":
        """Return those of a buurtteam, whoever of it was invited, for its figures alone.

        Not those of cases of which the user must not know that they are there.
        """
        kept_out = ShutOut.objects.standing().filter(user_id=user.pk)
        found = self.filter(buurtteam=team, consultation__case__restricted=False)
        return found.exclude(consultation__case__pupil__in=kept_out.values("pupil"))

    def answered(self) -> "InvitationQuerySet":
        """Return those that the one invited ended: declined, or handed over."""
        return self.filter(Q(declined_at__isnull=False) | Q(handed_over_at__isnull=False))

    def sent_to(self, user: "User") -> "InvitationQuerySet":
        """Return those of the user that their roles leave them, whatever became of them.

        Also those that ended before a conflict of interest: they know that they were invited, and
        what they had would be missing where it stays for whoever was merely removed.
        """
        memberships = access.memberships_with(user, Permission.ADVISE)
        return self.filter(
            Q(buurtteam_id__in=[m.buurtteam_id for m in memberships if m.buurtteam_id])
            | Q(
                buurtteam__isnull=True,
                consultation__case__school_id__in=[m.school_id for m in memberships if m.school_id],
            ),
            user_id=user.pk,
            # Nobody is invited into a case for the board alone (R9), whatever rows there are.
            consultation__case__restricted=False,
        )

    def of(self, user: "User") -> "InvitationQuerySet":
        """Return the invitations of the user that still stand.

        An invitation ends when it is withdrawn, declined or handed over, when the consultation or
        its case closes, and when the person no longer holds a role at the place through which they
        were invited.
        """
        kept_out = ShutOut.objects.standing().filter(user_id=user.pk)
        return (
            self.sent_to(user)
            .standing()
            .filter(
                consultation__closed_at__isnull=True, consultation__case__closed_at__isnull=True
            )
            .exclude(consultation__case__pupil__in=kept_out.values("pupil"))
        )

    def giving_access_to(self, user: "User") -> "InvitationQuerySet":
        """Return the user's invitations that they accepted: these open the consultation."""
        return self.of(user).filter(accepted_at__isnull=False)

    def ended_with_consultation(self, user: "User") -> "InvitationQuerySet":
        """Return those that the user had accepted when the consultation or case closed.

        Whoever is kept out before that is withdrawn from it.
        """
        closed = Q(consultation__closed_at__isnull=False) | Q(
            consultation__case__closed_at__isnull=False
        )
        return (
            self.sent_to(user)
            .standing()
            .filter(closed, accepted_at__isnull=False)
            .select_related("consultation__case__school")
            .order_by("-consultation__closed_at", "-pk")
        )

    def for_inbox(self, user: "User") -> "InvitationQuerySet":
        """Return those that stand with what tells whether they wait for the user.

        ``advised_at``: when they wrote last; ``mentioned_at``: when somebody asked for their eye
        last; ``times_wait``: a proposed time waits for their answer.
        """
        here = OuterRef("consultation_id")
        own = _model("Advice").objects.filter(consultation=here, author=user)
        named = _model("Mention").objects.filter(advice__consultation=here, user=user)
        times = _model("ProposedTime").objects.filter(consultation=here).to_answer_by(user)
        return (
            self.of(user)
            .select_related(
                "consultation__case__school",
                "consultation__author",
                "invited_by",
                "in_place_of__user",
            )
            .only(*_INVITATION_SHOWS)
            .annotate(
                advised_at=Subquery(own.order_by("-written_at").values("written_at")[:1]),
                mentioned_at=Subquery(
                    named.order_by("-advice__written_at").values("advice__written_at")[:1]
                ),
                times_wait=Exists(times),
            )
            .order_by("-invited_at", "-pk")
        )

    def joined_now(self) -> "InvitationQuerySet":
        """Return those that open their consultation now to whom they were sent, whoever that is.

        As ``giving_access_to``, for many people at once.
        """
        roles = [r for r in access.ROLES if access.scope(r, Permission.ADVISE)]
        current = Membership.objects.current().filter(user=OuterRef("user"), role__in=roles)
        team = current.filter(buurtteam=OuterRef("buurtteam"))
        school = current.filter(school=OuterRef("consultation__case__school"))
        shut_out = ShutOut.objects.standing().filter(
            user=OuterRef("user"), pupil=OuterRef("consultation__case__pupil")
        )
        return self.standing().filter(
            Q(buurtteam__isnull=False) & Exists(team) | Q(buurtteam__isnull=True) & Exists(school),
            ~Exists(shut_out),
            accepted_at__isnull=False,
            consultation__closed_at__isnull=True,
            consultation__case__closed_at__isnull=True,
            consultation__case__restricted=False,
        )


class ProposedTimeQuerySet(models.QuerySet):
    """Questions about proposed times."""

    def to_choose(self) -> "ProposedTimeQuerySet":
        """Return those that can still be agreed on: they lie ahead."""
        return self.filter(starts_at__gt=timezone.now(), consultation__closed_at__isnull=True)

    def to_answer_by(self, user: "User") -> "ProposedTimeQuerySet":
        """Return those that wait for the user's answer: nothing was agreed yet."""
        return (
            self.to_choose()
            .filter(consultation__planned_at__isnull=True)
            .exclude(answers__user=user)
        )


class ReadMarkQuerySet(models.QuerySet):
    """Writing down who read, in one statement: two devices at once make one row."""

    def note(self, consultation: "Consultation", user: "User") -> None:
        """Write down that the user reads a consultation now."""
        mark = self.model(consultation=consultation, user=user, read_at=timezone.now())
        self.bulk_create(
            [mark],
            update_conflicts=True,
            unique_fields=["consultation", "user"],
            update_fields=["read_at"],
        )


def fetch_room(consultation: "Consultation") -> "Consultation":
    """Fetch all that the page of a consultation shows, in one query, and return the consultation.

    Not who reads and writes: its page asks that apart.
    """
    fetch_under(consultation, ROOM)
    return consultation


def people_in(consultation: "Consultation") -> models.QuerySet:
    """Return who takes part in a consultation and may read it now, by name.

    Who joined; who asked it, while they see the case; and who of the care team is responsible for
    the case, invited or wrote in it.
    """
    case = consultation.case
    joined = consultation.invitations.joined_now().values("user")
    wrote = _model("Advice").objects.filter(consultation=consultation).values("author")
    invited = consultation.invitations.values("invited_by")
    chairs = Membership.objects.current().filter(
        Q(user__in=wrote) | Q(user__in=invited) | Q(user=case.responsible_id),
        school_id=case.school_id,
        role__in=access.roles_at(Permission.CHAIR_CONSULTATION, access.Scope.SCHOOL),
    )
    seen = Case.objects.visible_to(consultation.author).filter(pk=case.pk)
    asked = Q(Exists(seen), pk=consultation.author_id)
    kept_out = ShutOut.objects.standing().filter(pupil=case.pupil_id)
    users = apps.get_model("accounts", "User").objects
    return (
        users.filter(Q(pk__in=joined) | Q(pk__in=chairs.values("user")) | asked)
        .exclude(pk__in=kept_out.values("user"))
        .order_by("name", "pk")
    )


def colleagues_of(invitation: models.Model) -> models.QuerySet:
    """Return who may take an invitation over: those of the same buurtteam now.

    Of that of the school alone: where it works with another one by now, whoever chairs invites.
    Nobody who has an invitation of their own already, and nobody with a conflict of interest. For
    a colleague of the school nobody: whom of the school to ask is for who chairs.
    """
    case = invitation.consultation.case
    kept_out = ShutOut.objects.standing().filter(pupil=case.pupil_id)
    team = Membership.objects.current().filter(
        buurtteam=invitation.buurtteam_id,
        buurtteam__schools=case.school_id,
        role__in=access.roles_at(Permission.ADVISE, access.Scope.INVITED),
    )
    return (
        apps.get_model("accounts", "User")
        .objects.filter(pk__in=team.values("user"))
        .exclude(pk__in=invitation.consultation.invitations.values("user"))
        .exclude(pk__in=kept_out.values("user"))
        .order_by("name", "pk")
    )


def _model(name: str) -> type[models.Model]:
    return apps.get_model("consultations", name)


def _joined_ever(user: "User") -> models.QuerySet:
    """Return the keys of the consultations to which somebody was invited, whatever became of it."""
    return _model("Invitation").objects.filter(user=user).values("consultation")


# What somebody wrote or was asked for themselves in a consultation, by its model: for the trail.
OWN: dict[str, Callable[["User"], models.QuerySet]] = {
    "Consultation": _joined_ever,
    "Invitation": lambda user: _model("Invitation").objects.filter(user=user).values("pk"),
    "Advice": lambda user: _model("Advice").objects.filter(author=user).values("pk"),
    "Mention": lambda user: _model("Mention").objects.filter(advice__author=user).values("pk"),
    "TimeAnswer": lambda user: _model("TimeAnswer").objects.filter(user=user).values("pk"),
}
