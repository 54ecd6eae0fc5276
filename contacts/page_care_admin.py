"""“Owner and review” of a page in the admin: its form, its buttons, and a word in the page's editor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from contacts.models import Department, PageCare
from contacts.models.page_care import OWNER
from contacts.page_care import care_of, inherited_owner, owner_of
from contacts.page_care_services import mark_reviewed, may_care, save_care
from contacts.reviews import INTERVALS


def review_day(day: date | None, before: date | None = None) -> date | None:
    """Check a day that was chosen for a review; a passed one is a slip, unless it stood there before."""
    if day is not None and day < timezone.localdate() and day != before:
        raise ValidationError(
            _("This day has passed: choose today or a later one, or leave it empty.")
        )
    return day


class CareForm(forms.Form):
    """Who answers for a page, and when it is looked at next."""

    department = forms.ModelChoiceField(
        Department.objects.all(),
        label=OWNER,
        required=False,
        help_text=_("The department that answers for what the page says, and gets mail about it."),
    )
    review_on = forms.DateField(
        label=_("Next review"),
        required=False,
        widget=AdminDateInput,
        help_text=_(
            "The day on which somebody is to look whether the page is still right. Empty: a year after it was last "
            "published."
        ),
    )

    def __init__(self, care: PageCare, inherited: Department | None, data: Any = None) -> None:
        self.care = care
        initial = {"department": care.department_id, "review_on": care.review_on}
        super().__init__(data, initial=initial)
        field: Any = self.fields["department"]
        field.empty_label = (
            gettext("As the page above it: %(department)s") % {"department": inherited}
            if inherited
            else gettext("Nobody")
        )

    def clean_review_on(self) -> date | None:
        """Not a day that has passed."""
        return review_day(self.cleaned_data["review_on"], self.care.review_on)


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_http_methods(["GET", "POST"])
def page_care(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show and change the owner and the review date of a page, for who may edit it."""
    page = get_object_or_404(Page.objects.filter(depth__gt=1), pk=page_id)
    if not may_care(request.user, page):
        raise PermissionDenied
    back = get_valid_next_url_from_request(request) or reverse(
        "wagtailadmin_pages:edit", args=[page.pk]
    )
    care, inherited = care_of(page), inherited_owner(page)
    months = request.POST.get("reviewed", "")
    if months in {str(number) for number in INTERVALS}:
        day = mark_reviewed(page, int(months), request.user, timezone.now(), timezone.localdate())
        messages.success(
            request,
            gettext("“%(title)s” is noted as reviewed. The next review is on %(day)s.")
            % {"title": page.get_admin_display_title(), "day": day_words(day)},
        )
        return redirect(back)
    form = CareForm(care, inherited, request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen = form.cleaned_data
        save_care(page, chosen["department"], chosen["review_on"], request.user)
        messages.success(
            request,
            gettext("Owner and review of “%(title)s” are saved.")
            % {"title": page.get_admin_display_title()},
        )
        return redirect(back)
    context = {
        "page_title": _("Owner and review"),
        "cared_page": page,
        "care": care,
        "owner": care.department or inherited,
        "inherited": inherited if care.department is None else None,
        "is_due": care.review_on is not None and care.review_on <= timezone.localdate(),
        "form": form,
        "media": form.media,
        "intervals": [(number, _in_months(number)) for number in INTERVALS],
        "back": back,
    }
    return render(request, "wagtailadmin/contacts/page_care.html", context)


def _in_months(number: int) -> str:
    return ngettext(
        "Reviewed today: next in %(count)d month",
        "Reviewed today: next in %(count)d months",
        number,
    ) % {"count": number}


def day_words(day: date) -> str:
    """A day as the reader's language writes it."""
    return date_format(day, "DATE_FORMAT")


def admin_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return [path("pages/<int:page_id>/care/", page_care, name="page_care")]


def care_buttons(page: Any, user: Any, **kwargs: Any) -> Iterator[Button]:
    """For the hooks of a page's buttons."""
    if page.depth > 1 and may_care(user, page):
        yield Button(
            _("Owner and review…"),
            reverse("page_care", args=[page.pk]),
            icon_name="calendar-check",
            priority=72,
        )


def tell_review(request: HttpRequest, page: Page) -> None:
    """For the hook `before_edit_page`: says that a review is due, and whose it is."""
    if request.method != "GET" or not page.live:
        return
    care = care_of(page)
    if care.review_on is None or care.review_on > timezone.localdate():
        return
    owner = care.department or owner_of(page)
    said = gettext("The review of this page was due on %(day)s.") % {
        "day": day_words(care.review_on)
    }
    if owner:
        said += " " + gettext("It belongs to: %(department)s.") % {"department": owner}
    address = reverse("page_care", args=[page.pk])
    messages.warning(
        request, said, buttons=[messages.button(address, _("Owner and review"), new_window=False)]
    )
