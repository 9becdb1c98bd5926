"""The page that shows how far a paper is; a part of it asks again by itself until it is done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.sessions import asked_by_itself


def show_progress(
    request: HttpRequest, page: str, part: str, context: dict[str, object]
) -> HttpResponse:
    """Show the page, or to its script the part: that asks whether or not anybody is there."""
    if request.htmx:
        return asked_by_itself(render(request, part, context))
    return render(request, page, context)
