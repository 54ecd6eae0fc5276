from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Site")

    def ready(self) -> None:
        from wagtail.models import Locale, Page, PageViewRestriction, Site
        from wagtail.signals import post_page_move

        from cms import (  # noqa: F401  most register themselves
            alerts,
            checks,
            content_version,
            finders,
            identity,
            navigation,
            page_preflight,
            service_calendar,
            workflow_mail,
        )

        content_version.follow(self)
        content_version.follow_models(Locale, Page, PageViewRestriction, Site)
        # Moving writes the tree without saving its pages.
        post_page_move.connect(content_version.changed, dispatch_uid="content:moved")
        page_preflight.register()
        workflow_mail.connect()
