"""URLs of step 1."""

from django.urls import path

from signals import views
from signals.receiving.views import receive

app_name = "signals"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("new/", views.new, name="new"),
    path("receive/", receive, name="receive"),
    path("draft/throw-away/", views.throw_draft_away, name="throw_draft_away"),
    path("pupils/", views.pupils, name="pupils"),
    path("<reference:reference>/", views.detail, name="detail"),
    path("<reference:reference>/unfounded/", views.unfounded, name="unfounded"),
    path("<reference:reference>/correct/", views.correct, name="correct"),
]
