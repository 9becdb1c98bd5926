"""URLs of the report to Veilig Thuis, within those of the referrals."""

from django.urls import path

from referrals.report import copy_views, views

urlpatterns = [
    path("cases/<reference:reference>/report/", views.of_case, name="report_of_case"),
    path("referrals/<uuid:referral>/report/", views.report_of, name="report_of"),
    path("reports/<uuid:report>/", views.report, name="report"),
    path("reports/<uuid:report>/write/", views.write, name="write_report"),
    path("reports/<uuid:report>/file/", views.file, name="file_report"),
    path("reports/<uuid:report>/correct/", views.correct, name="correct_report"),
    path("reports/<uuid:report>/read-out/", views.read_out, name="read_report_out"),
    path("reports/<uuid:report>/copy/", copy_views.request_copy, name="request_copy"),
    path("report-copies/<uuid:copy>/", copy_views.copy, name="copy"),
    path("report-copies/<uuid:copy>/download/", copy_views.download, name="copy_download"),
]
