"""URLs of need to know, within those of the cases."""

from django.urls import path

from cases.need_to_know import views

urlpatterns = [
    path("emergency/", views.emergency, name="emergency"),
    path("emergency/<uuid:emergency>/end/", views.end_emergency, name="end_emergency"),
    path("<reference:reference>/shut-out/", views.shut_out, name="shut_out"),
    path(
        "<reference:reference>/shut-out/<uuid:shut_out>/end/",
        views.end_shut_out,
        name="end_shut_out",
    ),
]
