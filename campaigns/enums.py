"""The words of campaigns and partnerships; pages, panels, permissions and lists read them here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """The life of a campaign, one after the other; before the archive its evaluation is written."""

    BRIEF = "brief", pgettext_lazy("stage of a campaign", "brief")
    TEASER = "teaser", pgettext_lazy("stage of a campaign", "teaser")
    LIVE = "live", pgettext_lazy("stage of a campaign", "live")
    CLOSED = "closed", pgettext_lazy("stage of a campaign", "closed")
    ARCHIVED = "archived", pgettext_lazy("stage of a campaign", "archived")

    @property
    def is_public(self) -> bool:
        """Whether a reader may see the campaign's page."""
        return self is not Stage.BRIEF

    @classmethod
    def told(cls) -> list[str]:
        """The stages in which readers know more of it than name and first day: whom it is with, what belongs to it."""
        return [stage.value for stage in cls if stage not in (Stage.BRIEF, Stage.TEASER)]


class ChannelKind(models.TextChoices):
    """Where a campaign is told of."""

    POSTER = "poster", pgettext_lazy("channel of a campaign", "poster")
    LEAFLET = "leaflet", pgettext_lazy("channel of a campaign", "leaflet")
    PRESS = "press", pgettext_lazy("channel of a campaign", "press")
    RADIO = "radio", pgettext_lazy("channel of a campaign", "radio or television")
    SOCIAL = "social", pgettext_lazy("channel of a campaign", "social network")
    NEWSLETTER = "newsletter", pgettext_lazy("channel of a campaign", "newsletter")
    SITE = "site", pgettext_lazy("channel of a campaign", "another site")
    TRANSPORT = "transport", pgettext_lazy("channel of a campaign", "buses and stops")
    HALL = "hall", pgettext_lazy("channel of a campaign", "screens in the halls")
    OTHER = "other", pgettext_lazy("channel of a campaign", "other")


class BudgetBand(models.TextChoices):
    """How much a row of the plan costs, as a band: the exact sum is in the budget."""

    NONE = "none", _("no cost")
    SMALL = "small", _("up to 10,000 lei")
    MEDIUM = "medium", _("10,000 to 50,000 lei")
    LARGE = "large", _("50,000 to 200,000 lei")
    MAJOR = "major", _("over 200,000 lei")


class Level(models.TextChoices):
    """How far a partnership reaches."""

    LOCAL = "local", pgettext_lazy("level of a partnership", "local")
    NATIONAL = "national", pgettext_lazy("level of a partnership", "national")
    INTERNATIONAL = "international", pgettext_lazy("level of a partnership", "international")


class Field(models.TextChoices):
    """What a partnership is about."""

    CULTURE = "culture", pgettext_lazy("field of a partnership", "culture")
    EDUCATION = "education", pgettext_lazy("field of a partnership", "education")
    SPORT = "sport", pgettext_lazy("field of a partnership", "sport and health")
    ENVIRONMENT = "environment", pgettext_lazy("field of a partnership", "environment")
    TOWN_TWINNING = "twinning", pgettext_lazy("field of a partnership", "twin towns")
    SOCIAL = "social", pgettext_lazy("field of a partnership", "social and volunteering")
    ECONOMY = "economy", pgettext_lazy("field of a partnership", "economy and tourism")


class Standing(models.TextChoices):
    """Where a partnership stands on a day; computed from its dates (campaigns.terms)."""

    UPCOMING = "upcoming", pgettext_lazy("of a partnership", "not in force yet")
    IN_FORCE = "in_force", pgettext_lazy("of a partnership", "in force")
    EXPIRING = "expiring", pgettext_lazy("of a partnership", "in force, ends soon")
    ENDED = "ended", pgettext_lazy("of a partnership", "ended")
