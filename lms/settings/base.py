"""What every installation shares. Each value that a host may change is read from the environment."""

from pathlib import Path
from typing import Any

import django
import environ
from django.utils.translation import gettext_lazy as _
from kombu import Queue
from redis.backoff import NoBackoff
from redis.retry import Retry

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.FileAwareEnv()  # NAME, or NAME_FILE for a secret kept in a file

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # older keys, to open what they sealed
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")  # printed in e-mails, cards and QR codes
IS_PRODUCTION = False

INSTALLED_APPS = [
    "lms.lib",
    "lms.accounts",
    "cms",
    "courses",
    "assessments",
    "certificates",
    "placement",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "lms.accounts.people_app.PeopleAdminConfig",  # wagtail.users, with our pages of people
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailmedia",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "lms.lib.requestid.RequestIdMiddleware",
    "lms.lib.access_log.AccessLogMiddleware",
    "lms.accounts.middleware.DataUseMiddleware",
    "lms.lib.health.ProbeMiddleware",
    "lms.lib.headers.BareRedirectMiddleware",
    "lms.lib.headers.SpareHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # above: a page policy on each static file costs 400 bytes
    "lms.lib.compress.BrotliMiddleware",
    "lms.lib.headers.SecurityHeadersMiddleware",
    "lms.lib.failures.DatabaseFailureMiddleware",
    "lms.lib.failures.UnsendableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms.lib.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "lms.lib.headers.QuietTokenMiddleware",
    "lms.lib.drafts.DraftMiddleware",
    "lms.lib.form_tokens.FetchMetadataMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lms.accounts.middleware.TooManyRequestsMiddleware",
    "lms.accounts.middleware.SessionPolicyMiddleware",
    "lms.accounts.middleware.ReaderZoneMiddleware",
    "cms.guard.AdminGuardMiddleware",
    "lms.lib.malware.MalwareMiddleware",
    "cms.guard.SiteRedirectMiddleware",
    "lms.lib.direct_answers.DirectAnswerMiddleware",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.lib.form_tokens.form_token",
            ],
        },
    },
]
if django.VERSION < (6,):  # Django 6 has template partials of its own, written the same way
    INSTALLED_APPS.append("template_partials")
    TEMPLATES[0]["OPTIONS"]["builtins"].append("template_partials.templatetags.partials")
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- database
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'passerelle.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # FULL, not NORMAL: an answer shown as saved survives a power cut (docs/decisions/0002).
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;",
    }
    _database["CONN_MAX_AGE"] = None
else:
    if _database["ENGINE"] == "django.db.backends.postgresql":
        _database["ENGINE"] = "lms.lib.postgresql"  # waits for a server that is just being restarted
        _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)  # seconds
    _database.setdefault("CONN_MAX_AGE", env.int("DATABASE_CONN_MAX_AGE", default=60))
    _database["CONN_HEALTH_CHECKS"] = True
    _database["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DATABASE_POOLER", default=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- caches: "default" is seen by every process (allauth counts guesses there);
# --- "bodies" is each process's own and holds what never changes under its key
CACHE_URL = env("CACHE_URL", default="")
CACHE_SECONDS = env.float("CACHE_SECONDS", default=0.3)  # that a call to Redis may take
_cache: dict[str, Any] = (
    env.cache_url_config(CACHE_URL)
    if CACHE_URL
    else {
        "BACKEND": "lms.lib.seams.filecache.FileCache",
        "LOCATION": str(DATA_DIR / "cache"),
        "TIMEOUT": 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
)
_main: dict[str, Any] = {"MAIN": _cache["BACKEND"], "MAIN_OPTIONS": _cache.get("OPTIONS", {})}
if _cache["BACKEND"].endswith("RedisCache"):  # its own default: no limit, and three tries with pauses of seconds
    _limits = {"socket_timeout": CACHE_SECONDS, "socket_connect_timeout": CACHE_SECONDS, "retry": Retry(NoBackoff(), 0)}
    _main["MAIN_OPTIONS"] = {**_limits, **_main["MAIN_OPTIONS"]}
_shared = {**_cache, "BACKEND": "lms.lib.shared_cache.SharedCache"}
_nothing = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
CACHES: dict[str, dict[str, Any]] = {
    "default": {**_shared, "OPTIONS": {**_main, "FALLBACK": "house_cachedentry"}},
    # They are in the database anyway. A server that may be cut off is not told of one that ends meanwhile, and would
    # bring it back: with CACHE_URL the database alone is asked.
    "sessions": _nothing if CACHE_URL else {**_shared, "OPTIONS": _main},
    "renditions": _nothing,  # Wagtail's; pages ask one query for all
    "bodies": {
        "BACKEND": "lms.lib.memory.ObjectCache",
        "LOCATION": "bodies",
        "TIMEOUT": 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}
CACHES["shared"] = CACHES["default"]  # the same store, named for what it promises

# --- people and sessions
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["lms.accounts.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "lms.accounts.validators.PinOrPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "lms.accounts.breached.BreachedPasswordValidator"},
]
LEARNER_PIN_LENGTH = env.int("LEARNER_PIN_LENGTH", default=6)  # at least; docs/decisions/0005-pin-for-learners.md
BREACHED_PASSWORDS_URL = env("BREACHED_PASSWORDS_URL", default="")  # asked by the first five signs of a hash
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:after_sign_in"
SESSION_ENGINE = "lms.lib.seams.sessions"  # cached_db, safe from forged keys
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "lms.lib.failures.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SMS_SIGN_IN = env.bool("SMS_SIGN_IN", default=False)  # codes by SMS cost money: off unless a provider is set
EMAIL_SIGN_IN = env.bool("EMAIL_SIGN_IN", default=False)  # sign in by e-mail address too
SELF_SIGN_UP = env.bool("SELF_SIGN_UP", default=True)
ACCOUNT_ADAPTER = "lms.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "lms.accounts.forms.SignInForm",
    "signup": "lms.accounts.forms.SignUpForm",
    "request_login_code": "lms.accounts.forms.AskCodeForm",
    "confirm_login_code": "lms.accounts.forms.CodeForm",
    "verify_phone": "lms.accounts.forms.VerifyPhoneForm",
    "reset_password": "lms.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "lms.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "lms.accounts.forms.ConfirmPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "phone"} | ({"email"} if EMAIL_SIGN_IN else set())
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USER_DISPLAY = "lms.accounts.models.display_name"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = SMS_SIGN_IN
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 600  # slow SMS; ASVS 6.5.5 allows ten minutes
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_PHONE_VERIFICATION_ENABLED = SMS_SIGN_IN
# Wrong PINs, (how many, in so many seconds). Per-address limits are wide, since a class or a mobile operator shares one
# address; per-account limits are narrow: 30 guesses a day at a PIN of 6 digits is one chance in 33,000.
# A device on which the person has signed in before keeps its own count: strangers cannot lock them out.
GUESS_LIMITS = {
    "account": [(8, 600), (30, 86_400)],
    "device": [(8, 600), (30, 86_400)],
    "code": [(8, 600), (30, 86_400)],  # of the second factor
    "sent": [(3, 600)],  # one code by SMS, as long as it is good
    "address": [(300, 60)],
}
# By number, e-mail address or account, never by network address: 300 learners of a centre share one. allauth adds its
# own default for every name that is missing here.
ACCOUNT_RATE_LIMITS = {
    "login": None,  # GUESS_LIMITS counts what fails: a class behind one address signs in at once
    "login_failed": None,  # GUESS_LIMITS counts PINs and codes of the second factor
    "signup": None,  # SIGN_UPS_PER_HOUR, and codes by SMS have budgets
    "reset_password": "3/h/key",
    "reset_password_from_key": None,
    "request_login_code": "3/15m/key",
    "verify_phone": "1/30s/key,5/d/key",
    "change_password": "8/10m/user",
}
PASSWORD_RESET_TIMEOUT = 3600

# --- second factor at sign-in: allauth's, for everybody who may enter the admin
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=False)  # on in production
EMPLOYER_SECOND_FACTOR = env.bool("EMPLOYER_SECOND_FACTOR", default=False)
MFA_ADAPTER = "lms.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "lms.accounts.factor_forms.CodeAtSignInForm",
    "reauthenticate": "lms.accounts.factor_forms.CodeAgainForm",
    "authenticate_webauthn": "lms.accounts.factor_forms.PasskeyAtSignInForm",
    "reauthenticate_webauthn": "lms.accounts.factor_forms.PasskeyAgainForm",
    "activate_totp": "lms.accounts.factor_forms.FirstCodeForm",
    "add_webauthn": "lms.accounts.factor_forms.AddPasskeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": None}  # its default counts by network address
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be 30 seconds off; no code works twice (accounts/second_factor.py)
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are proved by the e-mails that open accounts
DATA_USE_SECONDS = 60  # between two writes of what a process counted (lms/accounts/data_use.py)
SIGN_UPS_PER_HOUR = env.int("SIGN_UPS_PER_HOUR", default=300)  # from one address: a centre of 300 fits in; 0 = no limit
WRONG_CARD_LIMIT = (120, 60)  # wrong codes from one address, in so many seconds
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- languages
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
WAGTAIL_WORKFLOW_ENABLED = False  # a trainer publishes what they write
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # “Leçon” gives “lecon”: an address is read aloud and typed on a phone
TIME_ZONE = env("TIME_ZONE", default="Africa/Dakar")
USE_TZ = True

# --- files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "lms" / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"  # certificates and returned imports: only ever through a view that asks who
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
STORAGES = {
    "default": {"BACKEND": "lms.lib.media.MediaStorage"},
    "private": {
        "BACKEND": "lms.lib.durable.DurableFiles",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "lms.lib.static_files.StaticFiles",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},  # a proxy may serve them
    },
}
MEDIA_STORAGE = env("MEDIA_STORAGE", default="")  # "s3": two closed buckets (lms/lib/s3.py)
S3_MEDIA_BUCKET, S3_PRIVATE_BUCKET = env("S3_MEDIA_BUCKET", default=""), env("S3_PRIVATE_BUCKET", default="")
S3_ENDPOINT_URL = env("S3_ENDPOINT_URL", default="")  # of a server that is not Amazon's
S3_REGION = env("S3_REGION", default="")  # its keys: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or the machine's role
if MEDIA_STORAGE == "s3":
    _s3 = {"endpoint_url": S3_ENDPOINT_URL or None, "region_name": S3_REGION or None}
    STORAGES["default"] = {
        "BACKEND": "lms.lib.s3.S3MediaStorage",
        "OPTIONS": {"bucket_name": S3_MEDIA_BUCKET, **_s3},
    }
    STORAGES["private"] = {
        "BACKEND": "lms.lib.s3.S3PrivateStorage",
        "OPTIONS": {"bucket_name": S3_PRIVATE_BUCKET, **_s3},
    }
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages ask for no others: half the packing, half the disk
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor goes past Django's default of 1,000

# --- Wagtail
WAGTAIL_SITE_NAME = "Passerelle"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "account_login"
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}  # a password that everybody guesses at uncounted
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français"), ("en", "English")]
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "cms.rich_text.RichTextArea"}}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TASKS = {"default": {"BACKEND": "lms.lib.background_tasks.AfterCommit"}}
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.uploads.ImageForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
PICTURE_LONGEST_SIDE = 10_000  # pixels: the time that smaller copies take grows with it, whatever the area
WAGTAILIMAGES_AVIF_QUALITY = 35
WAGTAILIMAGES_WEBP_QUALITY = 62
WAGTAILIMAGES_JPEG_QUALITY = 62
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "ods", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.uploads.DocumentForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILMEDIA = {
    "MEDIA_FORM_BASE": "cms.uploads.MediaForm",
    "AUDIO_EXTENSIONS": ["mp3", "ogg", "opus", "m4a"],
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
}
MEDIA_MAX_UPLOAD_SIZE = env.int("MEDIA_MAX_UPLOAD_MB", default=50) * 1024 * 1024  # of one sound or video
WAGTAILEMBEDS_FINDERS: list[dict] = []  # nothing is ever fetched from another host

# --- background work
_broker_dir = DATA_DIR / "broker"
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://localhost/")
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker_dir / "queue"),
        "data_folder_out": str(_broker_dir / "queue"),
        "control_folder": str(_broker_dir / "control"),
        "store_processed": False,
        "polling_interval": 0.05,  # seconds: one is waited after every message, however short its task
    }
else:  # a dead broker must never delay a request: the sweep brings what was not said
    CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 0.4, "socket_timeout": 0.4}
CELERY_BROKER_CONNECTION_TIMEOUT = 0.4
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
URGENT_QUEUE = "urgent"  # somebody stands at the door: codes and links to sign in (lms/accounts/receivers.py)
CELERY_TASK_DEFAULT_QUEUE = "default"  # what somebody waits for: certificates, notices, the sweeps
BULK_QUEUE = "bulk"  # imports, regrading: minutes, in slices
CELERY_TASK_QUEUES = [Queue(name) for name in (URGENT_QUEUE, CELERY_TASK_DEFAULT_QUEUE, BULK_QUEUE)]
CELERY_TASK_CREATE_MISSING_QUEUES = False  # a queue that no worker serves is a mistake (lms/lib/checks.py)
CELERY_TASK_ROUTES = {
    "lms.accounts.tasks.work_run": {"queue": BULK_QUEUE},
    "cms.tasks.sweep_pictures": {"queue": BULK_QUEUE},
    "lms.accounts.tasks.sweep_codes": {"queue": URGENT_QUEUE},
}
# A task is asked to end after two thirds of TASK_SECONDS and killed after all of it. The rest follows from that: what a
# task does ends before it is asked to, and a lease outlives the task that holds it (lms/lib/checks.py).
CELERY_TASK_TIME_LIMIT = env.int("TASK_SECONDS", default=90)
CELERY_TASK_SOFT_TIME_LIMIT = CELERY_TASK_TIME_LIMIT * 2 // 3
LEASE_SECONDS = CELERY_TASK_TIME_LIMIT * 4 // 3 + 1  # then what a killed worker held is free again
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Nobody commands workers from afar. With it each has a queue in RabbitMQ that only its connection may use, and a worker
# whose host was cut off does not start again until RabbitMQ gives its old connection up.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "lms.lib.beat.MemoryScheduler"
INACTIVE_DAYS = env.int("INACTIVE_DAYS", default=730)  # then a learner is told, and erased a month later; 0: never
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=30)
SWEEP_MAX_SECONDS = CELERY_TASK_TIME_LIMIT // 3  # then a round ends, and the next one goes on
RUN_SECONDS = env.int("RUN_SECONDS", default=CELERY_TASK_TIME_LIMIT // 9)  # of bulk work: then others have their turn
RUN_PAUSE_SECONDS = 0.25  # at most, after each slice: SQLite's one writer is free meanwhile
PARSE_APART = True  # files of strangers are read in a process of its own, with these limits
PARSE_CPU_SECONDS = env.int("PARSE_CPU_SECONDS", default=10)
PARSE_SECONDS = env.int("PARSE_SECONDS", default=CELERY_TASK_TIME_LIMIT * 4 // 9)
PARSE_MEMORY_MB = env.int("PARSE_MEMORY_MB", default=400)
PARSE_ANSWER_MB = env.int("PARSE_ANSWER_MB", default=40)  # 20 MB of questions with pictures are 30 of JSON
CELERY_BEAT_SCHEDULE: dict[str, dict] = {
    **{
        f"heartbeat-{queue.name}": {"task": "lms.accounts.tasks.heartbeat", "schedule": 30, "args": [queue.name]}
        for queue in CELERY_TASK_QUEUES
    },
    "codes": {"task": "lms.accounts.tasks.sweep_codes", "schedule": SWEEP_SECONDS},
    "messages": {"task": "lms.accounts.tasks.sweep_messages", "schedule": SWEEP_SECONDS},
    "runs": {"task": "lms.accounts.tasks.sweep_runs", "schedule": SWEEP_SECONDS},
    "purge-runs": {"task": "lms.accounts.tasks.purge_runs", "schedule": 6 * 3600},
    "merges": {"task": "lms.accounts.tasks.sweep_merges", "schedule": 60},
    "groups": {"task": "courses.tasks.sweep_groups", "schedule": 60},
    "notes": {"task": "courses.tasks.purge_notes", "schedule": 6 * 3600},
    "attempts": {"task": "assessments.tasks.sweep_attempts", "schedule": SWEEP_SECONDS},
    "certificates": {"task": "certificates.tasks.sweep_certificates", "schedule": SWEEP_SECONDS},
    "referrals": {"task": "placement.tasks.sweep_referrals", "schedule": SWEEP_SECONDS},
    "referral-deadlines": {"task": "placement.tasks.run_referral_deadlines", "schedule": 3600},
    # what libraries expect somebody to do: lms/lib/library_commands.py
    "publish": {"task": "cms.tasks.publish_scheduled", "schedule": 60},
    "sessions": {"task": "cms.tasks.clear_sessions", "schedule": 24 * 3600},
    "uploads": {"task": "cms.tasks.purge_uploads", "schedule": 6 * 3600},
    "pictures": {"task": "cms.tasks.sweep_pictures", "schedule": SWEEP_SECONDS},
    "backup": {"task": "lms.accounts.tasks.nightly_backup", "schedule": 900},
    "advisories": {"task": "lms.accounts.tasks.ask_for_advisories", "schedule": 1800},
}
for _entry in CELERY_BEAT_SCHEDULE.values():  # a worker that comes back after days does not sweep a thousand times
    _entry["options"] = {"expires": max(10 * SWEEP_SECONDS, 600)}
for _queue in CELERY_TASK_QUEUES:  # each worker gives a sign of life for each of its queues
    CELERY_BEAT_SCHEDULE[f"heartbeat-{_queue.name}"]["options"]["queue"] = _queue.name

# --- backups
BACKUP_DIR = env("BACKUP_DIR", default="")  # a folder, on another disk if possible: a backup each night
BACKUP_HOUR = env.int("BACKUP_HOUR", default=2)  # of TIME_ZONE

# --- messages to people
if env("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
    if vars()["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        EMAIL_BACKEND = "lms.lib.smtp.EmailBackend"  # the same, with limits of time for a whole message
else:  # one file per e-mail, to read and to follow its links by hand; logs hold no personal data
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = max(CELERY_TASK_TIME_LIMIT // 9, 1)  # seconds: a mail server that says nothing does not hold the worker
EMAIL_SECONDS = max(CELERY_TASK_TIME_LIMIT // 3, 1)  # for one message, in all: some servers look at it for long
EMAIL_RETRY_DAYS = env.int("EMAIL_RETRY_DAYS", default=5)  # after temporary answers (RFC 5321, 4.5.4.1)
EMAIL_PER_MINUTE = env.int("EMAIL_PER_MINUTE", default=0)  # what the provider takes; 0: any number
EMAIL_PER_DOMAIN = env.list("EMAIL_PER_DOMAIN", default=[])  # "gmail.com=20,*=60"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Passerelle <ne-pas-repondre@localhost>")
MESSAGE_BACKENDS = {
    "email": env("EMAIL_MESSAGE_BACKEND", default="lms.accounts.channels.EmailChannel"),
    "sms": env("SMS_MESSAGE_BACKEND", default="lms.accounts.channels.FileSmsChannel"),
    "app": "lms.accounts.channels.AppChannel",
}

# lms.accounts.sms.OrangeSms or lms.accounts.sms.AfricasTalkingSms, with the provider's keys
SMS_SENDER_NAME = env("SMS_SENDER_NAME", default="")  # as registered with the provider
SMS_COST_MICROS = env.int("SMS_COST_MICROS", default=0)  # price of one part where the provider does not say it
SMS_COST_CURRENCY = env("SMS_COST_CURRENCY", default="XOF")
ORANGE_API_URL = env("ORANGE_API_URL", default="https://api.orange.com")
ORANGE_CLIENT_ID = env("ORANGE_CLIENT_ID", default="")
ORANGE_CLIENT_SECRET = env("ORANGE_CLIENT_SECRET", default="")
ORANGE_SENDER = env("ORANGE_SENDER", default="")  # the country's sender number: +2210000
AFRICASTALKING_API_URL = env("AFRICASTALKING_API_URL", default="https://api.africastalking.com")
AFRICASTALKING_USERNAME = env("AFRICASTALKING_USERNAME", default="")
AFRICASTALKING_API_KEY = env("AFRICASTALKING_API_KEY", default="")
# Parts of SMS a day, as the provider bills them: in all, by dialling code, to one number (lms/accounts/sms_budget.py)
SMS_PER_DAY = env.int("SMS_PER_DAY", default=1000)
SMS_PER_COUNTRY = env.list("SMS_PER_COUNTRY", default=["*=200"])  # "+225=400,*=50"
SMS_CODES_PER_NUMBER = env.int("SMS_CODES_PER_NUMBER", default=10)
SMS_NEWS_PER_NUMBER = env.int("SMS_NEWS_PER_NUMBER", default=5)
SMS_NEWS_PERCENT = env.int("SMS_NEWS_PERCENT", default=50)  # news get at most so much of a budget
SMS_SIGN_UP_PERCENT = env.int("SMS_SIGN_UP_PERCENT", default=30)  # so do codes for new accounts; the rest: codes only
ADVISORIES_URL = env("ADVISORIES_URL", default="")  # asked each day for known weaknesses of libraries
CLAMD_ADDRESS = env("CLAMD_ADDRESS", default="")  # a socket's path, or host:port; empty: files are not scanned
OUTBOUND_HTTP_HOSTS: list[str] = []  # hosts that may be called without TLS: none, but for tests

# --- whoever looks after this installation (lms/lib/alerts.py, lms/lib/error_reports.py)
ADMIN_EMAILS = env.list("ADMIN_EMAILS", default=[])  # without it: the administrators who have an e-mail address
ALERT_EMAIL: dict[str, Any] = {}  # another mail server than that of the site, which may be what is broken
if env("ALERT_EMAIL_URL", default=""):
    _url = env.email("ALERT_EMAIL_URL")
    ALERT_EMAIL = {
        "backend": "lms.lib.smtp.EmailBackend",
        "host": _url["EMAIL_HOST"],
        "port": _url["EMAIL_PORT"],
        "username": _url["EMAIL_HOST_USER"] or "",  # None stands for that of EMAIL_URL
        "password": _url["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": _url.get("EMAIL_USE_TLS", False),
        "use_ssl": _url.get("EMAIL_USE_SSL", False),
    }
ALERT_WEBHOOK = env("ALERT_WEBHOOK", default="")
ALERT_PING_URL = env("ALERT_PING_URL", default="")  # asked for every minute while nothing is broken
ALERT_AMBER_HOURS = env.int("ALERT_AMBER_HOURS", default=24)
SENTRY_DSN = env("SENTRY_DSN", default="")  # errors, without people (lms/lib/sentry.py)
METRICS_TOKEN = env("METRICS_TOKEN", default="")  # who shows it reads /metrics (lms/lib/metrics.py); without it: nobody
SENTRY_ENVIRONMENT = env("SENTRY_ENVIRONMENT", default="production")

# --- organisation
ISSUER_NAME = env("ISSUER_NAME", default="Passerelle")
ISSUER_PLACE = env("ISSUER_PLACE", default="")
SIGNATORY_NAME = env("SIGNATORY_NAME", default="")
SIGNATORY_TITLE = env("SIGNATORY_TITLE", default="")
# People whom an employer and one of its contacts may look at (placement/people_shown.py); a warning comes before
FIRST_OPPORTUNITIES_CHECKED = env.int("FIRST_OPPORTUNITIES_CHECKED", default=2)
VETTING_DAYS = env.int("VETTING_DAYS", default=365)  # a check of an employer holds so long; 0: for ever
CONTACT_PEOPLE_PER_HOUR = env.int("CONTACT_PEOPLE_PER_HOUR", default=120)
CONTACT_PEOPLE_PER_DAY = env.int("CONTACT_PEOPLE_PER_DAY", default=400)
EMPLOYER_PEOPLE_PER_HOUR = env.int("EMPLOYER_PEOPLE_PER_HOUR", default=240)
EMPLOYER_PEOPLE_PER_DAY = env.int("EMPLOYER_PEOPLE_PER_DAY", default=800)
PEOPLE_WARNING_PERCENT = env.int("PEOPLE_WARNING_PERCENT", default=env.int("READING_WARNING_PERCENT", default=70))
QUIET_HOURS = env("QUIET_HOURS", default="21-7")  # no e-mail or SMS about work then, where the reader is; "": never
DIGEST_HOUR = env.int("DIGEST_HOUR", default=8)  # when the news of the day is sent, where the reader is
SMS_NOTICES = env.bool("SMS_NOTICES", default=False)  # news by SMS too: each costs money
DEFAULT_COUNTRY = env("DEFAULT_COUNTRY", default="SN")  # ISO 3166-1, for phone numbers typed without +
PHONE_COUNTRIES = env.list(  # offered at sign-up, tried in this order at sign-in
    "PHONE_COUNTRIES",
    default=["SN", "CI", "ML", "BF", "BJ", "TG", "NE", "GN", "CM", "TD", "GA", "CG", "CD", "MG", "RW", "MA", "TN", "DZ",
             "HT", "FR", "BE", "CH", "LU", "ES", "PT", "IT", "DE", "GB"],
)  # fmt: skip

# --- logs: one line each, no personal data (docs/decisions/0006)
LOG_LEVEL = env("LOG_LEVEL", default="INFO")
ACCESS_LOG = env.bool("ACCESS_LOG", default=True)  # a line for each request (lms/lib/access_log.py)
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=500)  # queries that take longer are logged; 0: none
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "lms.lib.logs.LineFormatter"}},
    "filters": {"drop_missing_rows": {"()": "lms.lib.logs.DropMissingRows"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "errors": {"class": "lms.lib.error_files.ErrorFiles", "formatter": "line", "level": "ERROR"},
    },
    "root": {"handlers": ["console", "errors"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console", "errors"], "level": LOG_LEVEL, "propagate": False},
        "django.security": {"handlers": ["console"], "propagate": False},  # what visitors did: no error of ours to tell
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "django_tasks": {"level": "WARNING", "filters": ["drop_missing_rows"]},
        "wagtail": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}

# --- safety
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS: list[str] = []
