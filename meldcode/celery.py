"""The Celery application: what runs behind the pages, and when."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")

app = Celery("meldcode", task_cls="background.record:RecordedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tasks")
app.autodiscover_tasks(
    [
        "accounts.people",
        "cases.contact_book",
        "cases.destruction",
        "cases.dossier",
        "cases.figures",
        "cases.files",
        "cases.imports",
        "cases.notifications",
        "cases.reminders",
        "cases.rights_requests",
        "cases.search",
        "referrals.report",
    ],
    related_name="tasks",
)


# What a worker answers whoever asks through the queue: that it is there (docker-compose.yml), and
# that another one begins.
ANSWERED = {"ping", "hello"}


@worker_init.connect
def answer_little(**kwargs: object) -> None:
    """Take away all else that a worker would do or tell for whoever can write to the queue.

    Its settings, with what their names do not hide; to take up nothing any more; to end.
    """
    from celery.worker.control import Panel

    for name in Panel.data.keys() - ANSWERED:
        del Panel.data[name]


@app.on_after_configure.connect
def make_queue_folders(sender: Celery, **kwargs: object) -> None:
    """Make the folders of the embedded queue: its transport expects them to be there."""
    for name in ("data_folder_in", "control_folder"):
        folder = sender.conf.broker_transport_options.get(name)
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
