"""WSGI entry point for gunicorn."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from meldcode.in_utf8 import in_utf8
from meldcode.watch import Watch, bound_questions, watched

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")

bound_questions(settings.DATABASES)
watch = Watch()
application = watched(in_utf8(get_wsgi_application()), watch)
watch.start()

# What is loaded now stays as long as the process: nobody looks through it for cycles again, and
# through what a page makes less often. A twentieth of the time of a page.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
