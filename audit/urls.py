"""URLs of the trails."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("audit/mine/", views.mine, name="mine"),
    path("audit/", views.school, name="school"),
    path("audit/export/", views.export, name="export"),
    path("audit/unusual/", views.flags, name="flags"),
    path("audit/unusual/<uuid:flag>/", views.settle, name="settle"),
]
