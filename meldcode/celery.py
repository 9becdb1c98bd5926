"""The Celery application: what runs behind the pages, and when."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")

app = Celery("meldcode")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tasks")
app.autodiscover_tasks(["cases.dossier", "cases.reminders"], related_name="tasks")
