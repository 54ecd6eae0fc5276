"""Posts and the people who hold them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from cms.multilingual import LocalizedCharField
from cms.romanian import CommaBelowMixin
from contacts.fields import PhoneField
from contacts.forms import InternalFieldsForm
from contacts.models.departments import FLAG_PERMISSION, Department


class Person(CommaBelowMixin, models.Model):
    """Somebody who works here. Shown only through a post, and only where the post says so."""

    given_name = models.CharField(_("given name"), max_length=80, help_text=_("As it is written."))
    family_name = models.CharField(
        _("family name"), max_length=80, help_text=_("The directory is sorted by it.")
    )

    panels = [FieldRowPanel([FieldPanel("family_name"), FieldPanel("given_name")])]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class Post(CommaBelowMixin, models.Model):
    """A function in a department, with its own extension, room and address, whoever holds it."""

    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.CASCADE,
        related_name="posts",
        help_text=_("Where the post is."),
    )
    title = LocalizedCharField(_("function"), help_text=_("E.g. “head of service”."))
    person = models.ForeignKey(
        Person,
        verbose_name=_("held by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="posts",
        help_text=_("Empty: vacant, or not to be named."),
    )
    phone = PhoneField(
        _("telephone"), help_text=_("Number and extensions, e.g. 0264 596 030 / 5001.")
    )
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("At work."))
    rooms = models.CharField(
        _("rooms"), max_length=80, blank=True, help_text=_("Separated by commas: 49, 50.")
    )
    person_public = models.BooleanField(
        _("name is public"), default=False, help_text=_("Untick: only colleagues see it.")
    )
    phone_public = models.BooleanField(
        _("telephone is public"), default=True, help_text=_("Untick: only colleagues see it.")
    )
    email_public = models.BooleanField(
        _("e-mail is public"), default=False, help_text=_("Untick: only colleagues see it.")
    )
    rooms_public = models.BooleanField(
        _("rooms are public"), default=True, help_text=_("Untick: only colleagues see them.")
    )
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("In its department; smaller stands first.")
    )

    FLAGGED = ("person", "phone", "email", "rooms")

    base_form_class = InternalFieldsForm

    panels = [
        FieldRowPanel([FieldPanel("department"), FieldPanel("sort_order")]),
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("person"), FieldPanel("phone")]),
        FieldRowPanel([FieldPanel("email"), FieldPanel("rooms")]),
        MultiFieldPanel(
            [
                FieldPanel("person_public", permission=FLAG_PERMISSION),
                FieldPanel("phone_public", permission=FLAG_PERMISSION),
                FieldPanel("email_public", permission=FLAG_PERMISSION),
                FieldPanel("rooms_public", permission=FLAG_PERMISSION),
            ],
            heading=_("Public or internal"),
        ),
    ]

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["department", "sort_order", "pk"]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def key(self) -> str:
        """The post's name in the addresses of its card."""
        return f"post-{self.pk}"
