"""URLs of step 2."""

from django.urls import path

from consultations import views
from consultations.meetings.urls import urlpatterns as meetings

app_name = "consultations"
urlpatterns = [
    *meetings,
    path("cases/<reference:reference>/consultations/new/", views.new, name="new"),
    path("cases/<reference:reference>/call/", views.call, name="call"),
    path("consultations/", views.inbox, name="inbox"),
    path("consultations/<reference:reference>/", views.detail, name="detail"),
    path("consultations/<reference:reference>/outcome/", views.outcome, name="outcome"),
    path("invitations/<uuid:invitation>/accept/", views.accept, name="accept"),
    path("invitations/<uuid:invitation>/withdraw/", views.withdraw, name="withdraw"),
]
