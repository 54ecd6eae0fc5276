"""The tree of departments: one row for all languages."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable

from cms.multilingual import LocalizedCharField, LocalizedTextField
from cms.querysets import own_page_in
from cms.romanian import CommaBelowMixin
from contacts.fields import PhoneField
from contacts.forms import InternalFieldsForm
from contacts.tree import would_cycle
from locations.models import Location, OpeningHours
from locations.models.place import validate_key

FLAG_PERMISSION = "contacts.change_visibility"
# /contacts/all.vcf is everybody's card, /contacts/post-12.vcf a post's.
RESERVED_KEY = re.compile(r"all|post-[0-9]+")


class DepartmentQuerySet(models.QuerySet["Department"]):
    def with_page(self, language: str) -> DepartmentQuerySet:
        """With `page_path`: the path of the department's live page in `language` (a code), or None."""
        return self.annotate(page_path=own_page_in(language, "departmentpage__department"))


class Department(CommaBelowMixin, ClusterableModel):
    """A unit of the city hall. The first one at the top speaks for the site in its header and footer."""

    key = models.CharField(
        _("key"),
        max_length=60,
        unique=True,
        validators=[validate_key],
        error_messages={
            "unique": _("Another department already has this key: choose a different one.")
        },
        help_text=_("Part of addresses of cards that people saved: never change it."),
    )
    code = models.CharField(
        _("code"),
        max_length=12,
        blank=True,
        help_text=_("The number of the department in registration numbers, e.g. 305."),
    )
    name = LocalizedCharField(_("name"), help_text=_("The official name. Romanian is required."))
    summary = LocalizedTextField(
        _("in one sentence"),
        blank=True,
        max_length=400,
        help_text=_("What it does, for lists. The whole text is on the department's page."),
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text=_("Empty: it stands at the top of the tree."),
    )
    hours = models.ForeignKey(
        OpeningHours,
        verbose_name=_("opening hours"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="departments",
        help_text=_(
            "Chosen, not copied: change them once, in Opening hours. Empty: not published yet."
        ),
    )
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Among its neighbours; smaller stands first.")
    )

    objects = DepartmentQuerySet.as_manager()

    base_form_class = InternalFieldsForm

    panels = [
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("key"), FieldPanel("code")]), FieldPanel("name")],
            heading=_("Department"),
        ),
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("parent"), FieldPanel("sort_order")]),
        FieldPanel("hours"),
        InlinePanel("contact_points", heading=_("Contact points"), label=_("contact point")),
        InlinePanel("places", heading=_("Places"), label=_("place")),
    ]

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["sort_order", "key"]
        permissions = [
            ("view_internal", _("Can see internal phones, e-mails and names")),
            ("change_visibility", _("Can make contact details public or internal")),
        ]

    def __str__(self) -> str:
        return str(self.name) or self.key

    def clean(self) -> None:
        super().clean()
        if RESERVED_KEY.fullmatch(self.key or ""):
            raise ValidationError(
                {"key": _("This key belongs to another card's address: choose a different one.")}
            )
        if self.parent_id and would_cycle(
            dict(type(self).objects.values_list("pk", "parent_id")), self.pk, self.parent_id
        ):
            raise ValidationError(
                {
                    "parent": _(
                        "“%(parent)s” is this department or lies below it: choose one from above."
                    )
                    % {"parent": self.parent}
                }
            )


class ContactPoint(CommaBelowMixin, Orderable):
    """One way to reach a department: a number with its extensions, an e-mail address, rooms."""

    class PhoneKind(models.TextChoices):
        SWITCHBOARD = "switchboard", _("switchboard")
        PHONE = "phone", _("telephone")
        DIRECT = "direct", _("direct line")
        MOBILE = "mobile", _("mobile")
        FAX = "fax", _("fax")

    department = ParentalKey(Department, on_delete=models.CASCADE, related_name="contact_points")
    label = LocalizedCharField(
        _("label"), blank=True, max_length=80, help_text=_("For whom, e.g. “public relations”.")
    )
    phone = PhoneField(
        _("telephone"), help_text=_("Number and extensions, e.g. 0264 596 030 / 5001; 5000.")
    )
    phone_kind = models.CharField(
        _("kind of number"),
        max_length=12,
        choices=PhoneKind.choices,
        default=PhoneKind.PHONE,
        help_text=_("Say “fax” only when it is known to be one."),
    )
    email = models.EmailField(
        _("e-mail"), blank=True, help_text=_("A post's address, no person's.")
    )
    rooms = models.CharField(
        _("rooms"), max_length=80, blank=True, help_text=_("Separated by commas: 49, 50.")
    )
    phone_public = models.BooleanField(
        _("telephone is public"), default=True, help_text=_("Untick: only colleagues see it.")
    )
    email_public = models.BooleanField(
        _("e-mail is public"), default=True, help_text=_("Untick: only colleagues see it.")
    )
    rooms_public = models.BooleanField(
        _("rooms are public"), default=True, help_text=_("Untick: only colleagues see them.")
    )

    FLAGGED = ("phone", "email", "rooms")

    panels = [
        FieldPanel("label"),
        FieldRowPanel([FieldPanel("phone"), FieldPanel("phone_kind")]),
        FieldRowPanel([FieldPanel("email"), FieldPanel("rooms")]),
        FieldRowPanel(
            [
                FieldPanel("phone_public", permission=FLAG_PERMISSION),
                FieldPanel("email_public", permission=FLAG_PERMISSION),
                FieldPanel("rooms_public", permission=FLAG_PERMISSION),
            ]
        ),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")

    def __str__(self) -> str:
        return str(self.label) or str(self.phone or self.email)

    def clean(self) -> None:
        super().clean()
        if not (self.phone or self.email):
            raise ValidationError(
                {"phone": _("Write a telephone number or an e-mail address, or remove this row.")}
            )


class DepartmentPlace(CommaBelowMixin, Orderable):
    """Where a department works, with its rooms there."""

    department = ParentalKey(Department, on_delete=models.CASCADE, related_name="places")
    place: Any = models.ForeignKey(
        Location,
        verbose_name=_("place"),
        on_delete=models.CASCADE,
        related_name="department_places",
        help_text=_("The building; its address is kept there."),
    )
    rooms = models.CharField(
        _("rooms"), max_length=80, blank=True, help_text=_("Separated by commas: 49, 50.")
    )

    panels = [FieldRowPanel([FieldPanel("place"), FieldPanel("rooms")])]

    class Meta(Orderable.Meta):
        verbose_name = _("place of a department")
        verbose_name_plural = _("places of departments")

    def __str__(self) -> str:
        return f"{self.place} {self.rooms}".strip()
