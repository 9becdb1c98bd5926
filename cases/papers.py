"""Papers on the administrator's screen: of the own schools, what kind, how it stands, since when.

Not whose case it is, and never the file: only who asked for it gets that. A case for the board (R9)
and one that somebody is kept out of do not show that they are there.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Manager, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.models import Membership, User
from audit.kinds import Kind
from audit.log import record_read
from background.models import Run
from background.reasons import in_words
from background.sections import Item, Section
from cases import jobs
from cases.models import PaperJob
from cases.sight import kept_from

SHOWN = 20
# What is ready or removed is no news for long.
SHOWN_FOR = timedelta(days=7)
State = PaperJob.State


def section_of(papers: Manager | QuerySet, case: str, name: str, title: Promise) -> Section:
    """Return the section of one kind of paper; ``case`` is the look-up from a paper to its case."""
    return _section(name, title, partial(_visible, papers, case))


def section_of_schools(papers: Manager, name: str, title: Promise) -> Section:
    """Return the section of papers that are about a school and no case."""

    def visible(user: User) -> QuerySet:
        return papers.filter(school__in=access.school_ids(user, Permission.SEE_BACKGROUND))

    return _section(name, title, visible)


def _section(name: str, title: Promise, visible: Callable[[User], QuerySet]) -> Section:
    return Section(
        name=name,
        title=title,
        empty=_("Nobody asked for one lately."),
        asked=lambda user: _asked(visible(user), user),
        shown=_item,
        again=lambda user, public_id: _again(user, visible, public_id),
    )


def _visible(papers: Manager | QuerySet, case: str, user: User) -> QuerySet:
    """Return the papers that an administrator may know of."""
    of_school = {
        f"{case}__school__in": access.school_ids(user, Permission.SEE_BACKGROUND),
        f"{case}__restricted": False,
    }
    return papers.filter(**of_school).exclude(**{f"{case}__reference__in": kept_from(user)})


def _asked(papers: QuerySet, user: User) -> QuerySet:
    """Return the papers of late, each with who asked for it, and why it failed.

    ``known``: whether that person works or worked where the user sees who does.
    """
    schools = access.schools(user, Permission.SEE_PEOPLE)
    people = Membership.objects.of_places(schools).filter(user=OuterRef("requested_by"))
    found = (
        _of_late(papers)
        .select_related("requested_by")
        .annotate(known=Exists(people), error=Subquery(Run.objects.why(OuterRef("public_id"))))
    )
    return found.order_by("-requested_at")[:SHOWN]


def _item(paper: PaperJob) -> Item:
    failed = paper.state == State.FAILED
    return Item(
        title=str(paper._meta.verbose_name),
        state=str(paper.get_state_display()),
        since=paper.finished_at or paper.started_at or paper.requested_at,
        who=paper.requested_by.name if paper.known else "",
        why=in_words(paper.error or "") if failed else "",
        failed=failed,
        again=paper.public_id if failed and paper.can_retry else None,
    )


def _of_late(papers: QuerySet) -> QuerySet:
    """Return the papers that are shown. What was given up before that is asked for anew: with a
    reason, a second factor and whoever is told, all of that day.
    """
    return papers.filter(requested_at__gte=timezone.now() - SHOWN_FOR)


@transaction.atomic
def _again(user: User, papers: Callable[[User], QuerySet], public_id: UUID) -> bool:
    user.hold_memberships()
    paper = _of_late(papers(user)).filter(public_id=public_id).first()
    if paper is None:
        raise Http404
    waits_again = jobs.retry(paper)
    if waits_again:  # by them, whoever it is made for
        record_read(user, paper, kind=Kind.CHANGED)
    return waits_again
