"""Telling the writer of a signal for the board that nobody is left who reads it (R9)."""

from typing import Any

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership
from cases.models import Case
from cases.notifications.telling import notify
from signals.actions import board_line, told_of
from signals.kinds import UNREAD


def tell_of_nobody_left(membership: Membership, **kwargs: Any) -> None:
    """Tell the writers of what is for the board alone, where its last reader's role ended.

    (``accounts.signals.membership_ended``.) Whoever comes next can be somebody who is kept out: so
    a case would lie where nobody sees it, and nobody would know. Not who is kept out and leads: it
    would tell them. To another one that is kept out it would tell that it never comes.
    """
    if access.scope(membership.role, Permission.SEE_BOARD_CASE) < Scope.SCHOOL:
        return
    cases = Case.objects.open().filter(school=membership.school_id, restricted=True)
    for case in cases.select_related("pupil").order_by("pk"):
        if told_of(case.pupil).exists():
            continue
        # Nobody of the line is left: whoever leads is kept out. Each writer once, by their newest:
        # of thousands one by one it would take for ever.
        theirs = case.signals.exclude(author__in=board_line(case.pupil)).order_by("pk")
        newest = dict(theirs.values_list("author_id", "reference"))
        for author, reference in newest.items():
            key = f"{membership.pk} {reference}"
            notify(UNREAD, [author], key, about=reference, case=case)
