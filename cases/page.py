"""What all parts of a case's page have in common: the case, who asks, what they may, the tabs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.models import User
from audit.log import record_read
from cases.case_records import fetch
from cases.contact_book.calls import Numbers, numbers_in_case
from cases.facts import facts_for
from cases.models import Case, EmergencyAccess
from cases.one_case import OneCase, read_case
from cases.protocol import Facts, Guidance, guide
from cases.rights import Rights
from cases.screen import ScreenGuidance, step_header, what_now
from cases.siblings.shown import open_cases_of_siblings
from cases.together import read_together

# The permissions that decide which buttons and tabs a case shows.
CASE_PERMISSIONS = (
    Permission.LOG_SIGNAL,
    Permission.SEE_CASE,
    Permission.MOVE_CASE,
    Permission.ASSIGN_CASE,
    Permission.ASK_CONSULTATION,
    Permission.CHAIR_CONSULTATION,
    Permission.EXPORT_DOSSIER,
    Permission.SHUT_OUT,
    Permission.HOLD_CASE,
    Permission.ATTACH_FILE,
    Permission.SEE_READERS,
    Permission.SEE_PUPIL,
)

# The parts of the page, each at an address of its own: its URL, its name, and who sees it.
# fmt: off
PARTS: tuple[tuple[str, Promise, Permission], ...] = (
    ("cases:detail",   _("Now"),            Permission.SEE_CASE),
    ("cases:timeline", _("Timeline"),       Permission.SEE_CASE),
    ("cases:people",   _("People"),         Permission.SEE_CASE),
    ("cases:files",    _("Files"),          Permission.SEE_CASE),
    ("cases:readers",  _("Who looked"),     Permission.SEE_READERS),
    ("cases:whole",    _("All on one page"), Permission.SEE_CASE),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the page, as a link."""

    label: Promise
    url: str
    active: bool


@dataclass
class CasePage:
    """A case that somebody looks at: read once, for whatever part of its page they opened."""

    case: Case
    user: User
    name: str
    now: datetime

    @cached_property
    def read(self) -> OneCase:
        """Return what stands in the case, read in one query."""
        return read_case(self.case, page=True)

    @cached_property
    def facts(self) -> Facts:
        """Return what the rules look at; of other cases, for who moves this one."""
        alone = Permission.MOVE_CASE not in self.permissions
        return facts_for(self.case, self.now, self.read, alone=alone, newer=self.runs)

    @cached_property
    def runs(self) -> bool:
        """Tell whether the user runs the cases of this school, and so knows of a newer one."""
        return self.case.school_id in access.school_ids(self.user, Permission.MOVE_CASE)

    @cached_property
    def guidance(self) -> Guidance:
        """Return what the protocol says of the case."""
        return guide(self.facts)

    @cached_property
    def permissions(self) -> set[Permission]:
        """Return what the user may do with this very case."""
        return permissions_on(self.case, self.user, known=Permission.SEE_CASE)

    @cached_property
    def what_now(self) -> ScreenGuidance:
        """Return the card "Wat nu?"."""
        return what_now(self.guidance, self.case, self.permissions, self.numbers)

    @cached_property
    def numbers(self) -> Numbers:
        """Return whom to call; ``what_now`` asks for them where it tells to call."""
        return numbers_in_case(self.user, self.case.school, now=self.now)

    def fetch(self, paths: Collection[str], *beside: QuerySet) -> None:
        """Fetch the records that a part shows (``cases.case_records``), and what is ``beside``."""
        fetch(self.case, self.read, paths, beside)

    def tabs(self) -> list[Tab]:
        """Return the parts of the page that the user may see."""
        return [
            Tab(label, reverse(name, args=[self.case.reference]), name == self.name)
            for name, label, permission in PARTS
            if permission in self.permissions
        ]

    def context(self, **more: Any) -> dict[str, Any]:
        """Return what the frame of the page shows, and ``more`` of the part."""
        return {
            "case": self.case,
            "pupil_age": self.case.pupil.age(timezone.localdate(self.now)),
            "tabs": self.tabs(),
            "part": self.name,
            "steps": step_header(self.guidance, self.case),
            "may": {permission.value for permission in self.permissions},
            "emergencies": self._emergencies(),
            "printed_at": self.now,
            **more,
        }

    @property
    def walk(self) -> tuple[int, datetime, str] | None:
        """Return number, begin and reason of the newest walk; None in the first."""
        return next(
            (tuple(row) for row in self.read.beside["walks"] if row[0] == self.case.cycle), None
        )

    @property
    def on_agenda(self) -> Any:
        """Return what waits for the care team of this case, or None."""
        return next((item for item in self.read.beside["agenda"] if item.waits), None)

    @property
    def offers_closing(self) -> bool:
        """Tell whether the page offers to close the case itself: its card does not ask for it."""
        if Permission.MOVE_CASE not in self.permissions or not self.case.is_open:
            return False
        url = reverse("cases:close", args=[self.case.reference])
        return self.guidance.may_close and all(task.url != url for task in self.what_now.tasks)

    @cached_property
    def others(self) -> QuerySet:
        """Return the pupil's other cases, as far as the user may see them; not read yet."""
        if not self.read.beside["others"]:
            return Case.objects.none()
        others = Case.objects.visible_to(self.user).filter(pupil=self.case.pupil_id)
        return others.exclude(pk=self.case.pk).order_by("-opened_at")

    @cached_property
    def cases_of_siblings(self) -> QuerySet:
        """Return the open cases of siblings that the user may see; not read yet."""
        if self.case.restricted:
            return Case.objects.none()
        keys = {key for tie in self.read.beside["ties"] for key in tie}
        return open_cases_of_siblings(self.case.pupil, keys, self.user)

    def read_around(self) -> None:
        """Read the other cases and those of siblings with the numbers; without any, nothing."""
        around = [
            rows for rows in (self.others, self.cases_of_siblings) if not rows.query.is_empty()
        ]
        if around:
            read_together(*around, self.numbers.book)

    def _emergencies(self) -> list[EmergencyAccess]:
        """Return who of another school may see it now; almost always nobody."""
        return [one for one in self.read.beside["emergencies"] if one.ends_at > self.now]


def case_page(request: HttpRequest, reference: str, name: str) -> CasePage:
    """Return the case that a part is asked of, and write down that it was looked at.

    Raises ``Http404`` to whoever may not know of it.
    """
    case = get_object_or_404(Case.objects.visible_to(request.user).for_page(), reference=reference)
    record_read(request.user, case)
    return CasePage(case, request.user, name, timezone.now())


def permissions_on(case: Case, user: User, known: Permission | None = None) -> set[Permission]:
    """Return the permissions that the user holds for this very case.

    What reaches as far has the same answer, and is asked once; ``known``: the one by which the case
    was found.
    """
    rights = Rights(case, user, CASE_PERMISSIONS, known)
    read_together(*rights.querysets)
    return rights.held()
