"""URLs of the register of requests, within those of the cases."""

from django.urls import path

from cases.rights_requests import views

urlpatterns = [
    path("requests/", views.requests, name="requests"),
    path("requests/whose/", views.whose, name="whose_request"),
    path("requests/<uuid:asked>/", views.one, name="request"),
    path("requests/<uuid:asked>/longer/", views.longer, name="longer"),
    path("requests/<uuid:asked>/answer/", views.answer, name="answer_request"),
    path("requests/<uuid:asked>/letter/", views.letter, name="letter"),
    path("pupils/<uuid:pupil>/request/", views.new, name="new_request"),
]
