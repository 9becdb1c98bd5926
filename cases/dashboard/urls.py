"""URLs of the dashboard, within those of the cases."""

from django.urls import path

from cases.dashboard import views

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("views/", views.saved_views, name="views"),
    path("views/new/", views.save, name="save_view"),
    path("views/<uuid:view>/", views.rename, name="rename_view"),
    path("views/<uuid:view>/remove/", views.remove, name="remove_view"),
]
