"""What the registry office keeps for its letters and its archive: institutions, file classes, templates."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.romanian import CommaBelowMixin
from locations.models.place import validate_key
from registry.enums import LetterKind
from registry.letter_texts import PLACEHOLDERS, problems_of


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def redirectable(self) -> InstitutionQuerySet:
        """Those that a petition can be sent on to: in use, and not the city hall itself."""
        return self.filter(is_active=True, is_own=False)


class Institution(CommaBelowMixin, models.Model):
    """Another public institution: where petitions are redirected to, and who writes to the Mayor."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    competence = models.TextField(
        _("what it decides on"),
        blank=True,
        max_length=600,
        help_text=_("Words that clerks look for: “state roads, motorways”."),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("postal address"), max_length=300, blank=True)
    is_own = models.BooleanField(
        _("ours"),
        default=False,
        help_text=_("The city hall or a part of it: nothing is redirected there, it is assigned."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    changes_pages = False
    objects = InstitutionQuerySet.as_manager()

    panels = [
        FieldPanel("name"),
        FieldPanel("competence"),
        FieldRowPanel([FieldPanel("email"), FieldPanel("address")]),
        FieldRowPanel([FieldPanel("is_own"), FieldPanel("is_active")]),
    ]

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if not self.is_own and not (self.email or self.address):
            raise ValidationError(
                {"email": _("Write an e-mail or a postal address: letters go there.")}
            )


class FileClass(CommaBelowMixin, models.Model):
    """A class of the archive's nomenclature: where documents are filed, and for how long they are kept."""

    code = models.CharField(
        _("indicator"), max_length=20, unique=True, help_text=_("As in the nomenclature: II.C.3.")
    )
    name = models.CharField(_("name"), max_length=200)
    years = models.PositiveSmallIntegerField(
        _("kept for years"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text=_("Counted from the year after the archiving. Empty: for ever."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    changes_pages = False

    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("years"), FieldPanel("is_active")]),
        FieldPanel("name"),
    ]

    class Meta:
        verbose_name = _("file class")
        verbose_name_plural = _("file classes")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AnswerTemplate(CommaBelowMixin, models.Model):
    """A text that answers and letters begin with; words in braces are filled in (registry.letter_texts)."""

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[validate_key],
        help_text=_("Names the template to the system: never change it."),
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("for"), max_length=12, choices=LetterKind.choices, default=LetterKind.ANSWER
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        default="ro",
        choices=[("ro", "Română"), ("en", "English"), ("hu", "Magyar")],
    )
    text = models.TextField(
        _("text"),
        max_length=20_000,
        help_text=_(
            "Filled in: {number}, {date}, {name}, {subject}, {department}, {legal_basis}, {joined}."
        ),
    )
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    changes_pages = False

    panels = [
        FieldRowPanel([FieldPanel("key"), FieldPanel("kind"), FieldPanel("language")]),
        FieldPanel("name"),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("legal_basis"), FieldPanel("is_active")]),
    ]

    class Meta:
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        ordering = ["kind", "language", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if unknown := problems_of(self.text):
            raise ValidationError(
                {
                    "text": _("Nothing is filled in for %(unknown)s: use %(known)s.")
                    % {
                        "unknown": ", ".join(unknown),
                        "known": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
                    }
                }
            )
