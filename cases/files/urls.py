"""URLs of the files of a case, within those of the cases."""

from django.urls import path

from cases.files import views

urlpatterns = [
    path("<reference:reference>/files/", views.attach, name="attach"),
    path("<reference:reference>/files/<uuid:file>/", views.serve, name="file"),
    path("<reference:reference>/files/<uuid:file>/read/", views.received, name="received"),
    path("<reference:reference>/files/<uuid:file>/withdraw/", views.withdraw, name="withdraw_file"),
]
