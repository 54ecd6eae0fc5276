"""The calendar: events that recur, change, and reach every citizen's own calendar."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from cms import content_version
        from events import finders, preflight, signals  # noqa: F401  finders register themselves

        content_version.follow(self)
        preflight.register()

        signals.connect()
