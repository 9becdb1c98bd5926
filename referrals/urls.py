"""URLs of step 5 and after."""

from django.urls import include, path

from referrals import chain_views, views

app_name = "referrals"
urlpatterns = [
    path("cases/<reference:reference>/decision/", views.decide, name="decide"),
    path("cases/<reference:reference>/effect/", views.feedback, name="feedback"),
    path("cases/<reference:reference>/goal/", chain_views.add_goal, name="goal"),
    path("referrals/<uuid:referral>/", chain_views.detail, name="detail"),
    path("referrals/<uuid:referral>/prepare/", chain_views.prepare, name="prepare"),
    path("referrals/<uuid:referral>/move/", chain_views.move, name="move"),
    path("referrals/<uuid:referral>/pass-on/", chain_views.pass_on, name="pass_on"),
    path("referrals/<uuid:referral>/sent/", views.sent, name="sent"),
    path("referrals/<uuid:referral>/withdraw/", views.withdraw, name="withdraw"),
    path("referrals/<uuid:referral>/received/", views.received, name="received"),
    path("", include("referrals.report.urls")),
]
