"""The calendars of one's own terms: made, named and revoked by their owner, each address shown once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from wagtail.admin import messages
from wagtail.log_actions import log

from events.subscriptions import qr_code, webcal
from registry.deadlines import registration_day
from registry.desk.forms import CleanLineField
from registry.desk.listing import DueNote, due_note
from registry.desk.screens import Screen
from registry.models import TermsToken
from registry.terms_feed import (
    MOST_TOKENS,
    address_of,
    issue,
    own_contributions,
    own_terms,
    revoke,
)

NEXT = 8
"""Terms that the screen shows, so that one sees what the calendar holds."""


class TokenForm(forms.Form):
    """What is asked before an address is made."""

    name = CleanLineField(
        label=gettext_lazy("For"),
        max_length=60,
        help_text=gettext_lazy(
            "So that you know later which one to revoke: “telephone”, “office computer”."
        ),
    )


class TermsCalendarScreen(Screen):
    """One's calendars, what they hold, and making another one."""

    template_name = "wagtailadmin/registry/terms_calendar.html"
    title = gettext_lazy("My terms in a calendar")
    header_icon = "calendar-alt"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The list; no address can be read again."""
        return self._listed(TokenForm())

    @method_decorator(sensitive_variables("plain", "address"))
    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Make one. The answer shows its address: the only time, kept by nobody, not even the session."""
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self._listed(form, status=422)
        in_use = TermsToken.objects.filter(user=_user(request), revoked_at=None)
        if in_use.count() >= MOST_TOKENS:
            form.add_error(
                None,
                _("You have %(number)d calendars already: revoke one that you no longer use.")
                % {"number": MOST_TOKENS},
            )
            return self._listed(form, status=409)
        token, plain = issue(request.user, form.cleaned_data["name"])
        log(instance=token, action="wagtail.create", user=request.user)
        address = address_of(plain)
        self.template_name = "wagtailadmin/registry/terms_calendar_made.html"
        response = self.shown(
            token=token, address=address, webcal_url=webcal(address), qr=qr_code(webcal(address))
        )
        response["Referrer-Policy"] = "no-referrer"
        return response

    def _listed(self, form: TokenForm, status: int = 200) -> HttpResponseBase:
        user, today = _user(self.request), registration_day(timezone.now())
        tokens = list(TermsToken.objects.filter(user=user).order_by("-pk")[:100])
        return self.shown(
            status=status,
            form=form,
            valid=[token for token in tokens if token.revoked_at is None],
            revoked=[token for token in tokens if token.revoked_at is not None][:10],
            terms=_next_terms(user, today),
        )


def _user(request: HttpRequest) -> Any:
    """Who is logged in: nobody else comes to a screen."""
    return request.user


def _next_terms(user: Any, today: date) -> list[tuple[Any, DueNote | None, bool]]:
    """The first terms of the calendar: entry, its term in words, whether it is a contribution."""
    found: list[tuple[date, Any, DueNote | None, bool]] = [
        (entry.due, entry, due_note(entry, today), False) for entry in own_terms(user) if entry.due
    ]
    for row in own_contributions(user):
        row.entry.due = row.due
        found.append((row.due, row.entry, due_note(row.entry, today), True))
    found.sort(key=lambda term: (term[0], term[1].pk))
    return [term[1:] for term in found[:NEXT]]


class RevokeScreen(Screen):
    """Closes one of one's own calendars for good."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Revoke it; twice is once. 404 for what is somebody else's."""
        token = TermsToken.objects.filter(pk=pk, user=_user(request)).first()
        if token is None:
            raise Http404
        if revoke(token):
            log(instance=token, action="registry.revoke_terms_token", user=request.user)
        messages.success(
            request, _("The address is revoked: this calendar can not be read any more.")
        )
        return redirect("registry_terms:index")


def register_terms_log_actions(actions: Any) -> None:
    """For the hook `register_log_actions`."""
    actions.register_action(
        "registry.revoke_terms_token",
        gettext_lazy("Revoke calendar of terms"),
        gettext_lazy("Calendar of terms revoked"),
    )
