"""URLs of imports of pupils, within those of the cases."""

from django.urls import path

from cases.imports import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new, name="new_import"),
    path("imports/<uuid:job>/", views.pupil_import, name="pupil_import"),
    path("imports/<uuid:job>/columns/", views.columns, name="import_columns"),
    path("imports/<uuid:job>/who/", views.decide, name="decide_import"),
    path("imports/<uuid:job>/apply/", views.agree, name="agree_import"),
    path("imports/<uuid:job>/discard/", views.discard, name="discard_import"),
]
