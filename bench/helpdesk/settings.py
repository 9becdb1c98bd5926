"""The peer's project: django-helpdesk as its own standalone settings have it, for production.

Not of our project: it runs in the peer's environment (bench/peer.py), which knows nothing of ours.
What could be faster by a setting is not held against it: templates are cached, connections kept,
and PostgreSQL is told not to compile its queries.
"""

import os

SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = False
# A name with a dot in it, as a browser sends it; asked over loopback by the bench.
ALLOWED_HOSTS = ["helpdesk.bench.example", "127.0.0.1"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.humanize",
    "helpdesk",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PEER_DATABASE"],
        "USER": os.environ["PEER_USER"],
        "PASSWORD": os.environ["PEER_PASSWORD"],
        "HOST": os.environ["PEER_HOST"],
        "PORT": os.environ["PEER_PORT"],
        # As ours.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Kinder than the default: half of its list's time was PostgreSQL compiling the query.
        "OPTIONS": {"options": "-c jit=off"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
SITE_ID = 1
STATIC_URL = "/static/"
LOGIN_URL = "helpdesk:login"
LOGIN_REDIRECT_URL = "helpdesk:home"
SESSION_COOKIE_AGE = 86_400

# Without its optional teams, as its documentation says: one query less for it.
HELPDESK_TEAMS_MODE_ENABLED = False
# All else is django-helpdesk's own default. This one it leaves off: then every member of the staff
# sees every ticket, as the superuser does here. On, it can be asked what those with one queue wait.
HELPDESK_ENABLE_PER_QUEUE_STAFF_PERMISSION = True
