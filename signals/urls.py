"""URLs of step 1."""

from django.urls import path

from signals import views

app_name = "signals"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("new/", views.new, name="new"),
    path("draft/throw-away/", views.throw_draft_away, name="throw_draft_away"),
    path("pupils/", views.pupils, name="pupils"),
    path("<reference:reference>/", views.detail, name="detail"),
    path("<reference:reference>/unfounded/", views.unfounded, name="unfounded"),
    path("<reference:reference>/correct/", views.correct, name="correct"),
]
