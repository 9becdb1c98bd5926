"""URLs of step 1."""

from django.urls import path

from signals import views

app_name = "signals"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("new/", views.new, name="new"),
    path("pupils/", views.pupils, name="pupils"),
    path("<str:reference>/", views.detail, name="detail"),
    path("<str:reference>/correct/", views.correct, name="correct"),
]
