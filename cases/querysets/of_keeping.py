"""Questions about what is kept, asked for, and destroyed."""

from datetime import date
from typing import TYPE_CHECKING

from auditlog.context import disable_auditlog
from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import access
from accounts.access import Permission

if TYPE_CHECKING:
    from accounts.models import User
    from cases.querysets.of_cases import ShutOutQuerySet


class HoldQuerySet(models.QuerySet):
    """Questions about cases that are held back from destruction."""

    def standing(self, today: date | None = None) -> "HoldQuerySet":
        """Return those that hold now, through their last day."""
        today = today or timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=today), lifted_at__isnull=True)


class DueQuerySet(models.QuerySet):
    """Questions about what is on a list for destruction."""

    def visible_to(self, user: "User") -> "DueQuerySet":
        """Return what the user may know of: not what is for the board's line, nor of a pupil in
        whom they have an interest.
        """
        cases = apps.get_model("cases", "Case").objects
        permission = Permission.SEE_DESTRUCTION
        shut_out = apps.get_model("cases", "ShutOut").objects.standing().filter(user_id=user.pk)
        pupils = Q(case__isnull=True, of_list__school__in=access.school_ids(user, permission))
        pupils &= ~Q(pupil_id__in=shut_out.values("pupil_id"))
        return self.filter(Q(case__in=cases.permitted(user, permission)) | pupils)

    def waiting(self) -> "DueQuerySet":
        """Return what somebody has to approve still."""
        return self.filter(destruction__isnull=True)

    def in_order(self) -> "DueQuerySet":
        """Return them as they are shown, approved and destroyed: cases first, by their reference.

        In the order in which they came on a list those of one pupil stand beside each other, also
        in the trail of the school.
        """
        first = models.F("case__reference").asc(nulls_last=True)
        return self.select_related("case").order_by(first, "pk")

    def take_off(self) -> None:
        """Take them off the list, without a row in the trail: it would tell whose they are."""
        self.keep_as_they_are(apps.get_model("cases", "ShutOut").objects.all())
        with disable_auditlog():
            self.delete()

    def keep_as_they_are(self, shut_outs: "ShutOutQuerySet") -> None:
        """Let the trail of those of pupils stay kept from whom it is, where they go, or what keeps
        it from somebody.
        """
        stones = apps.get_model("cases", "Tombstone")
        kept = shut_outs.standing().filter(pupil__due__in=self)
        for one in kept.select_related("pupil__due"):
            item = one.pupil.due
            stone, __ = stones.objects.get_or_create(
                kind=stones.DUE, reference=str(item.public_id), row=item.pk
            )
            stone.kept_from.add(one.user_id)


class DestructionQuerySet(models.QuerySet):
    """Questions about runs of destroying, and their certificates."""

    def visible_to(self, user: "User") -> "DestructionQuerySet":
        """Return those of the user's schools; of cases for the board those that are theirs."""
        schools = access.school_ids(user, Permission.SEE_DESTRUCTION)
        board = access.school_ids(user, Permission.SEE_BOARD_CASE)
        return self.filter(Q(for_board=False) | Q(school_id__in=board), school_id__in=schools)


class RightsRequestQuerySet(models.QuerySet):
    """Questions about requests of parents and pupils."""

    def visible_to(self, user: "User", permission: Permission) -> "RightsRequestQuerySet":
        """Return those of the user's schools, and of no pupil in whom they have an interest.

        What they took themselves they see, and what stood there before: gone, it would tell that
        something is kept from them.
        So would one that is missing from the register of who does not see whom each is about, and
        who reads in the trail that it was made.
        """
        of_schools = self.filter(school_id__in=access.school_ids(user, permission))
        return of_schools.exclude(self._kept_from(user))

    def kept_from(self, user: "User") -> "RightsRequestQuerySet":
        """Return those that are missing from a register that the user keeps."""
        return self.filter(self._kept_from(user))

    def of_whom_kept_from(self, user: "User") -> "RightsRequestQuerySet":
        """Return those that came after the user was kept out of their pupil."""
        return self.filter(self._came_after(user))

    def _came_after(self, user: "User") -> Q:
        since = apps.get_model("cases", "ShutOut").objects.ever_since(OuterRef("registered_at"))
        kept = self.model.kept_from.through.objects.filter(rightsrequest=OuterRef("pk"), user=user)
        of_pupil = since.filter(user_id=user.pk, pupil=OuterRef("pupil_id"))
        return Q(Exists(of_pupil)) | Q(Exists(kept))

    def _kept_from(self, user: "User") -> Q:
        keeps = access.school_ids(user, Permission.KEEP_REQUESTS)
        return Q(self._came_after(user), school_id__in=keeps) & ~Q(registered_by=user)

    def keep_as_they_are(self, shut_outs: "ShutOutQuerySet") -> None:
        """Let requests about a pupil stay from whom they are kept, where what keeps them goes."""
        standing = list(shut_outs.standing())
        for asked in self:
            asked.unread_by.add(*(one.user_id for one in standing))
            before = (one for one in standing if one.kept_out_since <= asked.registered_at)
            asked.kept_from.add(*(one.user_id for one in before))

    def open(self) -> "RightsRequestQuerySet":
        """Return those that wait for an answer."""
        return self.filter(answered_on__isnull=True)
