"""URLs of waiting on purpose, within those of the cases."""

from django.urls import path

from cases.waiting import views

urlpatterns = [
    path("<reference:reference>/wait/", views.put_off, name="put_off"),
    path("<reference:reference>/wait/end/", views.go_on, name="go_on"),
]
