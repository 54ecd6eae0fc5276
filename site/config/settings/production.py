"""What a city runs, and what `make serve` runs (with AGORA_DEMO=1, on this machine only)."""

from config.settings import environment
from config.settings.base import *
from config.settings.base import AGORA_BASE_URL, AGORA_DEMO, DATA_DIR

DEBUG = False
SECRET_KEY = environment.secret_key(DATA_DIR, may_generate=AGORA_DEMO)
ALLOWED_HOSTS = environment.allowed_hosts(
    environment.env.str("AGORA_BASE_URL", ""), demo=AGORA_DEMO
)

_HTTPS = AGORA_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not AGORA_DEMO
SECURE_SSL_REDIRECT = _HTTPS and not AGORA_DEMO
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if AGORA_DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not AGORA_DEMO
# The editor shows pages in a frame of its own host: SAMEORIGIN, not DENY (security.W019).
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SECURE_REDIRECT_EXEMPT = [r"^health/"]
CSRF_TRUSTED_ORIGINS = [AGORA_BASE_URL] if _HTTPS else []
