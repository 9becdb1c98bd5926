"""URLs of the dossier, within those of the cases."""

from django.urls import path

from cases.dossier import views, year_views

urlpatterns = [
    path("dossiers/", views.exportable, name="exportable"),
    path("dossiers/check/", views.check_paper, name="check_paper"),
    path("dossiers/year/", year_views.years, name="years"),
    path("dossiers/year/<uuid:export>/", year_views.year, name="year"),
    path("dossiers/year/<uuid:export>/cancel/", year_views.cancel, name="cancel_year"),
    path("dossiers/year/<uuid:export>/download/", year_views.download, name="year_download"),
    path("dossiers/<uuid:export>/", views.export, name="export"),
    path("dossiers/<uuid:export>/download/", views.download, name="export_download"),
    path("<reference:reference>/dossier/", views.dossier, name="dossier"),
]
