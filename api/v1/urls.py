"""URLs of the API. For whoever brings a token (``SchoolToken`` asks it, by scope); the description
is for everybody.
"""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from accounts.access import PUBLIC, open_to
from api.v1.description import api

app_name = "api"


@open_to(PUBLIC)
@csrf_exempt  # nothing is sent to it: another method gets a 405, and not a page about forms
@require_GET
def openapi(request: HttpRequest) -> JsonResponse:
    """Return the description of the API."""
    return JsonResponse(api.get_openapi_schema())


calls = [found for router in api._get_bound_routers() for found in router.urls_paths("")]
for found in calls:
    open_to(PUBLIC)(found.callback)

urlpatterns = [path("openapi.json", openapi, name="openapi"), *calls]
