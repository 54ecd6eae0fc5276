"""What can be wrong with an import: with the whole of it, or with one event or row.

Messages are kept as a code with parameters, so that a run at night is told in the language of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from cms.sheets import problems

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MESSAGES: Final[dict[str, _StrPromise]] = {
    **problems.MESSAGES,
    # The address
    "no_address": _("Write the calendar's whole address, beginning with https://."),
    "scheme": _("Only addresses that begin with https://, http:// or webcal:// can be read."),
    "bad_address": _("This is not an address of a calendar: copy the whole of it again."),
    "userinfo": _("The address holds a user name or a password: use a public address."),
    "port": _("Port %(port)s is not allowed: only %(allowed)s are."),
    "not_public": _(
        "The address leads into a private network or to this server: only calendars on the public "
        "internet can be read."
    ),
    "numeric_host": _(
        "The server's number is written in an unusual way: write its name, such as example.org."
    ),
    # The transfer
    "unknown_host": _("The server “%(host)s” was not found: check the address."),
    "no_names": _("The server “%(host)s” cannot be looked up now. Try again later."),
    "no_connection": _("The server “%(host)s” cannot be reached now. Try again later."),
    "certificate": _(
        "The connection to “%(host)s” is not secure: its certificate is not valid. Ask the partner."
    ),
    "downgrade": _("The server sends the reader on from https to an insecure http address."),
    "redirects": _("The server sends the reader on more than %(limit)s times."),
    "redirect_nowhere": _("The server sends the reader on without saying where to."),
    "http_status": _("The server “%(host)s” answered with the error %(status)s."),
    "needs_login": _("The calendar is not public: the server asks for a login (%(status)s)."),
    "not_there": _("There is no calendar at this address any more (%(status)s)."),
    "bad_answer": _("The server “%(host)s” gave an answer that cannot be read."),
    "cut_short": _("The file arrived incomplete. Try again later."),
    "too_slow": _("The server took longer than %(limit)s seconds. Try again later."),
    "compression": _("The server compressed the file in a way that cannot be read."),
    # The file
    "too_large": _("The file is larger than %(limit)s kB: export a shorter period."),
    "unknown_file": _("This is no file of events: choose a .ics, .csv or .xlsx file."),
    "web_page": _(
        "This is a web page, not a calendar: look for the address that ends in .ics on it."
    ),
    "not_calendar": _("This is not an iCalendar file: it does not begin with BEGIN:VCALENDAR."),
    "not_utf8": _("The calendar is not written in UTF-8, as iCalendar requires: export it again."),
    "broken_calendar": _(
        "The calendar is damaged or incomplete: %(component)s of line %(line)s does not end."
    ),
    "broken_structure": _("The calendar is damaged: line %(line)s ends what did not begin."),
    "too_many_events": _("The file holds more than %(limit)s events: export a shorter period."),
    "vanished": _(
        "%(count)s of %(total)s coming events are no longer in the calendar. That may be a fault "
        "of the partner's: nothing was changed. Check it and import by hand."
    ),
    "no_index": _("There is no events page to put the events below: create it first."),
    "page_locked": _(
        "Its page is locked or waits for a decision: it was left as it is. Import it again later."
    ),
    "thrown_away": _("Its page was deleted here, so it is not imported again."),
    # One event of a calendar
    "unreadable_line": _("Line %(line)s cannot be read."),
    "no_uid": _("It has no identifier (UID), so a later import could not find it again."),
    "long_uid": _("Its identifier (UID) is longer than %(limit)s characters."),
    "same_uid": _("Several events of the file have the same identifier (UID)."),
    "own_event": _("It comes from this site."),
    "private": _("It is marked as private."),
    "not_event": _("It is no event but a %(component)s."),
    "no_title": _("It has no title."),
    "no_start": _("It has no start."),
    "bad_time": _("“%(text)s” in %(property)s is no date or time."),
    "year": _("“%(text)s” in %(property)s lies outside the years %(first)s–%(last)s."),
    "unknown_zone": _("The time zone “%(zone)s” is not known."),
    "end_before_start": _("It ends before it starts."),
    "end_kind": _("Its start and its end are not of one kind: one has an hour, the other has not."),
    "two_ends": _("It has both an end and a duration."),
    "bad_duration": _("“%(text)s” is no duration of an event."),
    "two_rules": _("It repeats by several rules at once."),
    "excluding_rule": _("It leaves out dates by a rule (EXRULE)."),
    "rule": _("Its repetition “%(rule)s” cannot be kept: %(reason)s"),
    "moving_hour": _(
        "It repeats by the clock of %(zone)s, so that its hour here would change in the year."
    ),
    "no_series": _("It changes a date of a series that is not in the file."),
    "following": _("It changes a date and all that follow: ask for two separate series."),
    "period": _("It adds periods (RDATE;VALUE=PERIOD), which cannot be kept."),
    "too_many_exceptions": _("It excludes, adds or changes more than %(limit)s dates."),
    "date_kind": _("On %(day)s it has an hour and otherwise not, or the other way round."),
    "date_without_end": _("On %(day)s it has no end, on its other dates it has one."),
    "schedule": _("%(reason)s"),
    "unsafe_link": _("Its link “%(link)s” is not a web address and may do harm."),
    # Left out of an event that is imported
    "link_left_out": _("The link “%(link)s” is not a web address and was left out."),
    "text_cut": _("“%(property)s” is longer than %(limit)s characters and was cut."),
    "exception_left_out": _("%(day)s is no date of the series: its exception was left out."),
    "change_left_out": _("%(day)s is no date of the series: its change was left out."),
    "alarm_left_out": _("Its reminders were left out."),
    # One cell of a spreadsheet
    "no_start_time": _("There is an end time but no start time."),
    "bad_repetition": _(
        "“%(text)s” is no repetition: write daily, weekly, monthly, yearly or an iCalendar rule."
    ),
    "bad_rule": _("%(reason)s"),
    "until_without_rule": _("There is an end of the repetition but no repetition."),
    "two_untils": _("The rule says already when the repetition ends: empty one of the two."),
    "unknown_place": _(
        "There is no place with the key “%(text)s”: use the key of a place or write an address."
    ),
    "unknown_category": _("There is no category “%(text)s”: use one of %(known)s."),
    "free_and_price": _("An event that is free cannot have a price."),
    "bad_key": _("“%(text)s” is no key: use at most %(limit)s letters, digits, - and _."),
    "same_key": _("The rows %(rows)s have the same key or, without one, the same title and date."),
    "bad_link": _("“%(text)s” is no web address: it must begin with https:// or http://."),
}


class ImportProblem(ValueError):
    """Nothing can be imported. ``code`` and ``params`` are stable; ``str()`` is the text in the active language."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return message(self.code, self.params)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about one event or cell: why it is refused, or what was left out of it.

    ``row`` is the number that the spreadsheet shows (its header is row 1), None for calendars; ``column`` is the title
    of the column as it stands in the file. ``uid`` and ``title`` are those of the event, "" where it has none.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    uid: str = ""
    title: str = ""
    row: int | None = None
    column: str = ""

    @property
    def text(self) -> str:
        """The sentence, in the active language."""
        return message(self.code, self.params)


def message(code: str, params: Mapping[str, Any]) -> str:
    """Return the sentence for a code in the active language; a code from an older release is shown as it is."""
    known = MESSAGES.get(code)
    return code if known is None else str(known) % dict(params)
