"""The addresses of the project, and one page beside them: the frame of every page, and no content.

Only a bench mounts it (``bench.with_floor``).
"""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from accounts.access import SIGNED_IN, open_to

# No block of it is filled: navigation, bell, menu and foot are those of whoever is signed in.
FRAME = '{% extends "base.html" %}'
_frame = engines["django"].from_string(FRAME)


@open_to(SIGNED_IN)
def floor(request: HttpRequest) -> HttpResponse:
    """Show the base template alone."""
    return HttpResponse(_frame.render({}, request))


urlpatterns = [path("bench/floor/", floor, name="bench_floor"), path("", include("meldcode.urls"))]
handler500 = "meldcode.trouble.server_error"
