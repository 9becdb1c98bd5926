"""URLs of step 2."""

from django.urls import path

from consultations import views
from consultations.answering import views as answering
from consultations.figures.views import figures
from consultations.inviting import views as inviting
from consultations.meetings.urls import urlpatterns as meetings
from consultations.times import views as times

app_name = "consultations"
urlpatterns = [
    *meetings,
    path("cases/<reference:reference>/consultations/new/", views.new, name="new"),
    path("cases/<reference:reference>/call/", views.call, name="call"),
    path("consultations/", views.inbox, name="inbox"),
    path("consultations/figures/", figures, name="figures"),
    path("consultations/<reference:reference>/", views.detail, name="detail"),
    path("consultations/<reference:reference>/outcome/", views.outcome, name="outcome"),
    path("consultations/<reference:reference>/invite/", inviting.invite, name="invite"),
    path("consultations/<reference:reference>/times/", times.propose, name="propose"),
    path("consultations/<reference:reference>/agree/", times.agree, name="agree"),
    path("consultations/<reference:reference>/when/", times.answer, name="answer_times"),
    path("consultations/<reference:reference>/meldcode.ics", times.calendar, name="calendar"),
    path("invitations/<uuid:invitation>/accept/", answering.accept, name="accept"),
    path("invitations/<uuid:invitation>/decline/", answering.decline, name="decline"),
    path("invitations/<uuid:invitation>/hand-over/", answering.hand_over, name="hand_over"),
    path("invitations/<uuid:invitation>/withdraw/", views.withdraw, name="withdraw"),
]
