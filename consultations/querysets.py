"""Reading consultations and invitations."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts import access
from accounts.access import Permission
from cases.models import Case, ShutOut
from cases.querysets import RecordQuerySet, united

if TYPE_CHECKING:
    from accounts.models import User


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

    def _joined_by(self, user: "User") -> models.QuerySet:
        invitations = self.model.invitations.rel.related_model.objects
        return invitations.giving_access_to(user).values("consultation_id")


class InvitationQuerySet(models.QuerySet):
    """Questions about invitations."""

    def of(self, user: "User") -> "InvitationQuerySet":
        """Return the invitations of the user that still stand.

        An invitation ends when it is withdrawn, when the consultation or its case closes, and when
        the person no longer holds a role at the place through which they were invited.
        """
        memberships = access.memberships_with(user, Permission.ADVISE)
        return self.filter(
            Q(buurtteam_id__in=[m.buurtteam_id for m in memberships if m.buurtteam_id])
            | Q(
                buurtteam__isnull=True,
                consultation__case__school_id__in=[m.school_id for m in memberships if m.school_id],
            ),
            user_id=user.pk,
            withdrawn_at__isnull=True,
            consultation__closed_at__isnull=True,
            consultation__case__closed_at__isnull=True,
            # Nobody is invited into a case for the board alone (R9), whatever rows there are.
            consultation__case__restricted=False,
        ).exclude(
            consultation__case__pupil__in=ShutOut.objects.standing()
            .filter(user_id=user.pk)
            .values("pupil")
        )

    def giving_access_to(self, user: "User") -> "InvitationQuerySet":
        """Return the user's invitations that they accepted: these open the consultation."""
        return self.of(user).filter(accepted_at__isnull=False)
