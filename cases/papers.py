"""Papers on the administrator's screen: of the own schools, what kind, how it stands, since when.

Not whose case it is, and never the file: only who asked for it gets that. A case for the board (R9)
and one that somebody is kept out of do not show that they are there.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.models import Membership, User
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


def section_of(model: type[PaperJob], case: str, name: str, title: Promise) -> Section:
    """Return the section of one kind of paper; ``case`` is the look-up from a paper to its case."""
    visible = partial(_visible, model, case)
    return Section(
        name=name,
        title=title,
        empty=_("Nobody asked for one lately."),
        items=lambda user: _items(visible(user), user),
        again=lambda user, public_id: _again(user, visible, public_id),
    )


def section_of_schools(model: type[PaperJob], name: str, title: Promise) -> Section:
    """Return the section of papers that are about a school and no case."""

    def visible(user: User) -> QuerySet:
        schools = access.school_ids(user, Permission.SEE_BACKGROUND)
        return model.objects.filter(school__in=schools)

    return Section(
        name=name,
        title=title,
        empty=_("Nobody asked for one lately."),
        items=lambda user: _items(visible(user), user),
        again=lambda user, public_id: _again(user, visible, public_id),
    )


def _visible(model: type[PaperJob], case: str, user: User) -> QuerySet:
    """Return the papers that an administrator may know of."""
    of_school = {
        f"{case}__school__in": access.school_ids(user, Permission.SEE_BACKGROUND),
        f"{case}__restricted": False,
    }
    return model.objects.filter(**of_school).exclude(**{f"{case}__reference__in": kept_from(user)})


def _items(papers: QuerySet, user: User) -> Sequence[Item]:
    since = timezone.now() - SHOWN_FOR
    found = papers.filter(requested_at__gte=since).select_related("requested_by")
    found = list(found.order_by("-requested_at")[:SHOWN])
    why = Run.objects.why(paper.public_id for paper in found)
    known = _known_people(user, {paper.requested_by_id for paper in found})
    return [
        Item(
            title=str(paper._meta.verbose_name),
            state=str(paper.get_state_display()),
            since=paper.finished_at or paper.started_at or paper.requested_at,
            who=paper.requested_by.name if paper.requested_by_id in known else "",
            why=in_words(why.get(paper.public_id, "")) if paper.state == State.FAILED else "",
            failed=paper.state == State.FAILED,
            again=paper.public_id if paper.state == State.FAILED and paper.can_retry else None,
        )
        for paper in found
    ]


def _known_people(user: User, people: set[int]) -> set[int]:
    """Return those of some people who work or worked where the user sees who does."""
    schools = access.schools(user, Permission.SEE_PEOPLE)
    return set(
        Membership.objects.of_places(schools)
        .filter(user__in=people)
        .values_list("user_id", flat=True)
    )


@transaction.atomic
def _again(user: User, papers: Callable[[User], QuerySet], public_id: UUID) -> bool:
    user.hold_memberships()
    paper = papers(user).filter(public_id=public_id).first()
    if paper is None:
        raise Http404
    return jobs.retry(paper)
