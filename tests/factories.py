"""Objects for tests: plausible, valid, and without any real person's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

import factory
import wagtail_factories
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory
from wagtail.models import Locale, Page, Site

from campaigns.enums import Stage
from campaigns.models import (
    CampaignChannel,
    CampaignEvent,
    CampaignGoal,
    CampaignIndexPage,
    CampaignPage,
    CampaignPartner,
    NewsIndexPage,
    NewsPage,
)
from cms.models import Alert, CalendarDay, Menu, SearchPage, SiteIdentity, StandardPage
from cms.multilingual import LocalizedText
from contacts.models import (
    ContactIndexPage,
    ContactPoint,
    Department,
    DepartmentPage,
    DepartmentPlace,
    DirectoryPage,
    Organisation,
    Person,
    Post,
)
from contacts.phones import parse_phone
from events.fields import stored
from events.models import (
    Audience,
    Category,
    EventDateChange,
    EventIndexPage,
    EventPage,
    EventPartner,
    SpokenLanguage,
)
from events.recurrence import parse_rrule
from home.models import HomePage
from locations.models import (
    CalendarDayPlace,
    HoursException,
    Location,
    LocationIndexPage,
    LocationPage,
    OpeningHours,
    WeekSchedule,
)

# A call of a factory gives a model's instance, which type checkers cannot see.
declare: Any = factory
ModelFactory: Any = DjangoModelFactory
PageFactory: Any = wagtail_factories.PageFactory

WORKING_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-16:00")


def text(ro: str, en: str = "", hu: str = "") -> LocalizedText:
    """A text in the three languages."""
    return LocalizedText(ro=ro, en=en, hu=hu)


class LocationFactory(ModelFactory):
    class Meta:
        model = Location

    key = declare.Sequence(lambda n: f"loc-{n}")
    name = declare.Sequence(lambda n: text(f"Locul {n}", f"Place {n}", f"{n}. hely"))
    kind = Location.Kind.OTHER
    address = declare.Sequence(lambda n: f"str. Încercării nr. {n + 1}")


class OpeningHoursFactory(ModelFactory):
    class Meta:
        model = OpeningHours
        skip_postgeneration_save = True

    key = declare.Sequence(lambda n: f"program-{n}")
    name = text("Program cu publicul", "Public hours", "Ügyfélfogadás")
    location = declare.SubFactory(LocationFactory)
    published = True

    @declare.post_generation
    def weeks(
        obj: Any,
        create: bool,
        extracted: Iterable[dict[str, Any]] | None,
        **kwargs: Any,
    ) -> None:
        """Rows of hours; without a word one working week, 08:00–16:00."""
        if create:
            for week in [WORKING_WEEK] if extracted is None else extracted:
                WeekSchedule.objects.create(hours=obj, **week)
            obj.refresh_from_db()


class HoursExceptionFactory(ModelFactory):
    class Meta:
        model = HoursException

    hours = declare.SubFactory(OpeningHoursFactory)
    first_day = date(2026, 12, 24)


class CalendarDayFactory(ModelFactory):
    class Meta:
        model = CalendarDay
        skip_postgeneration_save = True

    name = text("Deratizare", "Pest control", "Rágcsálóirtás")
    kind = CalendarDay.Kind.CLOSURE
    first_day = date(2026, 11, 25)
    last_day = declare.SelfAttribute("first_day")

    @declare.post_generation
    def places(
        obj: Any,
        create: bool,
        extracted: Iterable[Location] | None,
        **kwargs: Any,
    ) -> None:
        """The places that the day names."""
        for place in extracted or ():
            CalendarDayPlace.objects.create(day=obj, place=place)


class DepartmentFactory(ModelFactory):
    class Meta:
        model = Department

    key = declare.Sequence(lambda n: f"dep-{n}")
    name = declare.Sequence(lambda n: text(f"Serviciul {n}", f"Service {n}", f"{n}. szolgálat"))


class ContactPointFactory(ModelFactory):
    class Meta:
        model = ContactPoint

    department = declare.SubFactory(DepartmentFactory)
    phone = declare.LazyFunction(lambda: parse_phone("0264 596 030 / 5001"))


class DepartmentPlaceFactory(ModelFactory):
    class Meta:
        model = DepartmentPlace

    department = declare.SubFactory(DepartmentFactory)
    place = declare.SubFactory(LocationFactory)


class PersonFactory(ModelFactory):
    class Meta:
        model = Person

    given_name = "Probă"
    family_name = declare.Sequence(lambda n: f"Exemplu{n}")


class PostFactory(ModelFactory):
    class Meta:
        model = Post

    department = declare.SubFactory(DepartmentFactory)
    title = text("șef de serviciu", "head of service", "szolgálatvezető")


class AlertFactory(ModelFactory):
    class Meta:
        model = Alert

    message = text("Strada este închisă.", "The street is closed.", "Az utca zárva van.")


class MenuFactory(ModelFactory):
    class Meta:
        model = Menu
        django_get_or_create = ("place",)

    place = Menu.Place.MAIN


class SiteIdentityFactory(ModelFactory):
    class Meta:
        model = SiteIdentity

    name = text("Încercare", "Trial", "Próba")


class HomePageFactory(PageFactory):
    class Meta:
        model = HomePage

    title = "Acasă"


class StandardPageFactory(PageFactory):
    class Meta:
        model = StandardPage

    title = declare.Sequence(lambda n: f"Pagina {n}")


class SearchPageFactory(PageFactory):
    class Meta:
        model = SearchPage

    title = "Căutare"


class LocationIndexPageFactory(PageFactory):
    class Meta:
        model = LocationIndexPage

    title = "Locații"


class LocationPageFactory(PageFactory):
    class Meta:
        model = LocationPage

    title = declare.Sequence(lambda n: f"Loc {n}")


class ContactIndexPageFactory(PageFactory):
    class Meta:
        model = ContactIndexPage

    title = "Contact"


class DepartmentPageFactory(PageFactory):
    class Meta:
        model = DepartmentPage

    title = declare.Sequence(lambda n: f"Departament {n}")


class DirectoryPageFactory(PageFactory):
    class Meta:
        model = DirectoryPage

    title = "Telefoane"


class OrganisationFactory(ModelFactory):
    class Meta:
        model = Organisation

    key = declare.Sequence(lambda n: f"org-{n}")
    name = declare.Sequence(lambda n: text(f"Asociația {n}", f"Association {n}", f"{n}. egyesület"))


class CategoryFactory(ModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = declare.Sequence(lambda n: f"categoria-{n}")
    name = declare.Sequence(lambda n: text(f"Categoria {n}", f"Category {n}", f"{n}. kategória"))


class AudienceFactory(ModelFactory):
    class Meta:
        model = Audience
        django_get_or_create = ("slug",)

    slug = declare.Sequence(lambda n: f"public-{n}")
    name = declare.Sequence(lambda n: text(f"Publicul {n}", f"Audience {n}", f"{n}. közönség"))


class SpokenLanguageFactory(ModelFactory):
    class Meta:
        model = SpokenLanguage
        django_get_or_create = ("slug",)

    slug = "ro"
    name = text("română", "Romanian", "román")


class EventIndexPageFactory(PageFactory):
    class Meta:
        model = EventIndexPage

    title = "Evenimente"


class EventPageFactory(PageFactory):
    """A live event below its `parent`: on Thursday 26 November 2026, 18:00–20:00, unless told otherwise."""

    class Meta:
        model = EventPage

    title = declare.Sequence(lambda n: f"Evenimentul {n}")
    start_date = date(2026, 11, 26)
    start_time = time(18)
    end_time = time(20)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        """`rule` is a `Rule` or RRULE text; `changes` are `EventDateChange` rows or their fields."""
        rule = kwargs.pop("rule", None)
        if rule is not None:
            kwargs["recurrence"] = stored(parse_rrule(rule) if isinstance(rule, str) else rule)
        terms = {name: kwargs.pop(name, ()) for name in ("categories", "audiences", "languages")}
        changes = kwargs.pop("changes", ())
        partners = kwargs.pop("partners", ())
        page = super()._create(model_class, *args, **kwargs)
        for name, chosen in terms.items():
            setattr(page, name, list(chosen))
        page.date_changes = [
            change if isinstance(change, EventDateChange) else EventDateChange(**change)
            for change in changes
        ]
        page.partner_links = [EventPartner(organisation=partner) for partner in partners]
        if changes or partners or any(terms.values()):
            page.save()
        return page


class CampaignIndexPageFactory(PageFactory):
    class Meta:
        model = CampaignIndexPage

    title = "Campanii"


class CampaignPageFactory(PageFactory):
    """A launched campaign below its `parent`: from 16 November to 23 December 2026, unless told otherwise."""

    class Meta:
        model = CampaignPage

    title = declare.Sequence(lambda n: f"Campania {n}")
    stage = Stage.LIVE
    starts_on = date(2026, 11, 16)
    ends_on = date(2026, 12, 23)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        """`goals`: (title, target, result); `events`: pages; `partners`: organisations; `channels`: short links."""
        children = {
            "goals": [
                CampaignGoal(title=text(title), target=target, result=result)
                for title, target, result in kwargs.pop("goals", ())
            ],
            "event_links": [CampaignEvent(event_page=page) for page in kwargs.pop("events", ())],
            "partner_links": [
                CampaignPartner(organisation=partner) for partner in kwargs.pop("partners", ())
            ],
            "channels": [
                CampaignChannel(kind="poster", name=f"afișe {code}", code=code)
                for code in kwargs.pop("channels", ())
            ],
        }
        choices = {name: kwargs.pop(name, ()) for name in ("audiences", "objectives")}
        page = super()._create(model_class, *args, **kwargs)
        for name, rows in {**children, **choices}.items():
            setattr(page, name, list(rows))
        if any(children.values()) or any(choices.values()):
            page.save()
        return page


class NewsIndexPageFactory(PageFactory):
    class Meta:
        model = NewsIndexPage

    title = "Noutăți"


class NewsPageFactory(PageFactory):
    class Meta:
        model = NewsPage

    title = declare.Sequence(lambda n: f"Noutatea {n}")
    published_on = date(2026, 11, 20)


def make_calendar(**kwargs: Any) -> EventIndexPage:
    """The Romanian home page with the calendar below it, at /ro/evenimente/."""
    parent = kwargs.pop("parent", None) or make_home()
    index: EventIndexPage = EventIndexPageFactory(parent=parent, slug="evenimente", **kwargs)
    return index


def make_home(language: str = "ro", **kwargs: Any) -> HomePage:
    """A home page in `language` that the default site serves; the welcome page gives way to the Romanian one."""
    root = Page.get_first_root_node()
    locale, _ = Locale.objects.get_or_create(language_code=language)
    home: HomePage = HomePageFactory(
        parent=root, slug=kwargs.pop("slug", f"acasa-{language}"), locale=locale, **kwargs
    )
    if language == "ro":
        Site.objects.update_or_create(
            is_default_site=True,
            defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": "Agora"},
        )
    return home


def make_user(name: str, *groups: str, superuser: bool = False) -> Any:
    """A user in the named groups, which exist."""
    users: Any = get_user_model()
    if superuser:
        return users.objects.create_superuser(name, "", "parola-de-probă")
    user = users.objects.create_user(name, "", "parola-de-probă")
    user.groups.add(*Group.objects.filter(name__in=groups))
    return user
