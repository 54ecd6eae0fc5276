"""What belongs to reminders in the menu: one's calendar of terms, one's absence, and everybody's absences."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSet

from registry.desk.absence_views import AnyAbsenceForm, MyAbsenceScreen, TakeBackScreen
from registry.desk.screens import menu_item_for
from registry.desk.tables import DeskTableViewSet
from registry.desk.terms_views import RevokeScreen, TermsCalendarScreen
from registry.models import Absence


class TermsCalendarViewSet(ViewSet):
    """One's own terms as a calendar."""

    name = "registry_terms"
    url_prefix = "registru/terms-calendar"
    icon = "calendar-alt"
    menu_label = _("My terms in a calendar")
    menu_item_class = menu_item_for(TermsCalendarScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", TermsCalendarScreen.as_view(), name="index"),
            path("<int:pk>/revoke/", RevokeScreen.as_view(), name="revoke"),
        ]


class MyAbsenceViewSet(ViewSet):
    """One's own absence."""

    name = "registry_my_absence"
    url_prefix = "registru/my-absence"
    icon = "user"
    menu_label = _("My absence")
    menu_item_class = menu_item_for(MyAbsenceScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", MyAbsenceScreen.as_view(), name="index"),
            path("<int:pk>/take-back/", TakeBackScreen.as_view(), name="take_back"),
        ]


def _name(user: Any) -> str:
    return user.get_full_name() or user.get_username()


class NameColumn(TitleColumn):
    """Who is away, by name; leads to the absence."""

    def get_value(self, instance: Absence) -> str:
        return _name(instance.user)


class AbsencesView(IndexView):
    """The list, with the colleagues of all its rows at once."""

    def get_base_queryset(self) -> QuerySet[Absence]:
        rows: QuerySet[Absence] = super().get_base_queryset()
        return rows.select_related("user", "substitute")

    def _get_title_column(self, field_name: str, column_class: Any = None, **kwargs: Any) -> Any:
        return super()._get_title_column(field_name, NameColumn, **kwargs)


class AbsenceViewSet(DeskTableViewSet):
    """Everybody's absences, for the head of the registry."""

    index_view_class = AbsencesView

    model = Absence
    name = "registry_absences"
    url_prefix = "registru/absences"
    icon = "group"
    menu_label = _("Absences")
    list_display = (
        "user",
        "first_day",
        "last_day",
        Column(
            "substitute",
            label=_("Substitute"),
            accessor=lambda absence: _name(absence.substitute),
            sort_key="substitute",
        ),
    )
    list_filter = ("user", "substitute")
    ordering = ("-first_day", "pk")

    def get_form_class(self, for_update: bool = False) -> Any:
        return AnyAbsenceForm


REMINDER_VIEWSETS: tuple[type[ViewSet], ...] = (
    TermsCalendarViewSet,
    MyAbsenceViewSet,
    AbsenceViewSet,
)
