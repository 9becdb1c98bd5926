"""URLs of people."""

from django.urls import path

from accounts.people import list_views, views

app_name = "people"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/invite/list/", list_views.invite_list, name="invite_list"),
    path("people/invite/list/send/", list_views.send_invitations, name="send_invitations"),
    path(
        "people/invitations/<uuid:invitation>/withdraw/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("people/roles/<uuid:membership>/end/", views.end_role, name="end_role"),
    path("people/<uuid:person>/", views.person, name="person"),
    path("people/<uuid:person>/role/", views.give_role, name="give_role"),
    path(
        "people/<uuid:person>/second-factor/", views.reset_second_factor, name="reset_second_factor"
    ),
    path("invitation/", views.invitation, name="invitation"),
    path("invitation/new-link/", views.new_link, name="new_link"),
    path("invitation/<str:secret>/", views.open_invitation, name="open_invitation"),
]
