"""Places, their hours, their pages."""

from locations.models.hours import HoursException, OpeningHours, WeekSchedule
from locations.models.pages import LocationIndexPage, LocationPage
from locations.models.place import AccessFact, CalendarDayPlace, Location

__all__ = [
    "AccessFact",
    "CalendarDayPlace",
    "HoursException",
    "Location",
    "LocationIndexPage",
    "LocationPage",
    "OpeningHours",
    "WeekSchedule",
]
