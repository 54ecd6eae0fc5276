"""The menu “Register”: the screens of the desk, and the tables that the head of the registry keeps."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from registry.desk import policy  # noqa: F401  registered before anything asks for one
from registry.desk.cabinet_viewsets import (
    AudienceSlotViewSet,
    AudienceViewSet,
    CabinetViewSet,
)
from registry.desk.counter import CounterScreen, SlipScreen
from registry.desk.desks_viewsets import (
    ApprovalsViewSet,
    BoardViewSet,
    InboxViewSet,
    WorkViewSet,
)
from registry.desk.dispatch_viewsets import CourtViewSet, DispatchViewSet, PrintViewSet
from registry.desk.entry_views import EntryScreen, EntryURLFinder, NumbersScreen, StepScreen
from registry.desk.listing import EntryListScreen
from registry.desk.listing_actions import DeleteViewScreen, ExportScreen, SaveViewScreen
from registry.desk.mail_screen import MailScreen
from registry.desk.office_viewsets import FileClassViewSet, InstitutionViewSet, TemplateViewSet
from registry.desk.queue_views import AcceptScreen, DismissScreen, QueuedScreen, QueueScreen
from registry.desk.reminder_viewsets import REMINDER_VIEWSETS
from registry.desk.report_viewsets import ReportViewSet, RetentionViewSet
from registry.desk.screens import menu_item_for
from registry.desk.tables import DeskTableViewSet
from registry.desk.trail_views import TrailScreen
from registry.desk.year_views import StatementScreen, YearScreen, YearsScreen
from registry.models import DeadlineRule, DeskMember, EntryKind, Register, RegistryEntry


class EntryViewSet(SnippetViewSet):
    """Entries as snippets, with the desk's screens in place of Wagtail's.

    What those would show past `visible_to` does not exist: no form, history, usage, copy, chooser, export or bulk
    action has an address.
    """

    model = RegistryEntry
    icon = "clipboard-list"
    menu_label = _("Entries")
    menu_name = "registry-entries"
    base_url_path = "registru/entries"
    admin_url_namespace = "registry_entries"
    url_finder_class = EntryURLFinder
    add_to_reference_index = False

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", EntryListScreen.as_view(), name="list"),
            path("export/", ExportScreen.as_view(), name="export"),
            path("views/", SaveViewScreen.as_view(), name="save_view"),
            path("views/<int:pk>/delete/", DeleteViewScreen.as_view(), name="delete_view"),
            path("<int:pk>/", EntryScreen.as_view(), name="entry"),
            path("<int:pk>/numbers/", NumbersScreen.as_view(), name="numbers"),
            path("<int:pk>/steps/<slug:step>/", StepScreen.as_view(), name="step"),
        ]

    def register_chooser_viewset(self) -> None:
        """None: a chooser lists every entry to whoever may edit a page."""

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """The permissions of the register that groups can be given."""
        return Permission.objects.filter(
            content_type__app_label="registry",
            content_type__model__in=[
                "registryentry",
                "registeryear",
                "queuedsubmission",
                "auditevent",
                "report",
            ],
        )


class NoBulkDelete(SnippetBulkAction):
    """Takes the place of Wagtail's bulk deletion, which would name entries to whoever opens it."""

    display_name = _("Delete")
    aria_label = _("Delete")
    action_type = "delete"
    models = [RegistryEntry]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> NoReturn:
        raise Http404


class CounterViewSet(ViewSet):
    """Registering documents that come on paper, go out or stay in the house."""

    name = "registry_counter"
    url_prefix = "registru/counter"
    icon = "edit"
    menu_label = _("Register a document")
    menu_item_class = menu_item_for(CounterScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", CounterScreen.as_view(), name="index"),
            path("mail/", MailScreen.as_view(), name="mail"),
            path("done/<str:token>/", SlipScreen.as_view(), name="done"),
            path(
                "slip/<str:token>/",
                SlipScreen.as_view(template_name="wagtailadmin/registry/slip.html"),
                name="slip",
            ),
        ]


class QueueViewSet(ViewSet):
    """What waits for a number."""

    name = "registry_queue"
    url_prefix = "registru/queue"
    icon = "time"
    menu_label = _("Waiting for a number")
    menu_item_class = menu_item_for(QueueScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", QueueScreen.as_view(), name="index"),
            path("<int:pk>/", QueuedScreen.as_view(), name="queued"),
            path("<int:pk>/accept/", AcceptScreen.as_view(), name="accept"),
            path("<int:pk>/dismiss/", DismissScreen.as_view(), name="dismiss"),
        ]


class YearViewSet(ViewSet):
    """The years of the registers."""

    name = "registry_years"
    url_prefix = "registru/years"
    icon = "calendar"
    menu_label = _("Years")
    menu_item_class = menu_item_for(YearsScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", YearsScreen.as_view(), name="index"),
            path("<int:pk>/close/", YearScreen.as_view(), name="close"),
            path("<int:pk>/statement/", StatementScreen.as_view(), name="statement"),
        ]


class TrailViewSet(ViewSet):
    """The audit trail."""

    name = "registry_trail"
    url_prefix = "registru/trail"
    icon = "history"
    menu_label = _("Audit trail")
    menu_item_class = menu_item_for(TrailScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", TrailScreen.as_view(), name="index")]


class KindViewSet(DeskTableViewSet):
    model = EntryKind
    name = "registry_kinds"
    url_prefix = "registru/kinds"
    icon = "tag"
    menu_label = _("Kinds of documents")
    list_display = ("name", "family", "is_public", "is_confidential")
    list_filter = ("family", "is_public")


class RuleViewSet(DeskTableViewSet):
    model = DeadlineRule
    name = "registry_rules"
    url_prefix = "registru/rules"
    icon = "calendar-check"
    menu_label = _("Rules of terms")
    list_display = ("name", "family", "days", "counting", "legal_basis", "valid_from", "valid_to")
    list_filter = ("family",)


class RegisterViewSet(DeskTableViewSet):
    model = Register
    name = "registry_registers"
    url_prefix = "registru/registers"
    icon = "folder"
    menu_label = _("Registers")
    list_display = ("name", "key", "code")


class OfficerViewSet(DeskTableViewSet):
    model = DeskMember
    name = "registry_officers"
    url_prefix = "registru/officers"
    icon = "group"
    menu_label = _("Officers of departments")
    list_display = ("user", "department", "is_head")
    list_filter = ("department", "is_head")
    form_fields = ["user", "department", "is_head"]


class RegistryGroup(SnippetViewSetGroup):
    """The menu “Register”; who may see nothing of it has none."""

    items: tuple[type[ViewSet], ...] = (
        # In the order of a day: what came, whose it is, what is done with it, then all there is.
        InboxViewSet,
        WorkViewSet,
        ApprovalsViewSet,
        BoardViewSet,
        EntryViewSet,
        CounterViewSet,
        QueueViewSet,
        DispatchViewSet,
        CourtViewSet,
        PrintViewSet,
        CabinetViewSet,
        AudienceViewSet,
        AudienceSlotViewSet,
        YearViewSet,
        ReportViewSet,
        RetentionViewSet,
        TrailViewSet,
        KindViewSet,
        RuleViewSet,
        RegisterViewSet,
        OfficerViewSet,
        InstitutionViewSet,
        FileClassViewSet,
        TemplateViewSet,
        *REMINDER_VIEWSETS,
    )
    menu_label = _("Register")
    menu_name = "registry"
    menu_icon = "clipboard-list"
    menu_order = 150
