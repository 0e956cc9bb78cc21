"""All settings, read from top to bottom; every environment variable is described in .env.example."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django_htmx
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from dispatch.version import version_of

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env", overwrite=False)

# --- what it is and where it stands -----------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. `bin/up` makes one; elsewhere put 50 random characters there.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier ones: they open, and close nothing
HTTPS = env.bool("HTTPS", default=True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
ROOT_URLCONF = "dispatch.urls"
ASGI_APPLICATION = "dispatch.asgi.application"
AUTH_USER_MODEL = "staff.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "axes",
    "csp",
    "django_htmx",
    "dispatch.live",
    "dispatch.audit",
    "dispatch.staff",
    "places",
    "orders",
    "telephony",
    "dispatch.reports",
    "rest_framework",
    "dispatch.api",
    "dispatch.desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "dispatch.assets.Assets",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dispatch.middleware.SignInWall",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "dispatch.middleware.NoZeroBytes",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# --- engines: PostgreSQL and Redis (or Valkey) everywhere, see docs/decisions -------------------------------------
DATABASES = {
    "default": {
        **env.db("DATABASE_URL", default="postgres://localhost/taxi"),
        "ENGINE": "dispatch.database",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            # a peer that is gone without a word is noticed within seconds, not after the kernel's two hours
            "keepalives_idle": 3,
            "keepalives_interval": 1,
            "keepalives_count": 3,
            "tcp_user_timeout": 6000,
        },
    }
}
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CHANNEL_LAYERS = {
    # The core layer closes every idle socket after six seconds with redis 8 (docs/decisions/0002).
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 2, "socket_connect_timeout": 2}]},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_CONSUMER = "dispatch.worker:Consumer"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "empty the outbox": {"task": "dispatch.live.tasks.forget_old_changes", "schedule": 600},
    "release pre-orders": {"task": "orders.tasks.release_due", "schedule": 15},
    # what was not done in time is done by the next beat: nothing piles up behind a worker that was away
    "look for drivers": {"task": "orders.tasks.search_due", "schedule": 1, "options": {"expires": 3}},
    "watch over orders": {"task": "orders.tasks.watch", "schedule": 5, "options": {"expires": 10}},
    "forget old presses": {"task": "orders.tasks.forget_old_acts", "schedule": 3600},
    "free what no driver confirmed": {"task": "orders.tasks.free_unconfirmed", "schedule": 15},
    "end what was on hold until now": {"task": "orders.tasks.resume_held", "schedule": 5, "options": {"expires": 10}},
    "plan recurring orders": {"task": "orders.tasks.plan_recurring", "schedule": 600},
    "forget old drafts": {"task": "orders.tasks.forget_old_drafts", "schedule": 3600},
    "go on with imports": {"task": "orders.tasks.go_on_with_imports", "schedule": 30},
    "forget old imports": {"task": "orders.tasks.forget_old_imports", "schedule": 3600},
    "lift marks that have ended": {"task": "orders.tasks.lift_ended_marks", "schedule": 15},
    "end wrap-ups": {"task": "telephony.tasks.end_wrap_ups", "schedule": 5},  # the link does, too, and in time
    "send webhooks": {"task": "dispatch.api.tasks.send_webhooks", "schedule": 1, "options": {"expires": 1}},
    "tell of stopped webhooks": {
        "task": "dispatch.api.tasks.tell_of_stopped",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "forget old messages": {"task": "dispatch.api.tasks.forget_old_messages", "schedule": 3600},
    "forget old answers": {"task": "dispatch.api.tasks.forget_old_answers", "schedule": 600},
    "sum the reports": {"task": "dispatch.reports.tasks.sum_up", "schedule": 60},
    "measure recordings": {"task": "telephony.tasks.measure_recordings", "schedule": 10},
}
PLAY_DRIVERS = env.bool("PLAY_DRIVERS", default=False)  # bin/up with the pretend PBX: the demo town's drivers answer
if PLAY_DRIVERS:
    CELERY_BEAT_SCHEDULE["play the drivers"] = {
        "task": "dispatch.desk.tasks.play_drivers", "schedule": 2, "options": {"expires": 4},
    }  # fmt: skip

# --- orders -------------------------------------------------------------------------------------------------------
BLACKLIST_RULE = env.str("BLACKLIST_RULE", default="warn")  # warn: the dispatcher decides; stop: a supervisor does
EMERGENCY_NUMBERS = env.list("EMERGENCY_NUMBERS", default=["112"])  # shown in the intake form, as the office says them
DRAFT_DAYS = 7  # intake forms, saved or not, are kept for so long; the order keeps what was saved
RECURRING_DAYS = env.int("RECURRING_DAYS", default=2)  # so many days ahead recurring orders become pre-orders
ORDER_CONFIRM_MINUTES = env.int("ORDER_CONFIRM_MINUTES", default=15)  # before the search a driver confirms
ORDER_REMIND_MINUTES = 5  # before he must have confirmed, he and the desk are reminded
if BLACKLIST_RULE not in ("warn", "stop"):
    raise ImproperlyConfigured("BLACKLIST_RULE is warn or stop.")
ORDER_RELEASE_MINUTES = env.int("ORDER_RELEASE_MINUTES", default=20)  # before pick-up a pre-order enters the search
IMPORT_MOST_BYTES = 20 * 1024 * 1024  # of a spreadsheet
IMPORT_MOST_LINES = 100_000
IMPORT_SILENCE = timedelta(seconds=90)  # without a sign of life for so long, another worker goes on
IMPORT_KEPT = timedelta(days=30)
LIST_URGENCY_MINUTES = {  # from when on an open order stands higher in the list; the keys are those of orders.urgency
    "unassigned": 5,
    "waiting": 5,
    "on_the_way": 15,
    "near": 30,
}
LIST_SEARCH_SECONDS = 0.7  # so long one page of the history is looked for; then it says how far back it has come
OFFER_SECONDS = 20  # for one offer, where the order has no fleet that says otherwise
OFFER_GRACE_SECONDS = 2  # an acceptance may be so long on its way
BROADCAST_SECONDS = 60  # an offer to all, when everybody by himself refused
RESERVED_MINUTES = 20  # an order taken as the next one waits so long for its driver
SEARCH_PAUSE_SECONDS = 3  # nobody fits just now: look again
DRIVER_ACT_MINUTES = 15  # a press in a driver's page that comes later is refused: the world has gone on
DRIVER_ACT_DAYS = 7  # so long it is known that a press was done
WATCH_MINUTES = {  # an order that stays so long in one state is shown as a problem; the keys are those of Alarm
    "unassigned": 10,
    "offered": 3,
    "not_set_off": 5,
    "not_out": 10,
    "on_board": 120,
}
QUOTE_DAYS = 7  # a price that was said without an order holds for so long
OFFICE_CURRENCY = env.str("OFFICE_CURRENCY", default="RUB")  # ISO 4217: of new prices; a tariff's version keeps its own

# --- places -------------------------------------------------------------------------------------------------------
ROUTING_URL = env.str("ROUTING_URL", default="")  # http://127.0.0.1:8002; empty: our own estimate
ROUTING_KIND = env.str("ROUTING_KIND", default="valhalla")  # or osrm
ROUTING_SECONDS = env.float("ROUTING_SECONDS", default=1.0)  # an engine that is slower is not waited for
PLACES_UPLOAD_MB = env.int("PLACES_UPLOAD_MB", default=64)  # what is larger goes through manage.py import_places
ROUTING_REST_SECONDS = 15.0  # an engine that failed is asked again after that
if ROUTING_KIND not in ("valhalla", "osrm"):
    raise ImproperlyConfigured("ROUTING_KIND is either valhalla or osrm.")

# --- mail ---------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))  # smtp+tls://user:password@mail.example:587
EMAIL_TIMEOUT = 10
MAIL_FROM = env.str("MAIL_FROM", default="taxi-desk@localhost")

# --- other systems ------------------------------------------------------------------------------------------------
API_ANSWER_HOURS = 24  # so long a request that names itself by a key is answered as the first time
API_TWIN_SECONDS = 10  # so long the second of two such requests at once waits for the first one
API_A_MINUTE = 600  # requests of one token, where nothing else is said
WEBHOOK_SECONDS = 5  # from resolving the name to the answer's head; whoever is slower has not answered
WEBHOOK_TURN_SECONDS = 3  # so long one receiver is served before it is another's turn
WEBHOOK_AT_ONCE = 2  # receivers, so that slow ones leave the worker time for the timers
WEBHOOK_LEASE_SECONDS = 15  # a sender without a sign of life for so long is dead, and another one sends
WEBHOOK_TRIES_HOURS = 24  # so long a message is tried
WEBHOOK_STOP_HOURS = 72  # a receiver that failed for so long is written to no more until somebody starts it again
WEBHOOK_KEPT_DAYS = 7  # so long it is shown what became of a message
ALARM_MAIL_TO = env.list("ALARM_MAIL_TO", default=[])  # who hears that a webhook was stopped; nobody: no mail
WEBHOOK_LOOPBACK = env.bool("WEBHOOK_LOOPBACK", default=False)  # http://127.0.0.1 as well: for trying it out only
API_HOME = "/api/"  # asks for a token itself, and knows no session
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["dispatch.api.door.token.ByToken"],
    "DEFAULT_PERMISSION_CLASSES": ["dispatch.api.door.token.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["dispatch.api.door.token.PerToken"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "dispatch.api.door.schema.Described",
    "EXCEPTION_HANDLER": "dispatch.api.door.problems.answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Taxi-dispatch desk",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "OrderState": "dispatch.api.shapes.orders.STATES",
        "OfferState": "orders.models.OfferState.choices",
        "ServiceClass": "orders.models.ServiceClass.choices",
        "SheetKind": "orders.models.SheetKind.choices",
        "DocumentKind": "dispatch.api.shapes.garage.PAPERS",
    },
}

# --- the PBX ------------------------------------------------------------------------------------------------------
AMI_URL = env.str("AMI_URL", default="")  # ami://user:secret@host:5038
PBX_QUEUE = env.str("PBX_QUEUE", default="dispatch")
RECORDINGS_DIR = Path(env.str("RECORDINGS_DIR", default=str(VAR_DIR / "recordings")))
MUSIC_DIR = env.str("MUSIC_DIR", default="")  # the folder of a class of music of the PBX, where we may write to it
MUSIC_UPLOAD_MB = 100
LINK_LEASE_SECONDS = 3.0  # a second link takes over when the lease has not been renewed for so long
AMI_STALE_SECONDS = 2.0  # without a byte from the PBX for so long, its state on the screen is called stale
AMI_ACTION_SECONDS = 5.0  # an action without an answer is forgotten after that
PBX_STAFF_CONTEXT = "staff"  # of our dialplan: where the hints of extensions are found
COMMAND_SECONDS = 5.0  # any other click on a call that was not confirmed by then has expired
PARK_REMIND_SECONDS = env.int("PARK_REMIND_SECONDS", default=120)  # who parked a caller is reminded so often
LISTENING_IS_SHOWN = env.bool("LISTENING_IS_SHOWN", default=False)  # to whom a supervisor listens; it is in the journal
PAIR_RING_SECONDS = env.int("PAIR_RING_SECONDS", default=30)  # so long each of two rings who are to be connected
PICK_SECONDS = 8.0  # a pick that was not confirmed by then has expired

PHONE_URL = env.str("PHONE_URL", default="")  # where browsers reach the PBX's WebSocket; empty: no phone in the browser
try:
    PHONE_ICE = env.json("PHONE_ICE", default=[])  # STUN and TURN servers, as RTCPeerConnection takes them
except ValueError as error:
    raise ImproperlyConfigured(f"PHONE_ICE is no JSON: {error}") from None
PHONE_TURN_SECRET = env.str("PHONE_TURN_SECRET", default="")  # shared with those TURN servers: credentials for an hour
PHONE_REALM = "taxi-desk"
PHONE_LINE_SECONDS = 600  # so long a tab's credentials are good; it renews them in time

WRAP_UP_SECONDS = env.int("WRAP_UP_SECONDS", default=20)  # after a call, for those who have it; 0: nobody has

# --- shifts -------------------------------------------------------------------------------------------------------
SHIFT_STALE_MINUTES = env.int("SHIFT_STALE_MINUTES", default=10)  # not seen for so long: others may take the place
STATUS_GRACE_SECONDS = env.int("STATUS_GRACE_SECONDS", default=60)  # without an open desk for so long: on mobile
HANDOVER_SOON_MINUTES = 30  # orders without a driver that are due within so long are handed over

# --- reports ------------------------------------------------------------------------------------------------------
REPORT_ASAP_LATE_MINUTES = env.int("REPORT_ASAP_LATE_MINUTES", default=15)  # a car at once is on time within so long
REPORT_PREORDER_LATE_MINUTES = env.int("REPORT_PREORDER_LATE_MINUTES", default=5)  # … and one for a time, after it
REPORT_QUICK_ANSWER_SECONDS = 30

# --- people, sign-in ----------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "staff:sign-in"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 7
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else somebody else keeps a colleague out for ever
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "dispatch.staff.views.sign_in.locked_out"
if env.bool("BEHIND_PROXY", default=False):
    AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"]
    AXES_IPWARE_PROXY_COUNT = 1

# --- languages, time, numbers -------------------------------------------------------------------------------------
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ar", "العربية"), ("he", "עברית"), ("pl", "Polski")]
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "dispatch.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("OFFICE_TIME_ZONE", default="Europe/Moscow")  # of the screen; inside, times are aware UTC
PHONE_REGION = env.str("PHONE_REGION", default="RU")  # how national numbers are read
PHONE_CITY_CODE = env.str("PHONE_CITY_CODE", default="495")  # how short city numbers are read

# --- files --------------------------------------------------------------------------------------------------------
STATIC_HOME = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_VERSION = version_of([*STATICFILES_DIRS, Path(django_htmx.__file__).parent / "static"])
STATIC_URL = f"{STATIC_HOME}{STATIC_VERSION}/"  # dispatch/assets.py
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True

# --- security -----------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF if PHONE_URL else NONE],  # the phone's own document shows the pages (decision 0019)
        "form-action": [SELF],
    }
}
if (phone := urlsplit(PHONE_URL)).netloc:  # elsewhere than at our own address
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"].append(f"{phone.scheme}://{phone.netloc}")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = False  # the proxy in front does that (deploy/)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN" if PHONE_URL else "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W008"]

# --- logs ---------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"briefly": {"()": "dispatch.log.Briefly"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["briefly"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "channels_redis.pubsub": {"level": "CRITICAL"},  # a traceback each second while Redis is away; the beat says it
    },
}
