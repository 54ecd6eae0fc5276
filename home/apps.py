from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Home page")

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from cms import content_version
        from home.roles import ROLES, open_new_part

        content_version.follow(self)
        for role in ROLES:
            if role.below is not None:
                post_save.connect(open_new_part, sender=role.below, dispatch_uid=role.name)
