"""URLs of the vacations of a school, within those of the cases."""

from django.urls import path

from cases.vacations import views

urlpatterns = [
    path("vacations/", views.vacations, name="vacations"),
    path("vacations/new/", views.add, name="add_vacation"),
    path("vacations/lines/", views.lines, name="vacation_lines"),
    path("vacations/file/", views.file, name="vacation_file"),
    path("vacations/<uuid:vacation>/", views.change, name="change_vacation"),
    path("vacations/<uuid:vacation>/remove/", views.remove, name="remove_vacation"),
]
