"""URLs of pupils and their siblings, within those of the cases."""

from django.urls import path

from cases.siblings import views

urlpatterns = [
    path("pupils/<uuid:pupil>/", views.pupil, name="pupil"),
    path("pupils/<uuid:pupil>/siblings/add/", views.add_sibling, name="add_sibling"),
    path("pupils/<uuid:pupil>/siblings/<uuid:tie>/end/", views.end_sibling, name="end_sibling"),
]
