"""The settings of the processes that are started here: those of production, with less patience.

Nothing in the program itself is replaced; what would make a test wait is a setting.
"""

from meldcode.settings import *  # noqa: F403
from meldcode.settings import CELERY_BEAT_SCHEDULE, PASSWORD_HASHERS, STORAGES

# No manifest: nobody gathers static files for an hour of faults.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
EMAIL_TIMEOUT = 2
# Of the people that tests make; first, so that signing in does not make another hash of it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
# Every two seconds (house.py): on a machine that stands still for longer, each would be thrown away
# before a worker comes to it, as in production only what waited for five minutes is.
CELERY_BEAT_SCHEDULE = {
    name: entry | {"options": {"expires": 120}} for name, entry in CELERY_BEAT_SCHEDULE.items()
}
