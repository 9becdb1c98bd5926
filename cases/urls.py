"""URLs of cases, steps 3 and 4, and the dossier."""

from django.urls import path

from cases import readers, school_views, step_views, views
from cases.contact_book.urls import urlpatterns as contact_book
from cases.conversations.views import prepare
from cases.dashboard.urls import urlpatterns as dashboard
from cases.destruction.urls import urlpatterns as destruction
from cases.dossier.urls import urlpatterns as dossier
from cases.figures.urls import urlpatterns as figures
from cases.files.urls import urlpatterns as files
from cases.help_page.urls import urlpatterns as help_page
from cases.imports.urls import urlpatterns as imports
from cases.need_to_know.urls import urlpatterns as need_to_know
from cases.rights_requests.urls import urlpatterns as rights_requests
from cases.siblings.urls import urlpatterns as siblings
from cases.vacations.urls import urlpatterns as vacations
from cases.waiting.urls import urlpatterns as waiting

app_name = "cases"
urlpatterns = [
    *dashboard,
    path("periods/", school_views.periods, name="periods"),
    *contact_book,
    *destruction,
    *dossier,
    *figures,
    *files,
    *help_page,
    *imports,
    *need_to_know,
    *rights_requests,
    *siblings,
    *vacations,
    *waiting,
    path("<reference:reference>/", views.detail, name="detail"),
    path("<reference:reference>/step/<int:number>/", views.step, name="step"),
    path("<reference:reference>/timeline/", views.timeline, name="timeline"),
    path("<reference:reference>/people/", views.people, name="people"),
    path("<reference:reference>/attachments/", views.files, name="files"),
    path("<reference:reference>/whole/", views.whole, name="whole"),
    path("<reference:reference>/readers/", readers.readers, name="readers"),
    path("<reference:reference>/take-on/", views.take_on, name="take_on"),
    path("<reference:reference>/participants/", views.add_participant, name="participants"),
    path(
        "<reference:reference>/participants/<uuid:person>/remove/",
        views.remove_participant,
        name="remove_participant",
    ),
    path("<reference:reference>/talk/prepare/", prepare, name="prepare_talk"),
    path("<reference:reference>/conversation/", step_views.conversation, name="conversation"),
    path("<reference:reference>/no-conversation/", step_views.skip_conversation, name="skip"),
    path("<reference:reference>/assessment/", step_views.assessment, name="assessment"),
    path("<reference:reference>/assessment/follows/", step_views.weighed, name="weighed"),
    path("<reference:reference>/explain/<slug:rule>/", step_views.explain, name="explain"),
    path("<reference:reference>/look-back/", step_views.look_back, name="look_back"),
    path("<reference:reference>/statement/", step_views.statement, name="statement"),
    path("<reference:reference>/new-cycle/", step_views.new_cycle, name="new_cycle"),
    path("<reference:reference>/close/", step_views.close, name="close"),
]
