"""URLs of the contact book, within those of the cases."""

from django.urls import path

from cases.contact_book import views

urlpatterns = [
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/new/", views.add, name="add_contact"),
    path("contacts/<uuid:contact>/", views.change, name="change_contact"),
    path("contacts/<uuid:contact>/checked/", views.checked, name="contact_checked"),
    path("contacts/<uuid:contact>/remove/", views.remove, name="remove_contact"),
]
