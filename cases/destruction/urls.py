"""URLs of retention and destruction, within those of the cases."""

from django.urls import path

from cases.destruction import views

urlpatterns = [
    path("destruction/", views.destruction, name="destruction"),
    path("destruction/look-again/", views.look_again, name="look_again"),
    path("destruction/approve/", views.approve, name="approve_destruction"),
    path("destruction/holds/<uuid:hold>/end/", views.lift, name="lift_hold"),
    path("destruction/<uuid:certificate>/", views.certificate, name="certificate"),
    path("retention/", views.retention, name="retention"),
    path("<reference:reference>/hold/", views.hold, name="hold"),
]
