"""The peer's addresses: django-helpdesk at the root of its site, as its documentation has it."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("helpdesk.urls"))]
