"""All URLs. Each names who may use it (`requires` or `open_to`); a test walks them all."""

from django.urls import include, path

from background import views as background
from cases.notifications.push.views import worker
from cases.todo.views import todo
from meldcode import accessibility, home
from meldcode.design.views import design
from meldcode.tour import tour

urlpatterns = [
    path("", home.home, name="home"),
    path("tasks/", todo, name="todo"),
    path("help/", home.help_page, name="help"),
    path("help/<slug:code>/", home.guide, name="guide"),
    path("protocol/", home.rules, name="protocol"),
    path("protocol/tour/", tour, name="tour"),
    path("protocol/tour/<int:number>/", tour, name="tour"),
    path("accessibility/", accessibility.statement, name="accessibility"),
    path("design/", design, name="design"),
    # Asked by monitoring and by the container itself.
    path("health/", background.well, name="health"),
    path("health/web/", background.web_well, name="health_web"),
    path("metrics/", background.prometheus, name="metrics"),
    path("", include("accounts.urls")),
    path("", include("background.urls")),
    path("signals/", include("signals.urls")),
    path("cases/", include("cases.urls")),
    path("push-worker.js", worker, name="push_worker"),
    path("notifications/", include("cases.notifications.urls")),
    path("", include("audit.urls")),
    path("systems/", include("api.urls")),
    path("api/v1/", include("api.v1.urls")),
    path("", include("consultations.urls")),
    path("", include("referrals.urls")),
]

# A database that is away is a fault of its own: nothing is saved, and what was typed is kept.
handler500 = "meldcode.trouble.server_error"
