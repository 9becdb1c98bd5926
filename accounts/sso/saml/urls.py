"""URLs of SAML, in the namespace of single sign-on; only where SAML is set."""

from django.urls import path

from accounts.sso.saml import views

urlpatterns = [
    path("account/school/<uuid:provider>/saml/", views.callback, name="saml_callback"),
    path("account/school/<uuid:provider>/saml/finish/", views.finish, name="saml_finish"),
    path("account/school/<uuid:provider>/saml/metadata/", views.metadata, name="saml_metadata"),
    path("people/sign-in/add-entree/", views.add, name="saml_add"),
]
