"""URLs of the school's own help page, within those of the cases."""

from django.urls import path

from cases.help_page import views

urlpatterns = [
    path("help/", views.items, name="help_items"),
    path("help/own/", views.own, name="own_help"),
    path("help/new/", views.add, name="add_help"),
    path("help/<uuid:item>/", views.change, name="change_help"),
    path("help/<uuid:item>/up/", views.up, name="move_help"),
    path("help/<uuid:item>/remove/", views.remove, name="remove_help"),
]
