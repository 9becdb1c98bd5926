"""URLs of step 5 and after."""

from django.urls import include, path

from referrals import views

app_name = "referrals"
urlpatterns = [
    path("cases/<reference:reference>/decision/", views.decide, name="decide"),
    path("cases/<reference:reference>/effect/", views.feedback, name="feedback"),
    path("referrals/<uuid:referral>/sent/", views.sent, name="sent"),
    path("referrals/<uuid:referral>/withdraw/", views.withdraw, name="withdraw"),
    path("referrals/<uuid:referral>/received/", views.received, name="received"),
    path("", include("referrals.report.urls")),
]
