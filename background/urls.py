"""URLs of the administrator's screen."""

from django.urls import path

from background import views

app_name = "background"
urlpatterns = [
    path("background/", views.work, name="work"),
    path("background/<str:task>/again/", views.again, name="again"),
    path("background/<slug:section>/<uuid:item>/again/", views.item_again, name="item_again"),
]
