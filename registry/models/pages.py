"""The public pages of the register: the form with its receipts, and the tracking of what was sent."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from cms.models import BasePage
from cms.multilingual import SOURCE_LANGUAGE
from contacts.models import Department
from registry import answer_times, petition_flow, receipts, tracking
from registry.answer_terms import answer_terms
from registry.models.kinds import EntryKind
from registry.models.registers import Register
from registry.petition_form import Choices

DEFAULT_REGISTER = "general"
_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class PetitionPage(RoutablePageMixin, BasePage):
    """The form. What is asked is the same for everybody; the editor sets what is said around it."""

    register = models.ForeignKey(
        Register,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("register"),
        help_text=_("What is sent gets its number there."),
    )
    kinds = ParentalManyToManyField(
        EntryKind,
        blank=True,
        related_name="+",
        verbose_name=_("kinds"),
        help_text=_("Which kinds this form offers; none chosen: all that are offered in forms."),
    )
    departments = ParentalManyToManyField(
        Department,
        blank=True,
        related_name="+",
        verbose_name=_("departments"),
        help_text=_("Which departments can be chosen; none: only “I don't know”."),
    )
    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=_TEXT_FEATURES,
        help_text=_("Above the form: who answers and when."),
    )
    notice = RichTextField(
        _("information notice"),
        blank=True,
        features=_TEXT_FEATURES,
        help_text=_("How personal data is used: legal duty, for how long, which rights."),
    )

    template = petition_flow.FORM_TEMPLATE
    page_description = _("The form for petitions, with its receipts.")
    # POST without a CSRF cookie: see cms.views.serve_page and docs/decisions/0007-a-form-without-cookies.md.
    allowed_http_methods = ["GET", "HEAD", "OPTIONS", "POST"]
    subpage_types: ClassVar[list[str]] = ["registry.TrackingPage"]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("notice"),
        MultiFieldPanel(
            [
                FieldPanel("register"),
                FieldPanel("kinds", widget=forms.CheckboxSelectMultiple),
                FieldPanel("departments", widget=forms.CheckboxSelectMultiple),
            ],
            heading=_("What can be chosen, in every language"),
        ),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField(name, overridable=False) for name in ("register", "kinds", "departments")
    ]

    class Meta:
        verbose_name = _("petition form page")
        verbose_name_plural = _("petition form pages")

    @cached_property
    def source(self) -> PetitionPage:
        """The version in the source language: register, kinds and departments are its, in every language."""
        if self.locale.language_code == SOURCE_LANGUAGE:
            return self
        found = PetitionPage.objects.filter(
            translation_key=self.translation_key, locale__language_code=SOURCE_LANGUAGE
        ).first()
        return found or self

    @cached_property
    def choices(self) -> Choices:
        """What can be chosen in the form: two queries."""
        chosen = [kind for kind in self.source.kinds.all() if not kind.is_confidential]
        return Choices(
            chosen or list(EntryKind.objects.offered()), list(self.source.departments.all())
        )

    @property
    def numbering_register(self) -> Register:
        """Where what is sent gets its number: the general register until an editor chooses."""
        return self.source.register or Register.objects.get(key=DEFAULT_REGISTER)

    @cached_property
    def _tracking_page(self) -> TrackingPage | None:
        """Its own; for a form that has none, the one of another form in this language: it follows whatever was sent."""
        if not self.pk:
            return None
        pages = TrackingPage.objects.live()
        return (
            pages.child_of(self).first()
            or pages.filter(locale=self.locale_id).order_by("path").first()
        )

    @property
    def tracking_url(self) -> str:
        """The address of the tracking page in this language, on this host; "" without one."""
        return (self._tracking_page.get_url() or "") if self._tracking_page else ""

    @property
    def tracking_address(self) -> str:
        """The whole address of the tracking page, for mails and paper; "" without one."""
        return (self._tracking_page.full_url or "") if self._tracking_page else ""

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["answer_terms"] = answer_terms(self.choices.kinds)
        context["times_url"] = self.times_url
        return context

    @path("")
    def index_route(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form and what is sent with it."""
        return petition_flow.respond(self, request)

    @path("receipt/<str:token>/")
    def receipt(self, request: HttpRequest, token: str) -> HttpResponse:
        """The receipt of what was sent."""
        return receipts.respond(self, request, token)

    @property
    def times_url(self) -> str:
        """The address of the answer times in this language; "" while no report is shown to the public."""
        if not self.url or answer_times.public_report() is None:
            return ""
        return f"{self.url}{answer_times.ADDRESSES[self.locale.language_code]}"

    @path(answer_times.ADDRESSES["ro"], name="ro")
    @path(answer_times.ADDRESSES["en"], name="en")
    @path(answer_times.ADDRESSES["hu"], name="hu")
    def times(self, request: HttpRequest) -> HttpResponse:
        """How long answers take; each language has an address of its own, as it has of the form."""
        match = getattr(request, "routable_resolver_match", None)
        if match is None or match.url_name != self.locale.language_code:
            raise Http404
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD", "OPTIONS"])
        return answer_times.respond(self, request)

    def serve(
        self, request: HttpRequest, view: Any = None, args: Any = None, kwargs: Any = None
    ) -> Any:
        """The page itself comes without a view when `cms.page_urls.route` found it."""
        return super().serve(request, view or self.index_route, args, kwargs)


class TrackingPage(BasePage):
    """Where a petitioner follows a petition, by its number and code."""

    template = tracking.TEMPLATE
    page_description = _("Tracking of petitions by number and code.")
    allowed_http_methods = ["GET", "HEAD", "OPTIONS", "POST"]
    parent_page_types: ClassVar[list[str]] = ["registry.PetitionPage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("tracking page")
        verbose_name_plural = _("tracking pages")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form for number and code, and what they open."""
        return tracking.respond(self, request)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> Any:
        """The form, as readers see it."""
        return tracking.respond(self, request)
