"""The page "Mijn taken"."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import first_cards
from accounts.access import Permission, requires
from accounts.drafts.reading import drafts_of
from cases.todo.doors import doors_of
from cases.todo.latest import latest_of
from cases.todo.registry import Reader, todo_list
from cases.todo.tasks import Asked, Task, When


@requires(Permission.SEE_TASKS)
def todo(request: HttpRequest) -> HttpResponse:
    """Show what is asked of somebody, what is past its time first; and what they wait for."""
    now = timezone.now()
    drafts = drafts_of(request.user)
    reader = Reader(request.user, now, beside=(drafts,))
    found = todo_list(reader)
    asked = found.asked(Asked.OF_ME)
    return render(
        request,
        "todo/todo.html",
        {
            "first_cards": first_cards.cards_of(request.user),
            "urgent": any(task.urgent for task in asked),
            "parts": _parts(asked, now),
            "waiting": _parts(found.asked(Asked.BY_ME), now),
            "cut": found.cut,
            "doors": doors_of(reader),
            "latest_signals": latest_of(reader),
            "draft": next(iter(drafts), None),
        },
    )


def _parts(tasks: list[Task], now: datetime) -> list[tuple[When, list[Task]]]:
    """Return tasks by the parts of the page, those that hold any."""
    by_part = {part: [task for task in tasks if task.when(now) is part] for part in When}
    return [(part, found) for part, found in by_part.items() if found]
