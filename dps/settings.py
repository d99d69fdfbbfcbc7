"""Settings come from the environment alone; README has the table. Nothing else reads it."""

from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from dps.embedded.places import addresses

env = Env()
BASE_DIR = Path(__file__).parent.parent
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")  # what the embedded servers and uploads keep

ENVIRONMENT = env.str("ENVIRONMENT", "development", validate=None)
if ENVIRONMENT not in ("development", "test", "production"):
    raise ImproperlyConfigured("ENVIRONMENT is development, test or production")
IN_PRODUCTION = ENVIRONMENT == "production"

DEVELOPMENT_SECRET = "development only: not a secret"  # noqa: S105
SECRET_KEY = env.str("SECRET_KEY", DEVELOPMENT_SECRET)
DEBUG = False
BASE_URL = env.str("BASE_URL", "http://localhost:8000")  # how mail links to us
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["*"] if not IN_PRODUCTION else [])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "pgtrigger",
    "pghistory",
    "django_filters",
    "django_tables2",
    "dps",
    "lots",
    "providers",
    "awards",
    "packages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dps.once.asks_once",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "dps.urls"
WSGI_APPLICATION = "dps.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["dps.templatetags.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dps.home.frame.frame",
            ],
        },
    }
]

# The supervisor (dps.embedded) starts servers of its own where these are not set.
_bundled_database, _bundled_redis = addresses(VAR_DIR, ENVIRONMENT)
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", _bundled_database, conn_max_age=600, conn_health_checks=True
    )
}
if ENVIRONMENT == "test":  # a second to sign in, hundreds of times
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if ENVIRONMENT == "test" and not DATABASES["default"]["NAME"].startswith("test_"):
    raise ImproperlyConfigured("In the test environment the database's name begins with test_")
_named = DATABASES["default"]["NAME"].removeprefix("test_")
DATABASES["default"]["TEST"] = {"NAME": f"test_{_named}"}
REDIS_URL = env.str("REDIS_URL", _bundled_redis)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a stopped Redis signs nobody out
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # they name what is sealed

# 256 bits each, in base64, with commas between. The first wraps; all of them unwrap.
DEVELOPMENT_KEY = "b25seSBmb3IgZGV2ZWxvcG1lbnQsIDMyIGJ5dGVzLi4="
SEALING_KEYS = [b64decode(k) for k in env.str("SEALING_KEYS", DEVELOPMENT_KEY).split(",")]

AUTH_USER_MODEL = "dps.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "dps.access.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "dps.forms.NameForm"
ACCOUNT_FORMS = {
    "login": "dps.account_forms.LoginForm",
    "signup": "dps.account_forms.SignupForm",
    "add_email": "dps.account_forms.AddEmailForm",
    "change_password": "dps.account_forms.ChangePasswordForm",
    "set_password": "dps.account_forms.SetPasswordForm",
    "reset_password": "dps.account_forms.ResetPasswordForm",
    "reset_password_from_key": "dps.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "dps.account_forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IN_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IN_PRODUCTION
MEDIA_ROOT = env.path("MEDIA_ROOT", VAR_DIR / "media")  # encrypted files, never served as they lie

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", IN_PRODUCTION)
SECURE_HSTS_SECONDS = 31536000 if IN_PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IN_PRODUCTION else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# what we take is never in a plain temporary file: dps.files.LARGEST and the form around it
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_TRANSPORT_OPTIONS = {  # a stopped queue costs a page a second or two, no promise
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 1,
    "interval_start": 0,
    "connect_retries_timeout": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_EAGER", False)
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
TICK_SECONDS = env.int("TICK_SECONDS", 60)
TICKS = [
    "dps.tasks.heartbeat",
    "dps.promises.keep_due",
    "lots.tasks.plan_rounds",
    "lots.tasks.begin_rounds",
    "lots.tasks.close_rounds",
    "lots.tasks.unseal_rounds",
    "lots.tasks.take_effect",
    "providers.tasks.remind_drafts",
    "providers.tasks.tell_of_extensions",
    "providers.tasks.make_returns",
    "providers.tasks.remind_returns",
    "awards.tasks.start_evaluations",
    "awards.tasks.void_evaluations",
    "awards.tasks.take_effect",
    "packages.tasks.start_placements",
    "packages.tasks.finish_placements",
    "packages.tasks.close_call_offs",
    "packages.tasks.unseal_call_offs",
    "packages.tasks.remind_of_call_offs",
]
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "dps.ticks.tick",
        "schedule": TICK_SECONDS,
        "last_run_at": datetime(2000, 1, 1, tzinfo=UTC),  # due at once when beat starts
        "options": {"expires": TICK_SECONDS},  # a worker that was away is not handed all it missed
    }
}

DJANGO_TABLES2_TEMPLATE = "components/table.html"

# Mail lies in an outbox that a page shows, unless an SMTP server is named.
EMAIL_URL = env.dj_email_url("EMAIL_URL", "") if env.str("EMAIL_URL", "") else {}
EMAIL_BACKEND = EMAIL_URL.get("EMAIL_BACKEND", "dps.outbox.Outbox")
for _name in ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"):
    globals()[_name] = EMAIL_URL.get(_name, "")
EMAIL_USE_TLS = EMAIL_URL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_URL.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "care purchasing <no-reply@dps.invalid>")
HAS_OUTBOX = EMAIL_BACKEND == "dps.outbox.Outbox"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
