"""Reading meetings and their agenda: of one's own care team, and what one may know of."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts import access
from accounts.access import Permission
from cases.models import Case

if TYPE_CHECKING:
    from accounts.models import School, User
    from consultations.meetings.models import Meeting


class MeetingQuerySet(models.QuerySet):
    """Questions about meetings."""

    def chaired_by(self, user: "User") -> "MeetingQuerySet":
        """Return the meetings of the schools whose care team the user belongs to."""
        return self.filter(school_id__in=access.school_ids(user, Permission.CHAIR_CONSULTATION))

    def open(self) -> "MeetingQuerySet":
        """Return those that are still to be held, the first one first."""
        return self.filter(closed_at__isnull=True)

    def next_of(self, school: "School") -> "Meeting | None":
        """Return the meeting of a school that has its agenda: the first that is not closed."""
        return self.open().filter(school=school).first()


class AgendaItemQuerySet(models.QuerySet):
    """Questions about what stands on an agenda."""

    def visible_to(self, user: "User") -> "AgendaItemQuerySet":
        """Return the items of cases that the user may chair: none that they are kept out of."""
        return self.filter(case__in=Case.objects.permitted(user, Permission.CHAIR_CONSULTATION))

    def standing(self) -> "AgendaItemQuerySet":
        """Return what nobody dealt with and nobody took off."""
        return self.filter(consultation__isnull=True, taken_off_at__isnull=True)

    def waiting(self) -> "AgendaItemQuerySet":
        """Return what waits: a case that was closed meanwhile does not."""
        return self.standing().filter(case__closed_at__isnull=True)

    def on_agenda_of(self, meeting: "Meeting") -> "AgendaItemQuerySet":
        """Return what a meeting dealt with, and what waits if it is the next of its school.

        In one order for all of it, so that one can walk from case to case.
        """
        dealt_with = Q(meeting=meeting)
        following = type(meeting).objects.next_of(meeting.school)
        if following != meeting:
            return self.filter(dealt_with).for_page()
        waiting = self.model.objects.waiting().filter(case__school=meeting.school_id)
        return self.filter(dealt_with | Q(pk__in=waiting.values("pk"))).for_page()

    def for_page(self) -> "AgendaItemQuerySet":
        """Return items with what a list shows of them."""
        return self.select_related("case__pupil", "consultation", "asked_by")
