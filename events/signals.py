"""Where the calendar follows what it does not own.

Each has its reason. A feed entry carries the names of its place, organiser and categories: renaming one must reach
people's calendars. Addresses of pages change with any page above them. A view restriction must take what it covers
out of every feed at once. A page is deleted, not saved, when its tree is; at the end of its time Wagtail saves the
plain page, not the event. Lower apps know nothing of events, and Wagtail's actions offer no other seam.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Q
from django.db.models.signals import post_delete, post_save, pre_delete
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import PageViewRestriction
from wagtail.signals import page_slug_changed, page_unpublished, post_page_move

from cms.models import CalendarDay, SiteIdentity
from contacts.models import ContactPoint, Department, Organisation
from events import publication
from events.models import Audience, CalendarState, Category, Event, EventPage, SpokenLanguage
from locations.models import Location

# A fact that entries repeat: how the events that repeat it lead to it.
_REPEATED: dict[type[Model], tuple[str, ...]] = {
    Location: ("place", "pages__date_changes__place"),
    Department: ("organiser_department",),
    Organisation: ("organiser_organisation", "partners"),
    Category: ("categories",),
    Audience: ("audiences",),
    SpokenLanguage: ("languages",),
    Document: ("documents",),
    Image: ("image",),
}
_FILTERS = set(_REPEATED) - {Document, Image}


def _fact_saved(sender: type[Model], instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    for path in _REPEATED[sender]:
        publication.refresh_where(Q(**{path: instance}))
    if sender in _FILTERS:
        # New terms are filters, whether or not an event has them yet.
        CalendarState.bump()


def _fact_leaves(sender: type[Model], instance: Any, **kwargs: Any) -> None:
    # Once it is gone, nothing leads from it to its events.
    instance.events_left = [
        pk
        for path in _REPEATED[sender]
        for pk in Event.objects.filter(**{path: instance}).values_list("pk", flat=True)
    ]


def _fact_deleted(sender: type[Model], instance: Any, **kwargs: Any) -> None:
    publication.refresh(set(instance.events_left))
    if sender in _FILTERS:
        CalendarState.bump()


def _contact_changed(instance: ContactPoint, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        publication.refresh_where(Q(organiser_department=instance.department_id))


def _identity_saved(raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        publication.refresh_where(
            Q(organiser_department__isnull=True, organiser_organisation__isnull=True)
        )
        CalendarState.bump()


def _calendar_changed(raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        publication.refresh_holidays()


def _restriction_changed(instance: PageViewRestriction, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        publication.follow_restrictions(instance.page.path)


def _page_deleted(instance: EventPage, **kwargs: Any) -> None:
    if instance.event_id is None:
        return
    if instance.is_source:
        publication.withdraw([instance.event_id])
    else:
        publication.refresh([instance.event_id])


def _page_unpublished(instance: EventPage, **kwargs: Any) -> None:
    publication.publish(instance)


def _slug_changed(instance: Any, **kwargs: Any) -> None:
    publication.refresh_below(instance.path)


def _moved(instance: Any, parent_page_before: Any, parent_page_after: Any, **kwargs: Any) -> None:
    # In place: only the order changed.
    if parent_page_before.pk != parent_page_after.pk:
        publication.refresh_below(instance.path)


def connect() -> None:
    """Connect them; each at most once."""
    for model in _REPEATED:
        uid = f"events.{model.__name__}"
        post_save.connect(_fact_saved, sender=model, dispatch_uid=uid)
        pre_delete.connect(_fact_leaves, sender=model, dispatch_uid=uid)
        post_delete.connect(_fact_deleted, sender=model, dispatch_uid=uid)
    for signal in (post_save, post_delete):
        uid = f"events.{id(signal)}"
        signal.connect(_contact_changed, sender=ContactPoint, dispatch_uid=f"{uid}.contact")
        signal.connect(_calendar_changed, sender=CalendarDay, dispatch_uid=f"{uid}.calendar")
        signal.connect(_restriction_changed, sender=PageViewRestriction, dispatch_uid=f"{uid}.view")
    post_save.connect(_identity_saved, sender=SiteIdentity, dispatch_uid="events.identity")
    post_delete.connect(_page_deleted, sender=EventPage, dispatch_uid="events.page")
    page_unpublished.connect(_page_unpublished, sender=EventPage, dispatch_uid="events.unpublished")
    page_slug_changed.connect(_slug_changed, dispatch_uid="events.slug")
    post_page_move.connect(_moved, dispatch_uid="events.move")
