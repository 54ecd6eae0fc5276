"""The test suite: production's shape without its waits."""

import os
import tempfile

os.environ.setdefault("AGORA_DATA_DIR", tempfile.mkdtemp(prefix="agora-test-"))

from config.settings.base import *
from config.settings.base import LOGGING, STORAGES

DEBUG = False
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AGORA_BASE_URL = WAGTAILADMIN_BASE_URL = "http://testserver"
# Thousands of lines about requests and tasks that nobody reads; a test that reads some asks for them with caplog.
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}
