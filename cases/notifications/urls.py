"""URLs of the list behind the bell, and of how one wants to be told."""

from django.urls import path

from cases.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.listed, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("settings/", views.settings, name="settings"),
    path("<uuid:notification>/", views.follow, name="open"),
]
