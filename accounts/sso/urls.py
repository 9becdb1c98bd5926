"""URLs of single sign-on."""

from django.conf import settings
from django.urls import include, path

from accounts.sso import views

app_name = "sso"
urlpatterns = [
    path("account/school/", views.start, name="start"),
    path("account/school/refused/", views.refused, name="refused"),
    path("account/school/<uuid:provider>/callback/", views.callback, name="callback"),
    path("people/sign-in/", views.providers, name="providers"),
    path("people/sign-in/add/", views.add, name="add"),
    path("people/sign-in/<uuid:provider>/", views.change, name="change"),
    path("people/sign-in/<uuid:provider>/switch/", views.switch, name="switch"),
]
if settings.SAML:
    urlpatterns.append(path("", include("accounts.sso.saml.urls")))
