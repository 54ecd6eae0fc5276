"""Campaigns, the yearly promotion plan, strategy objectives, partnerships and news."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns and partnerships")

    def ready(self) -> None:
        from campaigns import (  # noqa: F401  filters and finders register themselves
            agreement_finders,
            filters,
            finders,
            preflight,
            signals,
        )
        from campaigns.models import CampaignPage, NewsPage, PartnerCallPage, PartnershipPage
        from campaigns.public import withhold_hidden
        from cms import content_version

        content_version.follow(self)
        for model in (CampaignPage, NewsPage, PartnershipPage, PartnerCallPage):
            withhold_hidden(model)
        signals.connect()
        preflight.register()
