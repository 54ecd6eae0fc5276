from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LocationsConfig(AppConfig):
    name = "locations"
    verbose_name = _("Places")

    def ready(self) -> None:
        from cms import content_version
        from locations import finders, preflight  # noqa: F401  registers what the site search finds here

        content_version.follow(self)
        preflight.register()
