"""URLs of the figures, within those of the cases."""

from django.urls import path

from cases.figures import papers, views

urlpatterns = [
    path("statistics/", views.figures, name="statistics"),
    path("year-report/", views.year_report, name="year_report"),
    path("year-report/<int:year>/texts/", views.texts, name="year_texts"),
    path("year-report/<int:year>/paper/", papers.ask, name="ask_year_paper"),
    path("year-papers/<uuid:paper>/", papers.paper, name="year_paper"),
    path("year-papers/<uuid:paper>/download/", papers.download, name="year_paper_download"),
]
