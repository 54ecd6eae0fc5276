"""The foundation's models: pages, navigation, alerts, the site's identity, the working calendar, the outbox, links."""

from cms.models.alerts import Alert
from cms.models.calendar import CalendarDay, CalendarYear
from cms.models.identity import SiteIdentity
from cms.models.navigation import Menu, MenuItem
from cms.models.outbox import MailState, OutboxMail
from cms.models.pages import BasePage, SearchPage, StandardPage
from cms.models.preview import PreviewLink
from cms.models.version import ContentVersion

__all__ = [
    "Alert",
    "BasePage",
    "CalendarDay",
    "CalendarYear",
    "ContentVersion",
    "MailState",
    "Menu",
    "MenuItem",
    "OutboxMail",
    "PreviewLink",
    "SearchPage",
    "SiteIdentity",
    "StandardPage",
]
