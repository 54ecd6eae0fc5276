"""`make dev`: DEBUG, autoreload, unhashed static files."""

from config.settings import environment
from config.settings.base import *
from config.settings.base import DATA_DIR, STORAGES

DEBUG = True
SECRET_KEY = environment.secret_key(DATA_DIR, may_generate=True)
ALLOWED_HOSTS = environment.LOCAL_HOSTS
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
