"""What somebody sees when the house itself fails: what is not saved, and their own words.

Nothing here asks a database, a session or the queue: they may be what failed.
"""

import sys

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from accounts import typed
from accounts.sessions import sign_of

TRY_AGAIN_AFTER = 60  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed (Django's ``handler500``)."""
    error = sys.exc_info()[1]
    # psycopg has no better name than that for some connections that broke.
    if isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError:
        return database_away(request)
    return defaults.server_error(request)


def database_away(request: HttpRequest) -> HttpResponse:
    """Say that nothing is saved, and hand back the form, so that it can be sent again.

    It carries its key still: whatever became of it the first time, it is filed once.
    """
    fields = []
    writer = typed.shown_to(request) if request.method == "POST" else None
    if writer is not None:
        fields = [
            # What consists of words is shown, so that it can be copied; the rest only goes along.
            {"name": name, "value": value, "shown": len(value.split()) > 1}
            for name, values in request.POST.lists()
            if name not in typed.SECRETS  # typed anew: whoever sits down there reads the page
            for value in values
        ]
    page = {
        "sent": request.method == "POST",
        "path": request.get_full_path(),
        "fields": fields,
        "files": bool(request.FILES),
        # It stays there no longer than they could have rested: whoever sits down there reads it.
        "session_rest": settings.SESSION_COOKIE_AGE,
        "session_of": sign_of(writer) if writer is not None else "",
    }
    response = HttpResponse(render_to_string("503.html", page), status=503)
    response.headers["Retry-After"] = str(TRY_AGAIN_AFTER)
    return response
