"""The dispatch book: letters that wait to be sent, those that came back, those on their way, mails that did not go."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.admin import messages

from locations.models import Location
from registry import lifecycle
from registry.deadlines import registration_day
from registry.desk.letter_rows import (
    BOOK,
    SEND,
    come_back,
    failed_mails,
    rows_of,
    to_send,
    visible_letters,
)
from registry.desk.listing import NOT_LISTED
from registry.desk.paging import NEWEST_FIRST, Order, slice_of
from registry.desk.screens import Screen
from registry.enums import LetterState, Mode
from registry.lifecycle import NotPossible
from registry.models import Letter

OLDEST_FIRST: Final = Order(("pk",))
MOST_COUNTED: Final = 999


class WayFilter(forms.Form):
    """By which way."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Way"),
        required=False,
        choices=[("", pgettext_lazy("filter of letters", "any way")), *Mode.choices],
    )


class HallForm(forms.Form):
    """Where letters for pick-up wait, for those that have no hall yet."""

    hall = forms.ModelChoiceField(
        label=gettext_lazy("Hall for pick-up"),
        queryset=Location.objects.filter(kind=Location.Kind.NEIGHBOURHOOD_HALL),
        required=False,
        empty_label=pgettext_lazy("of halls", "only for pick-up"),
    )


def chosen_letters(request: HttpRequest, letters: QuerySet[Letter]) -> list[Letter]:
    """Those of `letters` whose boxes were ticked, in the order of their preparation."""
    keys = [int(pk) for pk in request.POST.getlist("letters")[:200] if pk.isdecimal()]
    return list(letters.filter(pk__in=[pk for pk in keys if pk < 2**63]).order_by("pk"))


class BookScreen(Screen):
    """A list of letters in the book."""

    permission = SEND
    title = BOOK[1]
    header_icon = "mail"
    template_name = "wagtailadmin/registry/dispatch.html"
    parent = None
    show = "waiting"
    order = OLDEST_FIRST

    def letters(self) -> QuerySet[Letter]:
        """What the list holds."""
        return to_send(self.request.user)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A page of it: as many queries whatever it holds."""
        return self.listed()

    def listed(self, status: int = 200, **more: Any) -> HttpResponseBase:
        """The list with what is said about it."""
        user, today = self.request.user, registration_day(timezone.now())
        way = WayFilter(self.request.GET)
        way.is_valid()
        mode = way.cleaned_data.get("mode", "")
        letters = self.letters().filter(mode=mode) if mode else self.letters()
        page = slice_of(
            letters.select_related("entry", "registered_as", "hall").defer(
                "text",
                *(f"entry__{name}" for name in NOT_LISTED),
                *(f"registered_as__{name}" for name in NOT_LISTED),
            ),
            self.order,
            self.request.GET,
        )
        return self.shown(
            status=status,
            show=self.show,
            mode=mode,
            ways=self._ways(mode),
            page=page,
            rows=rows_of(page.rows, user, today),
            failed=failed_mails(user).count(),
            hall_form=more.pop("hall_form", None) or HallForm(),
            **more,
        )

    def _ways(self, chosen: str) -> list[tuple[str, str, str]]:
        """The ways to narrow the list to: value, words, and how many letters where they are few enough to count."""
        found = Counter(
            self.letters().order_by().values_list("mode", flat=True)[: MOST_COUNTED + 1]
        )
        total = found.total()
        numbers = {mode: str(found[mode]) if total <= MOST_COUNTED else "" for mode in Mode.values}
        everything = str(total) if total <= MOST_COUNTED else f"{MOST_COUNTED}+"
        return [
            ("", _("all"), everything),
            *((str(mode.value), str(mode.label), numbers[mode.value]) for mode in Mode),
        ]


class WaitingScreen(BookScreen):
    """What waits to be sent, the oldest first; several can be sent at once, each by its own way."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Send those that were chosen; what could not be sent is listed, and stays."""
        hall_form = HallForm(request.POST)
        hall = hall_form.cleaned_data.get("hall") if hall_form.is_valid() else None
        letters = chosen_letters(
            request, visible_letters(request.user).select_related("entry", "hall")
        )
        sent, failures = 0, []
        for letter in letters:
            if letter.state != LetterState.PREPARED:
                # Somebody else, or a double click, was faster.
                continue
            try:
                lifecycle.send(letter, letter.mode, actor=request.user, hall=letter.hall or hall)
            except NotPossible as problem:
                failures.append((letter, str(problem)))
            else:
                sent += 1
        if sent:
            messages.success(
                request,
                ngettext("%(number)s letter was sent.", "%(number)s letters were sent.", sent)
                % {"number": sent},
            )
        if failures:
            return self.listed(409, failures=failures, hall_form=hall_form)
        if not letters:
            return self.listed(422, problem=_("Choose the letters that go out now."))
        return redirect(self.request.get_full_path())


class ComeBackScreen(BookScreen):
    """Answers that came back."""

    show = "returned"

    def letters(self) -> QuerySet[Letter]:
        return come_back(self.request.user)


class SentScreen(BookScreen):
    """What was sent, the last first."""

    show = "sent"
    order = NEWEST_FIRST

    def letters(self) -> QuerySet[Letter]:
        # By what they have and not by their states: a database would sort all of these for the last ones by key.
        return visible_letters(self.request.user).exclude(sent_at=None)

    def _ways(self, chosen: str) -> list[tuple[str, str, str]]:
        # All that was ever sent is not counted.
        return [("", _("all"), ""), *((str(mode.value), str(mode.label), "") for mode in Mode)]


class FailedScreen(BookScreen):
    """E-mails that did not go."""

    show = "failed"
    order = NEWEST_FIRST

    def letters(self) -> QuerySet[Letter]:
        return failed_mails(self.request.user)
