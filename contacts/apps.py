from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = _("Contacts")

    def ready(self) -> None:
        from cms import content_version
        from contacts import book, finders, preflight  # noqa: F401  they register themselves

        content_version.follow(self)
        preflight.register()
