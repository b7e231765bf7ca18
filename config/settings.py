"""Settings: one file, everything from the environment, safe by default."""

from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from config.database import as_django
from config.mail import PATIENCE_S, SMTP, mail_server
from takings.ads.rules.supply import read_ad_systems, read_seller_id
from takings.demo.rules.cast import logins
from takings.host import home
from takings.host.environment import flag, setting

BASE_DIR = Path(__file__).resolve().parent.parent


DEMO = flag("TAKINGS_DEMO")
DEBUG = False
SECRET_KEY = home.secret_key()
PUBLIC_URL = setting("TAKINGS_PUBLIC_URL") or "http://127.0.0.1:8000"
SECURE = PUBLIC_URL.startswith("https://")
BEHIND_PROXY = flag("TAKINGS_BEHIND_PROXY")
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DATABASE_URL = setting("DATABASE_URL")
DATABASES = {"default": as_django(url=DATABASE_URL)}

MEDIA_HOME = home.media_home()
EVENTS_HOME = home.events_home()
EVENTS_PER_SECOND = int(setting("TAKINGS_EVENTS_PER_SECOND"))
LAKE_HOME = home.lake_home()
LAKE_KEEP_DAYS = int(setting("TAKINGS_LAKE_KEEP_DAYS"))
LAKE_URL = setting("TAKINGS_LAKE_URL")
LAKE_ENDPOINT = setting("TAKINGS_LAKE_ENDPOINT")
LAKE_REGION = setting("TAKINGS_LAKE_REGION")
LAKE_KEYS = (setting("TAKINGS_LAKE_ACCESS_KEY"), setting("TAKINGS_LAKE_SECRET_KEY"))
NETWORKS_HOME = home.networks_home()
SETTLEMENT_ENGINE = setting("TAKINGS_SETTLEMENT_ENGINE")
SPARK_MASTER = setting("TAKINGS_SPARK_MASTER")
ENGINE_MEMORY = setting("TAKINGS_ENGINE_MEMORY")
SEAL_KEY = home.seal_key()
VAULT_KEY = home.vault_key()
SANCTIONS_FILE = setting("TAKINGS_SANCTIONS_FILE")
PAYER = {  # our own account, as files to the bank name it; a demo's is an example
    "name": setting("TAKINGS_PAYER_NAME"),
    "iban": setting("TAKINGS_PAYER_IBAN") or ("DE02120300000000202051" if DEMO else ""),
    "bic": setting("TAKINGS_PAYER_BIC"),
    "routing": setting("TAKINGS_PAYER_ROUTING") or ("021000021" if DEMO else ""),
    "account": setting("TAKINGS_PAYER_ACCOUNT") or ("000123456" if DEMO else ""),
}
TREE_HEADS = home.tree_heads()

INSTALLED_APPS = [
    "takings.web",  # first: its templates replace those of allauth and of forms
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "allauth",
    "allauth.account",
    "ninja",
    "procrastinate.contrib.django",
    "takings.people",
    "takings.ledger",
    "takings.policies",
    "takings.videos",
    "takings.audience",
    "takings.events",
    "takings.live",
    "takings.sandbox",
    "takings.payments",
    "takings.invoicing",
    "takings.settlement",
    "takings.coins",
    "takings.vouchers",
    "takings.ads",
    "takings.gifts",
    "takings.sponsorships",
    "takings.memberships",
    "takings.requests",
    "takings.shop",
    "takings.payouts",
    "takings.insights",
    "takings.api",
    "takings.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "takings.web.middleware.ViewerCookie",
    "takings.web.middleware.RefusalPages",
]

ROOT_URLCONF = "config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "takings.web.context.shell",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that `{{ form }}` is our markup
CSRF_FAILURE_VIEW = "takings.web.views.csrf_failure"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

DEFAULT_COUNTRY = setting("TAKINGS_DEFAULT_COUNTRY")
EMBED_SITES = frozenset(setting("TAKINGS_EMBED_SITES").split())
AD_SELLER_ID = read_seller_id(setting("TAKINGS_AD_SELLER_ID"))
AD_SYSTEMS = read_ad_systems(setting("TAKINGS_AD_SYSTEMS"))
AD_CONTACT = setting("TAKINGS_AD_CONTACT")
TCF_VENDOR_ID = int(setting("TAKINGS_TCF_VENDOR_ID"))
DEMO_LOGINS = [asdict(login) for login in logins()] if DEMO else []  # on the sign-in page

PAYMENT_ROUTES = setting("TAKINGS_PAYMENT_ROUTES") or ("sandbox" if DEMO else "")
STRIPE_SECRET_KEY = setting("TAKINGS_STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = setting("TAKINGS_STRIPE_WEBHOOK_SECRET")
STRIPE_API = "https://api.stripe.com"
PAYOUT_ROUTES = setting("TAKINGS_PAYOUT_ROUTES") or ("sandbox" if DEMO else "")
STRIPE_CONNECT_SECRETS = setting("TAKINGS_STRIPE_CONNECT_SECRETS")
SANDBOX_ON = "sandbox" in f"{PAYMENT_ROUTES} {PAYOUT_ROUTES}"
SANDBOX_KEEPS = "sandbox" in PAYOUT_ROUTES  # it pays creators from what it would send to the bank
SANDBOX_SECRET = f"sandbox:{SECRET_KEY}"
SANDBOX_WEBHOOK_URL = f"{PUBLIC_URL}/payments/webhooks/sandbox/"
SANDBOX_PAYOUT_WEBHOOK_URL = f"{PUBLIC_URL}/payouts/webhooks/sandbox/"

ENTITY = {  # who sells, on invoices
    "code": setting("TAKINGS_ENTITY_CODE"),
    "name": setting("TAKINGS_ENTITY_NAME"),
    "address": setting("TAKINGS_ENTITY_ADDRESS").replace("\\n", "\n"),
    "country": setting("TAKINGS_ENTITY_COUNTRY"),
    "tax_id": setting("TAKINGS_ENTITY_TAX_ID"),
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
FRONTEND_BUILD = BASE_DIR / "build" / "frontend"
STATICFILES_DIRS = [FRONTEND_BUILD]
WHITENOISE_USE_FINDERS = True  # served from where they were built: no collecting, no copies
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[\w-]{8}\."  # Vite puts a hash in each name
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "takings.web.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "takings.web.forms.JoinFields"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none" if DEMO else "mandatory"
MAIL = mail_server(url=setting("TAKINGS_EMAIL_URL"))
EMAIL_BACKEND = SMTP if setting("TAKINGS_EMAIL_URL") else setting("TAKINGS_EMAIL_BACKEND")
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = MAIL.host, MAIL.port, PATIENCE_S
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.use_ssl, MAIL.use_tls
DEFAULT_FROM_EMAIL = setting("TAKINGS_EMAIL_FROM") or f"Takings <no-reply@{ALLOWED_HOSTS[0]}>"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whoever did not change a password hears that it was
ACCOUNT_CHANGE_EMAIL = True  # an account has one address

PROCRASTINATE_ON_APP_READY = "config.schedule.register"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
