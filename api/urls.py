"""URLs of the page of connected systems; those of the API itself stand in ``api.v1.urls``."""

from django.urls import path

from api import views

app_name = "systems"
urlpatterns = [
    path("", views.systems, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:token>/revoke/", views.revoke, name="revoke"),
]
