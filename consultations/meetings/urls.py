"""URLs of the meetings of the care team, within those of step 2."""

from django.urls import path

from consultations.meetings import views

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/new/", views.plan, name="plan_meeting"),
    path("meetings/<uuid:meeting>/", views.meeting, name="meeting"),
    path("meetings/<uuid:meeting>/move/", views.move, name="move_meeting"),
    path("meetings/<uuid:meeting>/close/", views.close, name="close_meeting"),
    path("meetings/<uuid:meeting>/<reference:reference>/", views.discuss, name="discuss"),
    path("cases/<reference:reference>/agenda/", views.put_on, name="put_on_agenda"),
    path("cases/<reference:reference>/agenda/off/", views.take_off, name="take_off_agenda"),
]
