"""What is kept for as long as the content stays: every change of it is counted, and seen on the next request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import Locale, Page, PageViewRestriction, Site

from campaigns.models import (
    CampaignChannel,
    CampaignDocument,
    CampaignEvent,
    CampaignGoal,
    CampaignPartner,
    EventObjective,
    PartnerCallPage,
    PartnershipDocument,
    PartnershipIndexPage,
    PartnershipPage,
    PartnershipParty,
    PlanPage,
    PlanRow,
    PlanYear,
    StrategyEdition,
    StrategyPage,
)
from cms.content_version import changed, content_version, versioned
from cms.models import CalendarYear, ContentVersion, MenuItem
from contacts.phones import parse_phone
from events.models import (
    AgendaItem,
    AgendaPage,
    AgendaToken,
    Event,
    EventDateChange,
    EventDocument,
    EventPartner,
)
from events.models.agenda import AgendaState
from locations.models import AccessFact, CalendarDayPlace, WeekSchedule
from registry.models import PetitionPage, Register, TrackingPage
from tests import factories
from tests.events.calendar_site import occurrences_on
from tests.factories import make_calendar, make_home, text
from tests.partnerships.partnership_site import add_objective

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree")]

PROJECT = {"cms", "locations", "contacts", "events", "campaigns", "registry", "home"}
FROM_WAGTAIL = [Locale, Page, PageViewRestriction, Site]
_numbers = count(1)


def an_event() -> Any:
    return factories.EventPageFactory(parent=make_calendar())


def below_home(factory: Any, **values: Any) -> Any:
    return factory(parent=make_home(), **values)


def a_document() -> Any:
    return Document.objects.create(title="Program", file=ContentFile(b"%PDF-1.4", "program.pdf"))


def a_campaign() -> Any:
    return factories.CampaignPageFactory(parent=below_home(factories.CampaignIndexPageFactory))


def page_below(parent: Any, model: Any) -> Any:
    """A page of `model` with what is required of it, and nothing else."""
    page = model(title="Pagina", slug=f"pagina-{next(_numbers)}")
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    return page


def page_below_home(model: Any) -> Any:
    return page_below(make_home(), model)


def a_partnership() -> Any:
    return page_below(page_below_home(PartnershipIndexPage), PartnershipPage)


def event_of_a_campaign() -> Any:
    event = an_event()
    home = event.get_parent().get_parent()
    index = factories.CampaignIndexPageFactory(parent=home)
    page = factories.CampaignPageFactory(parent=index)
    return CampaignEvent.objects.create(page=page, event_page=event)


def agenda_page() -> Any:
    page = AgendaPage(title="Agenda", slug="agenda")
    make_calendar().add_child(instance=page)
    return page


def petition_page() -> Any:
    register, _ = Register.objects.get_or_create(key="general")
    page = PetitionPage(title="Petiții", slug="petitii", register=register)
    return make_home().add_child(instance=page)


def tracking_page() -> Any:
    return petition_page().add_child(instance=TrackingPage(title="Urmărire", slug="urmarire"))


def an_alert() -> Any:
    return factories.AlertFactory(starts_at=timezone.now() - timedelta(hours=1))


# How to make one of each; what is not named here has a factory called after it.
MAKERS: dict[str, Callable[[], Any]] = {
    "cms.Alert": an_alert,
    "cms.CalendarYear": lambda: CalendarYear.objects.create(year=2031),
    "cms.MenuItem": lambda: MenuItem.objects.create(
        menu=factories.MenuFactory(), title=text("Nou"), url="https://example.org/"
    ),
    "cms.StandardPage": lambda: below_home(factories.StandardPageFactory),
    "cms.SearchPage": lambda: below_home(factories.SearchPageFactory),
    "locations.AccessFact": lambda: AccessFact.objects.create(
        location=factories.LocationFactory(), kind=AccessFact.Kind.choices[0][0], text=text("Da")
    ),
    "locations.CalendarDayPlace": lambda: CalendarDayPlace.objects.create(
        day=factories.CalendarDayFactory(), place=factories.LocationFactory()
    ),
    "locations.WeekSchedule": lambda: WeekSchedule.objects.create(
        hours=factories.OpeningHoursFactory(weeks=[])
    ),
    "locations.LocationIndexPage": lambda: below_home(factories.LocationIndexPageFactory),
    "locations.LocationPage": lambda: factories.LocationPageFactory(
        parent=below_home(factories.LocationIndexPageFactory),
        location=factories.LocationFactory(),
    ),
    "contacts.ContactIndexPage": lambda: below_home(factories.ContactIndexPageFactory),
    "contacts.DepartmentPage": lambda: factories.DepartmentPageFactory(
        parent=below_home(factories.ContactIndexPageFactory),
        department=factories.DepartmentFactory(),
    ),
    "contacts.DirectoryPage": lambda: factories.DirectoryPageFactory(
        parent=below_home(factories.ContactIndexPageFactory)
    ),
    "events.Event": lambda: Event.objects.get(key=an_event().translation_key),
    "events.AgendaItem": lambda: AgendaItem.objects.create(
        title=text("Audiență"), start_date=date(2026, 11, 26)
    ),
    "events.AgendaState": lambda: AgendaState.objects.get_or_create(pk=1)[0],
    "events.AgendaToken": lambda: AgendaToken.issue("Telefon", "internal", None)[0],
    "events.AgendaPage": agenda_page,
    "events.EventIndexPage": make_calendar,
    "events.EventPage": an_event,
    "events.EventDateChange": lambda: EventDateChange.objects.create(
        page=an_event(), day=date(2026, 11, 26)
    ),
    "events.EventPartner": lambda: EventPartner.objects.create(
        page=an_event(), organisation=factories.OrganisationFactory()
    ),
    "events.EventDocument": lambda: EventDocument.objects.create(
        page=an_event(), document=a_document()
    ),
    "campaigns.CampaignIndexPage": lambda: below_home(factories.CampaignIndexPageFactory),
    "campaigns.CampaignPage": a_campaign,
    "campaigns.CampaignGoal": lambda: CampaignGoal.objects.create(page=a_campaign()),
    "campaigns.CampaignEvent": event_of_a_campaign,
    "campaigns.CampaignPartner": lambda: CampaignPartner.objects.create(
        page=a_campaign(), organisation=factories.OrganisationFactory()
    ),
    "campaigns.CampaignDocument": lambda: CampaignDocument.objects.create(
        page=a_campaign(), document=a_document()
    ),
    "campaigns.CampaignChannel": lambda: CampaignChannel.objects.create(
        page=a_campaign(), name="afișe", code="lumina"
    ),
    "campaigns.StrategyEdition": lambda: StrategyEdition.objects.create(
        key="2026-2035", name=text("Strategia"), first_year=2026, last_year=2035
    ),
    "campaigns.Objective": add_objective,
    "campaigns.EventObjective": lambda: EventObjective.objects.create(
        event=an_event().event, objective=add_objective()
    ),
    "campaigns.StrategyPage": lambda: page_below_home(StrategyPage),
    "campaigns.PlanYear": lambda: PlanYear.objects.create(year=2026),
    "campaigns.PlanRow": lambda: PlanRow.objects.create(
        plan=PlanYear.objects.create(year=2026), title=text("Afișe"), first_month=1, last_month=2
    ),
    "campaigns.PlanPage": lambda: page_below_home(PlanPage),
    "campaigns.PartnershipIndexPage": lambda: page_below_home(PartnershipIndexPage),
    "campaigns.PartnershipPage": a_partnership,
    "campaigns.PartnershipParty": lambda: PartnershipParty.objects.create(
        page=a_partnership(), organisation=factories.OrganisationFactory()
    ),
    "campaigns.PartnershipDocument": lambda: PartnershipDocument.objects.create(
        page=a_partnership(), document=a_document()
    ),
    "campaigns.PartnerCallPage": lambda: page_below(
        page_below_home(PartnershipIndexPage), PartnerCallPage
    ),
    "campaigns.NewsIndexPage": lambda: below_home(factories.NewsIndexPageFactory),
    "campaigns.NewsPage": lambda: factories.NewsPageFactory(
        parent=below_home(factories.NewsIndexPageFactory)
    ),
    "registry.PetitionPage": petition_page,
    "registry.TrackingPage": tracking_page,
    "home.HomePage": make_home,
    "wagtailcore.Locale": lambda: Locale.objects.create(language_code="de"),
    "wagtailcore.Page": lambda: make_home().page_ptr,
    "wagtailcore.PageViewRestriction": lambda: PageViewRestriction.objects.create(
        page=make_home(), restriction_type=PageViewRestriction.LOGIN
    ),
    "wagtailcore.Site": lambda: Site.objects.create(
        hostname=f"example-{next(_numbers)}.org", root_page=make_home()
    ),
}


def shown_models() -> list[type[models.Model]]:
    """Every model of the project that says, by saying nothing, that pages show it."""
    ours = [
        model
        for model in apps.get_models()
        if model._meta.app_label in PROJECT and getattr(model, "changes_pages", True)
    ]
    return [*ours, *FROM_WAGTAIL]


def make(model: type[models.Model]) -> Any:
    label = model._meta.label
    if label in MAKERS:
        return MAKERS[label]()
    return getattr(factories, f"{model.__name__}Factory")()


# -- every change is counted -------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", shown_models(), ids=lambda model: model._meta.label)
def test_saving_and_deleting_are_counted(model: type[models.Model]) -> None:
    before = ContentVersion.current()
    instance = make(model)
    made = ContentVersion.current()
    assert made > before
    # As it is, no more: what counts is the signal of this model, not of what it drags along.
    models.Model.save(instance)
    saved = ContentVersion.current()
    assert saved > made
    instance.delete()
    assert ContentVersion.current() > saved


@pytest.mark.parametrize(
    "model",
    [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in PROJECT and not getattr(model, "changes_pages", True)
    ],
    ids=lambda model: model._meta.label,
)
def test_what_no_page_shows_says_so_and_is_heard_by_nobody(model: type[models.Model]) -> None:
    receivers = models.signals.post_save._live_receivers(model)[0]
    assert changed not in receivers


def test_moving_pages_is_counted() -> None:
    home = make_home()
    first = factories.StandardPageFactory(parent=home)
    second = factories.StandardPageFactory(parent=home)
    before = ContentVersion.current()
    second.move(Page.objects.get(pk=first.pk), pos="left")
    assert ContentVersion.current() > before


def test_changes_are_undone_with_their_transaction() -> None:
    before = ContentVersion.current()
    with transaction.atomic():
        an_alert()
        assert ContentVersion.current() > before
        transaction.set_rollback(True)
    assert ContentVersion.current() == before


# -- what is kept ------------------------------------------------------------------------------------------------


def test_values_are_made_once_until_something_changes() -> None:
    made = count()

    def value() -> int:
        return versioned(RequestFactory().get("/"), "a-value", lambda: next(made))

    assert [value(), value()] == [0, 0]
    ContentVersion.bump()
    assert [value(), value()] == [1, 1]


def test_one_request_sees_one_version() -> None:
    request = RequestFactory().get("/")
    made = count()
    first = content_version(request)
    assert versioned(request, "a-value", lambda: next(made)) == 0
    ContentVersion.bump()
    assert content_version(request) == first
    assert versioned(request, "a-value", lambda: next(made)) == 0


def test_without_a_request_nothing_is_kept() -> None:
    made = count()
    assert [versioned(None, "a-value", lambda: next(made)) for _ in range(2)] == [0, 1]


def test_empty_values_are_kept_too() -> None:
    made: list[int] = []

    def nothing() -> None:
        made.append(1)

    for _again in range(3):
        versioned(RequestFactory().get("/"), "nothing", nothing)
    assert len(made) == 1


def test_keys_are_apart() -> None:
    request = RequestFactory().get("/")
    assert versioned(request, "a", lambda: "A") == "A"
    assert versioned(request, "b", lambda: "B") == "B"


# -- seen on the next request ------------------------------------------------------------------------------------


def shown(client: Client, words: str, address: str = "/ro/") -> bool:
    response = client.get(address)
    assert response.status_code == 200
    return words in response.content.decode()


def test_menu(client: Client) -> None:
    page = factories.StandardPageFactory(parent=make_home(), title="Despre noi")
    assert not shown(client, "Despre noi")
    item = MenuItem.objects.create(menu=factories.MenuFactory(), page=page)
    assert shown(client, "Despre noi")
    item.title = text("Cine suntem")
    item.save()
    assert shown(client, "Cine suntem")
    page.unpublish()
    assert not shown(client, "Cine suntem")
    page.save_revision().publish()
    assert shown(client, "Cine suntem")
    item.delete()
    assert not shown(client, "Cine suntem")


def test_menu_of_a_page_that_becomes_private(client: Client) -> None:
    page = factories.StandardPageFactory(parent=make_home(), title="Intern")
    MenuItem.objects.create(menu=factories.MenuFactory(), page=page)
    assert shown(client, "Intern")
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.LOGIN
    )
    assert not shown(client, "Intern")
    restriction.delete()
    assert shown(client, "Intern")


def test_identity(client: Client) -> None:
    make_home()
    identity = factories.SiteIdentityFactory(name=text("Numele vechi"))
    assert shown(client, "Numele vechi")
    identity.name = text("Numele nou")
    identity.save()
    assert shown(client, "Numele nou")
    assert not shown(client, "Numele vechi")


def test_alert(client: Client) -> None:
    make_home()
    assert not shown(client, "Strada este închisă.")
    alert = an_alert()
    assert shown(client, "Strada este închisă.")
    alert.message = text("Strada este deschisă.")
    alert.save()
    assert shown(client, "Strada este deschisă.")
    alert.delete()
    assert not shown(client, "Strada este deschisă.")


def test_alert_begins_and_ends_by_the_clock(client: Client, clock: Any) -> None:
    """Nothing is saved at that moment: what is kept must not outlive its hour."""
    make_home()
    now = timezone.now()
    factories.AlertFactory(
        starts_at=now + timedelta(minutes=10), ends_at=now + timedelta(minutes=20)
    )
    seen = []
    for _step in range(3):
        seen.append(shown(client, "Strada este închisă."))
        clock.shift(timedelta(minutes=11) if not seen[-1] else timedelta(minutes=10))
    assert seen == [False, True, False]


def test_phone_of_the_department_in_the_header(client: Client) -> None:
    make_home()
    point = factories.ContactPointFactory(phone=parse_phone("0264 596 030"))
    assert shown(client, "0264 596 030")
    point.phone = parse_phone("0264 123 456")
    point.save()
    assert shown(client, "0264 123 456")
    assert not shown(client, "0264 596 030")
    point.delete()
    assert not shown(client, "0264 123 456")


def test_calendar_day(client: Client, clock: Any) -> None:
    make_calendar()
    address = "/ro/evenimente/?view=week"
    assert not shown(client, "Deratizare", address)
    day = factories.CalendarDayFactory()
    assert shown(client, "Deratizare", address)
    day.delete()
    assert not shown(client, "Deratizare", address)


def test_filters(client: Client, clock: Any) -> None:
    make_calendar()
    assert not shown(client, "Concursuri", "/ro/evenimente/")
    category = factories.CategoryFactory(slug="concursuri", name=text("Concursuri"))
    assert shown(client, "Concursuri", "/ro/evenimente/")
    category.name = text("Întreceri")
    category.save()
    assert shown(client, "Întreceri", "/ro/evenimente/")
    category.delete()
    assert not shown(client, "Întreceri", "/ro/evenimente/")


def test_events(client: Client, clock: Any) -> None:
    calendar = make_calendar()
    assert occurrences_on(client, "/ro/evenimente/") == []
    page = factories.EventPageFactory(parent=calendar)
    assert occurrences_on(client, "/ro/evenimente/") == ["2026-11-26T18:00+02:00"]
    page.delete()
    assert occurrences_on(client, "/ro/evenimente/") == []
