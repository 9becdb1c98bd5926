"""Settings, one file, read from the environment (or `.env`), sorted by theme.

Each setting that is not Django's default has a line that says why. The variables that one may set
are listed in the README under "Configuration".
"""

from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from background import limits
from meldcode.log_lines import FORMATTERS, logging_of

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# Where everything that the program writes goes (embedded defaults): one folder to back up or wipe.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

# --- What kind of place this is ------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
# The demo school: shows its accounts and its mail folder, and says on each page that it is one.
DEMO = env.bool("DEMO", default=False)
# Behind a TLS proxy: secure cookies, HSTS, redirect. Only a try-out on one machine does without.
TLS = env.bool("TLS", default=not (DEBUG or DEMO))

INSECURE_SECRET_KEY = "insecure-only-for-debug"  # noqa: S105 - refused below unless DEBUG
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_SECRET_KEY)
if SECRET_KEY == INSECURE_SECRET_KEY and not DEBUG:
    raise ImproperlyConfigured("Set SECRET_KEY (script/setup writes one into .env on first run).")
# Keys of before, while what they signed and encrypted is still about (docs/operations.md, "Keys").
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# What lies on disk, texts and files, is encrypted with the first of these, and read with all of
# them; none: it is not encrypted. "none" as the first: it is no longer (accounts/at_rest).
DATA_KEYS = env.str("DATA_KEYS", default="").replace(",", " ").split()

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG or DEMO else []
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address that mails link to: there is no request when the worker writes them.
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")

# --- What it is made of --------------------------------------------------------------------------
INSTALLED_APPS = [
    "accounts",
    "background",
    "audit",
    "cases",
    "signals",
    "consultations",
    "referrals",
    "api",
    "meldcode.apps.MeldcodeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "guardian",
    "auditlog",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "accounts.after_response.AfterResponseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # What sets headers stands before what may answer by itself.
    "csp.middleware.CSPMiddleware",
    "meldcode.middleware.requests.PermissionsPolicyMiddleware",
    "meldcode.middleware.requests.OwnCookiesMiddleware",
    # Before whoever reads a cookie, and around all who may refuse: of the API alone.
    "api.middleware.ApiMiddleware",
    "meldcode.middleware.requests.KnownMethodsMiddleware",
    "meldcode.middleware.elsewhere.OwnPagesMiddleware",
    "meldcode.middleware.elsewhere.OpenedByNobodyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "meldcode.middleware.forms.WholeFormMiddleware",
    "accounts.middleware.SessionMiddleware",
    "meldcode.middleware.elsewhere.AskedFromElsewhereMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionEndMiddleware",
    "accounts.sso.middleware.StillVouchedForMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # After messages (it leaves one), before the rule that every page needs a signed-in user.
    "accounts.middleware.KeepTypedMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    # After it: whoever is not signed in is asked that first.
    "accounts.middleware.SecondFactorMiddleware",
    "meldcode.middleware.elsewhere.NamedFromElsewhereMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # After it, and so asked before it, what an error means.
    "accounts.middleware.AskedAgainMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "audit.middleware.AuditMiddleware",
    "meldcode.middleware.forms.FormsInHandMiddleware",
]

ROOT_URLCONF = "meldcode.urls"
WSGI_APPLICATION = "meldcode.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "meldcode.context.page",
            ],
            "builtins": ["accounts.templatetags.marks"],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
# A page that fails for want of a template variable in a form should fail in tests, not in silence.
CRISPY_FAIL_SILENTLY = False

# --- Data ----------------------------------------------------------------------------------------
DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL and IMMEDIATE: several processes may write one after the other without "database is
    # locked"; 20 s is how long the last of them waits.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, not memory: threads of a test get connections of their own, as in production.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # To compile a question takes PostgreSQL a second and more; none of ours is that slow.
    jit_off = f"{DATABASES['default'].get('OPTIONS', {}).get('options', '')} -c jit=off".strip()
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = jit_off
    # A copy that follows the database: figures are counted there (background/replica.py).
    if replica_url := env.str("REPLICA_URL", default=""):
        DATABASES["replica"] = (
            DATABASES["default"]
            | env.db_url_config(replica_url)
            | {
                "OPTIONS": {
                    "options": "-c jit=off -c default_transaction_read_only=on",
                    "connect_timeout": 2,
                },
                "TEST": {"MIRROR": "default"},
            }
        )
DATABASE_ROUTERS = ["background.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {
            # One that does not answer keeps nobody waiting (seconds).
            "BACKEND": "meldcode.cache.SteadyRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {
                "socket_connect_timeout": 2,
                "socket_timeout": 2,
                "serializer": "meldcode.cache.JsonSerializer",
            },
            # 1 was kept as pickle.
            "VERSION": 2,
        }
        if REDIS_URL
        # Shared by the web workers, unlike local memory: rate limits count in it.
        else {
            "BACKEND": "meldcode.cache.FileCache",
            "LOCATION": VAR_DIR / "cache",
            # Django's 300 are soon full: what is then thrown away at random are counts of mistakes.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    )
}

# --- Who -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "accounts.passwords.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.GuessableValidator"},
    {"NAME": "accounts.passwords.BreachedValidator"},
]
# The list of breached passwords (SHA-1, ordered by hash) that Have I Been Pwned publishes, as a
# file of this machine: no password, nor a part of its hash, ever leaves it.
BREACHED_PASSWORDS_FILE = env.str("BREACHED_PASSWORDS_FILE", default="")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# People come by invitation of their administrator, who vouches for the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
# Nobody signs up, so there is nothing to tell an address that asks for a password and is not known.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
# allauth's own names the Host that the client sent.
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Meldcode: "
# A change of password or second factor is told to its owner: it may not be their own doing.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# On to the second factor, without the new password once more: who types wrong ones for somebody all
# the while, from anywhere, would keep them out of that question.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# Per account: five mistakes in five minutes, and fifty in a day, then one waits. Counted for
# addresses without an account too, so that waiting tells nothing. The second factor counts apart.
# Per address there is room for a school: all its people come from the same one on Monday morning.
ACCOUNT_RATE_LIMITS = {
    "login": "100/m/ip",
    "login_failed": "30/m/ip,5/5m/key,50/d/key",
    "single_sign_on": "100/m/ip",
    "saml_answer": "100/m/ip",
    # Each makes a session: that is where the answer is looked for.
    "passkey_question": "100/m/ip",
    # Requests of a person, whatever is in them: whoever had an open session of theirs
    # kept its owner from both.
    "change_password": None,
    "reauthenticate": None,
    # The old password for a new one, guessed in an open session all day long: of each session, and
    # of all that came by one second factor, without a password.
    "old_password": "5/m/key,20/d/key",
    "old_password_of_factor": "50/d/key",
    # Of a person, of each kind: a second factor that is set up, and new recovery codes.
    "new_factor": "20/h/key",
    # Known or not. How many mails come of it, and one beside these (accounts.password_forms).
    "reset_password": "20/m/ip,5/m/key",
    "reset_mail": "20/d/key",
    "reset_link": "1/d/key",
    # How often a new password by mail forgives wrong codes too (accounts.adapter).
    "lift_codes": "3/d/key",
    # Each time the web asks the provider, which may answer slowly.
    "try_provider": "30/h/user",
    # A reference for emergency access is told by telephone, not guessed.
    "emergency_access": "5/h/user",
    # What was typed when a session had ended: each time a session of its own, in the database.
    "keep_typed": "600/h/key",
    "keep_typed_of_a_page": "60/h/key",
    # Drafts: a script keeps one each time that somebody stops typing for a moment.
    "keep_draft": "30/m/user,600/h/user",
}
# One line of the internet is one address: a household has that many of them, and a school no more.
ALLAUTH_RATE_LIMIT_IPV6_PREFIX = 56
MFA_RATE_LIMITS = {"webauthn_login": "100/m/ip"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# A second factor for everybody. Only a demo or a developer's machine may do without.
MFA_OBLIGATORY = env.bool("MFA_OBLIGATORY", default=True)
if not (MFA_OBLIGATORY or DEMO or DEBUG):
    raise ImproperlyConfigured("MFA_OBLIGATORY may be false in a demo only.")
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
# Nobody signs up, and an invitation came by that address. Else who asks for a new password in the
# name of somebody, which notes their address as one to be verified, keeps them from setting one up.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Meldcode"
# With a passkey alone, that knows its owner by finger, face or PIN: two factors in one.
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers allow passkeys on https, and on localhost for a try-out.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not TLS
# Shown once and kept encrypted; a phone's clock may be half a minute off.
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
# Single sign-on: each school's own providers, out of the database (accounts/sso).
SOCIALACCOUNT_ADAPTER = "accounts.sso.flow.SocialAccountAdapter"
# A provider that runs beside us on http://127.0.0.1. Elsewhere it would let an administrator make
# the server fetch from its own machine.
SSO_LOCAL = env.bool("SSO_LOCAL", default=False)
if SSO_LOCAL and not (DEMO or DEBUG):
    raise ImproperlyConfigured("SSO_LOCAL may be true in a demo only.")
# Entree Federatie beside OpenID Connect: off, nothing of it is imported, mounted or offered.
SAML = env.bool("SAML", default=False)
if SAML and find_spec("onelogin") is None:
    raise ImproperlyConfigured(
        "SAML=true needs python3-saml: pip install --require-hashes -r requirements-saml.txt"
    )
# allauth's own forms, stricter and in our words.
ACCOUNT_FORMS = {
    "login": "accounts.password_forms.LoginForm",
    "reauthenticate": "accounts.password_forms.ReauthenticateForm",
    "change_password": "accounts.password_forms.ChangePasswordForm",
    "reset_password": "accounts.password_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.password_forms.ResetPasswordKeyForm",
    "user_token": "accounts.password_forms.UserTokenForm",
}
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.AuthenticateForm",
    "reauthenticate": "accounts.factor_forms.ReauthenticateForm",
    "activate_totp": "accounts.factor_forms.ActivateTOTPForm",
    "deactivate_totp": "accounts.factor_forms.DeactivateTOTPForm",
    "generate_recovery_codes": "accounts.factor_forms.GenerateRecoveryCodesForm",
    "add_webauthn": "accounts.factor_forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.factor_forms.EditWebAuthnForm",
    "login_webauthn": "accounts.factor_forms.LoginWebAuthnForm",
    "authenticate_webauthn": "accounts.factor_forms.AuthenticateWebAuthnForm",
    "reauthenticate_webauthn": "accounts.factor_forms.ReauthenticateWebAuthnForm",
}
# Access is by the table in accounts/access.py; nobody acts anonymously through guardian.
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
GUARDIAN_MONKEY_PATCH_USER = False

# Half an hour of rest ends a session: a phone left on a table in the staff room. And so does a day,
# however busy (seconds).
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 30 * 60
SESSION_LONGEST = 12 * 60 * 60
# With this prefix a browser takes the cookie from this very host over TLS only, for the whole site.
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
# How many proxies of one's own stand before the web: only they are believed about whence a request
# comes. Rate limits, the list of sessions and the audit ask it.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if TLS else 0)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# Which browser it is on which somebody is told (cases.notifications.push).
DEVICE_COOKIE_NAME = "__Host-device" if TLS else "device"
# Light or dark, where somebody chose (accounts.theme).
THEME_COOKIE_NAME = "__Host-theme" if TLS else "theme"
LANGUAGE_COOKIE_NAME = "__Host-language" if TLS else "language"
# That somebody is at their provider, or is led in from there (accounts.sessions.lead).
LED_COOKIE_NAME = "__Host-led" if TLS else "led"
# What the next page tells somebody once.
MESSAGES_COOKIE_NAME = "__Host-messages" if TLS else "messages"
MESSAGE_STORAGE = "accounts.told_once.Storage"
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"

# --- Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
USE_I18N = True

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    # Straight from where npm puts them: nothing of a third party is in the repository.
    ("vendor/bootstrap/css", NODE_MODULES / "bootstrap/dist/css"),
    ("vendor/htmx", NODE_MODULES / "htmx.org/dist"),
    ("vendor/chart", NODE_MODULES / "chart.js/dist"),
]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
# What was destroyed, as random references: it must outlive a restore of the database and of the
# files, so a backup keeps it apart from both (docs/operations.md).
TOMBSTONES = Path(env.str("TOMBSTONES", default=str(VAR_DIR / "destroyed" / "tombstones.jsonl")))
STORAGES = {
    "default": {"BACKEND": "accounts.at_rest.storage.SealedStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# The first drops what comes after the largest file that may be added to a case, so that no disk and
# no memory is filled by a request; the others keep it, in memory up to 2.5 MB, else on disk.
FILE_UPLOAD_HANDLERS = [
    "cases.files.upload.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "cases.files.upload.UnnamedFileUploadHandler",
]
# No form takes more than one.
DATA_UPLOAD_MAX_NUMBER_FILES = 1
# The largest form (a report with long texts) stays far below; a megabyte in one field still gets
# its clear message at the field instead of a bare error page. That page shows it again, a sign as
# up to six, and is to be no larger than what the proxy takes from us (deploy/Caddyfile). While it
# is made it stands in memory some eight times: of this size eight at once take a gigabyte.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

# --- Mail ----------------------------------------------------------------------------------------
MAIL_DIR = VAR_DIR / "mail"
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="") if env.str("EMAIL_URL", default="") else {}
vars().update(EMAIL_CONFIG)
if not EMAIL_CONFIG:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Meldcode <noreply@localhost>")
# Whom one tells that something is not accessible. Empty: the statement names the administrator.
ACCESSIBILITY_EMAIL = env.str("ACCESSIBILITY_EMAIL", default="")

# --- Web push (an option) -------------------------------------------------------------------------
# With which we sign what we send to push services: `manage.py new_push_key` prints one. Empty: the
# option is not there.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
# Hosts, and all below them, to which a browser's subscription may lead us: no other.
PUSH_SERVICES = (
    "fcm.googleapis.com",  # Chrome, Edge on Android, Samsung
    "push.services.mozilla.com",  # Firefox
    "notify.windows.com",  # Edge on Windows
    "push.apple.com",  # Safari
)

# --- Background work -----------------------------------------------------------------------------
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT = "background.redis_queue:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # A page does not wait for a broker that is away: the database holds what is to be done. A
        # worker does, by broker_connection_retry. (Seconds; a worker waits one at a time for news.)
        "max_retries": 0,
        "socket_connect_timeout": 2,
        "socket_timeout": 15,
        # What a worker that vanished had taken up comes back after this, later than any limit.
        "visibility_timeout": 3600,
    }
else:
    CELERY_BROKER_TRANSPORT = "background.folder:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # One folder is both ends of the queue: the web puts in, the worker takes out.
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
# The database row of each job is its state; a result store would be a second, leakier one.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# A worker that is killed in the middle loses nothing: another takes it up (at most three times).
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Each task's limits stand in one table; these are for one that is forgotten there.
CELERY_TASK_ANNOTATIONS = limits.annotations()
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 5 * 60, 6 * 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# However long the queue is away: a worker that gave up would be gone when it comes back.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A web page never waits for a broker that is away: the sweep finds the work again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Ours: once however often it is started, and without a file that can be corrupt.
CELERY_BEAT_SCHEDULER = "background.scheduler:OneBeat"
SWEEP_EVERY = env.int("REMINDER_SWEEP_SECONDS", default=300)
CELERY_BEAT_SCHEDULE = limits.schedule({"cases.reminders.tasks.sweep": SWEEP_EVERY})
# Who brings it reads details of /health/, and /metrics/. Empty: nobody does.
HEALTH_TOKEN = env.str("HEALTH_TOKEN", default="")

# --- Security headers ----------------------------------------------------------------------------
SECURE_SSL_REDIRECT = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
# The container's health check and Prometheus ask on plain HTTP from within.
SECURE_REDIRECT_EXEMPT = [r"^health/(web/)?$", r"^metrics/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_HSTS_PRELOAD = TLS
SESSION_COOKIE_SECURE = TLS
CSRF_COOKIE_SECURE = TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's own icons are data: pictures in its stylesheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- Log -----------------------------------------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
if LOG_FORMAT not in FORMATTERS:
    raise ImproperlyConfigured(f"LOG_FORMAT is one of {', '.join(FORMATTERS)}.")
LOGGING = logging_of(LOG_FORMAT)

# --- Audit ---------------------------------------------------------------------------------------
# Our own log: it knows school and case, so that each trail is one walk of an index.
AUDITLOG_LOGENTRY_MODEL = "audit.LogEntry"
# auditlog's migrations would make its own table all the same, which nothing would write to.
MIGRATION_MODULES = {"auditlog": None}
# Models register themselves with audit.register, which keeps narrative text out.
AUDITLOG_INCLUDE_ALL_MODELS = False
# A header that anybody can send, of any length, is nothing to write down.
AUDITLOG_CID_HEADER = None
# What the chain of seals is made with (audit/chain.py). Kept apart from the database and its
# backups; empty: derived from SECRET_KEY. Another key breaks the chain from its first link on.
AUDIT_KEY = env.str("AUDIT_KEY", default="")
