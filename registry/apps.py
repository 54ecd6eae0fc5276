from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("Register")

    def ready(self) -> None:
        from cms import content_version
        from registry import checks, signals  # noqa: F401  register themselves

        content_version.follow(self)
