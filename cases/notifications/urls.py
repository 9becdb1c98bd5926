"""URLs of the list behind the bell, and of how one wants to be told."""

from django.urls import path

from cases.notifications import views
from cases.notifications.push import views as push

app_name = "notifications"
urlpatterns = [
    path("", views.listed, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("settings/", views.settings, name="settings"),
    path("devices/add/", push.add, name="add_device"),
    path("devices/<uuid:device>/remove/", push.remove, name="remove_device"),
    path("<uuid:notification>/", views.follow, name="open"),
]
