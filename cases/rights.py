"""What somebody may do with one case: asked beside what else a page reads, each reach once."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.access import Permission
from accounts.models import User
from cases.models import Case


class Rights:
    """Permissions that somebody may hold for one very case, for one page of it.

    What reaches as far has the same answer (``CaseQuerySet.reach``), and is asked once. Fetch
    ``querysets`` together with what the page reads; then ``held`` says which there are. Whoever
    writes asks anew, behind the lock.

    ``known``: the permission by which the case was found. It tells that neither a conflict of
    interest nor R9 stands between: what the user holds for the whole school, they hold here.
    """

    def __init__(
        self,
        case: Case,
        user: User,
        permissions: Iterable[Permission],
        known: Permission | None = None,
    ) -> None:
        self._reaches = {p: Case.objects.reach(user, p) for p in permissions}
        self._answers: dict[Any, bool] = {None: False}
        if known is not None:
            self._answers[Case.objects.reach(user, known)] = True
        self._asked: dict[Any, QuerySet] = {}
        for permission, reach in self._reaches.items():
            if reach in self._answers or reach in self._asked:
                continue
            *ways, emergency = reach
            if known is not None and case.school_id in ways[0]:
                self._answers[reach] = True
            elif not emergency and not any(case.school_id in schools for schools in ways):
                self._answers[reach] = False
            else:
                found = Case.objects.permitted(user, permission).filter(pk=case.pk)
                self._asked[reach] = found.values_list("pk")

    @property
    def querysets(self) -> tuple[QuerySet, ...]:
        """Return what is to be asked."""
        return tuple(self._asked.values())

    def may_hold(self, permission: Permission) -> bool:
        """Tell whether the user could hold one at all: without it, nothing hangs on the case."""
        return self._reaches[permission] is not None

    def held(self) -> set[Permission]:
        """Return the permissions that the user holds."""
        answers = self._answers | self._asked
        return {permission for permission, reach in self._reaches.items() if answers[reach]}
