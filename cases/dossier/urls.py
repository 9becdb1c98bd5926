"""URLs of the dossier, within those of the cases."""

from django.urls import path

from cases.dossier import views

urlpatterns = [
    path("dossiers/", views.exportable, name="exportable"),
    path("dossiers/check/", views.check_paper, name="check_paper"),
    path("dossiers/<uuid:export>/", views.export, name="export"),
    path("dossiers/<uuid:export>/download/", views.download, name="export_download"),
    path("<reference:reference>/dossier/", views.dossier, name="dossier"),
]
